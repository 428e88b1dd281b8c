"""What a process keeps in memory of the store follows what other processes change there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from services.again import again

LOOK_SECONDS: Final = 1.0


class Changing(Protocol):
    async def change(self) -> int: ...


class Follow:
    """loads: what reads something anew."""

    def __init__(self, store: Changing, loads: Sequence[Callable[[], Awaitable[None]]], told: Callable[[str], None]) -> None:
        self._store, self._loads, self._told = store, loads, told

    async def run(self) -> None:
        """Until it is cancelled; looks every second. Raises `Fatal` where the store does not answer for long."""
        seen = -1
        while True:
            if (now := await again(self._store.change, self._told)) != seen:
                for load in self._loads:
                    await again(load, self._told)
                seen = now
            await asyncio.sleep(LOOK_SECONDS)
