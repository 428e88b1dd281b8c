"""A fold that stands still while the log goes on ends its process, with the reason: a restart works where silence does not (design 5)."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from contracts.errors import Fatal, Retry
from contracts.ports import Positions, pending

STALLED_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 5.0


class Ends(Protocol):
    async def ends(self) -> Positions: ...


class Folded(Protocol):
    async def positions(self) -> Positions: ...


class Watchdog:
    """busy: whether it is the hub itself that keeps the fold waiting, with a deletion. asked: the time in seconds, only going forward."""

    def __init__(self, log: Ends, store: Folded, busy: Callable[[], bool], asked: Callable[[], float] | None = None) -> None:
        self._log, self._store, self._busy, self._asked = log, store, busy, asked
        self._seen: Positions | None = None
        self._since = 0.0

    async def run(self) -> None:
        """Until it is cancelled. Raises `Fatal` where records have waited for `STALLED_SECONDS` and no position has moved."""
        self._seen = None
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Raises `Fatal`. A log or a store that says nothing for so long stands still too; one that says so lets the fold try again."""
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                ends, positions = await self._log.ends(), await self._store.positions()
        except Retry:
            self._seen = None
            return
        except TimeoutError:
            raise Fatal(f"neither log nor store has answered for {STALLED_SECONDS:.0f} s") from None
        now = self._asked() if self._asked else asyncio.get_running_loop().time()
        waiting = pending(ends, positions)
        if not waiting or self._busy() or positions != self._seen:
            self._seen, self._since = positions, now
        elif now - self._since >= STALLED_SECONDS:
            raise Fatal(f"{waiting} records have waited for {now - self._since:.0f} s and none was folded")
