"""Every event type of the field as a typed model (domain 4.2); `Event` is their union, tagged by the envelope's `type`.

Units stand in the field's type: `Seconds` (float, s), `Minutes` (int), `Fraction` (0-1), `Points` (float, as scored).
Times are aware datetimes, dates are local to Europe/Copenhagen. A field typed `Pseudonym`, `GroupId` or `RowId` is sealed: the hub
writes it, a supplier never can. Facts hold integers only, so each float type says by what it is multiplied there.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=500)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Institution = Annotated[str, Meta(pattern=r"^[0-9A-ZÆØÅ]{6}$")]
SchoolYear = Annotated[str, Meta(pattern=r"^\d{4}-\d{4}$")]
SubjectCode = Annotated[str, Meta(pattern=r"^([0-9A-ZÆØÅ]{2,8}|unassigned)$")]
Href = Annotated[str, Meta(pattern=r"^https://", max_length=2000)]
Iri = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9+.\-]*:", max_length=2000)]
Pseudonym = Annotated[str, Meta(pattern=r"^[ps]_[a-z2-7]{26}$")]
RowId = Annotated[str, Meta(pattern=r"^w_[a-z2-7]{26}$")]
GroupId = Annotated[str, Meta(pattern=r"^g_[a-z2-7]{26}$")]
Instant = Annotated[datetime, Meta(tz=True)]

Seconds = Annotated[float, Meta(ge=0, le=86_400, extra={"scale": 1_000})]
Fraction = Annotated[float, Meta(ge=0, le=1, extra={"scale": 1_000_000})]
ScoreFraction = Annotated[float, Meta(ge=-1_000, le=1_000, extra={"scale": 1_000_000})]
Points = Annotated[float, Meta(ge=-1e9, le=1e9, extra={"scale": 1_000_000})]
Minutes = Annotated[int, Meta(ge=0, le=1_440)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Point = Annotated[int, Meta(ge=-1_000, le=1_000)]
Grade = Annotated[int, Meta(ge=0, le=10)]


class _Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a source told; anything that a model does not list is refused."""


