"""xAPI statements read off as records (domain 1.1, 1.4): answers and the player events of the video profile; nothing else counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oracle.days import in_time, instant, local_date, microseconds
from oracle.sent import Activity, Answer, Identity, PlayerEvent, Report, micros, spelt

ADL = "http://adlnet.gov/expapi/verbs/"
VIDEO = "https://w3id.org/xapi/video"
VIDEO_VERBS = f"{VIDEO}/verbs/"
EXTENSION = f"{VIDEO}/extensions/"
PLAYER_ANYWHERE = frozenset(VIDEO_VERBS + name for name in ("played", "paused", "seeked"))
PLAYER_IN_PROFILE = frozenset(ADL + name for name in ("completed", "terminated"))

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


def of_video_profile(statement: Json) -> bool:
    category = statement.get("context", {}).get("contextActivities", {}).get("category", [])
    listed = category if isinstance(category, list) else [category]
    return any(activity.get("id") == VIDEO for activity in listed)


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
    return Answer(at, channel.tool, channel.subject, statement["object"]["id"], correct)


def content(statement: Json, at: int, channel: Channel) -> Activity | None:
    """What counts of a statement, or None."""
    verb = statement["verb"]["id"]
    if verb == ADL + "answered":
        return answer(statement, at, channel)
    if verb in PLAYER_ANYWHERE or (verb in PLAYER_IN_PROFILE and of_video_profile(statement)):
        return player_event(statement, at, channel)
    return None


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
