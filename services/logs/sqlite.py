"""The embedded log: one SQLite file, one writer with group commit, full durability before an append returns.

Appends that wait together are decided one after another and written together, so many small requests share one sync. Nothing in it is
changed; after each deletion the file is rewritten, so that nothing of what was deleted is left on free pages, and the journal emptied.
"""

import asyncio
import contextlib
import json
import queue
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from contracts.dates import Micros
from contracts.envelope import Envelope, encode
from contracts.errors import Fatal
from contracts.kinds import LOG_DAYS
from contracts.ports import Cursor, Entry, Positions, Record, pending
from services.logs import claims
from services.logs.claims import Append
from services.migrations import upgrade
from services.stores.sqlite import DELETED, OPENED, ROOM
from services.stores.together import in_one, inserts, parted

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]


Job = tuple[Work | Append, Future[Any]]
Told = tuple[Future[Any], Any, BaseException | None]
"""What a job answers, or why it wrote nothing."""

GROUP: Final = 256
"""Appends that share a commit, at most."""

READ_BYTES: Final = 4_000_000
"""Of the records that are read at once, unless one alone is larger."""

PARTITION: Final = "log"
"""The only one."""

_RECORDS: Final = (
    f"SELECT json_group_array(position), {in_one('value')} FROM"  # noqa: S608 - names of this file
    " (SELECT position, value, sum(length(value)) OVER (ORDER BY position) AS so_far FROM"
    " (SELECT position, value FROM records WHERE position > ? ORDER BY position LIMIT ?))"
    " WHERE so_far <= ? OR so_far = length(value) ORDER BY position"
)

_AT: Final = (
    f"SELECT json_group_array(position), {in_one('value')} FROM"  # noqa: S608 - names of this file
    " (SELECT r.position, r.value FROM json_each(?) AS k JOIN records AS r ON r.position = k.value ORDER BY r.position)"
)

_records = msgspec.json.Decoder(list[Envelope])

_CLAIM: Final = "INSERT INTO claims (report, digest, time, subject, records, voided, expires)"
_CLAIMED: Final = (
    "ON CONFLICT (report) DO UPDATE SET digest = excluded.digest, time = excluded.time, subject = excluded.subject,"
    " records = excluded.records, voided = excluded.voided, expires = excluded.expires"
)