class _InTool(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """tool: the supplier's product. subject_code: the school subject (fag). grade_level: 0-10."""

    tool: Name
    subject_code: SubjectCode = "unassigned"
    grade_level: Grade | None = None


class Session1(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A session began or ended at `at`; one fact per report, joined when measured (at most 8 h)."""

    session: Id
    kind: Literal["started", "ended"]
    at: Instant
    end_reason: Literal["ended", "timeout", "abandoned"] | None = None


class Session(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A session began or ended at `at`; one fact per report, joined when measured (at most 8 h).

    lasted: s, told by an end: an abandoned session ends when that is noticed, long after it was left (cmi5, 9.3.6).
    """

    session: Id
    kind: Literal["started", "ended"]
    at: Instant
    end_reason: Literal["ended", "timeout", "abandoned"] | None = None
    lasted: Seconds | None = None


class ItemAnswered(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An exercise item was answered. correct: null where the item has no right answer. response_seconds: s."""

    item_id: Id
    attempt: Id | None = None
    attempt_no: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    goal_ids: tuple[Id, ...] = ()
    correct: bool | None = None
    score_fraction: Fraction | None = None
    response_seconds: Seconds | None = None
    hints: Count = 0


class ResourceViewed(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A resource was looked at for `active_seconds` (s), ending at the event's time."""

    resource_id: Id
    resource_kind: Literal["page", "video", "book", "exercise"]
    active_seconds: Seconds | None = None


class MediaPlayed(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One event of a player, at wall-clock time `at`. position, length: s into and of the recording (xAPI video profile)."""

    resource_id: Id
    session: Id
    kind: Literal["played", "paused", "seeked", "ended"]
    at: Instant
    position: Seconds | None = None
    length: Seconds | None = None


class ActivitySummary(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A tool's own count over a period: value in the metric's unit (minutes, or a number of items, units, words)."""

    metric: Literal["minutes", "items", "units", "words"]
    value: Count
    period_start: Instant
    period_end: Instant


class Scored(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A result. score_fraction may pass 1 (extra credit) and is capped 0-1 by the indicators that read it."""

    activity_id: Id
    title: Title | None = None
    score_given: Points | None = None
    score_max: Points | None = None
    score_fraction: ScoreFraction | None = None
    passed: bool | None = None
    attempt_no: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    grading: Literal["auto", "teacher"] = "auto"
    state: Literal["partial", "final"] = "final"
    school_year: SchoolYear | None = None


class Graded(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mark on the 7-step scale: an ordinal code kept as text (`02` is not 2)."""

    scale: Literal["7-trin"] = "7-trin"
    code: Literal["-3", "00", "02", "4", "7", "10", "12"]
    kind: Literal["standpunkt", "term", "exam"]
    term: Name
    subject_code: SubjectCode
    school_year: SchoolYear | None = None


class GoalMarked(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """level: 0 not started, 1 working, 2 nearly, 3 reached. goal_id: a CASE IRI or GUID, which no two frameworks share."""

    framework_id: Id
    goal_id: Id
    level: Annotated[int, Meta(ge=0, le=3)]
    marked_by: Literal["teacher", "pupil", "tool"]
    marked_at: Instant
    evidence_ids: tuple[Id, ...] = ()
    subject_code: SubjectCode = "unassigned"


class GoalPlanned(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A goal that a group works towards in a period; said of the group."""

    framework_id: Id
    goal_id: Id
    period: Name
    subject_code: SubjectCode = "unassigned"
    school_year: SchoolYear | None = None


class Framework(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A version of a curriculum's goals. valid_from, valid_to: the local dates between which it is in force, both included. replaced_by:
    goal -> the goal that follows it, and the framework's own id -> the framework that follows (CASE 1.0, `replacedBy`)."""

    framework_id: Id
    version: Name
    valid_from: date
    valid_to: date | None = None
    replaced_by: dict[str, str] = {}


class AssignmentPublished(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An assignment given to a group; said of the group. est_minutes: expected work, minutes."""

    assignment_id: Id
    title: Title
    assigned_at: Instant
    due_at: Instant | None = None
    group_id: GroupId
    optional: bool = False
    est_minutes: Minutes | None = None
    subject_code: SubjectCode = "unassigned"
    school_year: SchoolYear | None = None


class AssignmentSubmitted(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A hand-in; whether it was late is decided when read, against the due date then known."""

    assignment_id: Id
    submitted_at: Instant
    submission_no: Annotated[int, Meta(ge=1, le=1_000)] = 1
    link: Href | None = None
    school_year: SchoolYear | None = None


class AssignmentState(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where an assignment stands for one pupil."""

    assignment_id: Id
    state: Literal["not_submitted", "excused", "returned", "feedback_given"]
    feedback_at: Instant | None = None
    school_year: SchoolYear | None = None


Cause = Literal["illness", "leave", "unlawful", "unknown"]


class AttendanceRegistered(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A pupil's attendance at the start or the end of a local day. minutes_missed: minutes. cause: health data (domain 3.1)."""

    date: date
    slot: Literal["start", "end"]
    status: Literal["present", "absent", "late", "left_early"]
    cause: Cause | None = None
    minutes_missed: Minutes | None = None
    registered_at: Instant | None = None


class AttendanceDayTotal(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A day's absence from a source that has only days: 0, 0.5 or 1; slots outrank it."""

    date: date
    absent_fraction: Annotated[Fraction, Meta(description="0, 0.5 or 1")]
    cause: Cause | None = None


class SelfReport(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A pupil's own answer in a local check-in. visibility: whom the child was told would see it. normalised: 0-1."""

    instrument_id: Id
    instrument_version: Name
    run: Id
    item_id: Id
    dimension: Literal["motivation", "social", "academic", "support", "calm"]
    scale_min: Point
    scale_max: Point
    value: Point | None = None
    normalised: Fraction | None = None
    declined: bool = False
    visibility: tuple[Literal["pupil", "guardian", "home_class_teacher", "teachers"], ...]
    school_year: SchoolYear | None = None


class WellbeingAggregate(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A published aggregate of the national survey; said of a group of at least 5, never of a pupil (folkeskoleloven § 56 b)."""

    survey: Literal["national"] = "national"
    year: Annotated[int, Meta(ge=2015, le=2100)]
    level: Literal["class", "grade", "school"]
    indicator: Literal["social", "academic", "support", "calm", "general"]
    mean: Annotated[float, Meta(ge=1, le=5, extra={"scale": 1_000_000})]
    n: Annotated[int, Meta(ge=5, le=1_000_000)]


class NoteLinked(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A link to a text that stays in its source system; never the text."""

    note_id: Id
    kind: Literal["note", "meddelelsesbog", "feedback", "portfolio"]
    title: Title
    href: Href
    author_role: Name


class TestResult(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A test's result; confidential (folkeskoleloven § 55 b)."""

    __test__ = False

    test_id: Id
    test_kind: Literal["national", "voluntary", "screening"]
    subject_code: SubjectCode
    grade: Grade
    taken_on: date
    scale_id: Id
    value: Points | None = None
    category: Name | None = None
    profile_areas: tuple[Name, ...] = ()


class Membership(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Someone belongs to a group; both ends of its validity are inclusive local dates, null is open."""

    group_id: GroupId
    group_kind: Literal["class", "hold", "year", "team"]
    role: Literal["pupil", "teacher", "pedagogue", "guardian_of"]
    row_id: RowId
    valid_from: date | None = None
    valid_to: date | None = None


class Group(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A class, a teaching group (hold), a year or a team. source_id: what the roster calls it (`5.A`)."""

    source_id: Name
    name: Name
    kind: Literal["class", "hold", "year", "team"]
    grade_level: Grade | None = None
    subject_code: SubjectCode = "unassigned"
    school_year: SchoolYear | None = None


class CalendarDay(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whether an institution has school on a local date; said of the institution."""

    date: date
    school_day: bool


class RosterIdentity(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`identity` is the pupil that the event's subject names.

    From a roster (`basis` roster) the subject is the pupil's leading identity and `person` its hub id; from a link file (`basis`
    link) the subject is an identity that a roster names, and there is no `person`: one hop, no chains (design 3).
    """

    scheme: Name
    identity: Pseudonym
    basis: Literal["roster", "link"]
    person: Pseudonym | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Snapshot(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The source sent a complete file of `scope` (the connector that read it) for the institution; its order is the envelope's."""

    source: Name
    scope: Name


class Cadence1(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a source is expected to deliver; expected_by: local time `HH:MM` on school days. stale_after: school days."""

    source: Name
    expected_by: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    stale_after: Annotated[int, Meta(ge=0, le=40)] = 0


class Cadence(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a source is expected to deliver; expected_by: local time `HH:MM` on school days. weekdays: only on those of these (ISO 8601,
    1 is Monday); none: on each. stale_after: school days that it may let pass."""

    source: Name
    expected_by: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    weekdays: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = ()
    stale_after: Annotated[int, Meta(ge=0, le=40)] = 0


class Retraction(_Told, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The report `target` is withdrawn by its source (xAPI voiding); the hub derives the keyed retraction from it."""

    target: Annotated[str, Meta(pattern=r"^r_[a-z2-7]{26}$")]


Event = (
    Session1 | Session | ItemAnswered | ResourceViewed | MediaPlayed | ActivitySummary | Scored | Graded | GoalMarked | GoalPlanned
    | Framework | AssignmentPublished | AssignmentSubmitted | AssignmentState | AttendanceRegistered | AttendanceDayTotal | SelfReport
    | WellbeingAggregate | NoteLinked | TestResult | Membership | Group | CalendarDay | RosterIdentity | Snapshot | Cadence1 | Cadence
    | Retraction
)  # fmt: skip
