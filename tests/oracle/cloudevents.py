"""Our own event types as suppliers send them: structured CloudEvents with subject `scheme:value` (domain 4.1, 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from oracle.checkins import on_scale
from oracle.days import in_time, instant, local_date
from oracle.sent import (
    Aggregate,
    Answer,
    Assignment,
    Content,
    DayTotal,
    GoalPlan,
    HandIn,
    Marking,
    PlayerEvent,
    Report,
    Result,
    SelfAnswer,
    SessionEdge,
    Slot,
    Standing,
    Viewing,
    Year,
    micros,
    spelt,
)
from oracle.statements import Channel

Json = dict[str, Any]


def kind(event: Json) -> str:
    """`activity.item_answered` of `dk.fremgang.activity.item_answered.v1`."""
    return str(event["type"]).removeprefix("dk.fremgang.").partition(".v")[0]


def happened(event: Json) -> int:
    """The wall clock in the data where there is one, else the event's time."""
    return instant(event["data"].get("at") or event["data"].get("marked_at") or event["time"])


def common(event: Json, channel: Channel) -> tuple[int, str, str]:
    data = event["data"]
    tool = data.get("tool") or event.get("tool") or channel.tool
    subject = data.get("subject_code") or event.get("subjectcode") or channel.subject
    return happened(event), tool, subject


def answered(event: Json, channel: Channel) -> Answer:
    data = event["data"]
    context = data.get("context") or {}
    attempt = data.get("attempt") or context.get("attempt")
    number = data.get("attempt_no", context.get("attempt_no"))
    return Answer(*common(event, channel), data["item_id"], data.get("correct"), attempt, number, frozenset(data.get("goal_ids", ())))


def played(event: Json, channel: Channel) -> PlayerEvent:
    data = event["data"]
    starts = data["kind"] == "played"
    return PlayerEvent(*common(event, channel), data.get("session"), starts, micros(data.get("position")), micros(data.get("length")))


def viewed(event: Json, channel: Channel) -> Viewing:
    return Viewing(*common(event, channel), micros(event["data"]["active_seconds"]) or 0)


def session(event: Json, channel: Channel) -> SessionEdge:
    data = event["data"]
    left = data.get("end_reason") in ("timeout", "abandoned")
    return SessionEdge(*common(event, channel), data["session"], data["kind"] == "started", micros(data.get("lasted")), left)


def registered(event: Json, _: Channel) -> Slot:
    data = event["data"]
    return Slot(date.fromisoformat(data["date"]), data["slot"], data["status"] == "absent", data["status"] in ("late", "left_early"))


def day_total(event: Json, _: Channel) -> DayTotal:
    data = event["data"]
    return DayTotal(date.fromisoformat(data["date"]), Decimal(str(data["absent_fraction"])))


def scored(event: Json, channel: Channel) -> Result:
    """The source's own share, else its points of their maximum; of a maximum of nothing there is none."""
    data = event["data"]
    share, given, most = (None if data.get(name) is None else Fraction(str(data[name])) for name in SHARES)
    if most == 0:
        share = None
    elif share is None and given is not None and most is not None and most > 0:
        share = given / most
    return Result(*common(event, channel), data["activity_id"], share, data.get("state", "final") == "final", data.get("attempt_no"))


def self_report(event: Json, _: Channel) -> SelfAnswer:
    data = event["data"]
    value = None if data.get("declined") else data.get("value")
    share = on_scale(value, data["scale_min"], data["scale_max"])
    if data.get("normalised") is not None and not data.get("declined"):
        share = Fraction(str(data["normalised"]))
    where = data["instrument_id"], data["run"], data["item_id"], data["dimension"]
    return SelfAnswer(happened(event), *where, share, frozenset(data["visibility"]))


def given(event: Json, channel: Channel) -> Assignment:
    data = event["data"]
    subject = data.get("subject_code") or channel.subject
    return Assignment(
        data["assignment_id"],
        instant(data["assigned_at"]),
        subject,
        None if data.get("due_at") is None else instant(data["due_at"]),
        data.get("optional", False),
        data["title"],
        year_of(data, instant(data["assigned_at"])),
    )


def handed_in(event: Json, _: Channel) -> HandIn:
    data = event["data"]
    at = instant(data["submitted_at"])
    return HandIn((year_of(data, at), data["assignment_id"]), at, data.get("submission_no", 1))


def standing(event: Json, _: Channel) -> Standing:
    data = event["data"]
    return Standing((year_of(data, instant(event["time"])), data["assignment_id"]), data["state"])


def aggregate(event: Json, _: Channel) -> Aggregate:
    data = event["data"]
    where = data.get("survey", "national"), data["year"], data["level"], data["indicator"]
    return Aggregate(*where, Fraction(str(data["mean"])), data["n"])


def year_of(data: Json, at: int) -> Year:
    """The school year that the source tells, else that of the local date."""
    if data.get("school_year"):
        first, second = map(int, data["school_year"].split("-"))
        return first, second
    told = local_date(at)
    begins = told.year if told.month >= 8 else told.year - 1
    return begins, begins + 1


def goal_of(event: Json, channel: Channel) -> tuple[str, str, str]:
    data = event["data"]
    return data.get("subject_code") or channel.subject, data["framework_id"], data["goal_id"]


def goal_marked(event: Json, channel: Channel) -> Marking:
    data = event["data"]
    return Marking(instant(data["marked_at"]), *goal_of(event, channel), data["marked_by"], data["level"])


def goal_planned(event: Json, channel: Channel) -> GoalPlan:
    return GoalPlan(*goal_of(event, channel), event["data"]["period"], year_of(event["data"], instant(event["time"])))


SHARES = ("score_fraction", "score_given", "score_max")
READ: dict[str, Callable[[Json, Channel], Content]] = {
    "activity.item_answered": answered,
    "activity.media_played": played,
    "activity.resource_viewed": viewed,
    "activity.session": session,
    "attendance.registered": registered,
    "attendance.day_total": day_total,
    "result.scored": scored,
    "wellbeing.self_report": self_report,
    "wellbeing.aggregate_published": aggregate,
    "curriculum.goal_marked": goal_marked,
    "curriculum.goal_planned": goal_planned,
    "assignment.published": given,
    "assignment.submitted": handed_in,
    "assignment.state": standing,
}


def report(event: Json, channel: Channel) -> Report:
    """What one event says; its order is the source's, else the microseconds of its time."""
    taken_back = event.get("op", "assert") == "retract"
    content = None if taken_back else READ[kind(event)](event, channel)
    order = int(event["order"]) if event.get("order") is not None else instant(event["time"])
    day = content.day if isinstance(content, Slot | DayTotal) else local_date(happened({"data": {}, **event}))
    if isinstance(content, Assignment | HandIn | Marking):
        day = local_date(content.at)
    whose = spelt(*event["subject"].split(":", 1))
    school = event.get("institution") or event.get("data", {}).get("institution") or channel.institution
    return Report((channel.supplier, event["source"], event["id"]), order, whose, school, day, content)


def accepted(event: Json, received: datetime) -> bool:
    """A known type, and activity in its time."""
    return kind(event) in READ and (not kind(event).startswith("activity.") or in_time(happened({"data": {}, **event}), received))


def reports(events: list[Json], channel: Channel, received: datetime) -> list[Report]:
    """What the events say, as often as they were sent."""
    return [report(event, channel) for event in events if accepted(event, received)]
