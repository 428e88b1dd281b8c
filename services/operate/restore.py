"""Putting a backup in the place of a hub's data, while no hub runs.

1. Everything is copied and made ready beside the data, which are not touched: a cut-off here loses nothing.
2. The mark is set, what is there moved aside, the copies put in its place: a cut-off here is recognised, and finished by restoring again.
3. The store catches up with the log, and the daily deletion runs; only then may a hub serve it (R3, R4).
"""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from contracts.dates import local_date, rfc3339
from contracts.errors import Fatal
from contracts.ports import pending
from services.clock import SystemClock
from services.files import Files, all_files, files_of, locked
from services.hub import Hub, opened
from services.keys import kept_key
from services.migrations import Database, revisions, upgrade
from services.operate import copying as c
from services.operate import manifest as m
from services.operate import marker
from services.operate.backup import log_end, why
from services.operate.remeasure import Told, remeasure
from services.registry import discover_measures
from services.settings import Settings
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore
from services.stores.tables import changes

STAGED: Final = ".restored"
CHANGES_ON: Final = 1_000_000_000
"""How far the change number moves on, so that no ETag or cursor given out after the backup was made names another state now."""


class Restored(Struct, frozen=True):
    """made: when the backup was. folded: records of the log that the store's copy had not counted. erased: pseudonyms erased since, and
    erased again. aside: names. complete: the log has all that was received since."""

    made: str
    folded: int
    erased: int
    aside: tuple[str, ...]
    complete: bool


def restore(settings: Settings, folder: Path, told: Told, *, force: bool, keep_log: bool) -> Restored:
    """Raises `Fatal` with the reason it cannot, and with the data as they were unless it says otherwise."""
    manifest, files = m.read(folder), all_files(files_of(settings))
    with locked(files["store"]):
        fits_key(settings, manifest.key_check)
        for database, kept in manifest.files.items():
            knows_schema(database, kept.schema, manifest.version)
        wanted = _wanted(files, force=force or marker.read(files["store"]) is not None, keep_log=keep_log)
        if keep_log:
            _same_log(files["log"], folder / m.FILES["log"], manifest)
        erased = _erased(files["store"])
        with _unstaged(files[database] for database in wanted):
            for database in wanted:
                _stage(database, files[database], folder, manifest, told)
            asyncio.run(_ready(_staged(files["store"]), erased, told))
        aside = _swap(files, wanted, marker.Restoring(str(folder.absolute()), keep_log, erased))
        try:
            folded = asyncio.run(caught_up(settings, told))
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            raise Fatal(f"restoring: the store did not catch up with its log ({why(error)}); restore again") from None
        marker.remove(files["store"])
    return Restored(manifest.made, folded, len(erased), aside, complete=keep_log)


def fits_key(settings: Settings, check: str) -> None:
    key, _ = kept_key(settings)
    if key.check != check:
        raise Fatal("restoring: this is not the key that the backup was made under; put the right one where FREMGANG_KEY_FILE says")


def knows_schema(database: Database, schema: str, version: str) -> None:
    if schema not in revisions(database):
        raise Fatal(
            f"restoring: the backup is of version {version} and its {database} has schema {schema}, which this version"
            " does not know; use that version or a newer one"
        )


def _wanted(files: Files, *, force: bool, keep_log: bool) -> list[Database]:
    """What is to come from the backup. An access log that is there is newer than the backup's and hangs together with nothing: it stays."""
    if keep_log and not files["log"].exists():
        raise Fatal(f"restoring: there is no log {files['log']} to keep")
    kept = {"log"} if keep_log else set()
    kept |= {"access"} if _whole(files["access"]) else set()
    wanted = [name for name in files if name not in kept]
    there = [str(files[name]) for name in wanted if files[name].exists()]
    if there and not force:
        raise Fatal(
            f"restoring: {', '.join(there)} would be replaced; --force moves aside what is there, and --keep-log keeps a log that is newer"
            " than the backup, so that nothing of it is lost"
        )
    return wanted


def _whole(file: Path) -> bool:
    try:
        with c.opened(file) as connection:
            c.check(connection, file.name)
            return bool(c.one(connection, "SELECT count(*) FROM alembic_version"))
    except (sqlite3.Error, Fatal):
        return False


