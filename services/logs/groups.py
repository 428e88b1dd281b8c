"""Appends that wait at once are written as one group: a transaction and a request to the brokers cost the same for one as for many."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from contracts.errors import Retry
from services.logs.claims import Append

AT_ONCE: Final = 2
"""Groups under way: one is decided while the brokers write another."""
MOST: Final = 2_000
"""Entries of a group, unless one append alone has more."""

Again = frozenset[int]
"""The entries of an append that were known before."""
_Waiting = tuple[Append, asyncio.Future[Again]]


class Groups:
    """write: all of a group or nothing; it answers for each append, and raises where one of them is refused."""

    def __init__(self, write: Callable[[Sequence[Append]], Awaitable[Sequence[Again]]]) -> None:
        self._write = write
        self._waiting = deque[_Waiting]()
        self._under_way = set[asyncio.Task[None]]()

    async def append(self, one: Append) -> Again:
        """Raises what `write` raises of this one, or `Retry` where those before it cannot be written now."""
        told: asyncio.Future[Again] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, told))
        self._begin()
        return await told

    async def close(self) -> None:
        """What is under way comes to its end."""
        await asyncio.gather(*self._under_way)

    def _begin(self) -> None:
        while self._waiting and len(self._under_way) < AT_ONCE:
            task = asyncio.create_task(self._written(self._next()))
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._begin()

    def _next(self) -> list[_Waiting]:
        group, count = list[_Waiting](), 0
        while self._waiting and (not group or count + len(self._waiting[0][0].entries) <= MOST):
            group.append(self._waiting.popleft())
            count += len(group[-1][0].entries)
        return group

    async def _written(self, group: Sequence[_Waiting]) -> None:
        try:
            answers = await self._write([one for one, _ in group])
        except Retry as error:
            _fail([*group, *self._waiting], error)
            self._waiting.clear()
        except Exception as error:
            await self._refused(group, error)
        else:
            for (_, told), again in zip(group, answers, strict=True):
                if not told.done():
                    told.set_result(again)

    async def _refused(self, group: Sequence[_Waiting], error: Exception) -> None:
        """Each is written by itself, since what is wrong with one is nobody else's trouble."""
        if len(group) == 1:
            _fail(group, error)
        else:
            for one in group:
                await self._written([one])


def _fail(group: Sequence[_Waiting], error: Exception) -> None:
    for _, told in group:
        if not told.done():
            told.set_exception(error)
