"""The one table: for every event type its family, natural key, sheet, date, sensitivity and purpose; for every family its retention.

Natural keys are those of domain 4.2, relative to the subject and never containing it. Where a source does not number attempts, the
report is its own fact, as it is where the key has `@report`. Purposes are the teacher's tasks of domain 0 (T1-T4) and `insight`, the
pupil's and the parents' own. The legal basis is one for all: public task, GDPR art. 6(1)(e) with folkeskoleloven §§ 2 and 18.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from contracts import events as e
from contracts.dates import local_date, micros, school_year, year_end

LEGAL_BASIS: Final = "GDPR art. 6(1)(e); folkeskoleloven §§ 2, 18"
LOG_DAYS: Final = 7
FAILED_DAYS: Final = 14
MESSAGE_DAYS: Final = 7
"""Webhook ids, hashed (R3.3): longer than senders retry, about 75 hours (Standard Webhooks 1.0.0)."""
ACCESS_LOG_DAYS: Final = 396
ACTIVITY_DAYS: Final = 120
GRACE_DAYS: Final = 8
"""Days between the end of intake for a date and its deletion, so that nothing accepted meets a deleted sheet."""
FUTURE_HOURS: Final = 24
OLDEST: Final = 1900
"""Years before it are somebody's mistake."""


class Sheet(StrEnum):
    """D: one sheet per local date. S: one per school year. U: one undated."""

    DATED = "D"
    STANDING = "S"
    UNDATED = "U"


class Family(StrEnum):
    """One Kafka topic each; retention is stated by family."""

    ACTIVITY = "activity"
    RESULT = "result"
    CURRICULUM = "curriculum"
    ASSIGNMENT = "assignment"
    ATTENDANCE = "attendance"
    WELLBEING = "wellbeing"
    NOTE = "note"
    TEST = "test"
    ROSTER = "roster"
    SOURCE = "source"
    CONTROL = "control"
    INTAKE = "intake"


@dataclass(frozen=True)
class Kind:
    """One event type. subject: what the event is said of. date: the data field that dates it, or `time`, the envelope's own."""

    name: str
    model: type[msgspec.Struct]
    key: tuple[str, ...]
    sheet: Sheet
    subject: Literal["pupil", "group", "institution", "framework", "source", "report"] = "pupil"
    date: str = "time"
    sensitivity: Literal["n", "c", "s"] = "n"
    purposes: tuple[str, ...] = ("T1", "T2", "insight")
    version: int = 1

    @cached_property
    def family(self) -> Family:
        return Family(self.name.partition(".")[0])

    @cached_property
    def type(self) -> str:
        return f"dk.fremgang.{self.name}.v{self.version}"

    @cached_property
    def dataschema(self) -> str:
        return f"urn:fremgang:schema:{self.name}:v{self.version}"


_ALL = ("T1", "T2", "T3", "T4", "insight")
_D, _S, _U = Sheet.DATED, Sheet.STANDING, Sheet.UNDATED
_RUN = ("T1", "T2", "T3", "T4")

