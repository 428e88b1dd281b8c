"""What is said of a group as a whole to who sees its pupils and to who does not."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest
from contract.indicator_examples import measured

from contracts.facts import Fact
from contracts.group_indicator import GroupAnswer, Part, Split
from contracts.indicator import Indicator, nowhere
from services.registry import discover_group_indicators, discover_indicators
from services.serve.grouped import Class
from services.serve.shapes import Asked, made_of
from services.serve.views.summary import whole
from streams.indicators.attendance import INDICATOR as ATTENDANCE
from streams.indicators.items_answered import INDICATOR as ITEMS
from streams.invented import answered, by_date, registered
from streams.quartiles import quartiles
from streams.reading import windows
from streams.remembered import Live, Remembering, kept_of
from streams.small import REASONS
from streams.summary import GroupReading, PartReading, to_others, to_who_sees_the_pupils
from streams.window import Calendar

pytestmark = pytest.mark.quick

TODAY = date(2026, 11, 20)
WEEK = [f"2026-11-{day}" for day in (13, 16, 17, 18, 19)]
WINDOWS = windows([ATTENDANCE, ITEMS], Calendar(), TODAY)


def pupil(name: str, away: int, answers: int) -> Remembering:
    """Registered on five days, away on the first of them; answers on one day."""
    there = [registered(day, "start", "absent" if n < away else "present") for n, day in enumerate(WEEK)]
    told = [answered(f"2026-11-18 09:{n:02}", f"item-{n}", correct=True) for n in range(answers)]
    days = [*measured(ATTENDANCE, by_date(there)), *measured(ITEMS, by_date(told))]
    return Remembering(name, kept_of(days, [ATTENDANCE, ITEMS], WINDOWS, 1, 1), Live(), WINDOWS, lambda _: 5, nowhere)


def read(
    pupils: int, *, sees_pupils: bool, indicators: tuple[Indicator, ...] = (ATTENDANCE, ITEMS), within: Sequence[frozenset[str]] = ()
) -> dict[tuple[str, str | None], GroupReading]:
    """Of so many pupils: away for 0 to 4 of 5 days, with 4 to 8 answers on 4 finished days, in turn."""
    seen = Class([pupil(f"s_{n}", n % 5, 4 + n % 5) for n in range(pupils)], WINDOWS, indicators, None, sees_pupils, nothing, within)
    told = [one.reading for one in whole(seen, Asked.by(None, None), discover_group_indicators())]
    return {(one.indicator, one.of): one for one in told if one.window.name in ("W5", "W20")}


async def nothing(_pupil: str, _indicator: Indicator, _first: date, _last: date) -> list[tuple[str, Fact]]:
    return []


def test_who_sees_the_pupils_is_told_exactly() -> None:
    """39 of 60 days present; medians between the sixth and the seventh pupil: (1.2 + 1.5) / 2 is 1.35 answers a day."""
    told = read(12, sees_pupils=True)
    attendance, items = told["class-attendance", "attendance"], told["distribution", "items-answered"]
    assert (attendance.value, attendance.n, attendance.pupils) == (65.0, 12, 12)
    assert (items.value, items.quartiles, items.n) == (1.4, (1.2, 1.8), 12)
    assert [(part.name, part.value, part.n) for part in told["coverage", None].parts] == [("invented", 100.0, 12)]


def test_who_does_not_is_told_whole_numbers_of_rounded_counts_and_what_management_is_for() -> None:
    told = read(12, sees_pupils=False)
    attendance, items = told["class-attendance", "attendance"], told["distribution", "items-answered"]
    assert (attendance.value, attendance.n, attendance.pupils, attendance.quartiles) == (65.0, 10, 10, (40.0, 85.0))
    assert (items.value, items.n, items.quartiles) == (1.0, 10, (1.0, 2.0))
    assert items.text.en == (
        "The median of 10 of 10 pupils is 1.0; the middle half is between 1.0 and 2.0. Numbers of pupils are rounded to the nearest 5."
    )
    of_these = [one for one in discover_group_indicators() if made_of(one, [ATTENDANCE, ITEMS])]
    assert {name for name, _ in told} == {one.name for one in of_these if "T4" in one.tasks}


@pytest.mark.parametrize("pupils", [0, 1, 4])
def test_of_fewer_than_five_who_does_not_see_them_is_told_nothing(pupils: int) -> None:
    told = read(pupils, sees_pupils=False)
    assert {(one.value, one.n, one.pupils, one.quartiles, one.reason) for one in told.values()} == {
        (None, None, None, None, "too_few_pupils")
    }
    assert {one.text.da for one in told.values()} == {REASONS["too_few_pupils"].da}


def test_where_a_group_within_it_leaves_few_who_does_not_see_them_is_not_told() -> None:
    """Of a year of 12 with a class of 9 in it three are left; of one of 7 five."""
    of_nine, of_seven = (frozenset(f"s_{n}" for n in range(many)) for many in (9, 7))
    assert {one.reason for one in read(12, sees_pupils=False, within=[of_nine]).values()} == {"told_beside"}
    assert {one.reason for one in read(12, sees_pupils=False, within=[of_seven]).values()} == {None}
    assert {one.reason for one in read(12, sees_pupils=True, within=[of_nine]).values()} == {None}


def test_who_does_not_see_the_pupils_is_told_of_no_subject_of_few() -> None:
    """Who answers nothing has nothing in the subject."""
    seen = [Class([pupil(f"s_{n}", 0, n < many) for n in range(12)], WINDOWS, [ITEMS], None, False, nothing) for many in (4, 5)]
    assert [one.shown(Asked.by(None, None), [ITEMS]) for one in seen] == [{ITEMS.key: []}, {ITEMS.key: ["MAT"]}]


def test_a_percentage_needs_ten() -> None:
    told = read(9, sees_pupils=False)
    assert told["class-attendance", "attendance"].reason == "too_few_pupils"
    assert told["distribution", "items-answered"].value is not None


def test_where_all_have_one_value_it_is_not_told_to_who_does_not_see_them() -> None:
    alike = GroupAnswer(Fraction(100), 20, quartiles=(Fraction(100), Fraction(100)), alike=True)
    assert to_others(alike, 20, "percent").reason == "all_alike"
    assert to_others(alike, 20, "percent").value is None
    assert to_who_sees_the_pupils(alike, 20, 1).value == 100.0


def test_parts_are_hidden_with_those_that_would_tell_them() -> None:
    parts = tuple(Part(name, Fraction(50), pupils, pupils) for name, pupils in (("a", 3), ("b", 6), ("c", 13)))
    found = GroupAnswer(Fraction(50), 22, parts=parts)
    assert to_others(found, 22, "goals").parts == (PartReading("c", None, 50.0, 15, 15, None),)
    assert [part.name for part in to_who_sees_the_pupils(found, 22, 1).parts] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((0, 3, 6, 13), (None, None, None, 15)),
        ((6, 7, 8, 9), (5, 5, 10, 10)),
        ((1, 4, 0, 17), (None, None, None, 15)),
        ((0, 0, 0, 22), None),
        ((1, 1, 1, 1), None),
        ((0, 0, 0, 0), None),
    ],
)
def test_who_does_not_see_the_pupils_is_not_told_how_few_are_divided(counts: tuple[int, ...], told: tuple[int | None, ...] | None) -> None:
    """3 and 0 would be told by what is left of 22; of 5 that are not told each may be any; where all are at one level it is each one's."""
    found = GroupAnswer(Fraction(1), 22, splits=(Split("goal", "teacher", {str(level): many for level, many in enumerate(counts)}),))
    (exact,) = to_who_sees_the_pupils(found, 22, 0).splits
    assert (exact.pupils, tuple(exact.counts.values())) == (sum(counts), counts)
    assert [tuple(one.counts.values()) for one in to_others(found, 22, "goals").splits] == ([] if told is None else [told])


def test_what_pupils_say_of_themselves_is_part_of_nothing() -> None:
    indicators = discover_indicators()
    of_all = next(one for one in discover_group_indicators() if one.together)
    assert {one.name for one in indicators if not (one.self_report or one.all_kept)} == {one.name for one in made_of(of_all, indicators)}
    assert [one for one in indicators if one.self_report]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1], (1, 1, 1)), ([1, 2], ("5/4", "3/2", "7/4")), ([1, 2, 3, 4, 5], (2, 3, 4)), ([0, 0, 0, 6], (0, 0, "3/2"))],
)
def test_quartiles(values: list[int], expected: tuple[int | str, ...]) -> None:
    assert quartiles([Fraction(one) for one in values]) == tuple(Fraction(one) for one in expected)
