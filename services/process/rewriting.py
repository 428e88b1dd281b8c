"""What was deleted for good is gone from a server's tables when they are rewritten (`services.stores.postgres`): one of those that fold
does it, and does not fold meanwhile; the others wait for the tables."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from services.again import again

LOOK_SECONDS: Final = 5.0


class Rewritten(Protocol):
    async def due(self) -> bool: ...
    async def rewrite(self) -> None: ...


class Rewriting:
    """folding, deleting: as `services.process.daily.Daily`."""

    def __init__(
        self, databases: Sequence[Rewritten], folding: Callable[[], AbstractAsyncContextManager[None]], deleting: asyncio.Lock,
        told: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._databases, self._folding, self._deleting, self._told = databases, folding, deleting, told

    async def run(self) -> None:
        """Until it is cancelled; looks every few seconds."""
        while True:
            for database in self._databases:
                if await again(database.due, self._told):
                    async with self._deleting, self._folding():
                        await again(database.rewrite, self._told)
            await asyncio.sleep(LOOK_SECONDS)
