"""Random histories of what schools and materials report, for laws: realistic values, few of them, so that things collide.

A history is a list of `Told`: assertions, corrections under the same report id, retractions, and second words on one fact by another
channel. Dates run over two school weeks with a weekend between, and over the night in October when 02:30 occurs twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from contracts import events as e
from contracts.dates import COPENHAGEN, Micros, micros
from contracts.facts import Facts, Report, content, merge
from contracts.kinds import BY_MODEL, Kind, dated, natural_key, period

DATES = (date(2026, 10, 24), date(2026, 10, 25), *(date(2026, 11, 12) + timedelta(days=k) for k in range(9)))
SUPPLIERS = ("material", "gradebook")


@dataclass(frozen=True)
class Told:
    """One report of one fact, as a sheet takes it in."""

    event: msgspec.Struct
    time: Micros
    report: str
    order: int
    supplier: str
    retracts: bool = False
    rank: int = 0

    @property
    def kind(self) -> Kind:
        return BY_MODEL[type(self.event)]

    @property
    def key(self) -> str:
        return natural_key(self.kind, self.event, self.report)

    @property
    def period(self) -> str:
        return period(self.kind, self.event, dated(self.kind, self.event, self.time))

    def told(self) -> Report:
        said = None if self.retracts else content(self.kind, self.event, self.time)
        return Report(self.supplier, "channel", self.rank, self.order, said)


Sheets = dict[tuple[str, str], Facts]
"""(family, period) -> facts; of one pupil in one school."""


def sheets(history: Iterable[Told]) -> Sheets:
    """The sheets that a history makes, whatever its order."""
    made: Sheets = {}
    for one in history:
        merge(made.setdefault((one.kind.family, one.period), {}), one.kind.name, one.key, one.report, one.told())
    return made


def wall(day: date, minutes: int) -> datetime:
    """A Danish wall-clock time of a date, as an aware UTC datetime."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), COPENHAGEN).astimezone(UTC)


instants = st.builds(wall, st.sampled_from(DATES), st.one_of(st.integers(480, 540), st.sampled_from((0, 1, 150, 1_430, 1_439))))
_tools = st.sampled_from(("matematik-x", "dansk-y"))
_subjects = st.sampled_from(("MAT", "DAN", "unassigned"))
_names = st.sampled_from(("a", "b", "c"))
_seconds = st.one_of(st.none(), st.sampled_from((0.0, 0.0005, 1.5, 59.999, 600.0, 7_200.0)))
_in_tool: dict[str, Any] = {"tool": _tools, "subject_code": _subjects}

