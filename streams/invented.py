"""Invented facts for the examples of indicators, as short as a sentence; nothing that the hub serves comes from here.

Times are written `2026-11-23 08:15` and are wall-clock times in Denmark. Every fact is of one tool unless it says otherwise, and its key
is made from what makes it that fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from contracts.dates import SECOND, Micros, local_date, local_instant
from contracts.facts import Fact, encode

TOOL = "matematik-x"
FRAMEWORK = "maal-2024"


def at(written: str) -> Micros:
    """The instant of a Danish wall-clock time."""
    return local_instant(datetime.fromisoformat(written))


def by_date(facts: Iterable[Fact]) -> Mapping[date, Sequence[Fact]]:
    """The facts by the local date of their time, as the sheets have them."""
    days: dict[date, list[Fact]] = {}
    for fact in facts:
        days.setdefault(local_date(fact.content["at"]), []).append(fact)
    return days


def _fact(kind: str, parts: Sequence[Any], /, **content: Any) -> Fact:
    key = encode(parts).decode()
    told = {name: value for name, value in content.items() if value is not None}
    return Fact(kind, key, "invented", content["at"], told)


def answered(
    when: str, item: str, *, correct: bool | None, tool: str = TOOL, attempt_no: int | None = None, goals: Sequence[str] = ()
) -> Fact:
    return _fact(
        "activity.item_answered", (tool, item, when, attempt_no), tool=tool, subject_code="MAT", at=at(when), item_id=item,
        correct=correct, attempt_no=attempt_no, hints=0, goal_ids=list(goals) or None,
    )  # fmt: skip


def player(when: str, kind: str, *, session: str = "s1", position: int | None = None, length: int | None = None) -> Fact:
    """One event of a player; position, length: seconds."""
    told = {"position": position and position * 1_000, "length": length and length * 1_000}
    return _fact(
        "activity.media_played", (TOOL, session, when, kind), tool=TOOL, subject_code="MAT", at=at(when), session=session, kind=kind,
        resource_id="film", **told,
    )  # fmt: skip


def viewed(until: str, seconds: int | None) -> Fact:
    """A page looked at for so many seconds, until a time."""
    active = None if seconds is None else seconds * 1_000
    return _fact(
        "activity.resource_viewed", (TOOL, until), tool=TOOL, subject_code="MAT", at=at(until), resource_id="page",
        resource_kind="page", active_seconds=active,
    )  # fmt: skip


def session(when: str, kind: str, name: str = "s1", lasted: int | None = None) -> Fact:
    """lasted: seconds."""
    told = {"session": name, "kind": kind, "lasted": lasted and lasted * 1_000}
    return _fact("activity.session", (TOOL, name, when), tool=TOOL, subject_code="MAT", at=at(when), **told)


def registered(day: str, slot: str, status: str) -> Fact:
    when = at(f"{day} 08:10") + (6 * 3_600 * SECOND if slot == "end" else 0)
    return _fact("attendance.registered", (day, slot), at=when, date=day, slot=slot, status=status)


def day_total(day: str, absent: int) -> Fact:
    """absent: millionths of the day."""
    return _fact("attendance.day_total", (day,), at=at(f"{day} 15:00"), date=day, absent_fraction=absent)


def scored(
    when: str, activity: str, share: float | None, *, points: tuple[int, int | None] = (0, None), state: str = "final", tool: str = TOOL
) -> Fact:
    """A result of an activity. points: as given, and of how many; told where there is no share, or a maximum."""
    given, most = points
    told = given if most is not None or (share is None and given) else None
    return _fact(
        "result.scored", (tool, activity, when), tool=tool, subject_code="MAT", at=at(when), activity_id=activity, state=state,
        grading="auto", score_fraction=None if share is None else round(share * 1_000_000), score_given=told and told * 1_000_000,
        score_max=most and most * 1_000_000,
    )  # fmt: skip


def self_report(
    when: str,
    item: str,
    value: int | None,
    *,
    run: str = "run-1",
    instrument: str = "check-in",
    dimension: str = "motivation",
    scale: tuple[int, int] = (1, 5),
    normalised: float | None = None,
    told: Sequence[str] = ("pupil", "teachers"),
) -> Fact:
    """One answer in a check-in, None where the pupil would not. told: whom the child was told would see it."""
    return _fact(
        "wellbeing.self_report", (instrument, run, item), at=at(when), instrument_id=instrument, instrument_version="1", run=run,
        item_id=item, dimension=dimension, scale_min=scale[0], scale_max=scale[1], value=value, declined=value is None,
        normalised=None if normalised is None else round(normalised * 1_000_000), visibility=list(told),
    )  # fmt: skip


def marked(when: str, goal: str, level: int, by: str = "teacher", framework: str = FRAMEWORK) -> Fact:
    """level: 0 not started to 3 reached. by: teacher, tool or pupil."""
    return _fact(
        "curriculum.goal_marked", (goal, by, when), at=at(when), subject_code="MAT", framework_id=framework, goal_id=goal, level=level,
        marked_by=by, marked_at=at(when),
    )  # fmt: skip


def published(due: str | None, assignment: str, *, when: str = "2026-11-02 08:00", optional: bool = False, subject: str = "MAT") -> Fact:
    """An assignment, given to a group: when, and until when."""
    return _fact(
        "assignment.published", (assignment,), at=at(when), assigned_at=at(when), due_at=None if due is None else at(due),
        assignment_id=assignment, title="Aflevering", optional=optional, subject_code=subject,
    )  # fmt: skip


def submitted(when: str, assignment: str, number: int = 1) -> Fact:
    """A hand-in of a pupil."""
    return _fact(
        "assignment.submitted", (assignment, number), at=at(when), submitted_at=at(when), assignment_id=assignment, submission_no=number
    )


def state(when: str, assignment: str, what: str) -> Fact:
    """Where an assignment stands for a pupil: excused, not_submitted, returned or feedback_given."""
    return _fact("assignment.state", (assignment, what), at=at(when), assignment_id=assignment, state=what)


def planned(when: str, goal: str, *, year: str | None = None, period: str = "året", framework: str = FRAMEWORK) -> Fact:
    """A goal of a group. year: the school year it is filed under, else that of the date."""
    return _fact(
        "curriculum.goal_planned", (goal, period), at=at(when), framework_id=framework, goal_id=goal, period=period, school_year=year,
        subject_code="MAT",
    )  # fmt: skip
