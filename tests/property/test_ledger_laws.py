"""Every item received is accounted for, whatever the batching: received = published + repeated + not_used + failed (design 3)."""

import asyncio
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from delivering import Batch, MemoryLog, Stored, as_they_came, batches, delivered, folded, logged, served, take
from hypothesis import given
from proving import choices, law, seeds
from units import FIRST, MATHS, MOMENTS, Unit, again

from contracts.dates import instant, local_date, start_of
from contracts.ports import LedgerKey

pytestmark = pytest.mark.quick

RECEIVED = ("published", "repeated", "not_used", "failed")


def sent(units: list[Unit]) -> Counter[Any]:
    """(supplier, day of receipt) -> items, from the senders' own books."""
    return Counter((unit.by.supplier, local_date(unit.received)) for unit in units)


def received(ledger: Counter[LedgerKey]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for key, n in ledger.items():
        if key.outcome in RECEIVED:
            counts[key.supplier, key.day] += n
    return counts


def by_kind(ledger: Counter[LedgerKey]) -> Counter[Any]:
    """Without the outcomes of what was used: which of two equal reports is the repeated one is a matter of the order."""
    counts: Counter[Any] = Counter()
    for key, n in ledger.items():
        used = key.outcome in ("published", "repeated")
        counts[replaced(key, "used" if used else key.outcome)] += n
    return counts


def replaced(key: LedgerKey, outcome: str) -> LedgerKey:
    return LedgerKey(key.supplier, key.institution, key.day, outcome, key.reason, key.kind)


@law(12, 500, shrink=False)
@given(seed=seeds, choice=choices)
def test_what_was_received_is_what_was_sent_under_any_batching(seed: int, choice: int) -> None:
    told, _, expected = delivered(seed)
    random = Random(choice)
    log = logged(batches(told.units, random, random.choice((1, 10, 100))))
    stored = folded(log.records, lambda: random.randint(1, 80))
    for one in (expected, stored):
        assert received(one.ledger) == sent(told.units)
        assert one.outcomes()["failed"] == one.failed
        assert set(one.outcomes()) == set(RECEIVED)
    assert by_kind(stored.ledger) == by_kind(expected.ledger)
    never = told.traps["too_late"] + told.traps["in_future"] + told.traps["failed"] + told.traps["not_used"]
    assert stored.outcomes()["failed"] + stored.outcomes()["not_used"] >= never


@law(8, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_a_whole_history_replayed_adds_repeated_items_and_nothing_else(seed: int, choice: int) -> None:
    """At the senders: what was used is repeated, what was not is refused its use again."""
    told, _, first = delivered(seed)
    random = Random(choice)
    log = logged(as_they_came(told.units))
    second = [again(unit, MOMENTS[-1]) if unit.undated else unit for unit in told.units]
    logged(as_they_came(second), log)
    both = folded(log.records, lambda: random.randint(1, 300))
    assert both.sheets == first.sheets
    assert served(both.sheets) == served(first.sheets)
    once, twice = first.outcomes(), both.outcomes()
    assert twice["published"] == once["published"]
    assert twice["repeated"] == once["published"] + 2 * once["repeated"]
    assert (twice["not_used"], twice["failed"]) == (2 * once["not_used"], 2 * once["failed"])


@law(8, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_records_folded_twice_are_repeated(seed: int, choice: int) -> None:
    _, log, first = delivered(seed)
    random = Random(choice)
    shuffled = random.sample(log.records, len(log.records))
    stored = folded(shuffled, lambda: random.randint(1, 300), folded(log.records))
    assert stored.sheets == first.sheets
    assert stored.outcomes()["published"] == first.outcomes()["published"]
    assert sum(stored.outcomes().values()) == 2 * sum(first.outcomes().values())


def was_taken(unit: Unit) -> bool:
    """It has a time, which is neither too long ago nor still to come."""
    at = unit.told.get("timestamp")
    return at is not None and start_of(FIRST) <= instant(at) <= unit.received


def conflicting(random: Random, units: list[Unit]) -> Batch:
    """A statement that was never sent, and one under an id that was, with another content."""
    known = random.choice([unit for unit in units if unit.door == "xapi" and "result" in unit.told and was_taken(unit)])
    changed = {**known.told, "result": {"success": True, "response": "changed"}}
    new = {**known.told, "id": f"00000000-0000-4000-8000-{random.getrandbits(48):012x}"}
    return [replace(known, told=new, name=new["id"]), replace(known, told=changed)]


@law(6, 100, shrink=False)
@given(seed=seeds, choice=choices)
def test_what_is_refused_whole_was_not_received(seed: int, choice: int) -> None:
    told, log, first = delivered(seed)
    random = Random(choice)
    copied = MemoryLog([*log.records], dict(log.rows))
    refused = [conflicting(random, told.units), [Unit("calendar_csv", MATHS, MOMENTS[-1], ("x", "y"))], conflicting(random, told.units)]
    assert len(asyncio.run(take(copied, refused))) == 3
    stored: Stored = folded(copied.records, lambda: random.randint(1, 300))
    assert stored.sheets == first.sheets
    assert stored.outcomes() == first.outcomes() + Counter(refused=3)
    assert received(stored.ledger) == received(first.ledger)
