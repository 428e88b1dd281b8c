"""The loop that folds the log into the store: take a batch, merge it into sheets, save sheets and position in one transaction.

A batch is what has come since the last one, up to a bound, and batches are apart, so that a sheet is written once for all that came of it
meanwhile. A large one is worked on in a thread, so that the hub answers others; below, a thread costs more than it spares.

A sheet is saved without summaries, and readings measure it from its facts, since it may be written again a moment later. When nothing
has come for a while the loop measures what is left, and between batches, however many come, what is left of days that are over: some at
a time, each time in a transaction of its own under the same lock. A crash between the two loses nothing: what is not measured is known
by its empty summaries, and measured after the next start.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Final, NamedTuple, TypeVar

from contracts.dates import SECOND, instant, local_date
from contracts.facts import SheetKey, decode_facts, decode_open, encode
from contracts.indicator import Indicator
from contracts.ports import Batch, Clock, Log, Observer, Record, SheetRow, Store
from streams.fold import Read, fold, read, sheet_key
from streams.sheet import encode as encode_summaries
from streams.sheet import measure_sheet

BATCH: Final = 2_000
IN_A_STEP: Final = 10
"""Batches, at most."""
LARGE: Final = 200
"""Records above which a batch is large."""
APART_SECONDS: Final = 0.4
"""From the beginning of a batch to that of the next."""
AT_ONCE: Final = 25
"""Sheets that are measured together, so that it takes a few milliseconds."""
QUIET_SECONDS: Final = 1.0

_Done = TypeVar("_Done")


class Process:
    def __init__(self, log: Log, store: Store, clock: Clock, observer: Observer, indicators: Sequence[Indicator]) -> None:
        self._log, self._store, self._clock, self._observer, self._indicators = log, store, clock, observer, indicators
        self._folding = asyncio.Lock()

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """No batch is folded meanwhile: for what deletes sheets, which a fold under way would write back."""
        async with self._folding:
            yield

    async def run(self) -> None:
        """Until it is cancelled; raises `Fatal` when it cannot make progress."""
        position, quiet, clock = await self._store.position(), False, asyncio.get_running_loop().time
        while True:
            began, before = clock(), position
            position = await self.step(before)
            if position != before:
                quiet = False
                await self.measure(local_date(self._clock.now()))
                await asyncio.sleep(began + APART_SECONDS - clock())
            elif not (quiet and await self.measure()):
                await self._log.wait(position, QUIET_SECONDS)
                quiet = True

    async def step(self, start: int) -> int:
        """Folds what has come, up to some batches, and answers the new position. Of several, one is folded while that before is saved."""
        async with self._folding:
            made = await self._made(start, {})
            for left in range(IN_A_STEP, 0, -1):
                if made is None:
                    break
                start = made.batch.end
                _, made = await asyncio.gather(self._saved(made), self._made(start, made.rows) if left > 1 and made.full else _nothing())
            return start

    async def measure(self, before: date | None = None) -> bool:
        """Measures some of the sheets that are not, of days before a date if one is given; False where all are."""
        async with self._folding:
            rows = await self._store.unmeasured(AT_ONCE, before)
            if rows:
                await self._store.measured([self._measured(row) for row in rows])
            return bool(rows)

    async def _made(self, start: int, unsaved: Mapping[SheetKey, SheetRow]) -> "_Made | None":
        """The next batch, folded; None where nothing has come. unsaved: sheets of the batch before, which the store may not have."""
        records = await self._log.read(start, BATCH)
        if not records:
            return None
        large, end = len(records) > LARGE, records[-1].position
        batch, keys = await _apart(large, lambda: _read(records))
        known = await self._store.sheets([key for key in keys if key not in unsaved])
        known |= {key: unsaved[key] for key in keys if key in unsaved}
        erased = await self._store.erased()
        return await _apart(large, lambda: self._folded(batch, known, erased, start, end))

    def _folded(self, batch: Sequence[Read], known: Mapping[SheetKey, SheetRow], erased: Collection[str], start: int, end: int) -> "_Made":
        folded = fold(batch, {key: decode_open(row.facts) for key, row in known.items()}, erased)
        rows = [SheetRow(key, encode(folded.sheets[key]), b"") for key in sorted(folded.changed)]
        newest = max((one.envelope.recordedtime for one in batch if one.envelope), default="")
        changes = Batch(start, end, rows, folded.ledger, [*folded.freshness.values()], folded.failed)
        return _Made(changes, len(batch), newest)

    async def _saved(self, made: "_Made") -> None:
        await self._store.save(made.batch)
        self._tell(made)

    def _measured(self, row: SheetRow) -> SheetRow:
        return SheetRow(row.key, row.facts, encode_summaries(measure_sheet(decode_facts(row.facts), row.key.family, self._indicators)))

    def _tell(self, made: "_Made") -> None:
        now = self._clock.now()
        lag = now - instant(made.newest) if made.newest else 0
        self._observer.folded(made.records, len(made.batch.sheets), max(0, lag) / SECOND)
        for fresh in made.batch.freshness:
            self._observer.source_fresh(fresh.source, fresh.data_until)


class _Made(NamedTuple):
    """A folded batch. records: of the log. newest: when the last of them was received, if any is ours."""

    batch: Batch
    records: int
    newest: str

    @property
    def full(self) -> bool:
        """Whether there may be more."""
        return self.records >= BATCH

    @property
    def rows(self) -> dict[SheetKey, SheetRow]:
        return {row.key: row for row in self.batch.sheets}


async def _nothing() -> None:
    """In the place of a batch that is not made."""


def _read(records: Sequence[Record]) -> tuple[list[Read], list[SheetKey]]:
    """The records, and the sheets that their facts live in."""
    batch = [read(record) for record in records]
    return batch, sorted({key for one in batch if one.envelope and (key := sheet_key(one.envelope))})


async def _apart(large: bool, work: Callable[[], _Done]) -> _Done:
    """Folding is pure, so a thread may do it."""
    return await asyncio.to_thread(work) if large else work()
