"""The load: a process of its own that posts ready-made bodies over kept connections, at a rate or as fast as they are answered.

A small HTTP/1.1 client on asyncio streams, so that the sender takes as little as can be of the two cores that it shares with the hub.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Final
from urllib.parse import urlsplit

CONNECTIONS: Final = 16
"""Five suppliers with a few each. The hub commits together what waits together, so more of them cost less."""
AHEAD: Final = 0.05
"""Seconds before its time at which a request is waited for."""


@dataclass(frozen=True)
class Post:
    """One request, whole as it goes over the wire. items: how many statements it holds."""

    wire: bytes
    items: int


def post(url: str, headers: Mapping[str, str], body: bytes, items: int) -> Post:
    parts = urlsplit(url)
    told = {"Host": parts.netloc, "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return Post(f"POST {parts.path} HTTP/1.1\r\n{head}\r\n".encode() + body, items)


@dataclass
class Sent:
    """What came of it. items: those answered 200. seconds: from the first request to the last answer. waits: of each request."""

    items: int = 0
    requests: int = 0
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    late: float = 0.0
    """Seconds by which the sender itself was behind its own schedule at most: a large one makes the run worthless."""

    @property
    def rate(self) -> float:
        return self.items / self.seconds


class Load:
    """A sender that goes on beside what is measured. posts: forked with the process, so that they are made there. seconds: how long.
    rate: items per second, or None for as fast as answered."""

    def __init__(self, address: tuple[str, int], posts: Iterator[Post], seconds: float, rate: float | None = None) -> None:
        context = multiprocessing.get_context("fork")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_run, args=(there, address, posts, seconds, rate), daemon=True)
        self._process.start()
        assert self._here.recv() == "ready"

    def go(self) -> None:
        self._here.send("go")

    def done(self, seconds: float = 0) -> bool:
        """Whether it is over, or is within so many seconds."""
        return self._here.poll(seconds)

    def sent(self) -> Sent:
        """Waits for the end of it."""
        told: Sent = self._here.recv()
        self._process.join()
        return told


def _run(there: Connection, address: tuple[str, int], posts: Iterator[Post], seconds: float, rate: float | None) -> None:
    there.send("ready")
    there.recv()
    there.send(asyncio.run(_send(address, posts, seconds, rate)))


async def _send(address: tuple[str, int], posts: Iterator[Post], seconds: float, rate: float | None) -> Sent:
    sent, started = Sent(), time.perf_counter()
    schedule = _Schedule(posts, started, seconds, rate, sent)
    await asyncio.gather(*(_connection(address, schedule, sent) for _ in range(CONNECTIONS)))
    sent.seconds = time.perf_counter() - started
    return sent


class _Schedule:
    """The next request and when it is due; None when the time is over."""

    def __init__(self, posts: Iterator[Post], started: float, seconds: float, rate: float | None, sent: Sent) -> None:
        self._posts, self._started, self._seconds, self._rate, self._sent = posts, started, seconds, rate, sent
        self._given = 0

    async def next(self) -> tuple[Post, float] | None:
        due = self._started + self._given / self._rate if self._rate else time.perf_counter()
        if due - self._started >= self._seconds or (one := next(self._posts, None)) is None:
            return None
        self._given += one.items
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        self._sent.late = max(self._sent.late, time.perf_counter() - due)
        return one, due


async def _connection(address: tuple[str, int], schedule: _Schedule, sent: Sent) -> None:
    reader, writer = await asyncio.open_connection(*address)
    while (given := await schedule.next()) is not None:
        one, due = given
        writer.write(one.wire)
        status, body = await _answer(reader)
        sent.waits.append(time.perf_counter() - due)
        sent.requests += 1
        if status == 200:
            sent.items += one.items
        else:
            sent.refused.append(f"{status}: {body[:300].decode(errors='replace')}")
    writer.close()
    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line.partition(b":")[2]) for line in lines if line.lower().startswith(b"content-length:"))
    return int(lines[0].split()[1]), await reader.readexactly(length)
