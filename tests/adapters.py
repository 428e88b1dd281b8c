"""Log and store adapters, opened on a folder; the kits hold every one of them to the same. A new adapter is one line here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import kafka
import postgres
import stored

from contracts.ports import Log
from services.logs.broker import Cluster, create
from services.logs.kafka import KafkaLog
from services.logs.sqlite import SqliteLog
from services.migrations import upgrade
from services.stores.postgres import PostgresDatabase
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore


@asynccontextmanager
async def sqlite_log(folder: Path) -> AsyncIterator[Log]:
    log = SqliteLog(folder / "var" / "log.db")
    try:
        yield log
    finally:
        await log.close()


class Opened(NamedTuple):
    """A store; what its tables hold, asked from outside by a query; all sheets, as they were before they were packed; the files of its data
    in which these bytes are; and what a hub does from time to time, so that what was deleted is in none."""

    store: SqlStore
    rows: Callable[[str], list[Any]]
    sheets: Callable[[], list[Any]]
    traces: Callable[[str], set[str]]
    rewrite: Callable[[], Awaitable[None]]


@asynccontextmanager
async def sqlite_store(folder: Path) -> AsyncIterator[Opened]:
    file = folder / "var" / "store.db"
    file.parent.mkdir(exist_ok=True)
    upgrade("store", f"sqlite:///{file}")
    database = SqliteDatabase(f"sqlite+aiosqlite:///{file}")
    try:
        rows = partial(stored.rows, folder, "store.db")
        yield Opened(SqlStore(database), rows, partial(rows, stored.SHEETS), partial(stored.traces, folder), database.scrub)
    finally:
        await database.close()


@asynccontextmanager
async def postgres_store(_: Path) -> AsyncIterator[Opened]:
    url = postgres.database()
    await asyncio.to_thread(upgrade, "store", url)
    database = PostgresDatabase(url)
    try:
        asked, sheets = partial(postgres.ask, url), partial(postgres.sheets, url)
        yield Opened(SqlStore(database), asked, sheets, postgres.traces, database.rewrite)
    finally:
        await database.close()


@asynccontextmanager
async def kafka_log(_: Path) -> AsyncIterator[Log]:
    """On topics of its own, with a store of its own for what has to be locked."""
    url, of = postgres.database(), Cluster(kafka.broker().servers, kafka.prefix(), 1, {"request_timeout_ms": 5_000})
    await asyncio.to_thread(upgrade, "store", url)
    await create(of)
    database = PostgresDatabase(url)
    log = KafkaLog(of, database)
    try:
        await log.start()
        yield log
    finally:
        await log.close()
        await database.close()


LOGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Log]]] = {"kafka": kafka_log, "sqlite": sqlite_log}
STORES: dict[str, Callable[[Path], AbstractAsyncContextManager[Opened]]] = {"sqlite": sqlite_store, "postgresql": postgres_store}
