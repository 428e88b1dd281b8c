"""A source that is silent past its hour: no event says so, so the hub writes it down when it becomes true, and when it no longer is.

What a view says of it follows from the clock; the change number that comes with each such write tells who follows the changes to look
again.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from contracts.connector import Registration
from contracts.ports import Clock, Observer
from services.again import again
from services.stores.database import Database
from services.stores.rosters import Rosters
from streams.fresh import sources

LOOK_SECONDS: Final = 1.0


class Marks(Protocol):
    async def silent(self, stale: Iterable[tuple[str, str]]) -> bool: ...


class Silence:
    """rosters: of what is said of the institutions themselves. registered: who may send."""

    def __init__(
        self, database: Database, rosters: Rosters, store: Marks, registered: Callable[[], Iterable[Registration]], clock: Clock,
        observer: Observer,
    ) -> None:  # fmt: skip
        self._database, self._rosters, self._store, self._registered = database, rosters, store, registered
        self._clock, self._observer = clock, observer

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await again(self.look, self._observer.interrupted)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> bool:
        """Whether there was news: which sources are stale, of which institution."""
        registered = list(self._registered())
        async with self._database.read() as session:
            current = await self._rosters.current(session)
        institutions = {name for one in registered for name in one.institutions}
        found = sources(current.freshness, current.roster, registered, institutions, self._clock.now())
        return await self._store.silent((one.name, one.institution) for one in found if one.status == "stale")
