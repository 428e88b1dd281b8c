"""The ports: what the pure parts and the loops need of the world. Adapters are chosen by URL in the composition root.

Log      durable, ordered, 7 days      services/logs
Store    sheets and all that is derived, one transaction per batch      services/stores
Clock    the time, settable (`FREMGANG_CLOCK`)      services/clock.py
Observer what is worth telling: a log line and a metric together      services/telemetry.py
"""

from collections.abc import AsyncIterable, Collection, Mapping, Sequence
from datetime import date
from typing import Protocol, runtime_checkable

from msgspec import Struct

from contracts.connector import Registration
from contracts.dates import Micros
from contracts.envelope import Envelope
from contracts.facts import SheetKey


class Clock(Protocol):
    def now(self) -> Micros:
        """The hub's time, which a test or a demonstration may have set."""
        ...


class Claim(Struct, frozen=True):
    """A report id that must keep its content. digest: of the content as its standard compares it. timeless: the source gave no time, so
    that of the first receipt stands. voids: the report that this one voids. message: the id is that of a signed message, whose retries
    carry the same body; it is kept `kinds.MESSAGE_DAYS`."""

    report: str
    digest: str
    timeless: bool = False
    voids: str | None = None
    message: bool = False


class Entry(Struct, frozen=True):
    """One received item as it is appended: its envelopes, and its claim where its standard has ids that must not change.
    The claim of a signed message stands in an entry of its own, without envelopes."""

    envelopes: tuple[Envelope, ...]
    claim: Claim | None = None


class Cursor(Struct, frozen=True):
    """Where the reading of a pulled source stands (`contracts.puller`): saved in one step with what was read."""

    source: str
    value: bytes


class FirstSeen(Exception):
    """Reports without a time were received before, at these instants: seal them again with those."""

    def __init__(self, times: Mapping[str, Micros]) -> None:
        super().__init__("reports without a time were received before")
        self.times = times


Positions = Mapping[str, int]
"""Partition -> the position up to which, and with which, something has come; a partition that is not named has not begun, at 0."""


def pending(ends: Positions, positions: Positions) -> int:
    """How many records are between the two."""
    return sum(max(0, end - positions.get(partition, 0)) for partition, end in ends.items())


class Held(Struct, frozen=True):
    """Partitions that a process folds, up to where they are folded, and since when: each time that somebody takes a partition over, its
    epoch rises, and whoever held it before can save nothing more of it."""

    positions: Positions
    epochs: Mapping[str, int]

    def moved(self, ends: Positions) -> "Held":
        return Held({**self.positions, **ends}, self.epochs)


class Record(Struct, frozen=True):
    """position: in its partition, from 1."""

    partition: str
    position: int
    value: bytes


