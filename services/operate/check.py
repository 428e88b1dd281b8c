"""`fremgang check`: what is in force, what is there, and what needs hands.

The same words from a hub that runs (asked over its socket) and from the data where none does.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from contracts.connector import Registration
from contracts.dates import DAY, Micros, instant, rfc3339
from contracts.errors import Fatal
from contracts.kinds import LOG_DAYS
from contracts.ports import pending
from contracts.puller import TROUBLES
from services.clock import SystemClock
from services.files import Files, main_file
from services.keys import CHECK, kept_key
from services.migrations import Database, newest, revisions
from services.operate import copying as c
from services.operate import marker
from services.operate.backup import REMEMBERED, Newest, log_end, megabytes, size
from services.operate.manifest import FILES
from services.operate.operator import Operator
from services.registry import discover_connectors, discover_group_indicators, discover_indicators, discover_pullers, discover_views
from services.settings import PREFIX, Settings
from services.stores.reading import Snapshot

BACKUP_DAYS: Final = 30
"""Backups follow what was deleted within so long (R3.3)."""
RESTORE: Final = "put the file back, or restore a backup: fremgang restore FOLDER"
Level = Literal["ok", "warning", "wrong"]


class Finding(Struct, frozen=True):
    """wrong: somebody must do something, and `mend` says what. about: log, store, access, key, disk .."""

    level: Level
    about: str
    text: str
    mend: str = ""


class Report(Struct, frozen=True):
    """settings: by name, secrets not shown. running: a hub runs on these data."""

    settings: dict[str, str]
    running: bool
    findings: list[Finding]

    @property
    def wrong(self) -> bool:
        return any(one.level == "wrong" for one in self.findings)


def in_force(settings: Settings) -> dict[str, str]:
    """By name; of an address the password is left out."""
    told = {name: getattr(settings, name) for name in type(settings).model_fields}
    told |= {name: sa.make_url(told[name]).set(query={}).render_as_string() for name in ("store", "access_log")}
    told["log"] = told["log"].partition("://")[0] + "://***" if "@" in told["log"] else told["log"]
    return {PREFIX + name.upper(): str(value) for name, value in told.items()}


def of_files(settings: Settings, files: Files) -> Iterator[Finding]:
    """What the files alone tell; they are read, and nothing is made or changed."""
    if settings.synchronous != "full":
        yield Finding("warning", "settings", "synchronous is not full; what is answered 2xx can be lost", "unset FREMGANG_SYNCHRONOUS")
    yield from _parts()
    if (main := main_file(files)) is not None:
        yield from _restoring(main)
        yield from _disk(main, files)
    if files and not any(file.exists() for file in files.values()):
        yield Finding("ok", "data", "there are none yet; a hub makes them when it starts")
        return
    for database, file in files.items():
        yield _database(database, file)
    try:
        yield from _together(settings, files)
    except sqlite3.Error as error:
        yield Finding("wrong", "store", f"cannot be read with its log ({error})", RESTORE)


def _parts() -> Iterator[Finding]:
    try:
        indicators = [f"{one.name} {one.version}" for one in discover_indicators()]
        of_groups = [f"{one.name} {one.version}" for one in discover_group_indicators()]
        connectors = discover_connectors()
        yield Finding("ok", "connectors", ", ".join([*connectors, *discover_pullers(connectors)]))
        yield Finding("ok", "indicators", ", ".join(indicators))
        yield Finding("ok", "group indicators", ", ".join(of_groups))
        yield Finding("ok", "views", ", ".join(one.name for one in discover_views()))
    except Fatal as error:
        yield Finding("wrong", "code", str(error), "mend or remove what was added")


def _restoring(main: Path) -> Iterator[Finding]:
    try:
        marker.refuse_unfinished(main)
    except Fatal as error:
        yield Finding("wrong", "restore", str(error).removeprefix("starting: "), "until then no hub starts on these data")
    aside = sorted(file.name for file in main.parent.glob("*.before-*"))
    if aside:
        text = f"an earlier restore moved aside {', '.join(aside)}"
        yield Finding("warning", "restore", text, "delete them when you are sure: they hold pupils' data that nothing else deletes")


def _disk(main: Path, files: Files) -> Iterator[Finding]:
    """The daily deletion rewrites a file that it deleted from, and needs its size once more (SQLite VACUUM)."""
    folder = next((one for one in main.absolute().parents if one.is_dir()), Path("/"))
    free, largest, all_ = shutil.disk_usage(folder).free, max(map(size, files.values())), sum(map(size, files.values()))
    told = f"{megabytes(free)} free; the data take {megabytes(all_)}"
    if free < max(largest, 50_000_000):
        yield Finding("wrong", "disk", told, "make room: the hub stops when it cannot write, and the daily deletion needs room to rewrite")
    else:
        few = free < 3 * all_
        yield Finding("warning" if few else "ok", "disk", told, "have three times the data free" if few else "")


def _database(database: Database, file: Path) -> Finding:
    if not file.exists():
        return Finding("wrong", database, f"{file} is not there, and the other data are", RESTORE)
    try:
        with c.opened(file) as connection:
            c.check(connection, file.name)
            schema = c.one(connection, "SELECT version_num FROM alembic_version")
    except (sqlite3.Error, Fatal) as error:
        return Finding("wrong", database, f"{file} cannot be read ({error})", RESTORE)
    told = f"{file}, {megabytes(size(file))}, schema {schema}, whole"
    if schema not in revisions(database):
        return Finding("wrong", database, f"{told}; this version of Fremgang does not know that schema", "run the newer version")
    if schema != newest(database):
        return Finding("warning", database, f"{told}; the newest schema is {newest(database)}", "the next start brings it there")
    return Finding("ok", database, told)


def _together(settings: Settings, files: Files) -> Iterator[Finding]:
    for database in sorted({"log", "store", "access"} - files.keys()):
        yield Finding("ok", database, "is on a server")
    if "store" not in files:
        return
    if not files["store"].exists():
        return
    with c.opened(files["store"]) as store:
        check, told = (c.one(store, "SELECT value FROM meta WHERE name = ?", name) for name in (CHECK, REMEMBERED))
        folded = c.one(store, "SELECT position FROM positions")
    yield _key(settings, check)
    yield _backup(told, files)
    if "log" in files and files["log"].exists():
        with c.opened(files["log"]) as log:
            end = log_end(log)
        behind = end < folded
        text = f"log at {end}, {folded} of it counted, {max(0, end - folded)} pending"
        yield Finding("wrong" if behind else "ok", "positions", text, "this is not the log that the store belongs to" if behind else "")


def _key(settings: Settings, check: str | None) -> Finding:
    try:
        key, _ = kept_key(settings)
    except Fatal as error:
        return Finding("wrong", "key", str(error).removeprefix("starting: "), "put the copy of the key back")
    if check not in (None, key.check):
        return Finding("wrong", "key", "this is not the key that the data were made with", "set FREMGANG_KEY_FILE to the right one")
    return Finding("ok", "key", "fits the data")


def _backup(remembered: str | None, files: Files) -> Finding:
    if files and len(files) < len(FILES):
        text = "this hub is partly in files and partly on servers, and a backup is of one kind"
        return Finding("warning", "backup", text, "copy the store first: pg_dump what is in PostgreSQL, and files while no hub runs")
    if remembered is None:
        return Finding("warning", "backup", "none was made yet", "fremgang backup FOLDER, and keep the key apart from it")
    told = msgspec.json.decode(remembered, type=Newest)
    age = (SystemClock().now() - instant(told.made)) // DAY
    text = f"the newest is {age} days old: {told.made[:16]}Z in {told.folder}"
    if age > BACKUP_DAYS and Path(told.folder).exists():
        return Finding("warning", "backup", text, f"delete it and make a new one: backups are kept {BACKUP_DAYS} days at most")
    if age >= LOG_DAYS:
        return Finding("warning", "backup", text, f"make one: the log keeps {LOG_DAYS} days, and what is older is in the store alone")
    return Finding("ok", "backup", text)


async def report(settings: Settings, files: Files, operator: Operator | None, *, running: bool) -> Report:
    """operator: of the hub that is open on these data; None where none can be."""
    found = await asyncio.to_thread(lambda: list(of_files(settings, files)))
    if operator is not None:
        found += await of_server(operator, files) if "store" not in files else ()
        found += await of_hub(operator)
    return Report(in_force(settings), running, found)


async def of_server(operator: Operator, files: Files) -> list[Finding]:
    """What an open hub's store tells that is on a server; a hub is open under the right key alone, and on its own log."""
    folded, ends = await operator.store.positions(), await operator.log.ends()
    text = f"log at {sum(ends.values())}, {sum(folded.values())} of it counted, {pending(ends, folded)} pending"
    remembered = await operator.store.meta(REMEMBERED)
    return [Finding("ok", "key", "fits the data"), _backup(remembered, files), Finding("ok", "positions", text)]