class SqliteLog:
    """`Log` on a file. synchronous: SQLite's own setting; anything but `full` breaks the promise of durability and is for tests of it."""

    days = LOG_DAYS + 1

    def __init__(self, path: Path, synchronous: str = "full") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        upgrade("log", f"sqlite:///{path}")
        self._path, self._synchronous = path, synchronous
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._reader = self._connect()
        self._reading = threading.Lock()
        self._arrived = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer = threading.Thread(target=self._write, name="log-writer", daemon=True)
        self._writer.start()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=30)
        for pragma in ("journal_mode=wal", "secure_delete=fast", f"synchronous={self._synchronous}", "busy_timeout=30000", *ROOM):
            connection.execute(f"PRAGMA {pragma}").close()
        connection.execute(OPENED).fetchall()
        return connection

    # the writer's thread

    def _write(self) -> None:
        connection = self._connect()
        while (job := self._jobs.get()) is not None:
            jobs = [job]
            while len(jobs) < GROUP and (more := self._next()) is not None:
                jobs.append(more)
            self._commit(connection, jobs)
        connection.close()

    def _next(self) -> Job | None:
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return None
        if job is None:
            self._jobs.put(None)
        return job

    def _commit(self, connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
        """One transaction for all; a job that refuses has written nothing, a database that fails fails them all."""
        taken = [(work, future) for work, future in jobs if future.set_running_or_notify_cancel()]
        answers: list[Told] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for appends, run in groupby(taken, lambda job: isinstance(job[0], Append)):
                answers += (_appended if appends else _worked)(connection, [*run])
            connection.execute("COMMIT")
        except Exception as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            broken = Fatal(f"writing the log: {type(error).__name__}: {error}")
            answers = [(future, None, broken) for _, future in taken]
        for future, answer, failure in answers:
            if failure is None:
                future.set_result(answer)
            else:
                future.set_exception(failure)
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._arrived.set)

    async def _do(self, work: Callable[[sqlite3.Connection], T] | Append) -> T:
        self._loop = asyncio.get_running_loop()
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return await asyncio.wrap_future(future)

    # the port

    async def append(self, entries: Sequence[Entry], received: Micros, cursor: Cursor | None = None) -> frozenset[int]:
        return await self._do(Append(entries, received, cursor))

    async def cursor(self, source: str) -> bytes:
        rows = await asyncio.to_thread(self._select, "SELECT value FROM cursors WHERE source = ?", (source,))
        return bytes(rows[0][0]) if rows else b""

    async def read(self, after: Positions, limit: int, only: Collection[str] | None = None) -> list[Record]:
        if only is not None and PARTITION not in only:
            return []
        return await asyncio.to_thread(self._found, _RECORDS, (after.get(PARTITION, 0), limit, READ_BYTES))

    async def at(self, positions: Sequence[int]) -> list[Record]:
        found = await asyncio.to_thread(self._found, _AT, (msgspec.json.encode(positions).decode(),))
        if len(found) != len(positions):
            raise Fatal("reading the log: records that have come are not there")
        return found

    async def wait(self, after: Positions, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._arrived.clear()
        if pending(await self.ends(), after):
            return
        try:
            await asyncio.wait_for(self._arrived.wait(), seconds)
        except TimeoutError:
            return

    async def ends(self) -> Positions:
        """Of all that was ever appended: a deleted record keeps its position."""
        rows = await asyncio.to_thread(self._select, "SELECT seq FROM sqlite_sequence WHERE name = 'records'", ())
        return {PARTITION: int(rows[0][0]) if rows else 0}

    async def forget(self, before: Micros, folded: Positions, today: date) -> int:
        def work(connection: sqlite3.Connection) -> int:
            query = "DELETE FROM records WHERE received < ? AND position <= ?"
            gone = connection.execute(query, (before, folded.get(PARTITION, 0))).rowcount
            gone += connection.execute("DELETE FROM claims WHERE expires < ?", (today.isoformat(),)).rowcount
            if gone:
                connection.execute(DELETED)
            return gone

        gone = await self._do(work)
        await self._scrub()
        return gone

    async def release(self, subjects: frozenset[str]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            query = "DELETE FROM claims WHERE subject IN (SELECT value FROM json_each(?))"
            if subjects and connection.execute(query, (json.dumps(sorted(subjects)),)).rowcount:
                connection.execute(DELETED)

        await self._do(work)
        await self._scrub()

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._reader.close()

    def _found(self, query: str, values: tuple[Any, ...]) -> list[Record]:
        ((positions, *column),) = self._select(query, values)
        return [Record(PARTITION, position, value) for position, value in zip(msgspec.json.decode(positions), parted(*column), strict=True)]

    def _select(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._reading:
            return self._reader.execute(query, values).fetchall()

    async def _scrub(self) -> None:
        """Rewrites the file if something was deleted since it was last, and empties the write-ahead file (`DELETED` says why)."""
        await self._do(_rewrite)
        for _ in range(50):
            busy = await asyncio.to_thread(self._select, "PRAGMA wal_checkpoint(TRUNCATE)", ())
            if not busy[0][0]:
                return
            await asyncio.sleep(0.1)
        raise Fatal("emptying the log's journal: a reader kept it busy for 5 s")


def _rewrite(connection: sqlite3.Connection) -> None:
    """In the writer's thread, between two of its transactions, so that no append waits for a lock in vain."""
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        return
    connection.execute("COMMIT")
    connection.execute("VACUUM")
    connection.execute("PRAGMA user_version = 0")
    connection.execute("BEGIN IMMEDIATE")


def _worked(connection: sqlite3.Connection, jobs: Sequence[tuple[Any, Future[Any]]]) -> list[Told]:
    """Whatever is wrong with a job is nobody else's trouble. The database's own errors are everybody's."""
    told: list[Told] = []
    for work, future in jobs:
        connection.execute("SAVEPOINT job")
        try:
            told.append((future, work(connection), None))
        except sqlite3.Error:
            raise
        except Exception as refusal:
            connection.execute("ROLLBACK TO job")
            told.append((future, None, refusal))
    return told


def _appended(connection: sqlite3.Connection, jobs: Sequence[tuple[Any, Future[Any]]]) -> list[Told]:
    """Decides appends one after another and writes what they came to; each answers what it left out."""
    known = _known(connection, [*{report for append, _ in jobs for report in claims.wanted(append.entries)}])
    records: list[tuple[Micros, bytes]] = []
    changed: dict[str, claims.Row] = {}
    cursors: list[Cursor] = []
    told: list[Told] = []
    for append, future in jobs:
        try:
            again, decided = claims.taken(append.entries, known, append.received, once=append.cursor is not None)
            records += [(append.received, encode(envelope)) for envelope in decided.envelopes]
        except Exception as refusal:
            told.append((future, None, refusal))
            continue
        known |= decided.rows
        changed |= decided.rows
        cursors += [append.cursor] if append.cursor else []
        told.append((future, again, None))
    rows = [(r.report, r.digest, r.time, r.subject, msgspec.json.encode(r.records), r.voided, r.expires) for r in changed.values()]
    for statement, values in (*inserts("INSERT INTO records (received, value)", records), *inserts(_CLAIM, rows, _CLAIMED)):
        connection.execute(statement, values)
    for cursor in cursors:
        connection.execute("INSERT OR REPLACE INTO cursors (source, value) VALUES (?, ?)", (cursor.source, cursor.value))
    return told


def _known(connection: sqlite3.Connection, reports: Sequence[str]) -> dict[str, claims.Row]:
    rows = connection.execute(
        "SELECT report, digest, time, subject, records, voided, expires FROM claims WHERE report IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(reports).decode(),),
    )
    return {
        report: claims.Row(report, digest, time, subject, _records.decode(records), bool(voided), expires)
        for report, digest, time, subject, records, voided, expires in rows
    }
