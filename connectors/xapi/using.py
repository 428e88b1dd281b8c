"""What a statement says of time in a material: what was viewed, when a session began and ended (domain 1.3, 4.3)."""

import re
from typing import Any, Final, Literal

from connectors.xapi import verbs as v
from connectors.xapi.check import Checked
from connectors.xapi.members import at, duration, session, type_of
from connectors.xapi.statement import Activity, Statement
from contracts.dates import Micros

ResourceKind = Literal["page", "video", "book", "exercise"]

_KINDS: Final[dict[str, ResourceKind]] = {
    **dict.fromkeys(("video", "media", "movie"), "video"),
    **dict.fromkeys(("book", "e-book", "ebook", "chapter"), "book"),
    **dict.fromkeys(
        ("assessment", "question", "cmi.interaction", "interaction", "simulation", "performance", "exercise", "quiz", "game"), "exercise"
    ),
}
"""The last part of an activity type's IRI, as ADL, Activity Streams, acrossX and Tin Can name them; every other is a page."""

_LAST = re.compile(r"[^/#]*$")


def viewed(said: Statement, target: Activity) -> dict[str, Any]:
    return {"resource_id": target.id, "resource_kind": _kind(said, target), "active_seconds": duration(said.result)}


def _kind(said: Statement, target: Activity) -> ResourceKind:
    last = _LAST.search(type_of(target).rstrip("/").lower())
    return _KINDS.get(last[0] if last else "", "video" if said.verb.id in v.WATCH else "page")


def session_told(checked: Checked, target: Activity, received: Micros) -> dict[str, Any]:
    """A session's start or its end; an end says how long the session was where its source does."""
    said = checked.statement
    told = {"session": session(said, target, v.CMI5_SESSION_ID), "at": at(checked, received)}
    if said.verb.id in v.STARTS:
        return told | {"kind": "started"}
    return told | {"kind": "ended", "end_reason": v.ENDS[said.verb.id], "lasted": duration(said.result)}