class Log(Protocol):
    """Records with one subject and family are in one partition. days: after which nothing that was received is in it any more."""

    days: int

    async def append(self, entries: Sequence[Entry], received: Micros, cursor: Cursor | None = None) -> frozenset[int]:
        """Returns when all of it is durable, the cursor with it; all or nothing.

        With a cursor, an entry whose claim is known with the same content was read again and not sent again: it is not written. The
        answer is which those are, by index. With nothing written it raises `Conflict` (fault pointers are the entries' indexes),
        `FirstSeen`, or `Refused` where a record is too large for it; `Retry` if it cannot be written now, of which some may be found
        written all the same; `Fatal` if the log cannot write.
        """
        ...

    async def cursor(self, source: str) -> bytes:
        """The last one that was appended; empty where there is none."""
        ...

    async def read(self, after: Positions, limit: int, only: Collection[str] | None = None) -> list[Record]:
        """Records behind these positions, in order in each partition; empty when there are none yet. `Fatal` where some are gone. only:
        the partitions that are read, where not all are."""
        ...

    async def wait(self, after: Positions, seconds: float) -> None:
        """Returns when there may be records behind these positions, or after so long."""
        ...

    async def ends(self) -> Positions:
        """The position of the newest record of every partition."""
        ...

    async def forget(self, before: Micros, folded: Positions, today: date) -> int:
        """Deletes folded records received before an instant and claims expired by `today`, bytes and all; answers how many."""
        ...

    async def release(self, subjects: frozenset[str]) -> None:
        """Deletes the claims of erased subjects."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Rereads(Protocol):
    """A log that gives records again at little cost, for a reader that keeps few of them in memory."""

    async def at(self, positions: Sequence[int]) -> list[Record]:
        """Of its only partition, in their order. `Fatal` where one is not there."""
        ...


class SheetRow(Struct):
    """facts and summaries as their canonical bytes; summaries empty: not measured yet, so whoever reads them measures the facts. kept: the
    facts as the store that they are read from keeps them, where it does so otherwise. rest: where these are not all facts of the sheet,
    what the store knows of the others (`Store.sheets`) and wants back when it is given these."""

    key: SheetKey
    facts: bytes
    summaries: bytes
    kept: bytes = b""
    rest: bytes = b""


class LedgerKey(Struct, frozen=True):
    """day: of receipt, local. outcome: published, repeated, not_used, failed or refused."""

    supplier: str
    institution: str
    day: date
    outcome: str
    reason: str
    kind: str


class Freshness(Struct, frozen=True):
    """The newest event time and the newest receipt of a source in an institution."""

    source: str
    institution: str
    data_until: Micros
    received_until: Micros


class FailedRow(Struct, frozen=True):
    item: str
    supplier: str
    channel: str
    institution: str
    kind: str
    received: Micros
    reason: str
    pointer: str
    detail: str
    digest: str
    subject: str
    body: str | None


class Changes(Struct, frozen=True):
    """What some records of a batch change. sheets: whole, together with what they have as `rest`, and touched by no other records of the
    batch."""

    sheets: Sequence[SheetRow]
    ledger: Mapping[LedgerKey, int]
    freshness: Sequence[Freshness]
    failed: Sequence[FailedRow]


class Store(Protocol):
    """What the fold needs; the read side is `services.stores.reading`, narrowed to a caller. Whatever it is asked may raise `Retry`."""

    async def positions(self) -> Positions: ...

    async def hold(self, partitions: Collection[str]) -> Held:
        """Takes them over, from whoever has them."""
        ...

    async def sheets(self, reports: Mapping[SheetKey, Collection[str]]) -> dict[SheetKey, SheetRow]:
        """Those that are there, without summaries. reports: by sheet the ids of those that are to be merged into its facts. Facts that it
        knows to be told by none of these it may leave out (`SheetRow.rest`)."""
        ...

    async def erased(self) -> frozenset[str]: ...

    async def save(self, held: Held, end: Positions, changes: AsyncIterable[Changes]) -> int:
        """Commits a batch and its positions together and answers the change number. `Taken` if a partition that it moves is held by
        another meanwhile, or is not where the batch started from. changes: of the batch, some records at a time, so that its sheets need
        not all be in memory."""
        ...

    async def unmeasured(self, most: int, before: date | None = None) -> list[SheetRow]:
        """Sheets that were saved with empty summaries, so many at most."""
        ...

    async def measured(self, rows: Sequence[SheetRow]) -> None:
        """Gives sheets that are not measured their summaries, where they still are there. No view changes by it, so neither does the change
        number."""
        ...

    async def suppliers(self) -> Sequence[Registration]: ...


class Observer(Protocol):
    """One method for each thing worth telling; labels come from closed sets, never a person, a school or a URL."""

    def items_received(self, connector: str, outcome: str, count: int) -> None: ...
    def request_refused(self, connector: str, reasons: Sequence[str]) -> None: ...
    def appended(self, records: int, seconds: float) -> None: ...
    def folded(self, records: int, sheets: int, lag_seconds: float) -> None: ...
    def source_fresh(self, source: str, data_until: Micros) -> None: ...
    def page_pulled(self, source: str, new: int, known: int) -> None: ...
    def source_read(self, source: str, now: Micros) -> None: ...
    def pull_failed(self, source: str, trouble: str, cause: BaseException | None) -> None: ...
    def source_left(self, source: str) -> None: ...
    def view_read(self, view: str, status: int, seconds: float) -> None: ...
    def interrupted(self, reason: str) -> None: ...
    def ticked(self, institutions: int) -> None: ...
    def deleted(self, what: str, count: int) -> None: ...
    def stopped(self, reason: str) -> None: ...
