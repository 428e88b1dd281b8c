"""kill -9 of a hub that fetches, at every step of a page: nothing of the source is lost, nothing counts twice (design 6).

The source keeps filling: pairs of statements share a stored time across a page's end, and in every round one appears that was stored
before what the hub already knows. All is judged by what the source holds, the store's file and the ledger.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest
from harness import Hub, until
from lrs import PASSWORD, USERNAME, Lrs
from proving import PROVE
from sending import SCHEME, statement
from stored import Seal, reports, rows

from contracts.dates import SECOND, Micros

ROUNDS: Final = 10 if PROVE else 2
PAGE: Final = 7
OVERLAP: Final = 8
"""Seconds: the late ones are 5 behind, a filling lasts 18."""
PUPILS: Final = [f"elev{number:02}" for number in range(5)]
Wait = Callable[["Killing"], None]

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3_600)] if PROVE else [pytest.mark.timeout(300)]


@dataclass
class Killing:
    hub: Hub
    lrs: Lrs
    dice: random.Random
    sent: list[str] = field(default_factory=list)
    seen: int = 0
    """Positions of the log when this round began."""
    newest: Micros = field(default_factory=lambda: time.time_ns() // 1_000 - 6 * 3_600 * SECOND)
    """By the source's clock, which is behind, and runs minutes ahead from one filling to the next: so the overlap hides nothing."""

    def fill(self) -> None:
        """One that was stored before the newest of the last filling, then twenty more, in pairs of one stored time: in this order, since a
        look between two of them must find each within the overlap."""
        self._store(self.newest - 5 * SECOND)
        self.newest += 120 * SECOND
        for number in range(20):
            self._store(self.newest - (18 - number // 2 * 2) * SECOND)

    def _store(self, at: Micros) -> None:
        told = statement(self.dice.choice(PUPILS), at)
        self.sent.append(told["id"])
        self.lrs.store(told, at)

    def end(self) -> int:
        return int(rows(self.hub.folder, "log.db", "SELECT coalesce(max(position), 0) FROM records")[0][0])


def while_it_asks(killing: Killing) -> None:
    """The request has reached the source, and no answer comes."""
    asked, dead = Event(), Event()

    def hold(_target: str) -> None:
        asked.set()
        dead.wait(60)

    killing.lrs.before = hold
    try:
        assert asked.wait(30)
        killing.hub.kill()
    finally:
        killing.lrs.before = lambda _: None
        dead.set()


def when_it_has_the_answer(killing: Killing) -> None:
    """Some moment between the answer and what becomes of it."""
    answered = Event()
    killing.lrs.after = lambda _: answered.set()
    assert answered.wait(30)
    time.sleep(killing.dice.uniform(0, 0.03))
    killing.lrs.after = lambda _: None
    killing.hub.kill()


def when_a_page_is_in_the_log(killing: Killing) -> None:
    """As soon as its records can be seen; with them its cursor."""
    killing.fill()
    until(lambda: killing.end() > killing.seen, 30, every=0.001)
    killing.hub.kill()


def between_two_looks(killing: Killing) -> None:
    until(lambda: len(reports(killing.hub.folder, "activity")) == len(killing.sent))
    killing.hub.kill()


MOMENTS: Final[tuple[Wait, ...]] = (while_it_asks, when_it_has_the_answer, when_a_page_is_in_the_log, between_two_looks)


@pytest.fixture
def killing(tmp_path: Path) -> Iterator[Killing]:
    lrs = Lrs(most=PAGE)
    with lrs.served() as url:
        started = Killing(Hub(tmp_path, pull_seconds="0.05", pull_overlap_seconds=str(OVERLAP)).start(), lrs, random.Random(7))
        (tmp_path / "password").write_text(PASSWORD)
        started.hub.supplier(
            "arkiv", "xapi_lrs", url=url, username=USERNAME, password_file=str(tmp_path / "password"), subject="MAT", identity=SCHEME
        )  # fmt: skip
        try:
            yield started
        finally:
            started.hub.kill()
            started.hub.http.close()


def test_killed_at_every_step_nothing_is_lost_and_nothing_doubled(killing: Killing, tmp_path: Path) -> None:
    for number in range(ROUNDS):
        for moment in MOMENTS:
            killing.seen = killing.end()
            killing.fill()
            moment(killing)
            landed = len({*killing_ids(tmp_path, killing)})
            print(f"round {number + 1}/{ROUNDS}, {moment.__name__}: {killing.end()} records, {landed} of {len(killing.sent)} statements")
            killing.hub.start()
    ledger = whole(killing, tmp_path)
    assert (ledger["published"], ledger["repeated"], ledger["failed"], ledger["not_used"]) == (len(killing.sent), 0, 0, 0)
    print(f"{len(killing.sent)} statements, {len(killing.lrs.asked)} requests, {ROUNDS * len(MOMENTS)} kills")


def killing_ids(folder: Path, killing: Killing) -> list[str]:
    return [name for name in killing.sent if Seal(folder).report("arkiv", "xapi", name) in reports(folder, "activity")]


def whole(killing: Killing, folder: Path) -> Any:
    """All that the source has is there, each once; the ledger, once everything is folded."""
    until(lambda: len(reports(folder, "activity")) >= len(killing.sent), 60)
    seal, told = Seal(folder), reports(folder, "activity")
    expected = {seal.report("arkiv", "xapi", name): name for name in killing.sent}
    assert set(told) == set(expected)
    assert all(content["item_id"].endswith(expected[report]) for report, content in told.items())
    assert len(rows(folder, "log.db", "SELECT 1 FROM records")) == len(killing.sent)
    return killing.hub.ledger(killing.hub.token("--controller"))
