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
from typing import Final, TypeVar

from contracts.dates import SECOND, instant, local_date, rfc3339
from contracts.facts import SheetKey, decode_facts, decode_open, encode
from contracts.indicator import Indicator
from contracts.ports import Batch, Clock, Log, Observer, Record, SheetRow, Store
from streams.fold import Folded, Read, fold, read, sheet_key
from streams.sheet import encode as encode_summaries
from streams.sheet import measure_sheet

BATCH: Final = 4_000
LARGE: Final = 200
"""Records above which a batch is large."""
APART_SECONDS: Final = 0.4
"""From the beginning of a batch to that of the next."""
AT_ONCE: Final = 25
"""Sheets that are measured together, so that it takes a few milliseconds."""
QUIET_SECONDS: Final = 1.0

_Made = TypeVar("_Made")


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
        """Folds one batch and answers the new position."""
        async with self._folding:
            return await self._step(start)

    async def measure(self, before: date | None = None) -> bool:
        """Measures some of the sheets that are not, of days before a date if one is given; False where all are."""
        async with self._folding:
            rows = await self._store.unmeasured(AT_ONCE, before)
            if rows:
                await self._store.measured([self._measured(row) for row in rows])
            return bool(rows)

    async def _step(self, start: int) -> int:
        records = await self._log.read(start, BATCH)
        if not records:
            return start
        large, end = len(records) > LARGE, records[-1].position
        batch, keys = await _apart(large, lambda: _read(records))
        known, erased = await self._store.sheets(keys), await self._store.erased()
        folded, changes = await _apart(large, lambda: self._changes(batch, known, erased, start, end))
        await self._store.save(changes)
        self._tell(batch, folded)
        return end

    def _changes(
        self, batch: Sequence[Read], known: Mapping[SheetKey, SheetRow], erased: Collection[str], start: int, end: int
    ) -> tuple[Folded, Batch]:
        folded = fold(batch, {key: decode_open(row.facts) for key, row in known.items()}, erased)
        rows = [SheetRow(key, encode(folded.sheets[key]), b"") for key in sorted(folded.changed)]
        return folded, Batch(start, end, rows, folded.ledger, [*folded.freshness.values()], folded.failed)

    def _measured(self, row: SheetRow) -> SheetRow:
        return SheetRow(row.key, row.facts, encode_summaries(measure_sheet(decode_facts(row.facts), row.key.family, self._indicators)))

    def _tell(self, batch: Sequence[Read], folded: Folded) -> None:
        now = self._clock.now()
        newest = instant(max((one.envelope.recordedtime for one in batch if one.envelope), default=rfc3339(now)))
        self._observer.folded(len(batch), len(folded.changed), max(0, now - newest) / SECOND)
        for (source, _), fresh in folded.freshness.items():
            self._observer.source_fresh(source, fresh.data_until)


def _read(records: Sequence[Record]) -> tuple[list[Read], list[SheetKey]]:
    """The records, and the sheets that their facts live in."""
    batch = [read(record) for record in records]
    return batch, sorted({key for one in batch if one.envelope and (key := sheet_key(one.envelope))})


async def _apart(large: bool, work: Callable[[], _Made]) -> _Made:
    """Folding is pure, so a thread may do it."""
    return await asyncio.to_thread(work) if large else work()
