"""kill -9 of a hub under load, at random moments: nothing acknowledged is missing, nothing counts twice, the ledger adds up (design 6, 8).

The hub's day lasts three seconds, so days begin and the daily deletion runs all the time. Everything is judged from outside: by the
senders' receipts, the API, and the store's file, read by its format.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from harness import Hub, until
from load import Answers, Batch, Registers, Sender, Story
from phases import EMPTYING, WRITING, Locks, kill, wait_for
from proving import PROVE
from sending import SCHEME
from stored import Seal, reports, rows

from contracts.dates import DAY, SECOND, Micros, instant, rfc3339

KILLS, ITEMS, SEED = (50, 1_000, 20_261_124) if PROVE else (4, 150, 7)
SPEED: Final = 28_800
BEGIN: Final = "2026-08-12T06:00:00Z"
FACTS_DAYS: Final = 120
"""The whole run must be over before the first facts expire."""
STATUS: Final = {"S": "absent", "L": "absent", "U": "absent", "F": "late"}
MOMENTS: Final = ("at random", "in an append", "in a transaction of the store", "while a journal is emptied", "when a day begins")

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3_600)] if PROVE else [pytest.mark.timeout(300)]


@dataclass
class Watch:
    """The hub's time, told from outside: it stands while the hub does not run."""

    at: Micros
    since: float | None = None

    def setting(self) -> str:
        return f"{rfc3339(self.at)}@{SPEED}"

    def started(self, told: str) -> None:
        self.at, self.since = instant(told), time.monotonic()

    def now(self) -> Micros:
        since = self.since
        return self.at if since is None else self.at + round((time.monotonic() - since) * SPEED * SECOND)

    def stop(self) -> None:
        stopped, self.since = self.now(), None
        self.at = stopped


@dataclass
class Killing:
    """One hub, its senders' stories, and what came of them."""

    hub: Hub
    watch: Watch
    dice: random.Random
    credential: tuple[str, str] = ("", "")
    stories: list[Story] = field(default_factory=lambda: [Answers(1), Answers(2), Answers(3), Registers(4)])
    phases: Counter[str] = field(default_factory=Counter)

    def start(self) -> None:
        self.hub.env["FREMGANG_CLOCK"] = self.watch.setting()
        self.hub.start()
        self.watch.started(self.hub.http.get("/health/ready").json()["now"])

    def stand(self) -> None:
        """Days pass only while the hub runs, however long looking at what it left takes."""
        self.watch.stop()
        assert self.hub.stop() == 0

    def ledger(self) -> Any:
        """The supplier's own, once everything is folded; its credential outlasts any token, days being short."""

        def folded() -> Any:
            told = self.hub.http.get("/v1/ledger", auth=self.credential).raise_for_status().json()
            return told if told["pending"] == 0 else None

        return until(folded, 60)

    def batches(self) -> Iterator[Batch]:
        for story in self.stories:
            yield from story.batches

    def acknowledged(self) -> int:
        return sum(batch.items * batch.answers for batch in self.batches())

    def round(self) -> tuple[int, str, str]:
        """Load until enough is acknowledged, then a kill at one of the moments; answers what was acknowledged, when, and in what."""
        before = self.acknowledged()
        senders = [Sender(story, self.hub.url, self.credential, self.watch.now) for story in self.stories]
        for sender in senders:
            sender.start()
        until(lambda: self.acknowledged() - before >= ITEMS or any(sender.wrong for sender in senders), 120)
        moment, phase = self._kill()
        for sender in senders:
            sender.join(60)
            assert not sender.is_alive()
            assert sender.wrong == []
        return self.acknowledged() - before, moment, phase

    def _kill(self) -> tuple[str, str]:
        process = self.hub.process
        assert process is not None
        locks, moment = Locks(self.hub.folder, process.pid), self.dice.choice(MOMENTS)
        self._await(moment, locks)
        phase = kill(process.pid, locks)
        self.watch.stop()
        self.hub.kill()
        self.phases[phase] += 1
        return moment, phase

    def _await(self, moment: str, locks: Locks) -> None:
        if moment == "at random":
            time.sleep(self.dice.uniform(0, 0.5))
        elif moment == "in an append":
            wait_for(lambda: ("log", WRITING) in locks.held(), 5)
        elif moment == "in a transaction of the store":
            wait_for(lambda: ("store", WRITING) in locks.held(), 5)
        elif moment == "while a journal is emptied":
            wait_for(lambda: any(byte == EMPTYING for _, byte in locks.held()), 8)
        else:
            log = self.hub.folder / "hub.log"
            size = log.stat().st_size
            wait_for(lambda: b"a new day began" in log.read_bytes()[size:], 8)
            time.sleep(self.dice.uniform(0, 0.02))


@dataclass(frozen=True)
class Landed:
    """Which batches are in the store, whoever was told so."""

    batches: list[Batch]
    silent: int
    reports: int


