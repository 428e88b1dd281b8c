"""xAPI statements read off as records (domain 1.1, 1.3, 1.4, 4.3): answers, players' events, views, sessions; nothing else counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from oracle.days import in_time, instant, local_date, microseconds
from oracle.sent import Activity, Answer, Identity, PlayerEvent, Report, Result, SessionEdge, Viewing, micros, spelt

ADL = "http://adlnet.gov/expapi/verbs/"
VIDEO = "https://w3id.org/xapi/video"
VIDEO_VERBS = f"{VIDEO}/verbs/"
EXTENSION = f"{VIDEO}/extensions/"
PLAYER_ANYWHERE = frozenset(VIDEO_VERBS + name for name in ("played", "paused", "seeked"))
PLAYER_IN_PROFILE = frozenset(ADL + name for name in ("completed", "terminated"))
OBJECTIVE = "http://adlnet.gov/expapi/activities/objective"
CMI5 = "https://w3id.org/xapi/cmi5/context"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
VIEWED = frozenset(
    {
        f"{ADL}experienced",
        f"{ADL}interacted",
        "https://w3id.org/xapi/acrossx/verbs/viewed",
        "http://id.tincanapi.com/verb/viewed",
        "http://activitystrea.ms/schema/1.0/read",
        "http://activitystrea.ms/schema/1.0/watch",
        "http://activitystrea.ms/watch",
    }
)
VERDICTS = frozenset({f"{ADL}passed", f"{ADL}failed"})
RESULTS = VERDICTS | {f"{ADL}scored", f"{ADL}completed"}
ATTEMPT_NO = "https://fremgang.dk/xapi/extensions/attempt-no"
SESSION_ENDS = frozenset({f"{ADL}terminated", f"{ADL}exited", ABANDONED})
SESSION_STARTS = frozenset({f"{ADL}initialized", f"{ADL}launched"})
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")

Json = dict[str, Any]


@dataclass(frozen=True)
class Channel:
    """What a supplier's registration says of the statements it sends."""

    supplier: str
    institution: str
    tool: str
    subject: str
    schemes: dict[str, str] = field(default_factory=dict)


def voided(statements: list[Json]) -> set[str]:
    """The ids that these statements void, before or after them; voiding a voiding statement changes nothing."""
    voids = (s["object"] for s in statements if s["verb"]["id"] == ADL + "voided")
    return {target["id"].lower() for target in voids if target.get("objectType") == "StatementRef"}


def who(actor: Json, schemes: dict[str, str]) -> Identity:
    """The actor's one identifier; an account's home page stands for itself where the registration gives it no scheme."""
    if "account" in actor:
        home = actor["account"]["homePage"]
        return spelt(schemes.get(home, home), actor["account"]["name"])
    name = next(key for key in ("mbox", "mbox_sha1sum", "openid") if key in actor)
    return spelt("mailto" if name == "mbox" else name, actor[name])


def categories(statement: Json) -> set[str]:
    category = statement.get("context", {}).get("contextActivities", {}).get("category", [])
    return {activity["id"] for activity in (category if isinstance(category, list) else [category])}


def of_video_profile(statement: Json) -> bool:
    typed = statement["object"].get("definition", {}).get("type")
    return VIDEO in categories(statement) or typed == f"{VIDEO}/activity-type/video"


def player_event(statement: Json, at: int, channel: Channel) -> PlayerEvent:
    context = statement.get("context", {}).get("extensions", {})
    result = statement.get("result", {}).get("extensions", {})
    length = context.get(EXTENSION + "length", result.get(EXTENSION + "length"))
    return PlayerEvent(
        at=at,
        tool=channel.tool,
        subject=channel.subject,
        session=context.get(EXTENSION + "session-id"),
        played=statement["verb"]["id"] == VIDEO_VERBS + "played",
        position=micros(result.get(EXTENSION + "time")),
        length=micros(length),
    )


def answer(statement: Json, at: int, channel: Channel) -> Answer:
    correct = statement.get("result", {}).get("success")
    return Answer(at, channel.tool, channel.subject, statement["object"]["id"], correct, goals=goals(statement))


def goals(statement: Json) -> frozenset[str]:
    """The objectives among the activities around it, wherever but in its categories."""
    around = statement.get("context", {}).get("contextActivities", {})
    told = [one for place in ("parent", "grouping", "other") for one in as_list(around.get(place, []))]
    return frozenset(one["id"] for one in told if one.get("definition", {}).get("type") == OBJECTIVE)


