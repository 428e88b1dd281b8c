"""A fold that stands still while the log goes on ends its process, with the reason: a restart works where silence does not (design 5).

Of the partitions that are the process's own each must go on. Of one that has none it is asked that anything goes on anywhere, since it may
be itself that the others wait for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final, Protocol

from contracts.errors import Fatal, Retry
from contracts.ports import Positions

Busy = Callable[[], Awaitable[bool]]
"""Whether a deletion or a rewrite keeps every fold waiting, whichever process does it."""

STALLED_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 5.0


class Ends(Protocol):
    async def ends(self) -> Positions: ...


class Folded(Protocol):
    async def positions(self) -> Positions: ...


class Watchdog:
    """own: partitions that this process folds, where several share them. asked: the time in seconds, only going forward."""

    def __init__(
        self,
        log: Ends,
        store: Folded,
        busy: Busy,
        own: Callable[[], Collection[str]],
        asked: Callable[[], float] | None = None,
    ) -> None:
        self._log, self._store, self._busy, self._own, self._asked = log, store, busy, own, asked
        self._standing: dict[str, tuple[int, float]] = {}
        self._lost: float | None = None
        self._known_own: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Until it is cancelled. Raises `Fatal` where records have waited for `STALLED_SECONDS` and were not folded."""
        self._standing, self._lost = {}, None
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Raises `Fatal`. A log or a store that says nothing for so long stands still too."""
        now = self._asked() if self._asked else asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                ends, positions, busy = await self._log.ends(), await self._store.positions(), await self._busy()
        except Retry as lost:
            self._standing, self._lost = {}, now if self._lost is None else self._lost
            if now - self._lost >= STALLED_SECONDS:
                raise Fatal(f"for {STALLED_SECONDS:.0f} s in vain: {lost}") from lost
            return
        except TimeoutError:
            raise Fatal(f"neither log nor store has answered for {STALLED_SECONDS:.0f} s") from None
        self._lost = None
        if busy:
            self._standing = {}
        elif stalled := self._stalled(ends, positions, now):
            raise Fatal(f"{stalled} records have waited for {STALLED_SECONDS:.0f} s and none was folded")

    def _stalled(self, ends: Positions, positions: Positions, now: float) -> int:
        """How many records have waited for so long. When it is given other partitions, time begins anew."""
        own = frozenset(self._own())
        known = self._standing if own == self._known_own else {}
        waiting = {name: end - position for name, end in ends.items() if end > (position := positions.get(name, 0))}
        at = {name: positions.get(name, 0) for name in waiting if name in own or not own}
        self._standing = {name: known[name] if known.get(name, (-1, 0.0))[0] == here else (here, now) for name, here in at.items()}
        self._known_own = own
        stalled = [name for name, (_, since) in self._standing.items() if now - since >= STALLED_SECONDS]
        return sum(waiting[name] for name in stalled) if own or len(stalled) == len(waiting) else 0
