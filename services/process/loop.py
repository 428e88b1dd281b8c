"""The loop that folds the log into the store: take a batch, merge it into sheets, save sheets and position in one transaction."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from contracts.dates import SECOND, instant
from contracts.facts import SheetKey, decode_facts, encode
from contracts.indicator import Indicator
from contracts.ports import Batch, Clock, Log, Observer, SheetRow, Store
from streams.fold import Folded, Read, fold, read, sheet_key
from streams.sheet import encode as encode_summaries
from streams.sheet import measure_sheet

BATCH: Final = 2_000
IDLE_SECONDS: Final = 1.0


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
            if moved == position:
                await self._log.wait(position, IDLE_SECONDS)
            position = moved

    async def step(self, start: int) -> int:
        """Folds one batch and answers the new position."""
        async with self._folding:
            return await self._step(start)

    async def _step(self, start: int) -> int:
        records = await self._log.read(start, BATCH)
        if not records:
            return start
        batch = [read(record) for record in records]
        keys = {key for one in batch if one.envelope and (key := sheet_key(one.envelope))}
        known = await self._store.sheets(sorted(keys))
        folded = fold(batch, {key: decode_facts(row.facts) for key, row in known.items()}, await self._store.erased())
        end = records[-1].position
        await self._store.save(self._changes(folded, start, end))
        self._tell(batch, folded)
        return end

    def _changes(self, folded: Folded, start: int, end: int) -> Batch:
        rows = [self._row(key, folded) for key in sorted(folded.changed)]
        return Batch(start, end, rows, folded.ledger, [*folded.freshness.values()], folded.failed)

    def _row(self, key: SheetKey, folded: Folded) -> SheetRow:
        facts = folded.sheets[key]
        return SheetRow(key, encode(facts), encode_summaries(measure_sheet(facts, key.family, self._indicators)))

    def _tell(self, batch: Sequence[Read], folded: Folded) -> None:
        now = self._clock.now()
        newest = max((instant(one.envelope.recordedtime) for one in batch if one.envelope), default=now)
        self._observer.folded(len(batch), len(folded.changed), max(0, now - newest) / SECOND)
        for (source, _), fresh in folded.freshness.items():
            self._observer.source_fresh(source, fresh.data_until)
