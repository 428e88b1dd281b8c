"""Windows count school days; what is no school day never changes a denominator (design 4, domain 4.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from proving import law

from contracts.facts import Fact, Facts, Report, merge
from contracts.indicator import WINDOWS, Answer, Indicator, Window, WindowName
from streams.indicators.active_minutes import INDICATOR as MINUTES
from streams.indicators.attendance import INDICATOR as ATTENDANCE
from streams.invented import by_date, registered, viewed
from streams.reading import Day, Pupil, answer
from streams.sheet import measure_sheet
from streams.window import FURTHEST_BACK, Calendar

pytestmark = pytest.mark.quick

START = date(2025, 8, 1)
days = st.integers(FURTHEST_BACK, FURTHEST_BACK + 200).map(lambda k: START + timedelta(days=k))
overrides = st.dictionaries(st.integers(0, FURTHEST_BACK + 200).map(lambda k: START + timedelta(days=k)), st.booleans(), max_size=80)
holidays = st.lists(st.tuples(days, st.integers(1, 60)), max_size=3).map(
    lambda spans: {first - timedelta(days=k): False for first, span in spans for k in range(span)}
)
calendars = st.builds(lambda one, other: Calendar({**one, **other}), holidays, overrides)
counts = st.sampled_from(("W5", "W20", "W40"))
names = st.sampled_from(sorted(WINDOWS))


@law(300, 5_000)
@given(calendar=calendars, today=days, name=counts)
def test_a_window_has_exactly_its_school_days_when_the_calendar_has_them(calendar: Calendar, today: date, name: WindowName) -> None:
    window = calendar.window(name, today)
    there = sum(calendar.is_school(today - timedelta(days=k)) for k in range(FURTHEST_BACK))
    assert len(window.school_days) == min(int(name[1:]), there)
    event(f"{name} whole: {len(window.school_days) == int(name[1:])}")
    assert window.last == today
    assert calendar.is_school(window.first) or there < int(name[1:]), "it begins with a school day"


@law(300, 5_000)
@given(calendar=calendars, today=days, name=names)
def test_today_is_in_the_window_and_counts_if_it_is_a_school_day(calendar: Calendar, today: date, name: WindowName) -> None:
    window = calendar.window(name, today)
    assert window.first <= today == window.last
    assert (today in window.school_days) == calendar.is_school(today)
    assert window.finished == tuple(day for day in window.school_days if day != today)
    assert list(window.school_days) == sorted(day for day in window.school_days if calendar.is_school(day))


@law(300, 5_000)
@given(calendar=calendars, today=days, name=names, data=st.data())
def test_saying_that_a_day_off_is_off_changes_no_denominator(
    calendar: Calendar, today: date, name: WindowName, data: st.DataObject
) -> None:
    off = [today - timedelta(days=k) for k in range(60) if not calendar.is_school(today - timedelta(days=k))]
    assume(off)
    told = Calendar({**calendar.days, **dict.fromkeys(data.draw(st.lists(st.sampled_from(off), min_size=1)), False)})
    assert replace(told.window(name, today), assumed=False) == replace(calendar.window(name, today), assumed=False)


@law(200, 5_000)
@given(calendar=calendars, today=days, name=counts, back=st.integers(0, 30))
def test_a_school_day_that_is_closed_is_replaced_by_one_before(calendar: Calendar, today: date, name: WindowName, back: int) -> None:
    window = calendar.window(name, today)
    assume(len(window.school_days) == int(name[1:]))
    closed = window.school_days[back % len(window.school_days)]
    after = Calendar({**calendar.days, closed: False}).window(name, today)
    assume(len(after.school_days) == int(name[1:]))
    assert after.first < window.first
    assert set(after.school_days) == (set(window.school_days) - {closed}) | {after.first}


read_at = st.integers(480, 900).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")


def sheet(told: Sequence[Fact]) -> Facts:
    facts: Facts = {}
    for fact in told:
        merge(facts, fact.kind, fact.key, fact.key, Report(fact.supplier, "", 0, fact.order, fact.content))
    return facts


def told_of(indicator: Indicator, facts: Mapping[date, Sequence[Fact]], window: Window, grade: int | None = 5) -> Answer:
    """What the indicator answers for a pupil of whom these facts are known, by date."""
    code = "MAT" if indicator.per_subject else ""
    (family,) = indicator.families
    days = [Day("101001", family, day, measure_sheet(sheet(told), family, [indicator])) for day, told in facts.items()]
    return answer(Pupil("s_law", days, lambda _: grade), indicator, code, window)[0]


@law(150, 3_000)
@given(calendar=calendars, today=days, data=st.data())
def test_what_happens_on_a_day_off_counts_in_sums_alone(calendar: Calendar, today: date, data: st.DataObject) -> None:
    window = calendar.window("W20", today)
    span = [window.first + timedelta(days=k) for k in range((today - window.first).days)]
    off = [day for day in span if not calendar.is_school(day)]
    assume(off and len(window.finished) >= 5)
    at_school = [viewed(f"{day} {data.draw(read_at)}", 600) for day in window.finished[-5:]]
    extra = [viewed(f"{day} {data.draw(read_at)}", 1_200) for day in data.draw(st.lists(st.sampled_from(off), min_size=1, unique=True))]
    plain, more = (told_of(MINUTES, by_date(told), window) for told in (at_school, [*at_school, *extra]))
    assert more.n == plain.n == 5
    assert more.details["days"] == plain.details["days"] == len(window.finished)
    assert more.value is not None
    assert plain.value is not None
    assert more.value - plain.value == Fraction(20 * len(extra), len(window.finished))


@law(150, 3_000)
@given(calendar=calendars, today=days, data=st.data(), grade=st.sampled_from((None, 3, 8)))
def test_a_registration_of_a_day_off_is_no_registered_day(calendar: Calendar, today: date, data: st.DataObject, grade: int | None) -> None:
    window = calendar.window("W20", today)
    span = [window.first + timedelta(days=k) for k in range((today - window.first).days)]
    off = [day for day in span if not calendar.is_school(day)]
    assume(off)
    statuses = st.sampled_from(("present", "absent", "late"))
    at_school = {day: [registered(str(day), "start", data.draw(statuses))] for day in window.finished}
    extra = {day: [registered(str(day), "start", data.draw(statuses))] for day in off}
    plain, more = (told_of(ATTENDANCE, told, window, grade) for told in (at_school, {**at_school, **extra}))
    assert more == plain
    assert plain.n > 0
