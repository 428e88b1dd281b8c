"""Making a backup of a hub on servers, while all of its processes go on; asked of the servers by the operator's command itself.

Store and access log are each copied in one snapshot. What is deleted or erased meanwhile is in it or not, as in any that was made before:
a restore erases again whom the data that it replaces know as erased, and the daily deletion follows it. Only the rewriting of tables waits
(`PostgresDatabase.lasting`). The log stays in Kafka, which keeps it seven days, on several brokers; the store's snapshot says up to where
it has counted each partition, and a store that is put back goes on from there.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from contracts.dates import rfc3339
from contracts.errors import Fatal, Retry
from contracts.ports import Positions
from services.clock import SystemClock
from services.hub import has_newest_schema
from services.keys import CHECK
from services.logs.broker import cluster
from services.logs.kafka import KafkaLog
from services.migrations import Database, newest
from services.operate import copying as c
from services.operate import manifest as m
from services.operate import tables as t
from services.operate.backup import REMEMBERED, SPARE, Newest, filling, why
from services.settings import Settings
from services.stores.postgres import Pool, PostgresDatabase
from services.stores.store import SqlStore, positions_of

NAME: Final = "fremgang backup"


@asynccontextmanager
async def databases(settings: Settings, name: str) -> AsyncIterator[dict[t.Server, PostgresDatabase]]:
    """Store and access log, of the newest schema. name: what their connections are called at the server."""
    pool = Pool(settings.database_connections, settings.database_seconds)
    urls: dict[t.Server, str] = {"store": settings.store, "access": settings.access_log}
    opened = {database: PostgresDatabase(url, pool, name) for database, url in urls.items()}
    try:
        for database, url in urls.items():
            await has_newest_schema(opened[database], database, url)
        yield opened
    finally:
        for one in opened.values():
            await one.close()


async def backup(settings: Settings, folder: Path, told: t.Told) -> m.OfServers:
    """Raises `Fatal` with the reason why none was made; then nothing of it stays."""
    made = None
    try:
        async with databases(settings, NAME) as opened:
            made = await _made(settings, opened, folder, told)
            await SqlStore(opened["store"]).remember(REMEMBERED, msgspec.json.encode(Newest(made.made, str(folder))).decode())
    except (Fatal, Retry, OSError) as error:
        what = "the backup is made, and the store could not note it" if made else "no backup was made"
        raise Fatal(f"{what}: {why(error).removeprefix('starting: ')}") from error
    return made


@asynccontextmanager
async def log_of(settings: Settings, store: PostgresDatabase) -> AsyncIterator[KafkaLog]:
    log = KafkaLog(cluster(settings), store)
    try:
        await log.start()
        yield log
    finally:
        await log.close()


async def _marks(settings: Settings, store: PostgresDatabase, positions: Positions) -> dict[str, str]:
    """Empty where the log does not answer: a backup is all the dearer then."""
    try:
        async with log_of(settings, store) as log:
            return await log.marks(positions)
    except (Fatal, Retry):
        return {}


async def _made(settings: Settings, opened: dict[t.Server, PostgresDatabase], folder: Path, told: t.Told) -> m.OfServers:
    made, kept = rfc3339(SystemClock().now()), dict[str, m.File]()
    async with opened["store"].lasting(writes=False) as store, opened["access"].lasting(writes=False) as access:
        sizes = [await t.size(store, "store"), await t.size(access, "access")]
        with filling(folder, round(sum(sizes) * SPARE)):
            key_check = dict([tuple(row) for row in await store.rows("SELECT name, value FROM meta")]).get(CHECK)
            if key_check is None:
                raise Fatal("no hub has run on this store yet")
            ((change,),) = await store.rows("SELECT number FROM changes")
            kept |= await t.copied(store, "store", folder, told)
            kept |= await t.copied(access, "access", folder, told)
            positions = dict(await positions_of(store))
            marks = await _marks(settings, opened["store"], positions)
            c.sync(folder)
            schemas: dict[Database, str] = {"store": newest("store"), "access": newest("access")}
            manifest = m.OfServers(m.FORM, version("fremgang"), made, key_check, positions, marks, change, schemas, kept)
            c.put(folder / m.NAME, m.encode(manifest))
            c.sync(folder.parent)
    return manifest
