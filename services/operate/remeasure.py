"""Measuring a store's sheets by the indicators of this version, beside those that serve until the switch at the end.

Sheets are measured some at a time, the next while those before are written. What is folded meanwhile is measured again in rounds, each
shorter than the one before, until few are left; of those the switch leaves the summaries empty, and whoever reads them measures. So it may
end at any moment and be run again, and nothing depends on how fast it is.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from contracts.facts import Facts, decode_facts
from contracts.indicator import Indicator
from contracts.ports import SheetRow
from services.again import again
from services.settings import Settings
from services.stores.database import Database
from services.stores.remeasured import Batch, Remeasured
from services.stores.together import ahead
from streams.sheet import encode, generation, measure_sheet

AT_ONCE: Final = 500
"""Sheets that are measured together."""
FEW: Final = 1_000
"""Sheets that may be left to whoever reads them."""

STATEMENT_SECONDS: Final = 600.0
"""How long one of the statements that look at all sheets may take on a server."""

Told = Callable[[str, int, int], None]
"""What is being done, so much of how much."""


class Done(NamedTuple):
    """sheets, facts: measured, each as often as it was. seconds: until the switch. left, emptied: see `services.stores.remeasured`."""

    sheets: int
    facts: int
    seconds: float
    left: int
    emptied: int


def patient(settings: Settings) -> Settings:
    return settings.model_copy(update={"database_seconds": max(settings.database_seconds, STATEMENT_SECONDS)})


async def remeasure(database: Database, indicators: Sequence[Indicator], told: Told, interrupted: Callable[[str], None]) -> Done | None:
    """None where these indicators measured the store already. interrupted: gets the reason why something is tried again. Raises `Fatal`."""
    return await _Measuring(Remeasured(database, generation(indicators)), indicators, told, interrupted).run()


class _Measuring:
    def __init__(self, beside: Remeasured, indicators: Sequence[Indicator], told: Told, interrupted: Callable[[str], None]) -> None:
        self._beside, self._indicators, self._told, self._interrupted = beside, indicators, told, interrupted
        self._sheets, self._facts = 0, 0

    async def run(self) -> Done | None:
        if not await again(self._beside.begin, self._interrupted):
            return None
        began = time.perf_counter()
        await self._rounds(await again(self._beside.waiting, self._interrupted))
        seconds = time.perf_counter() - began
        self._told("switching", 0, 0)
        switched = await again(self._beside.switch, self._interrupted)
        return Done(self._sheets, self._facts, seconds, *switched)

    async def _rounds(self, waiting: int) -> None:
        """The first is of all sheets, the others of what was written since the one before began; until one is of few, or of no fewer than
        the one before."""
        since, before = -1, sys.maxsize
        while True:
            now = await again(self._beside.stamp, self._interrupted)
            count = await self._round(since, waiting)
            if count <= FEW or count >= before:
                return
            since, before = now, count

    async def _round(self, since: int, of: int) -> int:
        before = self._sheets
        async for batch in ahead(self._batches(since)):
            await again(partial(self._beside.put, batch), self._interrupted)
            self._sheets += len(batch.sheets)
            self._told("measuring sheets", self._sheets, max(of, self._sheets))
        return self._sheets - before

    async def _batches(self, since: int) -> AsyncIterator[Batch]:
        following = partial(self._beside.batch, AT_ONCE, since)
        while (read := await again(following, self._interrupted)).sheets:
            rows, facts = await asyncio.to_thread(_measured, read.sheets, self._indicators)
            self._facts += facts
            yield Batch(rows, read.stamp)
            following = partial(self._beside.batch, AT_ONCE, since, rows[-1].key)


def _measured(sheets: Sequence[SheetRow], indicators: Sequence[Indicator]) -> tuple[list[SheetRow], int]:
    """With their summaries and without their facts, and how many facts those were."""
    rows, count = list[SheetRow](), 0
    for sheet in sheets:
        facts: Facts = decode_facts(sheet.facts)
        rows.append(SheetRow(sheet.key, b"", encode(measure_sheet(facts, sheet.key.family, indicators))))
        count += sum(map(len, facts.values()))
    return rows, count
