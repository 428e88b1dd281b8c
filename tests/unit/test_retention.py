"""What must be gone by a date: the school year's end and its grace, and undated facts after the year in which they were last valid."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.dates import micros
from contracts.facts import VOID_ORDER, Facts, Report
from contracts.kinds import ACTIVITY_DAYS, GRACE_DAYS, Family, Sheet, accepted_until
from streams.retention import Limits, oldest_year, standing

TODAY = date(2027, 11, 9)
"""The first day on which nothing of 2026-2027 is kept."""


@pytest.mark.parametrize(
    ("today", "oldest"),
    [
        (date(2026, 8, 1), "2025-2026"),
        (date(2026, 10, 31), "2025-2026"),
        (date(2026, 11, 8), "2025-2026"),
        (date(2026, 11, 9), "2026-2027"),
        (date(2026, 12, 31), "2026-2027"),
        (date(2027, 7, 31), "2026-2027"),
        (date(2027, 8, 1), "2026-2027"),
    ],
)
def test_the_year_before_is_kept_to_31_october_and_the_days_of_grace(today: date, oldest: str) -> None:
    assert oldest_year(today) == oldest


def test_limits_of_a_day_in_the_year() -> None:
    limits = Limits.on(date(2027, 4, 2))
    assert (limits.activity_facts, limits.dates, limits.years) == (date(2026, 11, 25), date(2026, 8, 1), "2026-2027")


@pytest.mark.parametrize("family", [Family.ACTIVITY, Family.ATTENDANCE])
def test_what_is_still_accepted_never_meets_a_deleted_sheet(family: Family) -> None:
    for day in (date(2026, 8, 1), date(2026, 11, 24), date(2027, 7, 31)):
        last = accepted_until(family, Sheet.DATED, day)
        assert last is not None
        limits = Limits.on(last + timedelta(days=GRACE_DAYS))
        assert day >= limits.dates
        assert family is not Family.ACTIVITY or day >= limits.activity_facts
        after = Limits.on(last + timedelta(days=GRACE_DAYS + 1))
        assert day < max(after.dates, after.activity_facts if family is Family.ACTIVITY else after.dates)


def test_activity_facts_outlast_the_window_by_the_days_of_grace() -> None:
    today = date(2027, 4, 2)
    assert (today - Limits.on(today).activity_facts).days == ACTIVITY_DAYS + GRACE_DAYS


def told(order: int = 1, **content: Any) -> Facts:
    at = micros(datetime(2026, 11, 24, 8, tzinfo=UTC))
    return {"roster.membership": {"k": {"r": Report("s", "oneroster_csv", 0, order, {"at": at, **content})}}}


NEWER = {("s", "oneroster_csv"): 2}


@pytest.mark.parametrize(
    ("says", "facts", "newest", "stays"),
    [
        ("valid still", told(), {}, True),
        ("in the newest file", told(order=2), NEWER, True),
        ("not in the newest file since last year", told(), NEWER, False),
        ("of another source's file", told(), {("t", "oneroster_csv"): 2}, True),
        ("ended last year", told(valid_to="2027-06-25"), {}, False),
        ("ended this year", told(valid_to="2027-08-01"), {}, True),
        ("ends in years", told(valid_to="2031-06-25"), {}, True),
        ("a day of last year's calendar", told(date="2027-05-01"), {}, False),
        ("a day of this year's calendar", told(date="2027-08-10"), {}, True),
    ],
)
def test_undated_facts_go_after_the_year_in_which_they_were_last_valid(says: str, facts: Facts, newest: Any, stays: bool) -> None:
    assert standing(facts, newest, TODAY) == (facts if stays else {}), says
    assert standing(facts, newest, date(2027, 11, 8)) == facts, says


def instant_of(year: int, month: int, day: int) -> int:
    return micros(datetime(year, month, day, 8, tzinfo=UTC))


@pytest.mark.parametrize(("taken_back", "stays"), [((2027, 7, 31), False), ((2027, 8, 1), True), ((2027, 11, 9), True)])
def test_what_was_taken_back_goes_with_the_year_in_which_it_was(taken_back: tuple[int, int, int], stays: bool) -> None:
    facts: Facts = {"roster.membership": {"k": {"r": Report("s", "oneroster_csv", 0, instant_of(*taken_back), None)}}}
    assert standing(facts, {}, TODAY) == (facts if stays else {})
    assert standing(facts, {}, date(2027, 11, 8)) == facts


@pytest.mark.parametrize("order", [1, VOID_ORDER])
def test_what_was_taken_back_at_no_date_goes_when_a_year_goes(order: int) -> None:
    facts: Facts = {"roster.membership": {"k": {"r": Report("s", "cloudevents", 0, order, None)}}}
    for day in (date(2027, 6, 1), date(2027, 8, 1), date(2027, 11, 8), date(2027, 11, 10)):
        assert standing(facts, {}, day) == facts
    assert standing(facts, {}, TODAY) == {}


def test_a_void_goes_with_the_year_in_which_it_was_told() -> None:
    content = {"at": instant_of(2027, 7, 31), "target": "r_1"}
    facts: Facts = {"control.retraction": {"k": {"r": Report("s", "xapi", 0, 0, content)}}}
    assert standing(facts, {}, date(2027, 11, 8)) == facts
    assert standing(facts, {}, TODAY) == {}


def test_one_of_two_reports_of_a_fact_goes() -> None:
    old, new = told(valid_to="2027-06-25"), told(valid_to="2028-06-25")
    both: Facts = {"roster.membership": {"k": {**old["roster.membership"]["k"], "q": new["roster.membership"]["k"]["r"]}}}
    assert standing(both, {}, TODAY) == {"roster.membership": {"k": {"q": new["roster.membership"]["k"]["r"]}}}
