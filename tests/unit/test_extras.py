"""What stands beside the indicators, from facts alone: the same in any order, and nothing of what has not come yet."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations

import pytest

from contracts.facts import Fact
from contracts.indicator import Given, Window
from streams.extras import EXTRAS, Extra, Said
from streams.invented import at, published, session, state, submitted, viewed
from streams.last_activity import LAST_ACTIVITY, is_activity

pytestmark = pytest.mark.quick

TODAY = date(2026, 11, 24)
YEAR = Window("Y", date(2026, 8, 1), TODAY, ())
W20 = Window("W20", date(2026, 10, 28), TODAY, ())
TEST, NOTES, WAITING = EXTRAS


def of_pupil(*facts: Fact) -> list[Said]:
    return [("", fact) for fact in facts]


def shown(extra: Extra, known: Sequence[Said], window: Window = YEAR, allowed: frozenset[str] | None = None) -> list[object]:
    """The items; the same however the facts are ordered."""
    told = {repr(extra.items(list(order), window, allowed)) for order in permutations(known)}
    assert len(told) == 1
    items = extra.items(known, window, allowed)
    return [(item.subject, *(item.told[name] for name in ("taken_on", "title", "days") if name in item.told)) for item in items]


def result_of(taken: str, subject: str, kind: str = "national") -> Fact:
    told = {
        "test_id": subject,
        "test_kind": kind,
        "subject_code": subject,
        "grade": 6,
        "taken_on": taken,
        "scale_id": "s",
        "category": "middel",
    }
    return Fact("test.result", f"{subject} {taken}", "invented", 1, {"at": at(f"{taken} 10:00"), **told})


def note(when: str, title: str) -> Fact:
    told = {"note_id": title, "kind": "note", "title": title, "href": f"https://noter.example/{title}", "author_role": "lærer"}
    return Fact("note.linked", title, "invented", 1, {"at": at(when), **told})


def test_the_latest_national_test_of_each_subject_up_to_today() -> None:
    known = of_pupil(
        result_of("2026-10-06", "MAT"), result_of("2026-09-08", "MAT"), result_of("2026-11-25", "MAT"), result_of("2026-10-07", "DAN"),
        result_of("2026-11-02", "DAN", "screening"),
    )  # fmt: skip
    assert shown(TEST, known) == [("DAN", "2026-10-07"), ("MAT", "2026-10-06")]
    assert shown(TEST, known, allowed=frozenset({"MAT"})) == [("MAT", "2026-10-06")]


def test_notes_newest_first_and_for_nobody_who_sees_one_subject_alone() -> None:
    known = of_pupil(note("2026-10-27 23:59", "before"), note("2026-10-28 00:00", "first"), note("2026-11-24 09:00", "today"))
    assert shown(NOTES, known, W20) == [(None, "today"), (None, "first"), (None, "before")]
    assert [NOTES.counts(item, W20) for item in NOTES.items(known, W20, None)] == [True, True, False]
    assert shown(NOTES, known, W20, frozenset({"MAT", "DAN"})) == []


def test_a_hand_in_waits_from_the_first_that_was_not_answered() -> None:
    given = [("g_a", published("2026-11-20 12:00", "a"))]
    two = of_pupil(submitted("2026-11-10 09:00", "a"), submitted("2026-11-12 09:00", "a", 2))
    assert shown(WAITING, [*given, *two]) == [("MAT", "Aflevering", 14)]
    answered = of_pupil(state("2026-11-11 09:00", "a", "feedback_given"))
    assert shown(WAITING, [*given, *two, *answered]) == [("MAT", "Aflevering", 12)]
    returned = of_pupil(state("2026-11-12 09:00", "a", "returned"))
    assert shown(WAITING, [*given, *two, *returned]) == []
    for other in ("excused", "not_submitted"):
        assert shown(WAITING, [*given, *two, *of_pupil(state("2026-11-13 09:00", "a", other))]) == [("MAT", "Aflevering", 14)]


def test_what_is_of_last_year_or_of_tomorrow_waits_for_nothing() -> None:
    assert shown(WAITING, of_pupil(submitted("2026-07-31 23:59", "a"), submitted("2026-11-25 00:00", "b"))) == []
    assert shown(WAITING, of_pupil(submitted("2026-08-01 00:00", "a"))) == [(None, None, 115)]


def test_of_two_groups_that_were_given_it_the_later_deadline_says_of_which_subject_it_is() -> None:
    known = [("g_a", published("2026-11-20 12:00", "a", subject="DAN")), ("g_b", published("2026-11-21 12:00", "a")),
             *of_pupil(submitted("2026-11-10 09:00", "a"))]  # fmt: skip
    assert shown(WAITING, known) == [("MAT", "Aflevering", 14)]


def test_the_last_activity_is_the_latest_of_all_sheets_and_no_end_of_what_was_left() -> None:
    monday, tuesday = viewed("2026-11-23 09:00", None), session("2026-11-24 08:00", "started")
    left = session("2026-11-24 23:00", "ended")
    left.content["end_reason"] = "timeout"
    assert [is_activity(fact) for fact in (monday, tuesday, left)] == [True, True, False]
    one, other = LAST_ACTIVITY.measure([monday]), LAST_ACTIVITY.measure([monday, tuesday])
    assert LAST_ACTIVITY.combine(one, other) == LAST_ACTIVITY.combine(other, one) == at("2026-11-24 08:00")
    assert LAST_ACTIVITY.combine(one, LAST_ACTIVITY.zero) == one
    given = Given(LAST_ACTIVITY.zero, LAST_ACTIVITY.zero, YEAR, lambda _: None)
    assert (LAST_ACTIVITY.read(given).value, LAST_ACTIVITY.read(given).reason) == (None, "never")
