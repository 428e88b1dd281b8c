"""The loop that folds the log into the store: take a batch, merge it into sheets, save sheets and position in one transaction.

A batch is what waits, up to a bound, so that a sheet is written once for all that came of it while the fold was behind. A large one
is worked on in a thread, so that the hub answers others meanwhile; below, a thread costs more than it spares.

Where more waits than a batch should measure, its sheets are saved without summaries, and readings measure them from their facts. When
the loop has caught up it measures those that are left, some at a time, each time in a transaction of its own under the same lock. A
crash between the two loses nothing: what is not measured is known by its empty summaries, and measured after the next start.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from contracts.dates import SECOND, instant, rfc3339
from contracts.facts import SheetKey, decode_facts, decode_open, encode
from contracts.indicator import Indicator
from contracts.ports import Batch, Clock, Log, Observer, Record, SheetRow, Store
from streams.fold import Folded, Read, fold, read, sheet_key
from streams.sheet import encode as encode_summaries
from streams.sheet import measure_sheet

BATCH: Final = 10_000
LARGE: Final = 200
"""Records above which a batch is large."""
MEASURED: Final = 1_000
"""Records above which a batch's sheets are measured later: each would be measured again for the few facts of the next batch."""
AT_ONCE: Final = 100
"""Sheets that are measured later together; about 10 ms."""
IDLE_SECONDS: Final = 1.0

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
        position = await self._store.position()
        while True:
            moved = await self.step(position)
            if moved == position and not await self.measure():
                await self._log.wait(position, IDLE_SECONDS)
            position = moved

    async def step(self, start: int) -> int:
        """Folds one batch and answers the new position."""
        async with self._folding:
            return await self._step(start)

    async def measure(self) -> bool:
        """Measures some of the sheets that are not; False where all are."""
        async with self._folding:
            rows = await self._store.unmeasured(AT_ONCE)
            if rows:
                await self._store.measured([self._row(row.key, row.facts) for row in rows])
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
        told = [SheetRow(key, encode(folded.sheets[key]), b"") for key in sorted(folded.changed)]
        rows = told if len(batch) > MEASURED else [self._row(row.key, row.facts) for row in told]
        return folded, Batch(start, end, rows, folded.ledger, [*folded.freshness.values()], folded.failed)

    def _row(self, key: SheetKey, facts: bytes) -> SheetRow:
        return SheetRow(key, facts, encode_summaries(measure_sheet(decode_facts(facts), key.family, self._indicators)))

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
