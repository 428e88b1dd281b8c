"""The loop that folds the log into the store: take a batch, merge it into sheets, save sheets and position in one transaction.

A batch is what has come since the last one, up to a bound, and batches are apart, so that a sheet is written once for all that came of it
meanwhile. It is looked through for which sheets its records belong to, and folded some sheets at a time, whose records are read again, the
next while those before are written, so that few are in memory however long the batch is. A large one is worked on in a thread, so that the
hub answers others; below, a thread costs more than it spares.

A sheet is saved without summaries, and readings measure it from its facts, since it may be written again a moment later. When nothing
has come for a while the loop measures what is left, and between batches, however many come, what is left of days that are over: some at
a time, each time in a transaction of its own under the same lock. A crash between the two loses nothing: what is not measured is known
by its empty summaries, and measured after the next start.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final, NamedTuple, TypeVar

import msgspec

from contracts.dates import SECOND, Micros, instant, local_date
from contracts.errors import Retry
from contracts.facts import SheetKey, decode_facts, decode_open, encode
from contracts.indicator import Indicator
from contracts.ports import Changes, Clock, Held, Log, Observer, Positions, Record, Rereads, SheetRow, Store, pending
from services.again import again
from services.turns import Turn
from streams.fold import Folded, fold, placed
from streams.sheet import encode as encode_summaries
from streams.sheet import measure_sheet

BATCH: Final = 96_000
BATCH_BYTES: Final = 96_000_000
READ: Final = 2_000
"""Records that are read at once."""
LARGE: Final = 400
"""Records above which a batch is large."""
SHEETS: Final = 128
"""That are in memory together; fewer where they have more than `READ` records in a batch."""
SHEETS_BESIDE: Final = 512
"""The same where the records are in memory anyway: each statement of a server's has its price."""
APART_SECONDS: Final = 0.1
"""From the beginning of a batch to that of the next, unless it is full."""
AT_ONCE: Final = 25
"""Sheets that are measured together; whoever waits comes between any two."""
QUIET_SECONDS: Final = 1.0

_Done = TypeVar("_Done")


class Process:
    def __init__(self, log: Log, store: Store, clock: Clock, observer: Observer, indicators: Sequence[Indicator], turn: Turn) -> None:
        self._log, self._store, self._clock, self._observer, self._indicators = log, store, clock, observer, indicators
        self._rereads = log if isinstance(log, Rereads) else None
        self._turn = turn
        self._folding, self._folded = asyncio.Lock(), 0.0

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """This process folds no batch meanwhile: for what deletes sheets, which a fold under way would write back. Other processes are
        kept out by the database (`Session.fenced`)."""
        async with self._folding:
            yield

    async def run(self) -> None:
        """Until it is cancelled; raises `Fatal` when it cannot make progress."""
        while True:
            held = await again(self._first_step, self._observer.interrupted)
            try:
                await self._from(held)
            except Retry as lost:
                self._observer.interrupted(str(lost))
                await asyncio.sleep(QUIET_SECONDS)

    async def _first_step(self) -> Held:
        """When the store was lost, only it knows how far it came."""
        return await self.step(await self.taken())

    async def taken(self) -> Held:
        """All partitions that there are; who folded them before folds them no more."""
        return await self._store.hold((await self._log.ends()).keys())

    async def _from(self, held: Held) -> None:
        quiet, clock = False, asyncio.get_running_loop().time
        while True:
            began, before = clock(), held.positions
            held = await self.step(held)
            if count := pending(held.positions, before):
                quiet = False
                await self.measure(local_date(self._clock.now()))
                await asyncio.sleep(0 if count >= BATCH else began + APART_SECONDS - clock())
            elif not (quiet and await self.measure()):
                await self._log.wait(held.positions, QUIET_SECONDS)
                quiet = True

    async def step(self, held: Held) -> Held:
        """Folds one batch and answers the new positions; those that it got where nothing waits."""
        async with self._folding:
            return await self.advance(held)

    async def advance(self, held: Held) -> Held:
        """As `step`, for who has paused the others."""
        return await self._saved(held, await self._waiting(held.positions))

    async def fold(self, held: Held, records: Sequence[Record]) -> Held:
        """As `advance`, of records that come next."""
        waiting = _Waiting(keeps=True)
        await self._apart(len(records), partial(waiting.add, records))
        return await self._saved(held, waiting)

    async def _saved(self, held: Held, waiting: "_Waiting") -> Held:
        if not waiting.count:
            return held
        told = _Told()
        await self._store.save(held, waiting.ends, self._changes(waiting, told))
        self._folded = asyncio.get_running_loop().time()
        self._tell(waiting.count, told)
        return held.moved(waiting.ends)

    async def measuring(self) -> None:
        """Until it is cancelled: as `run` does beside folding, where others fold too."""
        clock = asyncio.get_running_loop().time
        while True:
            quiet = clock() - self._folded > QUIET_SECONDS
            if not await again(partial(self.measure, None if quiet else local_date(self._clock.now())), self._observer.interrupted):
                await asyncio.sleep(QUIET_SECONDS)

    async def measure(self, before: date | None = None) -> bool:
        """Measures some of the sheets that are not, of days before a date if one is given; False where all are."""
        async with self._folding:
            rows = await self._store.unmeasured(AT_ONCE, before)
            if rows:
                await self._store.measured([await self._measured(row) for row in rows])
            return bool(rows)

    async def _waiting(self, start: Positions) -> "_Waiting":
        """What has come, up to a bound."""
        waiting, full = _Waiting(keeps=self._rereads is None), True
        while full and waiting.count < BATCH and waiting.size < BATCH_BYTES:
            records = await self._log.read({**start, **waiting.ends}, READ, start.keys())
            await self._apart(len(records), partial(waiting.add, records))
            full = len(records) == READ
        return waiting

    async def _changes(self, waiting: "_Waiting", told: "_Told") -> AsyncIterator[Changes]:
        erased = await self._store.erased()
        for one in waiting.slices():
            records = await self._rereads.at([position for _, position in one.places]) if self._rereads else waiting.kept(one)
            known = await self._store.sheets(one.reports)
            folded, rows = await self._apart(waiting.count, partial(_folded, records, known, erased))
            told.add(folded)
            found = [msgspec.structs.replace(row, received=row.received or self._clock.now()) for row in folded.failed]
            yield Changes(rows, folded.ledger, [*folded.freshness.values()], found)

    async def _apart(self, records: int, work: Callable[[], _Done]) -> _Done:
        """Folding is pure, so a thread may do it. records: of the batch, or of the part of it that is worked on."""
        if records > LARGE:
            return await asyncio.to_thread(work)
        await self._turn()
        return work()

    async def _measured(self, row: SheetRow) -> SheetRow:
        await asyncio.sleep(0)
        summaries = measure_sheet(decode_facts(row.facts), row.key.family, self._indicators)
        return msgspec.structs.replace(row, summaries=encode_summaries(summaries))

    def _tell(self, records: int, told: "_Told") -> None:
        now = self._clock.now()
        lag = now - instant(told.newest) if told.newest else 0
        self._observer.folded(records, told.sheets, max(0, lag) / SECOND)
        for source, data_until in told.data_until.items():
            self._observer.source_fresh(source, data_until)


