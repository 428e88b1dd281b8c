"""Putting a backup in the place of a hub's data on servers, while no process of the hub runs.

1. All that can be refused is, before anything is changed.
2. The access log is put back where there is none, and the store replaced, each in one transaction: a cut-off leaves the old or the new.
3. With the store comes a mark, which no process starts over; it goes when the store has caught up with the log and the daily deletion has
   run (R3, R4). A cut-off before is recognised, and finished by restoring again.

The log's claims and cursors are in the store's database and belong to the log, which stays. Where the store that is replaced can be read,
so do they: they know of all that the log has, and a claim that was lost would let a report be sent again with other content, and a void in
vain. Where it was lost they come from the backup. Of what was received since then, an id that comes again with other content is not
answered 409 but left to the fold, which lets the higher order count; a void of it has no effect until it is sent again; and sources that
are fetched from are read once more from where they stood, which the fold absorbs. From the backup they come too where the log lacks
records: what is fetched would be left out as known otherwise, and never be missed.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from contracts.errors import Fatal, Retry
from contracts.ports import Positions
from services.keys import CHECK
from services.migrations import newest
from services.operate import manifest as m
from services.operate import marker
from services.operate import tables as t
from services.operate.backup import REMEMBERED, Newest, why
from services.operate.backup_servers import databases, log_of
from services.operate.remeasure import patient, remeasure
from services.operate.restore import CHANGES_ON, Restored, caught_up, fits_key, knows_schema
from services.registry import discover_measures
from services.settings import Settings
from services.stores.database import Session
from services.stores.postgres import PostgresDatabase, PostgresSession
from services.stores.store import SqlStore, erase

NAME: Final = "fremgang restore"
LOCK_SECONDS: Final = 10
EPOCHS_ON: Final = 1_000_000
"""How far epochs move on, so that whoever folded before and does not know that it ended saves nothing."""
_RUNNING: Final = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'fremgang%' AND application_name <> :own"
)
_NUMBERED: Final = "SELECT setval(pg_get_serial_sequence('reads', 'id'), coalesce((SELECT max(id) FROM reads), 0) + 1, false)"
_MOVED: Final = (
    "INSERT INTO positions (partition, position, epoch) VALUES (:partition, :position, :epoch)"
    " ON CONFLICT (partition) DO UPDATE SET position = excluded.position, epoch = GREATEST(positions.epoch, excluded.epoch)"
)
_REMEMBERED: Final = "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class _Log(Struct, frozen=True):
    """How the log fits the backup. moved: where the store is to go on from, other than the backup has counted. gone: records that the
    backup has not counted and the log has not got any more. another: it is not the log that the backup was counted from."""

    moved: Positions
    gone: int
    another: bool

    @property
    def whole(self) -> bool:
        return not (self.gone or self.another)


class _There(Struct, frozen=True):
    """What the store knows that is to be replaced. epoch: the highest of its partitions."""

    meta: Mapping[str, str]
    change: int
    epoch: int
    erased: Mapping[str, date]


async def restore(settings: Settings, folder: Path, told: t.Told, *, force: bool, gap: bool) -> Restored:
    """gap: also where the log has not got all that the backup has not counted. Raises `Fatal` with the reason it cannot, and with the data
    as they were unless it says otherwise."""
    try:
        manifest = _read(settings, folder)
        async with databases(settings, NAME) as opened:
            for database in opened.values():
                async with database.read() as session:
                    await _refuse_running(session)
            await _refuse_there(opened["store"], manifest, force=force)
            log = await _log_for(settings, opened["store"], manifest, gap=gap)
            t.check(folder, manifest, told)
            await _put_access(opened["access"], folder, told)
            erased = await _put_store(opened["store"], folder, manifest, log, told)
    except (Retry, OSError) as error:
        raise Fatal(f"restoring: {why(error)}; the store is as it was") from error
    return Restored(manifest.made, await _finished(settings, told), erased, (), complete=log.whole)


def _read(settings: Settings, folder: Path) -> m.OfServers:
    """What was backed up by a version that has other tables is put back by that version, since tables have one schema at a time."""
    manifest = m.read_of_servers(folder)
    fits_key(settings, manifest.key_check)
    for database, schema in manifest.schemas.items():
        knows_schema(database, schema, manifest.version)
        if schema != newest(database):
            raise Fatal(
                f"restoring: the backup is of version {manifest.version} and its {database} has schema {schema}, and this version has"
                f" {newest(database)}; restore it with that version into a database that it has migrated, then run fremgang migrate"
            )
    if manifest.files.keys() != t.FILES.keys() or manifest.schemas.keys() != t.TABLES.keys():
        raise m.disagrees()
    return manifest


async def _refuse_running(session: Session) -> None:
    if count := (await session.rows(_RUNNING, own=NAME))[0][0]:
        raise Fatal(
            f"restoring: {count} connections of a hub are open on the database; stop all processes and commands on it first (those of a"
            " machine that was lost end by pg_terminate_backend)"
        )


async def _refuse_there(store: PostgresDatabase, manifest: m.OfServers, *, force: bool) -> None:
    async with store.read() as session:
        there = await _there(session)
    if there.meta.get(CHECK, manifest.key_check) != manifest.key_check:
        raise Fatal("restoring: the store is another hub's, made with another key; restore into a database of its own")
    if there.meta and not force:
        raise Fatal(
            "restoring: the store is not empty and would be replaced; --force does that, and nothing of it is moved aside: make a backup"
            " of it before, where it can be read"
        )


async def _there(session: Session) -> _There:
    meta = dict([tuple(row) for row in await session.rows("SELECT name, value FROM meta")])
    erased = dict([tuple(row) for row in await session.rows("SELECT subject, until FROM erased")])
    ((change, epoch),) = await session.rows("SELECT number, (SELECT coalesce(max(epoch), 0) FROM positions) FROM changes")
    return _There(meta, change, epoch, erased)


async def _log_for(settings: Settings, store: PostgresDatabase, manifest: m.OfServers, *, gap: bool) -> _Log:
    async with log_of(settings, store) as log:
        begins, ends, marks = await log.begins(), await log.ends(), await log.marks(manifest.folded)
    same = all(manifest.marks.get(partition, mark) == mark for partition, mark in marks.items())
    found = _fitting(manifest.folded, begins, ends, same=same)
    again = f"have the suppliers send again what is newer than {manifest.made}: restore with --gap"
    if found.another and not gap:
        raise Fatal(f"restoring: the log is another than the backup has counted, or ends before it; if it is the right one, {again}")
    if found.gone and not gap:
        raise Fatal(f"restoring: the log has deleted {found.gone} records that the backup has not counted; {again}")
    return found


def _fitting(folded: Positions, begins: Positions, ends: Positions, *, same: bool) -> _Log:
    """Another log is counted from its beginning: what is known of it already is absorbed."""
    if not same or any(position > ends.get(partition, 0) for partition, position in folded.items()):
        return _Log({**dict.fromkeys(folded, 0), **begins}, 0, another=True)
    moved = {partition: begin for partition, begin in begins.items() if begin > folded.get(partition, 0)}
    return _Log(moved, sum(begin - folded.get(partition, 0) for partition, begin in moved.items()), another=False)


async def _put_access(access: PostgresDatabase, folder: Path, told: t.Told) -> None:
    """One that is there is newer than the backup's and hangs together with nothing: it stays."""
    tables = list(t.TABLES["access"])
    async with access.lasting(writes=True) as session:
        await _lock(session, tables)
        if not (await session.rows("SELECT EXISTS (SELECT FROM reads)"))[0][0]:
            await t.put_back(session, "access", tables, folder, told)
            await session.rows(_NUMBERED)


