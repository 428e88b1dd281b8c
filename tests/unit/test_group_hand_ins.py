"""What is told of a group's hand-ins to who does not see its pupils: no number of fewer than 5, nor what tells one."""

from datetime import date

import pytest

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.group_indicator import Member
from contracts.indicator import Given, Window
from services.serve.grouped import Class
from services.serve.shapes import Asked
from services.serve.views.summary import whole
from streams import assignments
from streams.groups.assignment_status import INDICATOR as STATUS
from streams.groups.on_time_share import INDICATOR as SHARE
from streams.indicators.on_time_submission import INDICATOR as ON_TIME
from streams.invented import at, published, state, submitted
from streams.reading import windows
from streams.remembered import Live, Remembering, kept_of, packed
from streams.sheet import by_code
from streams.summary import GroupReading, Shown, answer, to_others
from streams.window import Calendar

pytestmark = pytest.mark.quick

WINDOW = Window("W20", date(2026, 10, 27), date(2026, 11, 23), ())


def pupil(n: int, due: str, handed: str = "", late: str = "", feedback: str = "") -> Member:
    """due, handed, late, feedback: assignments, a letter each; all were due on 13 November."""
    own = [submitted("2026-11-12 11:00", name) for name in handed] + [submitted("2026-11-14 11:00", name) for name in late]
    own += [state("2026-11-16 10:00", name, "feedback_given") for name in feedback]
    given = assignments.measure([published("2026-11-13 12:00", name) for name in due])
    measured = Given(assignments.measure(own), {}, WINDOW, lambda _: None, {"g_class": given}, lambda *_: True)
    return Member(None, 0, pupil=f"s_{n}", given=measured)


def counts(told: Shown, name: str) -> dict[str, dict[str, int | None]]:
    return {one.by: one.counts for one in told.splits if one.name == assignments.name(published(None, name))}


def test_of_an_assignment_that_is_told_which_five_or_more_stand_alike() -> None:
    """Of a 7 were in time and 5 are missing, whom the total would tell; 3 have feedback. Of b one is missing; c was due of 4."""
    members = [pupil(n, "ab" + "c" * (n < 4), "a" * (n < 7) + "b" * (n < 11), feedback="a" * (n < 3)) for n in range(12)]
    told = to_others(answer(STATUS, members), 12, "assignments")
    assert (told.value, told.n, told.pupils) == (3, 10, 10)
    assert counts(told, "a") == {"handed_in": {"late": None, "missing": None, "on_time": 5}}, "three of twelve with feedback leave nine"
    assert counts(told, "b") == counts(told, "c") == {}


def test_of_twenty_in_three_places_each_is_told_by_fives() -> None:
    members = [pupil(n, "a", "a" * (n < 9), "a" * (9 <= n < 15), "a" * (n < 13)) for n in range(21)]
    told = to_others(answer(STATUS, members), 21, "assignments")
    assert counts(told, "a") == {"handed_in": {"late": 5, "missing": 5, "on_time": 10}, "feedback": {"given": 15, "not_given": 10}}


def test_of_four_pupils_nothing_is_told() -> None:
    told = to_others(answer(STATUS, [pupil(n, "a", "a") for n in range(4)]), 4, "assignments")
    assert (told.value, told.n, told.pupils, told.splits, told.reason) == (None, None, None, (), "too_few_pupils")


@pytest.mark.parametrize(("of_one", "reason"), [("abcdefghijklmnopqrstuvwxyzæøåABCDEFGHIJ", "one_outweighs"), ("abcdefghijklmnopqr", None)])
def test_a_share_that_is_nearly_one_pupils_is_not_told(of_one: str, reason: str | None) -> None:
    """39 of 48 hand-ins are more than 80 %, 18 of 27 are not."""
    members = [pupil(0, of_one, of_one[::2]), *(pupil(n, "a", "a" * (n % 2)) for n in range(1, 10))]
    found = answer(SHARE, members)
    told = to_others(found, 10, "percent")
    assert (told.reason, told.details, told.value is None) == (reason, {}, reason is not None)
    assert found.details["due"] == len(of_one) + 9


def test_where_all_hand_in_alike_the_share_is_not_told() -> None:
    found = answer(SHARE, [pupil(n, "abc", "ab") for n in range(12)])
    assert found.alike
    assert to_others(found, 12, "percent").reason == "all_alike"


def seen(pupils_of_danish: int, *, sees_pupils: bool) -> dict[str | None, GroupReading]:
    """Twelve pupils, each second of whom hands in a and b of mathematics in time; some have c in Danish, handed in by none."""
    spans = windows([ON_TIME], Calendar(), WINDOW.last)
    of_class, of_danish = _group("a", "b", subject="MAT"), _group("c", subject="DAN")
    pupils = []
    for n in range(12):
        live = Live({"g_class": of_class, **({"g_danish": of_danish} if n < pupils_of_danish else {})})
        own = [submitted("2026-11-12 11:00", name) for name in "ab" * (n % 2)]
        live.add("2026-2027", packed({ON_TIME.key: by_code(ON_TIME, own)}), lambda *_: True)
        pupils.append(Remembering(f"s_{n}", kept_of([], [ON_TIME], spans, 1, 1), live, spans, lambda _: 5, lambda *_: True))
    told = whole(Class(pupils, spans, [ON_TIME], None, sees_pupils, no_facts), Asked.by(None, None), [SHARE])
    return {one.reading.subject: one.reading for one in told}


def _group(*names: str, subject: str) -> Live:
    live = Live()
    given = [published("2026-11-13 12:00", name, subject=subject) for name in names]
    live.add("2026-2027", packed({ON_TIME.key: by_code(ON_TIME, given)}), lambda *_: True)
    return live


async def no_facts(*_: object) -> list[tuple[str, Fact]]:
    return []


def test_all_subjects_together_are_hidden_with_any_of_them_that_is() -> None:
    exactly = seen(6, sees_pupils=True)
    assert {subject: (one.value, one.details["due"]) for subject, one in exactly.items()} == {
        "MAT": (50.0, 24), "DAN": (0.0, 6), None: (40.0, 30),
    }  # fmt: skip
    roughly = seen(6, sees_pupils=False)
    assert {subject: (one.value, one.reason) for subject, one in roughly.items()} == {
        "MAT": (50.0, None), "DAN": (None, "too_few_pupils"), None: (None, "told_beside"),
    }  # fmt: skip
    for few in (0, 4):
        assert {subject: one.value for subject, one in seen(few, sees_pupils=False).items()} == {"MAT": 50.0, None: 50.0}, (
            "of what is shown"
        )


def test_which_day_it_was_due_is_that_of_the_wall_clock() -> None:
    """Due today at 00:00 is due today, and not counted in the share."""
    assert local_date(at("2026-11-23 00:00")) == WINDOW.last
    given = assignments.measure([published("2026-11-23 00:00", "a"), published("2026-11-22 23:59", "b")])
    one = Member(None, 0, pupil="s", given=Given({}, {}, WINDOW, lambda _: None, {"g": given}, lambda *_: True))
    assert {name for owed in SHARE.measure(one).values() for name in owed} == {assignments.name(published(None, "b"))}
