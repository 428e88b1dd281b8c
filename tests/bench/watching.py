"""What is watched while a load goes on: how long class views take, when an event is seen in a reading, how much memory the hub holds."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from random import Random
from statistics import quantiles
from typing import Any, Final

import msgspec
from machine import resident_mb

VIEWS_PER_SECOND: Final = 10
PROBES_PER_SECOND: Final = 4
LOOK_SECONDS: Final = 0.03
"""Between two looks at the view in which a probe is to be seen: what it is seen later than it could be, at most. Without
a pause the looking would be a load of its own."""
LOST_SECONDS: Final = 20


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


class Watch(threading.Thread, ABC):
    """Does something regularly until it is stopped; what went wrong in it is raised when it is."""

    def __init__(self, per_second: float) -> None:
        super().__init__(daemon=True)
        self._every, self._over = 1 / per_second, threading.Event()
        self._failed: Exception | None = None

    @abstractmethod
    def look(self) -> None:
        """Once."""

    def run(self) -> None:
        due = time.perf_counter()
        try:
            while not self._over.wait(max(0.0, due - time.perf_counter())):
                self.look()
                due += self._every
        except Exception as error:
            self._failed = error

    def stop(self) -> None:
        self._over.set()
        self.join()
        if self._failed is not None:
            raise self._failed


class Memory(Watch):
    """Resident MB of a process, each half second."""

    def __init__(self, pid: int, per_second: float = 2) -> None:
        super().__init__(per_second)
        self._pid = pid
        self.samples: list[float] = []

    def look(self) -> None:
        self.samples.append(resident_mb(self._pid))


class Reader:
    """One kept connection to the read API."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._connection = HTTPConnection(*address, timeout=60)

    def get(self, path: str, token: str) -> bytes:
        self._connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"{answer.status} {body[:300]!r}"
        return body

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        self._connection.request("POST", path, body, dict(headers))
        answer = self._connection.getresponse()
        told = answer.read()
        assert answer.status == 200, f"{answer.status} {told[:300]!r}"
        return told


class ClassViews(Watch):
    """A class at random, whole, by its own teacher, without If-None-Match. seconds: of each."""

    def __init__(self, address: tuple[str, int], classes: Sequence[tuple[str, str]], per_second: float = VIEWS_PER_SECOND) -> None:
        super().__init__(per_second)
        self._reader, self._classes, self._dice = Reader(address), classes, Random(1)
        self.seconds: list[float] = []
        self.cells: list[int] = []

    def look(self) -> None:
        group, token = self._dice.choice(self._classes)
        started = time.perf_counter()
        body = self._reader.get(f"/v1/groups/{group}/indicators", token)
        self.seconds.append(time.perf_counter() - started)
        if len(self.cells) < 20:
            self.cells.append(sum(len(one["indicators"]) for one in msgspec.json.decode(body)["readings"]))


@dataclass(frozen=True)
class Probe:
    """A pupil whose own view is looked at until it shows what was just sent of them. statement: a new answer of theirs, each time."""

    path: str
    token: str
    headers: Mapping[str, str]
    statement: Callable[[], bytes]


class Arrivals(Watch):
    """One statement more of a pupil, and the pupil's view until it counts it. seconds: from the start of the POST to the whole of the
    first answer that shows it."""

    def __init__(self, address: tuple[str, int], reading: tuple[str, int], probes: Sequence[Probe]) -> None:
        super().__init__(PROBES_PER_SECOND)
        self._sender, self._reader, self._probes = Reader(address), Reader(reading), cycle(probes)
        self.seconds: list[float] = []

    def look(self) -> None:
        probe = next(self._probes)
        before = answered_today(self._reader.get(probe.path, probe.token))
        statement = probe.statement()
        started = time.perf_counter()
        self._sender.post("/xapi/statements", statement, probe.headers)
        while answered_today(self._reader.get(probe.path, probe.token)) <= before:
            assert time.perf_counter() - started < LOST_SECONDS, "an event that was answered 200 is not seen"
            time.sleep(LOOK_SECONDS)
        self.seconds.append(time.perf_counter() - started)


def answered_today(body: bytes) -> int:
    """How many answers of today the readings of one pupil or of a class count."""
    told: Any = msgspec.json.decode(body)
    readings = told["readings"]
    cells = [cell for one in readings for cell in one["indicators"]] if readings and "indicators" in readings[0] else readings
    return sum(cell["today"]["n"] for cell in cells if cell["indicator"] == "items-answered" and cell["today"])