class Verifier:
    """Judges by receipts and files alone."""

    def __init__(self, folder: Path, supplier: str) -> None:
        self._folder, self._supplier, self._seal = folder, supplier, Seal(folder)
        self._known: dict[tuple[str, str], str] = {}

    def _report(self, channel: str, name: str) -> str:
        """Cached: the run is long."""
        if (channel, name) not in self._known:
            self._known[channel, name] = self._seal.report(self._supplier, channel, name)
        return self._known[channel, name]

    def landed(self, batches: list[Batch]) -> Landed:
        """Every acknowledged batch is there whole; one that nobody answered is there whole or not at all; and there is nothing else."""
        told, taken_back = reports(self._folder, "activity"), reports(self._folder, "control")
        orders = self._orders()
        there = [batch for batch in batches if self._there(batch, {*told, *taken_back}, orders)]
        assert all(batch in there for batch in batches if batch.answers), "something acknowledged is missing"
        voided = {self._report("xapi", target) for batch in there for target in batch.voids.values()}
        expected = {self._report("xapi", name): name for batch in there for name in batch.statements}
        assert set(told) == set(expected), "the store has other statements than were sent"
        assert set(taken_back) == {self._report("xapi", name) for batch in there for name in batch.voids}
        for report, content in told.items():
            assert (content is None) == (report in voided), "a void took back another statement than its own"
            assert content is None or content["item_id"].endswith(expected[report])
        self._attendance(there, orders)
        return Landed(there, sum(batch.answers == 0 for batch in there), len(told) + len(taken_back) + len(orders))

    def _there(self, batch: Batch, told: set[str], orders: dict[str, tuple[int, str]]) -> bool:
        if batch.rows:
            present = {orders.get(self._report("attendance_csv", name), (0, ""))[0] >= batch.as_of for name in batch.rows}
        else:
            present = {self._report("xapi", name) in told for name in (*batch.statements, *batch.voids)}
        assert len(present) == 1, "a request is there in part"
        return present.pop()

    def _orders(self) -> dict[str, tuple[int, str]]:
        """Attendance report -> its order and status."""
        found: dict[str, tuple[int, str]] = {}
        for (facts,) in rows(self._folder, "store.db", "SELECT facts FROM sheets WHERE family = 'attendance'"):
            for told in json.loads(facts)["attendance.registered"].values():
                for name, report in told.items():
                    assert name not in found, "a row counts twice"
                    found[name] = (report[3], report[4]["status"])
        return found

    def _attendance(self, there: list[Batch], orders: dict[str, tuple[int, str]]) -> None:
        """Of each pupil's day the newest file counts."""
        newest: dict[str, tuple[int, str]] = {}
        for batch in there:
            for name, code in batch.rows.items():
                report = self._report("attendance_csv", name)
                newest[report] = max(newest.get(report, (0, "")), (batch.as_of, STATUS[code]))
        assert orders == newest


def adds_up(ledger: Any, batches: list[Batch], there: list[Batch]) -> None:
    """What was answered is counted, what nobody answered at most as often as it was sent; each fact is published once."""
    assert ledger["received"] == sum(ledger[name] for name in ("published", "repeated", "not_used", "failed"))
    assert ledger["refused"] == 0
    for name, size in (("received", "items"), ("not_used", "unused"), ("failed", "failed")):
        least = sum(getattr(batch, size) * max(batch.answers, batch in there) for batch in batches)
        most = sum(getattr(batch, size) * (batch.answers + batch.silent) for batch in batches)
        assert least <= ledger[name] <= most, f"{name}: {least} <= {ledger[name]} <= {most}"
    facts = sum(len(batch.statements) + len(batch.voids) + len(batch.rows) for batch in there)
    late = sum(len(batch.late) for batch in there)
    assert facts - late <= ledger["published"] <= facts, f"{facts - late} <= {ledger['published']} <= {facts}"


@pytest.fixture
def killing(tmp_path: Path) -> Iterator[Killing]:
    switching = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    started = Killing(Hub(tmp_path, log_level="info"), Watch(instant(BEGIN)), random.Random(SEED))
    started.start()
    started.credential = started.hub.supplier("load", "xapi", "attendance_csv", subject="MAT", identity=SCHEME)
    try:
        yield started
    finally:
        started.hub.kill()
        started.hub.http.close()
        sys.setswitchinterval(switching)


def test_kill_under_load(killing: Killing, tmp_path: Path) -> None:
    verifier, landed = Verifier(tmp_path, "load"), Landed([], 0, 0)
    silent = unanswered = 0
    for number in range(1, KILLS + 1):
        acknowledged, moment, phase = killing.round()
        assert acknowledged >= ITEMS
        killing.start()
        ledger = killing.ledger()
        killing.stand()
        assert killing.watch.now() - instant(BEGIN) < FACTS_DAYS * DAY, "the run took so long that its first facts have expired"
        batches = list(killing.batches())
        landed = verifier.landed(batches)
        adds_up(ledger, batches, landed.batches)
        unanswered += sum(batch.answers == 0 for batch in batches)
        silent += landed.silent
        print(
            f"kill {number}/{KILLS} {moment}, {phase}; {acknowledged} items acknowledged since the last; hub time"
            f" {rfc3339(killing.watch.at)[:16]}; {landed.reports} reports as they should be, ledger {ledger['received']}", flush=True,
        )  # fmt: skip
        killing.start()
    print(f"{killing.acknowledged()} items acknowledged; {unanswered} requests without an answer, of which {silent} had landed")
    print(*(f"{count:3} x {phase}" for phase, count in killing.phases.most_common()), sep="\n")
    assert landed.reports > KILLS * ITEMS / 2
    assert unanswered > 0
    if PROVE:
        assert {phase.partition(" of ")[0] for phase in killing.phases} >= {"a transaction", "deletion: emptying the journal"}
        assert silent > 0