_TABLE = (
    Kind("activity.session", e.Session1, ("tool", "session", "@report"), _D, date="at", purposes=("T1", "T3", "insight")),
    Kind("activity.session", e.Session, ("tool", "session", "@report"), _D, date="at", purposes=("T1", "T3", "insight"), version=2),
    Kind("activity.item_answered", e.ItemAnswered, ("tool", "attempt", "item_id", "attempt_no"), _D),
    Kind("activity.resource_viewed", e.ResourceViewed, ("tool", "@report"), _D, purposes=("T1", "T3", "insight")),
    Kind("activity.media_played", e.MediaPlayed, ("tool", "session", "@report"), _D, date="at", purposes=("T1", "T3", "insight")),
    Kind("activity.summary", e.ActivitySummary, ("tool", "metric", "period_start", "period_end"), _D, date="period_start"),
    Kind("result.scored", e.Scored, ("tool", "activity_id", "attempt_no"), _S),
    Kind("result.grade", e.Graded, ("subject_code", "kind", "term"), _S, sensitivity="c"),
    Kind("curriculum.goal_marked", e.GoalMarked, ("goal_id", "marked_by", "marked_at"), _S, date="marked_at"),
    Kind("curriculum.goal_planned", e.GoalPlanned, ("goal_id", "period"), _S, subject="group"),
    Kind("curriculum.framework", e.Framework, ("framework_id", "version"), _U, subject="framework", purposes=_ALL),
    Kind("assignment.published", e.AssignmentPublished, ("assignment_id",), _S, subject="group", date="assigned_at"),
    Kind("assignment.submitted", e.AssignmentSubmitted, ("assignment_id", "submission_no"), _S, date="submitted_at"),
    Kind("assignment.state", e.AssignmentState, ("assignment_id", "state"), _S),
    Kind("attendance.registered", e.AttendanceRegistered, ("date", "slot"), _D, date="date", sensitivity="s", purposes=_ALL),
    Kind("attendance.day_total", e.AttendanceDayTotal, ("date",), _D, date="date", sensitivity="s", purposes=_ALL),
    Kind("wellbeing.self_report", e.SelfReport, ("instrument_id", "run", "item_id"), _S, sensitivity="s"),
    Kind(
        "wellbeing.aggregate_published", e.WellbeingAggregate, ("survey", "year", "indicator"), _S, subject="group",
        sensitivity="c", purposes=("T4",),
    ),
    Kind("note.linked", e.NoteLinked, ("note_id",), _S, sensitivity="c", purposes=("T2", "insight")),
    Kind("test.result", e.TestResult, ("test_id", "taken_on"), _S, date="taken_on", sensitivity="c"),
    Kind("roster.membership", e.Membership, ("group_id", "role", "row_id"), _U, purposes=_RUN),
    Kind("roster.group", e.Group, (), _U, subject="group", purposes=_RUN),
    Kind("roster.calendar_day", e.CalendarDay, ("date",), _U, subject="institution", purposes=_RUN),
    Kind("roster.identity", e.RosterIdentity, ("scheme", "identity"), _U, purposes=_RUN),
    Kind("source.snapshot", e.Snapshot, ("source", "scope"), _U, subject="institution", purposes=_RUN),
    Kind("source.cadence", e.Cadence1, ("source",), _U, subject="source", purposes=_RUN),
    Kind("source.cadence", e.Cadence, ("source",), _U, subject="source", purposes=_RUN, version=2),
    Kind("control.retraction", e.Retraction, ("target",), _U, subject="report", purposes=_RUN),
)  # fmt: skip

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.type: kind for kind in _TABLE})
"""By CloudEvents `type`."""

BY_NAME: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for kind in _TABLE})

BY_MODEL: Final[Mapping[type, Kind]] = MappingProxyType({kind.model: kind for kind in _TABLE})

INTAKE_TYPES: Final = MappingProxyType({outcome: f"dk.fremgang.intake.{outcome}.v1" for outcome in ("not_used", "failed", "refused")})
"""Records of what was not published; they belong to no sheet."""


def dated(kind: Kind, event: Any, time: int) -> date:
    """The local date that an event belongs to (domain 4.4: of the event's time, never of its arrival)."""
    value: date | datetime | None = None if kind.date == "time" else getattr(event, kind.date)
    if value is None:
        return local_date(time)
    return local_date(micros(value)) if isinstance(value, datetime) else value


def period(kind: Kind, event: Any, day: date) -> str:
    """The period of the sheet: a local date, a school year, or nothing."""
    if kind.sheet is Sheet.DATED:
        return day.isoformat()
    if kind.sheet is Sheet.STANDING:
        return getattr(event, "school_year", None) or school_year(day)
    return ""


def natural_key(kind: Kind, event: Any, report: str) -> str:
    """What makes two reports one fact, as canonical JSON of its parts."""
    parts = [report if name == "@report" else getattr(event, name) for name in kind.key]
    if any(part is None for part in parts):
        parts = [event.tool, report]
    return msgspec.json.encode(parts).decode()


@lru_cache(maxsize=1_024)
def accepted_until(family: Family, sheet: Sheet, day: date) -> date | None:
    """The last record day on which intake takes a fact of `day`; None for what is undated (design 4, Retention).

    Activity of July too ends with its school year, whose sheets are deleted after it.
    """
    if sheet is Sheet.UNDATED:
        return None
    if day.year < OLDEST:
        return date.min
    end = year_end(school_year(day))
    return min(day + timedelta(days=ACTIVITY_DAYS), end) if family is Family.ACTIVITY else end
