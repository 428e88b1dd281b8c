"""Items, first tries and attendance: today, ties, what two sheets say of one thing, and the numbers that the explanation names."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from contract.indicator_examples import measured

from contracts.facts import Fact
from contracts.indicator import Answer, Given, Indicator, WindowName
from streams.indicators.attendance import INDICATOR as ATTENDANCE
from streams.indicators.first_try_correctness import INDICATOR as TRIES
from streams.indicators.items_answered import INDICATOR as ITEMS
from streams.invented import answered, by_date, day_total, registered
from streams.keyed import digest
from streams.presence import weighed
from streams.reading import Pupil, answer, explained, reading
from streams.window import Calendar

pytestmark = pytest.mark.quick

WEEK = [f"2026-11-{day}" for day in (16, 17, 18, 19, 20)]


def pupil(indicator: Indicator, facts: list[Fact], grade: int | None = 5) -> Pupil:
    return Pupil("s_one", list(measured(indicator, by_date(facts))), lambda _: grade)


def read(indicator: Indicator, facts: list[Fact], today: str, window: WindowName = "W20", grade: int | None = 5) -> Answer:
    span = Calendar().window(window, date.fromisoformat(today))
    return answer(pupil(indicator, facts, grade), indicator, "MAT" if indicator.per_subject else "", span)[0]


def tries(day: str, right: int, wrong: int) -> list[Fact]:
    return [answered(f"{day} 09:{k:02}", f"{day}-{k}", correct=k < right) for k in range(right + wrong)]


def test_items_of_two_sheets_of_one_date_add_up() -> None:
    summary = ITEMS.measure(tries("2026-11-16", 3, 0))
    assert ITEMS.combine(summary, summary) == {"2026-11-16": 6}


def test_a_snow_day_leaves_the_denominator_and_its_items_stay_in_the_sum() -> None:
    facts = tries("2026-11-18", 8, 0)
    calendar = Calendar({date(2026, 11, 18): False})
    told, *_ = answer(pupil(ITEMS, facts), ITEMS, "MAT", calendar.window("W5", date(2026, 11, 20)))
    assert (told.value, told.n, told.details["days"]) == (Fraction(8, 4), 8, 4)
    assert calendar.window("W5", date(2026, 11, 20)).first == date(2026, 11, 13)


def test_first_tries_of_today_ask_nothing_of_the_days_before() -> None:
    before = tries("2026-11-19", 10, 10)
    again = [answered(f"2026-11-20 10:{k:02}", f"2026-11-19-{k}", correct=True) for k in range(5)]
    told = read(TRIES, [*before, *again], "2026-11-20")
    assert told.today == (Fraction(100), 5)
    assert told.n == 20
    assert read(TRIES, before, "2026-11-20").today is None


def test_of_two_answers_at_one_instant_the_smaller_digest_is_first() -> None:
    one, other = answered("2026-11-19 09:00", "a", correct=True), answered("2026-11-19 09:00", "a", correct=False)
    one, other = one._replace(key='["k","1"]'), other._replace(key='["k","2"]')
    first = min((one, other), key=lambda fact: digest(fact.key))
    (tried,) = TRIES.measure([one, other]).values()
    assert tried[-1] == ("right" if first is one else "wrong")
    assert TRIES.measure([other, one]) == TRIES.measure([one, other]) == TRIES.combine(TRIES.measure([one]), TRIES.measure([other]))


def test_the_interval_is_the_designs() -> None:
    told = reading(
        pupil(TRIES, [*tries("2026-11-19", 20, 6), *tries("2026-11-20", 14, 6)]), TRIES, "MAT", Calendar().window("W20", date(2026, 11, 23))
    )
    assert (told.value, told.n, told.interval) == (73.9, 46, (59.7, 84.4))


def test_below_the_minimum_there_is_no_interval() -> None:
    assert read(TRIES, tries("2026-11-19", 10, 0), "2026-11-20").interval is None


def test_without_a_verdict_is_told() -> None:
    facts = [*tries("2026-11-19", 10, 10), *tries("2026-11-20", 5, 0), answered("2026-11-20 12:00", "essay", correct=None)]
    assert dict(read(TRIES, facts, "2026-11-20").details) == {"right": 15, "dates": 2, "unknown": 1, "low": 40.7, "high": 76.6}


@pytest.mark.parametrize(
    ("told", "grade", "expected"),
    [
        ({"start": 1_000_000}, 6, (1_000_000, 1_000_000)),
        ({"start": 0, "end": 1_000_000}, 0, (1_000_000, 0)),
        ({"start": 0, "end": 1_000_000}, 7, (1_000_000, 500_000)),
        ({"start": 1_000_000, "end": 1_000_000}, 10, (1_000_000, 1_000_000)),
        ({"end": 1_000_000}, 8, (500_000, 500_000)),
        ({"end": 0}, 6, None),
        ({"end": 0}, None, None),
        ({"start": 1_000_000, "end": 0}, None, (1_000_000, 1_000_000)),
        ({"day": 500_000}, 8, (1_000_000, 500_000)),
        ({"day": 1_000_000, "start": 0}, 3, (1_000_000, 0)),
        ({"day": 1_000_000, "end": 0}, 3, None),
        ({}, 3, None),
    ],
)
def test_how_a_day_is_registered(told: dict[str, int], grade: int | None, expected: Any) -> None:
    assert weighed(told, grade) == expected


@pytest.mark.parametrize(
    ("facts", "grade", "expected"),
    [
        ([registered("2026-11-20", "start", "present")], 5, (100, 1)),
        ([registered("2026-11-20", "start", "absent")], 5, (0, 1)),
        ([registered("2026-11-20", "start", "present"), registered("2026-11-20", "end", "absent")], 9, (50, 1)),
        ([registered("2026-11-20", "start", "present")], 9, (100, 1)),
        ([registered("2026-11-20", "end", "present")], 5, None),
        ([registered("2026-11-19", "start", "present")], 5, None),
    ],
)
def test_attendance_today(facts: list[Fact], grade: int, expected: Any) -> None:
    assert read(ATTENDANCE, facts, "2026-11-20", grade=grade).today == expected


def test_a_weekend_is_no_day_of_attendance_today() -> None:
    assert read(ATTENDANCE, [registered("2026-11-21", "start", "absent")], "2026-11-21").today is None


def test_of_two_schools_words_on_one_slot_presence_stands() -> None:
    here, away = (ATTENDANCE.measure([registered("2026-11-16", "start", status)]) for status in ("present", "absent"))
    assert ATTENDANCE.combine(here, away) == ATTENDANCE.combine(away, here) == here


def test_a_pupil_who_came_into_grade_7_is_read_by_the_grade_of_each_date() -> None:
    facts = [registered(day, slot, "present" if slot == "start" else "absent") for day in WEEK for slot in ("start", "end")]
    rising = Pupil("s_one", pupil(ATTENDANCE, facts).days, lambda day: 7 if day >= date(2026, 11, 19) else 6)
    told, *_ = answer(rising, ATTENDANCE, "", Calendar().window("W20", date(2026, 11, 20)))
    assert (told.value, told.n) == (Fraction(80), 5)


def test_absence_of_exactly_fifteen_percent_is_85_present() -> None:
    school = [str(day) for day in Calendar().window("W20", date(2026, 11, 20)).school_days]
    facts = [registered(day, "start", "absent" if k < 3 else "present") for k, day in enumerate(school)]
    told = read(ATTENDANCE, facts, "2026-11-20")
    assert (told.value, told.n, told.details["unknown"]) == (Fraction(85), 20, 0)


def test_no_cause_of_absence_is_in_a_summary() -> None:
    fact = registered("2026-11-16", "start", "absent")
    ill = fact._replace(content={**fact.content, "cause": "illness", "minutes_missed": 60})
    assert ATTENDANCE.measure([ill]) == ATTENDANCE.measure([fact]) == {"2026-11-16": {"start": 1_000_000}}


def test_the_explanation_counts_half_days_in_both_languages() -> None:
    facts = [*(day_total(day, 0) for day in WEEK[:4]), day_total(WEEK[4], 500_000)]
    span = Calendar().window("W20", date(2026, 11, 23))
    one = pupil(ATTENDANCE, facts)
    told = explained(ATTENDANCE, reading(one, ATTENDANCE, "", span), answer(one, ATTENDANCE, "", span)[0].details)
    assert told.da.startswith("Til stede 4,5 af 5 registrerede dage (90,0 %).")
    assert told.en.startswith("Present 4.5 of 5 registered days (90.0 %).")
    assert told.en.endswith("School days without one are left out: 14.")


def test_reading_changes_nothing_that_it_is_given() -> None:
    for indicator, facts in (
        (ITEMS, tries(WEEK[0], 2, 1)),
        (TRIES, tries(WEEK[0], 2, 1)),
        (ATTENDANCE, [registered(WEEK[0], "end", "late")]),
    ):
        summary = indicator.measure(facts)
        given = Given(summary, indicator.zero, Calendar().window("W20", date(2026, 11, 20)), lambda _: 8)
        assert indicator.read(given) == indicator.read(given)
        assert summary == indicator.measure(facts)
