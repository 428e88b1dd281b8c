"""Work that one process at a time does, of several that could: the others stand by until it ends or is lost.

Nothing rests on there being only one: a measurement is fenced by its facts, a deletion by the lock it takes, what is sent again by its id.
It spares them doing it twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from contracts.errors import Retry

Loop = Callable[[], Awaitable[None]]
"""Runs until it is cancelled, or raises why it cannot go on."""

STAND_BY_SECONDS: Final = 1.0


class Alone(Protocol):
    def alone(self, what: str) -> AbstractAsyncContextManager[Loop]:
        """Entered by one process at a time. The loop raises `Retry` when it is not this one any more."""
        ...


async def together(loops: Sequence[Loop]) -> None:
    """Until one of them ends or raises; the others are cancelled then."""
    tasks = [asyncio.ensure_future(loop()) for loop in loops]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def leading(database: Alone, what: str, loops: Sequence[Loop], told: Callable[[str], None]) -> None:
    """Does it whenever it is this process's turn, until it is cancelled."""
    while True:
        try:
            async with database.alone(what) as held:
                await together([*loops, held])
        except Retry as lost:
            told(str(lost))
        await asyncio.sleep(STAND_BY_SECONDS)