def as_list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def lasted(statement: Json) -> int | None:
    """`result.duration` in days, hours, minutes and seconds, as microseconds; None where it is longer than a day or not told."""
    match = DURATION.fullmatch(statement.get("result", {}).get("duration", ""))
    if match is None:
        return None
    days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
    total = int((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000_000)
    return total if total <= 86_400_000_000 else None


def viewing(statement: Json, at: int, channel: Channel) -> Viewing | None:
    """What does not say how long gives no time."""
    active = lasted(statement)
    return None if active is None else Viewing(at, channel.tool, channel.subject, active)


def session_edge(statement: Json, at: int, channel: Channel) -> SessionEdge | None:
    """cmi5 calls launched what its platform does; its session begins when the content says so."""
    verb, context = statement["verb"]["id"], statement.get("context", {})
    if verb == f"{ADL}launched" and f"{CMI5}/categories/cmi5" in categories(statement):
        return None
    named = context.get("extensions", {}).get(f"{CMI5}/extensions/sessionid")
    session = named or context.get("registration") or statement["object"]["id"]
    started = verb in SESSION_STARTS
    return SessionEdge(at, channel.tool, channel.subject, session, started, None if started else lasted(statement))


def share_of(score: Json) -> Fraction | None:
    """Domain 1.4: scaled; else raw in its range; else raw of its maximum; else nobody knows."""
    told = {name: Fraction(str(value)) for name, value in score.items() if name in ("scaled", "raw", "min", "max")}
    if "scaled" in told:
        return told["scaled"]
    if "raw" not in told or "max" not in told:
        return None
    if "min" in told:
        return (told["raw"] - told["min"]) / (told["max"] - told["min"])
    return told["raw"] / told["max"] if told["max"] > 0 else None


def result(statement: Json, at: int, channel: Channel) -> Result | None:
    """None where it says only that something ended, and not how."""
    verb, told = statement["verb"]["id"], statement.get("result", {})
    score = {name: value for name, value in told.get("score", {}).items() if name in ("scaled", "raw")}
    if not score and "success" not in told and verb not in VERDICTS:
        return None
    final = verb == f"{ADL}completed" or told.get("completion") is not False
    number = statement.get("context", {}).get("extensions", {}).get(ATTEMPT_NO)
    return Result(at, channel.tool, channel.subject, statement["object"]["id"], share_of(told.get("score", {})), final, number)


def content(statement: Json, at: int, channel: Channel) -> Activity | Result | None:
    """What counts of a statement, or None."""
    verb = statement["verb"]["id"]
    if verb == ADL + "answered":
        return answer(statement, at, channel)
    if verb in PLAYER_ANYWHERE:
        return player_event(statement, at, channel)
    if verb in RESULTS and not of_video_profile(statement):
        return result(statement, at, channel)
    if verb in PLAYER_IN_PROFILE | SESSION_STARTS | {f"{ADL}interacted"} and of_video_profile(statement):
        return player_event(statement, at, channel) if verb in PLAYER_IN_PROFILE else None
    if verb in VIEWED:
        return viewing(statement, at, channel)
    return session_edge(statement, at, channel) if verb in SESSION_STARTS | SESSION_ENDS else None


def report(statement: Json, channel: Channel, received: datetime, spare_id: str) -> Report | None:
    """What one statement says, or None where it is of no use or came outside its time; a time it lacks is that of its receipt."""
    at = instant(statement["timestamp"]) if "timestamp" in statement else microseconds(received)
    what = content(statement, at, channel)
    if what is None or not in_time(at, received):
        return None
    name = str(statement.get("id", spare_id)).lower()
    return Report((channel.supplier, "xapi", name), at, who(statement["actor"], channel.schemes), channel.institution, local_date(at), what)


def reports(sent: list[tuple[Json, Channel, datetime]]) -> list[Report]:
    """The statements of one supplier that count, each id once (the first), voided ones never, whatever their order."""
    gone = voided([statement for statement, _, _ in sent])
    made = (report(*one, f"without id {number}") for number, one in enumerate(sent))
    first: dict[str, Report] = {}
    for one in made:
        if one is not None and one.id[-1] not in gone:
            first.setdefault(one.id[-1], one)
    return list(first.values())
