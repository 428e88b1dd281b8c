"""Whose turn it is, where all loops share one process: somebody waits for a view, nobody for a batch."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

Turn = Callable[[], Awaitable[None]]
"""Waits until it is the turn of work that nobody looks at; asked before each piece of it that others would have to wait for."""

PATIENCE: Final = 0.05
"""Seconds that such a piece waits at most, so that no stream of views stops what comes in."""


class Turns:
    def __init__(self) -> None:
        self._views = 0
        self._idle = asyncio.Event()

    async def viewing(self) -> AsyncIterator[None]:
        """A view, from its request to its answer."""
        self._views += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._views -= 1
            if not self._views:
                self._idle.set()

    async def wait(self) -> None:
        """A `Turn`: at once where there is no view."""
        if self._views:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), PATIENCE)


async def at_once() -> None:
    """The `Turn` of a process that answers no views."""
