"""Any order, any duplication, any batching: the same sheets and the same readings, byte for byte (design 6). All of it at once, of many
more histories, is in `test_many_histories`."""

import asyncio
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from delivering import Sheets, Stored, as_they_came, batches, delivered, folded, indicators, logged, readings, served, take
from histories import ALWAYS, SOMETIMES
from hypothesis import event, given
from proving import HISTORIES, choices, law, seeds
from units import DATES, MOMENTS, Unit, again

from connectors.xapi.verbs import VOIDED
from contracts.facts import VOID_ORDER, Fact, SheetKey, counting, decode_facts, each

pytestmark = pytest.mark.quick


def same(one: Stored, other: Stored) -> None:
    """Every byte of every sheet, of the readings as of three dates, and how fresh every source is."""
    assert one.sheets == other.sheets
    for today in (DATES[-1], DATES[20]):
        assert served(one.sheets, today) == served(other.sheets, today)
    assert served(one.sheets) == served(other.sheets)
    assert one.freshness == other.freshness


def test_the_histories_hold_what_the_laws_are_about() -> None:
    """None is too small, lacks a trap, or gives nothing to compare; printed with -s."""
    traps: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for seed in range(HISTORIES):
        told, log, stored = delivered(seed)
        facts = stored.facts("activity", "attendance")
        cells = [one for students in readings(stored.sheets).values() for _, read in students for one in read]
        values = sum(one.value is not None for one in cells)
        assert facts >= 200
        assert 2 <= len(told.people) <= 4
        assert [name for name in ALWAYS if not told.traps[name]] == []
        assert log.retracted_before > 0
        assert values > 0
        named.update(one.indicator for one in cells if one.value is not None)
        traps += told.traps
        sums += Counter(items=len(told.units), records=len(log.records), facts=facts, cells=len(cells), values=values, **stored.outcomes())
    assert [name for name in SOMETIMES if not traps[name]] == []
    assert {one.name for one in indicators()} == set(named), named
    print(f"\n{HISTORIES} histories: {dict(sums)}\ntraps: {dict(traps)}\nnot null: {dict(named)}")


def test_every_part_of_the_law_is_met() -> None:
    """What the shuffles of these histories must have met, counted in the sheets themselves."""
    met: Counter[str] = Counter()
    for seed in range(HISTORIES):
        _, _, stored = delivered(seed)
        for facts in (decode_facts(one) for one, _ in stored.sheets.values()):
            for _, _, _, report in each(facts):
                met["voided"] += report.order == VOID_ORDER
                met["taken back by order"] += report.content is None and report.order != VOID_ORDER
            met["disputed"] += sum(fact.disputed for fact in counting(facts))
            met["two reports of one fact"] += sum(len(reports) > 1 for keyed in facts.values() for reports in keyed.values())
    assert min(met.values()) >= HISTORIES, met


@law(6, 100, shrink=False)
@given(seed=seeds, choice=choices)
def test_what_senders_send_in_any_order_and_batches(seed: int, choice: int) -> None:
    told, _, expected = delivered(seed)
    random = Random(choice)
    largest = random.choice((1, 5, 25, 100))
    log = logged(batches(told.units, random, largest))
    event(f"batches of {largest} at most")
    event(f"retracted before: {log.retracted_before > 0}")
    same(folded(log.records, lambda: random.randint(1, 60)), expected)


@law(6, 100, shrink=False)
@given(seed=seeds, choice=choices)
def test_what_the_log_holds_in_any_order_and_batches_and_more_than_once(seed: int, choice: int) -> None:
    _, log, expected = delivered(seed)
    random = Random(choice)
    records = log.records + random.choices(log.records, k=random.randrange(len(log.records)))
    random.shuffle(records)
    same(folded(records, lambda: random.choice((1, 3, 50, 500))), expected)


@law(3, 20, shrink=False)
@given(seed=seeds)
def test_one_record_at_a_time(seed: int) -> None:
    _, log, expected = delivered(seed)
    same(folded(log.records, lambda: 1), expected)


def sent_again(unit: Unit) -> Unit:
    """Later, where that changes nothing of what it is: what has no time says so then, what was in the future is in it still."""
    return again(unit, MOMENTS[-1]) if unit.undated else unit


@law(8, 200, shrink=False)
@given(seed=seeds, choice=choices)
def test_everything_sent_again_in_other_batches(seed: int, choice: int) -> None:
    told, _, expected = delivered(seed)
    random = Random(choice)
    second = [sent_again(unit) for unit in told.units]
    more = batches([*told.units, *second], random, random.choice((3, 30)))
    stored = folded(logged(more).records, lambda: random.randint(1, 200))
    assert stored.sheets == expected.sheets
    assert served(stored.sheets) == served(expected.sheets)


def is_void(unit: Unit) -> bool:
    return unit.door == "xapi" and unit.told["verb"]["id"] == VOIDED


@law(8, 200, shrink=False)
@given(seed=seeds, choice=choices)
def test_a_void_before_its_target_and_after_it(seed: int, choice: int) -> None:
    told, _, expected = delivered(seed)
    random = Random(choice)
    voids = [unit for unit in told.units if is_void(unit) and not unit.again]
    rest = [unit for unit in told.units if not is_void(unit)]
    first, others = batches(voids, random, 10), batches(rest, random, 40)
    before, after = logged([*first, *others]), logged([*(b for b in others if not b[0].again), *first, *(b for b in others if b[0].again)])
    assert before.retracted_before >= len({unit.told["object"]["id"] for unit in voids})
    assert after.retracted_before == 0
    same(folded(before.records), expected)
    same(folded(after.records), expected)


def count(sheets: Sheets) -> dict[SheetKey, list[Fact]]:
    counted = ((key, counting(decode_facts(facts))) for key, (facts, _) in sheets.items())
    return {key: facts for key, facts in counted if facts}


@law(8, 200, shrink=False)
@given(seed=seeds, choice=choices)
def test_what_is_voided_counts_as_if_it_had_never_been_told(seed: int, choice: int) -> None:
    told, _, _ = delivered(seed)
    voided = {unit.told["object"]["id"] for unit in told.units if is_void(unit)}
    untold = [unit for unit in told.units if unit.name not in voided]
    assert len(untold) < len(told.units)
    random = Random(choice)
    one = folded(logged(batches(told.units, random, 30)).records).sheets
    other = folded(logged(batches(untold, random, 30)).records).sheets
    assert count(one) == count(other)
    assert served(one) == served(other)


@law(6, 100, shrink=False)
@given(seed=seeds, choice=choices)
def test_what_has_no_time_keeps_that_of_its_first_receipt(seed: int, choice: int) -> None:
    """However often and whenever it is sent again."""
    told, _, expected = delivered(seed)
    undated = [unit for unit in told.units if unit.undated and not unit.again]
    random = Random(choice)
    log = logged(as_they_came(told.units))
    for _ in range(3):
        later = [replace(unit, received=random.choice(MOMENTS), again=True) for unit in undated]
        assert asyncio.run(take(log, [[unit] for unit in later])) == []
    assert folded(log.records).sheets == expected.sheets