_Place = tuple[str, int]
"""Of a record: partition and position."""


class _Slice(NamedTuple):
    """Some sheets with the reports of them, and where the records of a batch are that tell these; or some records of no sheet."""

    reports: Mapping[SheetKey, Collection[str]]
    places: Sequence[_Place]


class _Waiting:
    """Where a batch's records are, and which sheets their facts live in. ends: up to where they go. size: of the records, in bytes.
    keeps: the records too."""

    def __init__(self, *, keeps: bool) -> None:
        self.count, self.size, self._keeps = 0, 0, keeps
        self.ends: dict[str, int] = {}
        self._told: dict[SheetKey, list[tuple[_Place, str]]] = {}
        self._homeless: list[_Place] = []
        self._records: dict[_Place, Record] = {}

    def add(self, records: Sequence[Record]) -> None:
        for record in records:
            place = (record.partition, record.position)
            if home := placed(record):
                self._told.setdefault(home[0], []).append((place, home[1]))
            else:
                self._homeless.append(place)
            self.size += len(record.value)
            self.ends[record.partition] = record.position
        if self._keeps:
            self._records.update(((record.partition, record.position), record) for record in records)
        self.count += len(records)

    def kept(self, one: _Slice) -> list[Record]:
        return [self._records[place] for place in one.places]

    def slices(self) -> Iterator[_Slice]:
        for at in range(0, len(self._homeless), READ):
            yield _Slice({}, self._homeless[at : at + READ])
        most = SHEETS_BESIDE if self._keeps else SHEETS
        reports, places = dict[SheetKey, list[str]](), list[_Place]()
        for key in sorted(self._told):
            reports[key] = [report for _, report in self._told[key]]
            places += [place for place, _ in self._told[key]]
            if len(reports) == most or len(places) > READ:
                yield _Slice(reports, places)
                reports, places = {}, []
        if reports:
            yield _Slice(reports, places)


@dataclass
class _Told:
    """What is told of a batch when it is saved. sheets: how many changed. newest: when the last of its records was received."""

    sheets: int = 0
    newest: str = ""
    data_until: dict[str, Micros] = field(default_factory=dict)

    def add(self, folded: Folded) -> None:
        self.sheets += len(folded.changed)
        self.newest = max(self.newest, folded.newest)
        for fresh in folded.freshness.values():
            self.data_until[fresh.source] = max(fresh.data_until, self.data_until.get(fresh.source, 0))


def _folded(records: Sequence[Record], known: Mapping[SheetKey, SheetRow], erased: Collection[str]) -> tuple[Folded, list[SheetRow]]:
    folded = fold(records, {key: decode_open(row.facts) for key, row in known.items()}, erased)
    rest = {key: row.rest for key, row in known.items()}
    return folded, [SheetRow(key, encode(folded.sheets[key]), b"", rest=rest.get(key, b"")) for key in sorted(folded.changed)]
