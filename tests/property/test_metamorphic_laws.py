"""What a view becomes when what was told is changed as a whole (metamorphic checks: no answer has to be known beforehand).

All of it taken back leaves the view of a pupil with only a roster; all of it a week later is the view a week later; a class cut in two and
put together is the class; and a pupil's days cut in two are the pupil.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial, reduce
from itertools import product
from random import Random
from typing import TypeVar

import pytest
from delivering import (
    answered,
    as_they_came,
    classes,
    delivered,
    folded,
    indicators,
    logged,
    readings,
    remembering,
    summaries,
)
from histories import history
from hypothesis import event, given
from msgspec.structs import replace
from proving import choices, law, seeds
from units import DATES, MOMENTS, SECOND, TODAY, Unit, Weeks

from contracts.connector import Draft
from contracts.envelope import Envelope, decode, encode
from contracts.facts import VOID_ORDER
from contracts.group_indicator import GroupIndicator, Member
from contracts.indicator import Summary
from contracts.kinds import KINDS, Family
from contracts.seal import retraction
from services.serve.shapes import Asked
from streams.reading import Reading, Span
from streams.reading import readings as read
from streams.reading import subjects as of_days
from streams.sheet import combine
from streams.summary import GroupReading

pytestmark = pytest.mark.quick

Cut = TypeVar("Cut")

WEEK = timedelta(days=7)
AFTER_THE_CHANGE = Weeks(date(2026, 11, 2))
"""Of clocks, so that a week later is as many hours later for all of it; and of one quarter with the week after it."""


def family(envelope: Envelope) -> str:
    kind = KINDS.get(envelope.type)
    return kind.family if kind else ""


def is_told(envelope: Envelope) -> bool:
    """A fact of a pupil or a group, beside who is who and when there is school."""
    return family(envelope) not in ("", Family.ROSTER, Family.SOURCE)


@law(6, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_all_of_it_taken_back_is_a_pupil_with_only_a_roster(seed: int, choice: int) -> None:
    """Whichever comes first, the word or that it is taken back."""
    _, log, before = delivered(seed)
    random, envelopes = Random(choice), list(map(decode, log.records))
    back = [encode(retraction(one, VOID_ORDER, MOMENTS[-1])) for one in envelopes if is_told(one)]
    records = log.records + back
    random.shuffle(records)
    after = folded(records, lambda: random.choice((50, 300, 2_000)))
    only_rosters = folded(encode(one) for one in envelopes if not is_told(one))
    for today in (TODAY, DATES[20]):
        assert readings(after.sheets, today) == readings(only_rosters.sheets, today) != readings(before.sheets, today)
        assert summaries(after.sheets, today) == summaries(only_rosters.sheets, today)
    cells = [one for of_class in readings(after.sheets).values() for _, read in of_class for one in read]
    assert cells
    assert {one.value for one in cells} == {None}


def later(window: Span) -> Span:
    """Of windows that are counted in school days; the quarter and the year begin when they did, five school days more ago."""
    if window.name.startswith("W"):
        return replace(window, first=window.first + WEEK, last=window.last + WEEK)
    return replace(window, last=window.last + WEEK, school_days=window.school_days + 5)


Told = TypeVar("Told", Reading, GroupReading)


def a_week_later(told: Sequence[Told]) -> list[Told]:
    return [replace(one, window=later(one.window)) for one in told]


def ordered(units: Iterable[Unit]) -> list[Unit]:
    """Without two words of one order on one fact: the larger digest counts then (design 4.1), and the date is in it."""
    known: dict[tuple[str, int], int] = {}

    def alone(draft: Draft) -> Draft:
        assert draft.order is not None
        return replace(draft, order=10_000 * draft.order + known.setdefault((draft.report, draft.order), len(known)))

    kept = (unit for unit in units if unit.by != SECOND)
    return [dataclasses.replace(unit, told=tuple(map(alone, unit.told))) if unit.door == "events" else unit for unit in kept]


@law(5, 300, shrink=False)
@given(seed=seeds)
def test_all_of_it_a_week_later_is_the_view_a_week_later(seed: int) -> None:
    """The calendar moves along: five school days."""
    first, second = AFTER_THE_CHANGE, Weeks(AFTER_THE_CHANGE.first + WEEK)
    one, other = (folded(logged(as_they_came(ordered(history(seed, weeks).units))).records).sheets for weeks in (first, second))
    assert len(one) == len(other)
    for day in (first.today, first.dates[24]):
        moved = {group: [(name, a_week_later(read)) for name, read in of_class] for group, of_class in readings(one, day).items()}
        assert moved == readings(other, day + WEEK)
        whole = {group: [a_week_later(read) for read in of_class] for group, of_class in summaries(one, day).items()}
        assert whole == summaries(other, day + WEEK)
    values = [cell.value for of in readings(other, second.today).values() for _, read in of for cell in read]
    event(f"values: {sum(one is not None for one in values) // 25 * 25} and more")
    assert any(values)


def cut(of: Sequence[Cut], random: Random) -> tuple[list[Cut], list[Cut]]:
    """In two parts, each in an order of its own; one may be empty."""
    drawn = random.sample(of, len(of))
    at = random.randint(0, len(of))
    return drawn[:at], drawn[at:]


def put_together(one: GroupIndicator, of_class: Iterable[Member]) -> Summary:
    return reduce(one.combine, map(one.measure, of_class), one.zero)


@law(10, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_a_class_cut_in_two_and_put_together_is_the_class(seed: int, choice: int) -> None:
    random, values = Random(choice), 0
    for _, spans, there in classes(delivered(seed)[2].sheets):
        for told in answered(there, [remembering(pupil, spans) for pupil in there], spans, sees_pupils=True):
            here = {pupil.id for pupil in cut(there, random)[0]}
            halves = [[one for one in told.members if (one.pupil in here) == inside] for inside in (True, False)]
            parts = [put_together(told.by, half) for half in halves]
            whole = told.by.read(put_together(told.by, told.members))
            assert told.by.read(told.by.combine(*parts)) == whole
            assert sum(told.by.read(part).n for part in parts) == whole.n
            values += whole.value is not None
    assert values > 0


@law(10, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_a_pupils_days_cut_in_two_and_put_together_are_the_pupil(seed: int, choice: int) -> None:
    random, entries = Random(choice), 0
    for _, spans, there in classes(delivered(seed)[2].sheets):
        shown = Asked.by(None, None).shown(partial(of_days, there), indicators(), None)
        for pupil in there:
            mixed = dataclasses.replace(pupil, days=random.sample(pupil.days, len(pupil.days)))
            assert read(mixed, indicators(), spans, shown) == read(pupil, indicators(), spans, shown)
        for pupil, one in product(there, indicators()):
            for key in (key for key in pupil.by_indicator if key[0] == one.key):
                days = [measured for _, measured in pupil.by_indicator[key]]
                assert combine(one, [combine(one, half) for half in cut(days, random) if half]) == combine(one, days)
                entries += len(days)
    assert entries > 0
