"""The loop that fetches: each registered source at its own pace, page by page, items and cursor into the log in one step.

A source that cannot be read stops no other and not the hub; it is told in log and metrics, and tried again, ever less often.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

import httpx

from contracts.connector import Connector, Request
from contracts.dates import SECOND
from contracts.errors import Fatal, Retry
from contracts.ports import Clock, Cursor, Observer
from contracts.puller import Access, Asking, Pulled, Puller, Unfetched
from services.pull.client import Client, opened

LOOK_SECONDS: Final = 1.0
SLOWEST_SECONDS: Final = 300.0
"""Between two tries of a source that cannot be read."""
UNCHANGED_PAGES: Final = 1_000
"""Pages in a row that hold nothing new, after which a source counts as one whose paging does not end."""


@dataclass(frozen=True)
class Pace:
    """seconds: between two looks at a source. overlap: seconds, items: see `contracts.puller.Asking`. largest: bytes of one page."""

    seconds: float
    overlap: float
    items: int
    largest: int


class Cursors(Protocol):
    async def cursor(self, source: str) -> bytes: ...


Take = Callable[[Connector, Request, Sequence[bytes], str, Cursor], Awaitable[int]]
"""(connector, request, bodies, kind, cursor) -> how many were new; durable, cursor and all, when it returns."""


class Pull:
    """sources: those registered now. open_: makes the client of one."""

    def __init__(
        self, sources: Callable[[], Sequence[Pulled]], pullers: Mapping[str, Puller], connectors: Mapping[str, Connector],
        cursors: Cursors, take: Take, clock: Clock, observer: Observer, pace: Pace,
        open_: Callable[[Access], AbstractAsyncContextManager[httpx.AsyncClient]] = opened,
    ) -> None:  # fmt: skip
        self._sources, self._pullers, self._connectors = sources, pullers, connectors
        self._cursors, self._take, self._clock, self._observer, self._pace, self._open = cursors, take, clock, observer, pace, open_
        self._running: dict[str, tuple[Pulled, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Until it is cancelled. Follows the register: who is new, changed or gone. Raises what a source's own loop could not go on for
        (`Fatal`: the log cannot be written)."""
        try:
            while True:
                await self._follow()
                tasks = [task for _, task in self._running.values()]
                await (asyncio.wait(tasks, timeout=LOOK_SECONDS) if tasks else asyncio.sleep(LOOK_SECONDS))
                for task in tasks:
                    if task.done():
                        task.result()
        finally:
            await self._stop(list(self._running))

    async def _follow(self) -> None:
        wanted = {one.registration.supplier: one for one in self._sources()}
        await self._stop([name for name, (one, _) in self._running.items() if wanted.get(name) != one])
        for name in wanted.keys() - self._running.keys():
            self._running[name] = wanted[name], asyncio.create_task(self._source(wanted[name]))

    async def _stop(self, names: Sequence[str]) -> None:
        stopped = [self._running.pop(name)[1] for name in names]
        for task in stopped:
            task.cancel()
        await asyncio.gather(*stopped, return_exceptions=True)
        for name in names:
            self._observer.source_left(name)

    async def _source(self, pulled: Pulled) -> None:
        name, failures = pulled.registration.supplier, 0
        async with self._open(pulled.access) as http:
            client = Client(http, pulled.access.url, self._pace.largest)
            while True:
                try:
                    await self.scan(pulled, client)
                except Unfetched as unfetched:
                    failures += 1
                    self._observer.pull_failed(name, unfetched.trouble, unfetched.__cause__)
                    await asyncio.sleep(self._patience(failures, unfetched))
                except Retry as later:
                    self._observer.interrupted(str(later))
                    await asyncio.sleep(later.after * _spread())
                else:
                    failures = 0
                    self._observer.source_read(name, self._clock.now())
                    await asyncio.sleep(self._pace.seconds * _spread())

    def _patience(self, failures: int, unfetched: Unfetched) -> float:
        """Twice as long each time, at most `SLOWEST_SECONDS`, which a lasting trouble waits from the first; none shorter than asked for."""
        longest = SLOWEST_SECONDS if unfetched.lasting else min(self._pace.seconds * 2.0 ** min(failures, 20), SLOWEST_SECONDS)
        return unfetched.after + longest * _spread()

    async def scan(self, pulled: Pulled, client: Client) -> None:
        """All that the source has now. Raises `Unfetched`; what was taken before stays taken."""
        unchanged = 0
        while True:
            new, more = await self._guarded(pulled, client)
            unchanged = 0 if new else unchanged + 1
            if not more:
                return
            if unchanged >= UNCHANGED_PAGES:
                raise Unfetched("endless")

    async def _guarded(self, pulled: Pulled, client: Client) -> tuple[int, bool]:
        """What the hub itself fails on is that source's trouble and nobody else's; nothing of the page was taken."""
        try:
            return await self.step(pulled, client)
        except (Unfetched, Fatal, Retry):
            raise
        except Exception as error:
            raise Unfetched("hub_failed") from error

    async def step(self, pulled: Pulled, client: Client) -> tuple[int, bool]:
        """One page: fetched from where the log says, taken with where to go on. Answers how many items were new, and whether there is
        more."""
        puller = self._pullers[pulled.access.puller]
        asking = Asking(self._pace.items, round(self._pace.overlap * SECOND), self._clock.now())
        page = await puller.fetch(client, await self._cursors.cursor(pulled.source), asking)
        request = Request(b"", puller.headers, {}, "POST", asking.now, pulled.registration, str)
        new = await self._take(self._connectors[puller.reads], request, page.items, puller.kind, Cursor(pulled.source, page.cursor))
        self._observer.page_pulled(pulled.registration.supplier, new, len(page.items) - new)
        return new, page.more


def _spread() -> float:
    """So that sources of one server, and hubs of one source, do not ask all at once."""
    return random.uniform(0.5, 1)  # noqa: S311 - it hides nothing