async def _put_store(store: PostgresDatabase, folder: Path, manifest: m.OfServers, log: _Log, told: t.Told) -> int:
    """Answers how many are erased again."""
    async with store.lasting(writes=True) as session:
        await _lock(session, [*t.TABLES["store"], t.BESIDE])
        await _refuse_running(session)
        there = await _there(session)
        kept = t.LOG if there.meta and log.whole else ()
        tables = [table for table in t.TABLES["store"] if table not in kept]
        await session.rows(f"TRUNCATE {', '.join([*tables, t.BESIDE])}")
        await t.put_back(session, "store", tables, folder, told)
        await _moved_on(session, there, log)
        await _erased_again(session, there.erased)
        await _remember(session, folder, manifest, log, there)
    return len(there.erased)


async def _lock(session: PostgresSession, tables: list[str]) -> None:
    """Nobody has them and nobody gets them: whoever comes now finds the mark."""
    await session.rows(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    await session.rows(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")


async def _moved_on(session: PostgresSession, there: _There, log: _Log) -> None:
    """No ETag or cursor that was given out names another state now, and nobody who folded before goes on."""
    await session.rows("UPDATE changes SET number = GREATEST(number, :there) + :on", there=there.change, on=CHANGES_ON)
    await session.rows("UPDATE positions SET epoch = GREATEST(epoch, :there) + :on", there=there.epoch, on=EPOCHS_ON)
    for partition, position in log.moved.items():
        await session.rows(_MOVED, partition=partition, position=position, epoch=there.epoch + EPOCHS_ON)


async def _erased_again(session: PostgresSession, erased: Mapping[str, date]) -> None:
    subjects = defaultdict[date, set[str]](set)
    for subject, until in erased.items():
        subjects[until].add(subject)
    for until, together in subjects.items():
        await erase(session, together, until)


async def _remember(session: PostgresSession, folder: Path, manifest: m.OfServers, log: _Log, there: _There) -> None:
    """That it is to be finished, and which backup is the newest."""
    newest_ = Newest(manifest.made, str(folder.absolute()))
    if (known := there.meta.get(REMEMBERED)) is not None:
        newest_ = max(newest_, msgspec.json.decode(known, type=Newest), key=lambda one: one.made)
    told = {
        REMEMBERED: msgspec.json.encode(newest_).decode(),
        marker.RESTORING: f"fremgang restore {folder.absolute()} --force{'' if log.whole else ' --gap'}",
    }
    for name, value in told.items():
        await session.rows(_REMEMBERED, name=name, value=value)


async def _finished(settings: Settings, told: t.Told) -> int:
    """Measured by this version's indicators where another's measured the backup. Answers how many records were counted."""
    try:
        async with databases(patient(settings), NAME) as opened:
            await remeasure(opened["store"], discover_measures(), told, lambda _: None)
        counted = await caught_up(settings, told)
        async with databases(settings, NAME) as opened:
            await SqlStore(opened["store"]).forgotten(marker.RESTORING)
    except (Fatal, Retry, OSError) as error:
        raise Fatal(f"restoring: the store did not catch up with its log ({why(error)}); restore again, with --force") from None
    return counted
