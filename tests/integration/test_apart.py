"""The parts of a hub as processes apart, killed and frozen under load, with the servers beneath them (design 6): judged from outside, by
the senders' receipts, the ledger and the sheets."""

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import postgres
import pytest
from apart import AT, Apart, Sender, on_servers_of_its_own, supplier
from harness import XAPI, Hub, until
from proving import PROVE
from sending import statement
from stored import Seal

from contracts.dates import instant

KILLS = 100 if PROVE else 10
VICTIMS = ("ingest", "process", "serve", "broker", "database", "frozen")
FROZEN_SECONDS = 12
"""Longer than the one that folds may be silent."""

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3_600)] if PROVE else [pytest.mark.timeout(300)]


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with on_servers_of_its_own(tmp_path_factory) as started:
        yield started


def counted(apart: Apart) -> dict[str, int]:
    """Report -> in how many sheets it is."""
    found: Counter[str] = Counter()
    for facts in (row[4] for row in postgres.sheets(apart.store) if row[2] == "activity"):
        for keyed in json.loads(facts).values():
            for told in keyed.values():
                found.update([*told])
    return dict(found)


def struck(apart: Apart, victim: str, dice: random.Random) -> None:
    """Ends one of them in the hard way; a server is away for some seconds, one that is frozen for longer than it may be silent."""
    if victim == "broker":
        apart.broker.kill()
        time.sleep(dice.uniform(0, 3))  # away
        apart.broker.start()
    elif victim == "database":
        postgres.kill(apart.server)
        time.sleep(dice.uniform(0, 3))  # away
        apart.server.ensure_postgres_running()
    elif victim == "frozen":
        frozen = apart.of("process")
        dice.shuffle(frozen)
        frozen[0].tell(signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)  # longer than the group waits for it
        frozen[0].tell(signal.SIGCONT)
    else:
        dice.choice(apart.of(victim)).end(signal.SIGKILL)
        time.sleep(dice.uniform(0, 1))  # before it is started again


def test_nothing_is_lost_and_nothing_counts_twice_whoever_is_killed(apart: Apart) -> None:
    credential, dice, seal = supplier(apart), random.Random(5), Seal(apart.hub.folder)
    slowest: dict[str, float] = {}
    senders = [Sender(lambda: [part.url for part in apart.of("ingest")], credential, seed) for seed in (1, 2)]
    for sender in senders:
        sender.start()
    victims = [*VICTIMS, *(dice.choice(VICTIMS) for _ in range(KILLS - len(VICTIMS)))]
    for number, victim in enumerate(victims, 1):
        time.sleep(dice.uniform(0.5, 1.5))  # of load, so that the strike comes at any moment of it
        struck(apart, victim, dice)
        began = time.monotonic()
        apart.revive()
        told = sum(len(sender.acknowledged) for sender in senders)
        until(partial(passed, apart, credential, senders, told), 90)
        took = round(time.monotonic() - began, 1)
        slowest[victim] = max(took, slowest.get(victim, 0))
        print(f"kill {number}/{len(victims)} of {victim}: what came after it is seen after {took} s; {told} items acknowledged", flush=True)
    for sender in senders:
        sender.stop()
        assert sender.wrong == []
    acknowledged = [one for sender in senders for one in sender.acknowledged]
    apart.revive()
    ledger = until(lambda: (told := apart.ledger(credential)) and told["pending"] == 0 and told, 90)
    assert counted(apart) == {seal.report("material", "xapi", one): 1 for one in acknowledged}
    assert ledger["published"] == len(acknowledged) > 1_000
    assert ledger["received"] == ledger["published"] + ledger["repeated"]
    print(f"{len(acknowledged)} items acknowledged, {ledger['repeated']} of them sent again; slowest, in s: {slowest}")


def passed(apart: Apart, credential: tuple[str, str], senders: list[Sender], count: int) -> bool:
    """Whether more than so many stand in the ledger; a part that ended of itself is started again."""
    apart.revive()
    assert not [one for sender in senders for one in sender.wrong]
    told = apart.ledger(credential)
    return bool(told) and told["published"] > count


def test_of_one_id_with_two_bodies_at_two_doors_at_once_one_is_refused(apart: Apart) -> None:
    credential = supplier(apart)
    first, second = apart.of("ingest")
    for _ in range(10):
        one = statement("anna1a2b", instant(AT))
        other: dict[str, Any] = {**one, "result": {"success": False}}
        with httpx.Client(auth=credential, headers=XAPI) as http, ThreadPoolExecutor(2) as both:
            asked = [both.submit(http.post, f"{part.url}/xapi/statements", json=[told]) for part, told in ((first, one), (second, other))]
            assert sorted(answer.result().status_code for answer in asked) == [200, 409]


def test_every_part_ends_within_ten_seconds_when_it_is_told_to(apart: Apart) -> None:
    credential = supplier(apart)
    sender = Sender(lambda: [part.url for part in apart.of("ingest")], credential, 3)
    sender.start()
    until(lambda: len(sender.acknowledged) > 200, 60)
    for part in [*apart.of("process"), *apart.of("serve"), apart.of("ingest")[0]]:
        began = time.monotonic()
        assert part.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < 10
    apart.revive()
    sender.stop()
    assert sender.wrong == []
    ledger = until(lambda: (told := apart.ledger(credential)) and told["pending"] == 0 and told, 60)
    assert ledger["published"] == len(sender.acknowledged)


def test_a_hub_on_files_is_not_taken_apart(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    assert "processes apart have no files between them" in hub.cli("process", fails=True)
    hub.http.close()