def _same_log(file: Path, backup: Path, manifest: m.Manifest) -> None:
    """The log that is kept is the one that the backup is of, and still holds all that its store has not counted."""
    with c.opened(file) as log, c.opened(backup) as old:
        c.check(log, file.name)
        end = log_end(log)
        held = c.one(log, "SELECT count(*) FROM records WHERE position > ?", manifest.folded)
        last = old.execute("SELECT position, value FROM records ORDER BY position DESC LIMIT 1").fetchone()
        same = c.one(log, "SELECT value FROM records WHERE position = ?", last[0]) if last else None
    if end < manifest.log_end or (last and same not in (None, last[1])):
        raise Fatal(f"restoring: {file} is not the log that the backup is of, or older than it; restore without --keep-log")
    if held < end - manifest.folded:
        raise Fatal(
            f"restoring: {file} has deleted {end - manifest.folded - held} records that the backup's store has not counted; restore without"
            f" --keep-log, and have the suppliers send again what is newer than {manifest.made}"
        )


def _erased(store: Path) -> dict[str, str]:
    """Who was erased, as the data know that are replaced: nobody where they cannot be read."""
    mark = marker.read(store)
    known = dict(mark.erased) if mark else {}
    with suppress(sqlite3.Error), c.opened(store) as there:
        known |= dict(there.execute("SELECT subject, until FROM erased").fetchall())
    return known


def _staged(file: Path) -> Path:
    return file.with_name(file.name + STAGED)


@contextmanager
def _unstaged(files: Iterable[Path]) -> Iterator[None]:
    """Where the copies cannot be made, nothing of them stays: they may be over their time, or of whom was erased since."""
    try:
        yield
    except BaseException as error:
        for file in files:
            _remove(file)
        if isinstance(error, OSError | sqlite3.Error | SQLAlchemyError):
            raise Fatal(f"restoring: the copies cannot be made ({why(error)}); the data are as they were") from None
        raise


def _remove(file: Path) -> None:
    """What is staged for a file, and its journals."""
    for left in file.parent.glob(_staged(file).name + "*"):
        left.unlink()


def _stage(database: Database, file: Path, folder: Path, manifest: m.Manifest, told: Told) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    _remove(file)
    name = m.FILES[database]
    digest = c.copy_file(folder / name, _staged(file), lambda done, of: told(name, done, of))
    if digest != manifest.files[database].sha256:
        raise Fatal(f"restoring: {folder / name} is not what was backed up (its SHA-256 differs); the data are as they were")


async def _ready(store: Path, erased: Mapping[str, str], told: Told) -> None:
    """Brings the store's copy to the newest schema, erases in it who was erased since, measures it where other indicators have, and moves
    its change number on."""
    await asyncio.to_thread(upgrade, "store", f"sqlite:///{store}")
    database = SqliteDatabase(f"sqlite+aiosqlite:///{store}")
    subjects = defaultdict(set)
    for subject, until in erased.items():
        subjects[until].add(subject)
    for until, together in subjects.items():
        await SqlStore(database).erase(together, date.fromisoformat(until))
    await remeasure(database, discover_measures(), told, lambda _: None)
    async with database.write() as session:
        await session.execute(sa.update(changes).values(number=changes.c.number + CHANGES_ON))
    await database.scrub()
    await database.close()
    c.sync(store)
    for left in store.parent.glob(store.name + "-*"):
        left.unlink()


def _swap(files: Files, wanted: list[Database], mark: marker.Restoring) -> tuple[str, ...]:
    store, aside = files["store"], []
    stamp = rfc3339(SystemClock().now()).replace(":", "").replace("-", "")
    marker.write(store, mark)
    for file in (files[database] for database in wanted):
        aside += _moved_aside(file, f"{file.name}.before-{stamp}")
        _staged(file).rename(file)
        c.sync(file.parent)
    return tuple(aside)


def _moved_aside(file: Path, name: str) -> list[str]:
    """With its journals, which would be taken for the new file's; answers the names."""
    file.with_name(file.name + "-shm").unlink(missing_ok=True)
    moved: list[str] = []
    for end in ("", "-wal", "-journal"):
        there = file.with_name(file.name + end)
        if there.exists() and not (end and there.stat().st_size == 0):
            there.rename(there.with_name(name + end))
            moved.append(name + end)
        there.unlink(missing_ok=True)
    return moved


async def caught_up(settings: Settings, told: Told) -> int:
    """Folds what the store has not counted, and deletes what is over its time; answers how many records were folded."""
    async with opened(settings) as hub:
        held, ends = await hub.process.taken(), await hub.log.ends()
        begun, count = held.positions, pending(ends, held.positions)
        while pending(ends, held.positions):
            held = await hub.process.step(held)
            told("counting", pending(held.positions, begun), count)
        while await hub.process.measure():
            pass
        await _deleted(hub)
        return pending(held.positions, begun)


async def _deleted(hub: Hub) -> None:
    if not await hub.daily.forget(local_date(hub.clock.now())):
        raise Fatal("restoring: the store did not catch up with its log; restore again")