answers = st.builds(
    e.ItemAnswered, **_in_tool, item_id=_names, attempt=st.one_of(st.none(), _names), attempt_no=st.one_of(st.none(), st.integers(1, 3)),
    correct=st.sampled_from((True, False, None)), response_seconds=_seconds, hints=st.integers(0, 2),
)  # fmt: skip
sessions = st.builds(e.Session, **_in_tool, session=_names, kind=st.sampled_from(("started", "ended")), at=instants, lasted=_seconds)
views = st.builds(
    e.ResourceViewed, **_in_tool, resource_id=_names, resource_kind=st.sampled_from(("page", "book")), active_seconds=_seconds
)
players = st.builds(
    e.MediaPlayed, **_in_tool, resource_id=_names, session=_names, kind=st.sampled_from(("played", "paused", "seeked", "ended")),
    at=instants, position=_seconds, length=_seconds,
)  # fmt: skip
slots = st.builds(
    e.AttendanceRegistered, date=st.sampled_from(DATES), slot=st.sampled_from(("start", "end")),
    status=st.sampled_from(("present", "absent", "late", "left_early")), cause=st.sampled_from((None, "illness", "unlawful")),
)  # fmt: skip
totals = st.builds(e.AttendanceDayTotal, date=st.sampled_from(DATES), absent_fraction=st.sampled_from((0.0, 0.5, 1.0)))
results = st.builds(
    e.Scored, **_in_tool, activity_id=_names, attempt_no=st.one_of(st.none(), st.integers(1, 2)),
    state=st.sampled_from(("final", "final", "partial")),
    score_fraction=st.sampled_from((None, -0.5, 0.0, 0.333333, 0.8, 1.0, 1.2)), score_given=st.sampled_from((None, 0.0, 2.0, 7.5)),
    score_max=st.sampled_from((None, 0.0, 3.0, 10.0)),
)  # fmt: skip
reports = st.builds(
    e.SelfReport, instrument_id=_names, instrument_version=st.just("1"), run=_names, item_id=_names,
    dimension=st.sampled_from(("motivation", "motivation", "calm", "social", "academic", "support")), scale_min=st.just(1),
    scale_max=st.sampled_from((1, 5, 7)),
    value=st.one_of(st.none(), st.integers(0, 7)), normalised=st.sampled_from((None, None, 0.25)), declined=st.booleans(),
    visibility=st.sampled_from((("pupil",), ("teachers", "pupil"), ("home_class_teacher",))),
)  # fmt: skip
given = st.builds(
    e.AssignmentPublished, assignment_id=_names, title=st.just("Aflevering"), assigned_at=instants, due_at=st.one_of(st.none(), instants),
    group_id=st.just("g_" + "a" * 26), optional=st.sampled_from((False, False, True)), subject_code=_subjects,
)  # fmt: skip
hand_ins = st.builds(e.AssignmentSubmitted, assignment_id=_names, submitted_at=instants, submission_no=st.integers(1, 2))
states = st.builds(e.AssignmentState, assignment_id=_names, state=st.sampled_from(("excused", "returned", "not_submitted")))
goals: dict[str, Any] = {"framework_id": st.sampled_from(("f1", "f2")), "goal_id": _names, "subject_code": _subjects}
marks = st.builds(
    e.GoalMarked, **goals, level=st.integers(0, 3), marked_by=st.sampled_from(("teacher", "teacher", "pupil", "tool")), marked_at=instants
)
plans = st.builds(e.GoalPlanned, **goals, period=_names, school_year=st.sampled_from((None, "2025-2026", "2026-2027")))
activity = st.one_of(answers, sessions, views, players)
attendance = st.one_of(slots, totals)
assignments = st.one_of(given, hand_ins, states)
events = st.one_of(activity, attendance, results, reports, assignments, marks, plans)

_CHANGES: dict[type, dict[str, tuple[Any, ...]]] = {
    e.ItemAnswered: {"correct": (True, False, None)},
    e.Session: {"kind": ("started", "ended")},
    e.ResourceViewed: {"active_seconds": (None, 30.0, 600.0)},
    e.MediaPlayed: {"kind": ("played", "paused")},
    e.AttendanceRegistered: {"status": ("present", "absent", "late")},
    e.AttendanceDayTotal: {"absent_fraction": (0.0, 0.5, 1.0)},
    e.Scored: {"score_fraction": (None, 0.1, 1.0), "state": ("final", "partial")},
    e.AssignmentPublished: {"due_at": (None, wall(DATES[4], 600), wall(DATES[9], 600)), "optional": (False, True)},
    e.AssignmentSubmitted: {"submitted_at": (wall(DATES[4], 599), wall(DATES[8], 600))},
    e.AssignmentState: {"feedback_at": (None,)},
    e.GoalMarked: {"level": (0, 2, 3), "framework_id": ("f1", "f2")},
    e.GoalPlanned: {"subject_code": ("MAT", "DAN")},
    e.SelfReport: {"declined": (False, True), "value": (None, 1, 5), "visibility": (("pupil",), ("guardian",))},
}
"""What a source corrects: nothing that is part of a fact's key."""


@st.composite
def _said(draw: st.DrawFn, number: int) -> list[Told]:
    """A report and what became of it later."""
    event = draw(events)
    at = micros(event.at) if hasattr(event, "at") else micros(draw(instants))
    first = Told(event, at, f"r{number}", draw(st.integers(0, 2)), draw(st.sampled_from(SUPPLIERS)))
    return [first, *(draw(_later(first)) for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))))]


@st.composite
def _later(draw: st.DrawFn, first: Told) -> Told:
    """A correction, a retraction or (the same again, or older than what it would change) nothing new."""
    changes = {name: draw(st.sampled_from(values)) for name, values in _CHANGES[type(first.event)].items()}
    return replace(
        first, event=msgspec.structs.replace(first.event, **changes), order=draw(st.integers(0, 4)), retracts=draw(st.booleans())
    )


def histories(least: int = 0, most: int = 30) -> st.SearchStrategy[list[Told]]:
    """Reports of one pupil in one school, in an order that means nothing."""
    return st.integers(least, most).flatmap(lambda n: st.tuples(*map(_said, range(n)))).map(lambda parts: [one for p in parts for one in p])
