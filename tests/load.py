"""Suppliers that send without pause and keep their receipts; what nobody answered is sent again first, as a good sender does."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import httpx
from sending import Statement, attendance, statement, void

from contracts.dates import DAY, Micros, local_date, rfc3339

PUPILS: Final = [f"elev{number:02}" for number in range(30)]
ANSWERS, UNUSED, FUTURE, VOIDS = 42, 4, 2, 2
"""Of each batch; besides a void whose target comes with the next batch."""
FAR_DAYS: Final = 200
"""How far ahead the times are that are refused: more than any run lasts, since a repeat is judged anew."""
AGAIN: Final = 0.05
"""The share of answered batches that are sent a second time."""


@dataclass
class Batch:
    """One request, and what came of it. answers: times it was answered 2xx. silent: times no answer came.

    statements, voids: ids of those published. first: id of the statement whose void came before. rows: report -> code, `as_of` their order.
    """

    items: int
    send: Callable[[httpx.Client], httpx.Response]
    statements: tuple[str, ...] = ()
    voids: dict[str, str] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    unused: int = 0
    failed: int = 0
    rows: dict[str, str] = field(default_factory=dict)
    as_of: Micros = 0
    answers: int = 0
    silent: int = 0


class Sender(threading.Thread):
    """Sends until it is told to stop or nobody answers. url, credential: where, and as whom. now: the hub's time, told from outside."""

    def __init__(self, story: "Story", url: str, credential: tuple[str, str], now: Callable[[], Micros]) -> None:
        super().__init__(daemon=True)
        self._story, self._now, self._stopping = story, now, threading.Event()
        self._http = httpx.Client(base_url=url, auth=credential, timeout=60)
        self.wrong: list[str] = []

    def run(self) -> None:
        with self._http:
            while not self._stopping.is_set():
                batch = self._story.next(self._now())
                try:
                    answer = batch.send(self._http)
                except httpx.TransportError:
                    batch.silent += 1
                    return
                if answer.status_code != 200:
                    self.wrong.append(f"{answer.status_code}: {answer.text}")
                    return
                batch.answers += 1

    def stop(self) -> None:
        self._stopping.set()


class Story:
    """What one supplier's channel has sent so far, and what it sends next. It outlives the hub, and so its senders."""

    def __init__(self, seed: int) -> None:
        self.batches: list[Batch] = []
        self._dice = random.Random(seed)

    def next(self, now: Micros) -> Batch:
        if self.batches and not self.batches[-1].answers:
            return self.batches[-1]
        if self.batches and self._dice.random() < AGAIN:
            return self._dice.choice(self.batches)
        self.batches.append(self._new(now))
        return self.batches[-1]

    def _new(self, now: Micros) -> Batch:
        raise NotImplementedError


class Answers(Story):
    """xAPI: answers, verbs that nobody uses, times far ahead, voids of earlier statements, and voids that come before their statement."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._awaited: str | None = None
        self._open: list[str] = []

    def _new(self, now: Micros) -> Batch:
        awaited = [self._one(now, id_=UUID(self._awaited))] if self._awaited else []
        answers = [self._one(now) for _ in range(ANSWERS)]
        unused = [self._one(now, verb="attended") for _ in range(UNUSED)]
        future = [self._one(now + FAR_DAYS * DAY) for _ in range(FUTURE)]
        targets = [self._open.pop(self._dice.randrange(len(self._open))) for _ in range(VOIDS) if self._open]
        self._awaited = str(self._id())
        voids = {one["id"]: one["object"]["id"] for target in (*targets, self._awaited) if (one := self._void(target))}
        told = [*awaited, *answers, *unused, *future, *(void(target, PUPILS[0], UUID(name)) for name, target in voids.items())]
        self._open += [one["id"] for one in answers]
        self._dice.shuffle(told)
        return Batch(
            len(told), lambda http: _post(http, told), tuple(one["id"] for one in (*awaited, *answers)), voids,
            tuple(one["id"] for one in awaited), len(unused), len(future),
        )  # fmt: skip

    def _id(self) -> UUID:
        return UUID(int=self._dice.getrandbits(128), version=4)

    def _one(self, now: Micros, verb: str = "answered", id_: UUID | None = None) -> Statement:
        return statement(self._dice.choice(PUPILS), now, verb, id_=id_ or self._id())

    def _void(self, target: str) -> Statement:
        return void(target, PUPILS[0], self._id())


def _post(http: httpx.Client, told: Sequence[Statement]) -> httpx.Response:
    return http.post("/xapi/statements", json=told, headers={"X-Experience-API-Version": "1.0.3"})


class Registers(Story):
    """Attendance files: each tells of all pupils' day, with a code that a later file corrects."""

    def _new(self, now: Micros) -> Batch:
        day = local_date(now)
        codes = {pupil: self._dice.choice("SLUF") for pupil in PUPILS}
        body = attendance((pupil, f"{day:%d-%m-%Y}", code) for pupil, code in codes.items())
        rows = {f"attendance|101001|unilogin|{pupil}|{day.isoformat()}|start": code for pupil, code in codes.items()}
        order = max(now, self.batches[-1].as_of + 1) if self.batches else now
        query: dict[str, Any] = {"as_of": rfc3339(order)}
        return Batch(
            len(codes),
            lambda http: http.post("/files/attendance_csv", content=body, params=query, headers={"Content-Type": "text/csv"}),
            rows=rows,
            as_of=order,
        )
