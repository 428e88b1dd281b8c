"""The deployed log: Kafka topics. What has ids that must not change, and where sources are read up to, is in the store beside it.

A group of appends is one transaction of the store, in the middle of which its records are acknowledged by the brokers: so one that waits
for the same ids waits for both, and a crash leaves either nothing, or records that were never answered for and are absorbed when they come
again.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from contracts.dates import Micros
from contracts.envelope import Envelope
from contracts.errors import Fatal, Retry
from contracts.kinds import LOG_DAYS
from contracts.ports import Cursor, Entry, Positions, Record, pending
from contracts.topics import LARGEST
from services.logs import claims
from services.logs.broker import FETCH_BYTES, SECONDS, Cluster, answered, differences, found, partitions, reached, wanted
from services.logs.claims import Append, Written
from services.logs.groups import Groups
from services.logs.sender import Sender
from services.stores.database import Database, Session

IN_FLIGHT: Final = 32_000_000
"""Bytes of records that wait for their acknowledgement; whoever comes then is asked to come again."""
POLL_SECONDS: Final = 0.2

_KNOWN: Final = (
    "SELECT c.report, c.digest, c.time, c.subject, c.records, c.voided, c.expires FROM claims AS c"
    " WHERE c.report IN (SELECT report FROM {reports} AS r) ORDER BY c.report FOR UPDATE"
)
_CLAIMED: Final = (
    "INSERT INTO claims (report, digest, time, subject, records, voided, expires)"
    " SELECT t.report, t.digest, t.time, t.subject, t.records, t.voided = 1, t.expires FROM {rows} AS t ORDER BY t.report ON CONFLICT"
)
_NEW: Final = f"{_CLAIMED} DO NOTHING RETURNING report"
_CHANGED: Final = (
    f"{_CLAIMED} (report) DO UPDATE SET digest = excluded.digest, time = excluded.time, subject = excluded.subject,"
    " records = excluded.records, voided = excluded.voided, expires = excluded.expires"
)
_RELEASED: Final = "DELETE FROM claims WHERE subject IN (SELECT subject FROM {subjects} AS s) RETURNING report"
TABLES: Final = {
    "claims": ("report", "digest", "time", "subject", "records", "voided", "expires"),
    "cursors": ("source", "value"),
}  # fmt: skip
"""The log's own tables in the store's database, with their columns."""
_CURSOR: Final = "INSERT INTO cursors (source, value) VALUES (:source, :value) ON CONFLICT (source) DO UPDATE SET value = excluded.value"
_records = msgspec.json.Decoder(list[Envelope])


class KafkaLog:
    """`Log` on a cluster's topics. The position of a record is its offset and one, so that it is how many there are up to it."""

    days = LOG_DAYS + 3
    """A broker's file holds a day, and goes when the youngest of it is a day over its time; brokers look now and then."""

    def __init__(self, of: Cluster, database: Database) -> None:
        self._cluster, self._database = of, database
        self._partitions = partitions(of)
        self._names = {partition: name for name, partition in self._partitions.items()}
        self._sender = Sender(of)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=of.servers, enable_auto_commit=False, auto_offset_reset="none", fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=LARGEST, fetch_max_wait_ms=100, **of.access,
        )  # fmt: skip
        self._reading = asyncio.Lock()
        self._at: dict[str, int] = {}
        self._in_flight = 0
        self._groups = Groups(self._written)

    async def start(self) -> None:
        """Raises `Fatal` where the cluster does not answer, or its topics are not as they should be."""
        if wrong := [f"{what}; {mend}" for what, mend in differences(wanted(self._cluster), await found(self._cluster))]:
            raise Fatal(f"starting: {wrong[0]}" + (f" (and {len(wrong) - 1} more: fremgang topics)" if len(wrong) > 1 else ""))
        with reached():
            await self._sender.start()
            await self._consumer.start()
        self._consumer.assign(list(self._partitions.values()))
        self._consumer.pause(*self._partitions.values())
        for partition in self._partitions.values():
            self._consumer.seek(partition, 0)

    async def append(self, entries: Sequence[Entry], received: Micros, cursor: Cursor | None = None) -> frozenset[int]:
        async with self._room(entries):
            return await self._groups.append(Append(entries, received, cursor))

    async def _written(self, group: Sequence[Append]) -> list[frozenset[int]]:
        """All of it or nothing. Raises as `append` does where one is refused."""
        reports = [*{report for one in group for report in claims.wanted(one.entries)}]
        if not reports and not any(one.cursor for one in group):
            decided = claims.in_turn(group, {})
            await self._sender.send(decided.told)
        else:
            async with self._database.write() as session:
                decided = await _claimed(session, group, reports)
                await self._sender.send(decided.told)
                for cursor in (one.cursor for one in group if one.cursor):
                    await session.rows(_CURSOR, source=cursor.source, value=cursor.value)
        return decided.again

    @asynccontextmanager
    async def _room(self, entries: Sequence[Entry]) -> AsyncIterator[None]:
        """Raises `Retry` where too much waits already."""
        size = sum(len(bytes(envelope.data)) for entry in entries for envelope in entry.envelopes if isinstance(envelope.data, msgspec.Raw))
        if self._in_flight and self._in_flight + size > IN_FLIGHT:
            raise Retry("the log takes no more at the moment", after=1)
        self._in_flight += size
        try:
            yield
        finally:
            self._in_flight -= size

    async def cursor(self, source: str) -> bytes:
        async with self._database.read() as session:
            rows = await session.rows("SELECT value FROM cursors WHERE source = :source", source=source)
        return bytes(rows[0][0]) if rows else b""

    async def read(self, after: Positions, limit: int, only: Collection[str] | None = None) -> list[Record]:
        async with self._reading:
            ends, records, began = await self.ends(), list[Record](), asyncio.get_running_loop().time()
            if only is not None:
                ends = {name: ends[name] for name in only}
            at = self._sought(after, ends.keys())
            while len(records) < limit and pending(ends, at):
                more = await self._fetched(at, limit - len(records))
                records += more
                if records and not more:
                    break
                if not records and asyncio.get_running_loop().time() - began > SECONDS:
                    raise Retry("the log gives no records")
            return records

    async def wait(self, after: Positions, seconds: float) -> None:
        ends, deadline = await self.ends(), asyncio.get_running_loop().time() + seconds
        while not pending(ends, after) and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, POLL_SECONDS / 4))
            ends = await self.ends()

    async def ends(self) -> Positions:
        with answered():
            ends = await self._consumer.end_offsets(list(self._partitions.values()))
        return {self._names[partition]: end for partition, end in ends.items()}

    async def begins(self) -> Positions:
        """The position before the oldest record that is kept, of every partition."""
        with answered():
            starts = await self._consumer.beginning_offsets(list(self._partitions.values()))
        return {self._names[partition]: start for partition, start in starts.items()}

    async def marks(self, at: Positions) -> dict[str, str]:
        """Partition -> SHA-256 of its record with this position, of those that are kept: they tell the log apart from another."""
        begins, ends = await self.begins(), await self.ends()
        kept = {name: position for name, position in at.items() if begins.get(name, 0) < position <= ends.get(name, 0)}
        found = dict[str, str]()
        async with self._reading:
            self._at = {}
            with answered():
                for name, position in kept.items():
                    self._consumer.seek(self._partitions[name], position - 1)
                    self._consumer.resume(self._partitions[name])
                for name, position in kept.items():
                    told = await self._consumer.getmany(self._partitions[name], timeout_ms=round(SECONDS * 1000), max_records=1)
                    for message in told.get(self._partitions[name], ()):
                        if message.offset == position - 1:
                            found[name] = hashlib.sha256(message.value).hexdigest()
            self._consumer.pause(*self._partitions.values())
        return found

    def _sought(self, after: Positions, wanted: Collection[str]) -> dict[str, int]:
        """Where the consumer reads on in those that are wanted. Of others, and before anybody reads, nothing is fetched."""
        for name in self._at.keys() - wanted:
            self._consumer.pause(self._partitions[name])
            del self._at[name]
        for name in wanted:
            if self._at.get(name) != (position := after.get(name, 0)):
                self._consumer.seek(self._partitions[name], position)
                if name not in self._at:
                    self._consumer.resume(self._partitions[name])
                self._at[name] = position
        return self._at

    async def _fetched(self, at: dict[str, int], limit: int) -> list[Record]:
        """Offsets may leave gaps, where somebody else's transaction ended."""
        with answered():
            told = await self._consumer.getmany(timeout_ms=round(POLL_SECONDS * 1000), max_records=limit)
        records = []
        for partition, messages in told.items():
            name = self._names[partition]
            for message in messages:
                if message.offset >= at[name]:
                    at[name] = message.offset + 1
                    records.append(Record(name, message.offset + 1, message.value))
        return records

    async def forget(self, before: Micros, folded: Positions, today: date) -> int:
        """Tells the brokers from where on records are kept; they delete the files below it in their own time."""
        async with self._database.write() as session:
            gone = len(await session.rows("DELETE FROM claims WHERE expires < :today RETURNING report", today=today.isoformat()))
            if gone:
                await session.deleted()
        await self._database.scrub()
        return gone + await self._delete(await self._before(before, folded))

    async def _before(self, before: Micros, folded: Positions) -> dict[str, int]:
        """Partition -> the last position that may go, of those that have any."""
        with answered():
            newest = await self._consumer.offsets_for_times(dict.fromkeys(self._partitions.values(), before // 1_000))
            starts = await self._consumer.beginning_offsets(list(self._partitions.values()))
        last = {}
        for name, partition in self._partitions.items():
            newer = newest[partition]
            end = min(folded.get(name, 0), newer.offset) if newer else folded.get(name, 0)
            if end > starts[partition]:
                last[name] = end
        return last

    async def _delete(self, last: Mapping[str, int]) -> int:
        if not last:
            return 0
        with answered():
            starts = await self._consumer.beginning_offsets([self._partitions[name] for name in last])
            admin = AIOKafkaAdminClient(bootstrap_servers=self._cluster.servers, **self._cluster.access)
            await admin.start()
            try:
                await admin.delete_records({self._partitions[name]: RecordsToDelete(end) for name, end in last.items()})
            finally:
                await admin.close()
        return sum(end - starts[self._partitions[name]] for name, end in last.items())

    async def release(self, subjects: frozenset[str]) -> None:
        if not subjects:
            return
        async with self._database.write() as session:
            query = _RELEASED.format(subjects=session.table("subjects", "subject"))
            if await session.rows(query, subjects=json.dumps([[one] for one in sorted(subjects)])):
                await session.deleted()
        await self._database.scrub()

    async def close(self) -> None:
        await self._groups.close()
        await self._consumer.stop()
        await self._sender.close()


async def _claimed(session: Session, group: Sequence[Append], reports: Sequence[str]) -> Written:
    """What `claims.in_turn` decides, its claims written: as if none were known, which is so of nearly all, and anew where some are."""
    decided = claims.in_turn(group, {})
    new = await _put(session, _NEW, decided.rows)
    if len(new) < len(reports):
        known = await _known(session, [report for report in reports if report not in new])
        decided = claims.in_turn(group, known)
        await _put(session, _CHANGED, decided.rows)
    return decided


async def _known(session: Session, reports: Sequence[str]) -> dict[str, claims.Row]:
    """Their rows, locked to the end of the transaction; all that lock several do so in one order, after those that they made."""
    rows = await session.rows(_KNOWN.format(reports=session.table("reports", "report")), reports=json.dumps([[one] for one in reports]))
    return {
        report: claims.Row(report, digest, time, subject, _records.decode(records), voided, expires)
        for report, digest, time, subject, records, voided, expires in rows
    }


async def _put(session: Session, statement: str, rows: Mapping[str, claims.Row]) -> set[str]:
    """Answers which of them the statement returns."""
    if not rows:
        return set()
    told = [[r.report, r.digest, r.time, r.subject, _text(r.records), int(r.voided), r.expires] for r in rows.values()]
    table = session.table("rows", "report", "digest", "time#", "subject", "records", "voided#", "expires")
    return {report for (report,) in await session.rows(statement.format(rows=table), rows=_text(told))}


def _text(records: Any) -> str:
    return msgspec.json.encode(records).decode()
