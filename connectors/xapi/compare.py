"""When two statements of one id are the same (xAPI 1.0.3, Data 2.3.1, "Statement Comparision Requirements"; domain 1.1).

What the receiver itself sets does not count, nor verb displays, activity definitions, the offset in which a time is written, the
order of a group's members and the bodies of attachments. A duration counts as it is written.
"""

import hashlib
from typing import Any

import msgspec

from connectors.xapi.forms import instant

_SET_BY_RECEIVER = frozenset({"id", "authority", "stored", "version"})
_AGENTS = ("instructor", "team")

_canonical = msgspec.json.Encoder(order="sorted").encode


def digest(statement: dict[str, Any]) -> str:
    """Equal for two checked statements exactly if they say the same."""
    return hashlib.blake2b(_canonical(_said(statement)), digest_size=16).hexdigest()


def _said(statement: dict[str, Any]) -> dict[str, Any]:
    said = {member: value for member, value in statement.items() if member not in _SET_BY_RECEIVER}
    said["actor"] = _actor(said["actor"])
    said["verb"] = said["verb"]["id"]
    said["object"] = _object(said["object"])
    if "timestamp" in said:
        said["timestamp"] = instant(said["timestamp"])
    if "context" in said:
        said["context"] = _context(said["context"])
    return said


def _object(value: dict[str, Any]) -> dict[str, Any]:
    kind = value.get("objectType", "Activity")
    if kind == "SubStatement":
        return _said(value)
    return _activity(value) if kind == "Activity" else _actor(value)


def _activity(value: dict[str, Any]) -> dict[str, Any]:
    return {"id": value["id"]}


def _actor(value: dict[str, Any]) -> dict[str, Any]:
    actor = {**value, "objectType": value.get("objectType", "Agent")}
    if "member" in actor:
        actor["member"] = sorted(map(_actor, actor["member"]), key=_canonical)
    return actor


def _context(value: dict[str, Any]) -> dict[str, Any]:
    context = dict(value)
    for member in _AGENTS:
        if member in context:
            context[member] = _actor(context[member])
    if "contextActivities" in context:
        context["contextActivities"] = {place: _activities(told) for place, told in context["contextActivities"].items()}
    return context


def _activities(told: Any) -> list[dict[str, Any]]:
    return [_activity(activity) for activity in (told if isinstance(told, list) else [told])]