async def of_hub(operator: Operator) -> list[Finding]:
    """What an open hub tells besides: who may send, who is late, and who is fetched from."""
    suppliers, now = sorted(operator.suppliers.all(), key=lambda one: one.supplier), operator.clock.now()
    async with operator.views.snapshot() as snapshot:
        found = [_supplier(one, _late(one, snapshot, now)) for one in suppliers]
    pulling = operator.pulling()
    found += [_source(name, pulling.get(name)) for name in sorted(one.registration.supplier for one in operator.suppliers.pulled())]
    return found or [Finding("ok", "supplier", "none is registered yet")]


def _source(name: str, trouble: str | None) -> Finding:
    if not trouble:
        return Finding("ok", "source", f"{name} is fetched from; it was not looked at yet" if trouble is None else f"{name} is read")
    told = TROUBLES[trouble]
    return Finding("warning", "source", f"{name} is not read, {trouble}: {told.title}", told.mend)


def _late(one: Registration, snapshot: Snapshot, now: Micros) -> list[str]:
    """School and newest event of each that has not delivered when it should."""
    return [
        f"{source.institution} since {rfc3339(source.data_until)[:16]}Z" if source.data_until else f"{source.institution}, not once"
        for source in snapshot.sources([one], one.institutions, now)
        if source.name == one.supplier and source.status == "stale"
    ]


def _supplier(one: Registration, late: list[str]) -> Finding:
    told = f"{one.supplier} speaks for {', '.join(sorted(one.institutions))} by {', '.join(sorted(one.connectors))}"
    told += f", expected by {one.expected_by}" if one.expected_by else ""
    if not late:
        return Finding("ok", "supplier", told)
    return Finding("warning", "supplier", f"{told}; nothing new for {', '.join(late)}", "ask them; the readings say that it is stale")
