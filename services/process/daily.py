"""What moves without events: the new day of each institution, and the daily deletion."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from functools import partial
from typing import Final, Protocol

from contracts.dates import DAY, Micros, local_date
from contracts.kinds import ACCESS_LOG_DAYS, LOG_DAYS
from contracts.ports import Clock, Log, Observer, Positions, SheetRow, pending
from services.again import again
from streams.retention import Limits

LOOK_SECONDS: Final = 1.0


class Days(Protocol):
    async def positions(self) -> Positions: ...
    async def unmeasured(self, most: int, before: date | None = None) -> list[SheetRow]: ...
    async def institutions(self) -> set[str]: ...
    async def tick(self, institutions: set[str], today: date) -> list[str]: ...
    async def forget(self, today: date, now: Micros) -> int: ...


class Forgets(Protocol):
    async def forget(self, before: Micros) -> int: ...


class Daily:
    """folding: held while sheets are changed, so that no fold writes back what is being deleted. deleting: held until all is gone, so that
    no backup is made meanwhile."""

    def __init__(
        self, log: Log, store: Days, access: Forgets, clock: Clock, observer: Observer,
        folding: Callable[[], AbstractAsyncContextManager[None]], forgotten: Callable[[], Awaitable[None]], deleting: asyncio.Lock,
    ) -> None:  # fmt: skip
        self._log, self._store, self._access, self._clock, self._observer = log, store, access, clock, observer
        self._folding, self._forgotten, self._deleting = folding, forgotten, deleting

    async def run(self) -> None:
        """Looks every second which date it is, so a clock that was set is followed."""
        deleted_on: date | None = None
        while True:
            today = local_date(self._clock.now())
            await again(partial(self.tick, today), self._observer.interrupted)
            if deleted_on != today and await again(partial(self.forget, today), self._observer.interrupted):
                deleted_on = today
            await asyncio.sleep(LOOK_SECONDS)

    async def tick(self, today: date) -> None:
        """Idempotent: a date begins once in each institution."""
        new = await self._store.tick(await self._store.institutions(), today)
        if new:
            self._observer.ticked(len(new))

    async def forget(self, today: date) -> bool:
        """False, with nothing deleted, where records are not folded yet: they would meet the sheets that went; and where sheets whose facts
        are to go are not measured yet, of which nothing would be left."""
        async with self._deleting:
            return await self._forget(today)

    async def _forget(self, today: date) -> bool:
        now = self._clock.now()
        async with self._folding():
            folded = await self._store.positions()
            if pending(await self._log.ends(), folded) or await self._store.unmeasured(1, Limits.on(today).activity_facts):
                return False
            self._observer.deleted("store", await self._store.forget(today, now))
        self._observer.deleted("log", await self._log.forget(now - LOG_DAYS * DAY, folded, today))
        self._observer.deleted("access_log", await self._access.forget(now - ACCESS_LOG_DAYS * DAY))
        await self._forgotten()
        return True
