"""Time in connected digital materials, by the local date on which it began (domain 4.5, I1).

Every interval belongs wholly to its start's local date, is cut 90 minutes after its start, and is one with those of its date that overlap.
A session may begin and end in two sheets, around midnight, so a summary keeps its marks and the join is made when read. What follows is
what is later: events at the same instant end nothing. What begins and is never seen to end, a recording or a session, counts 5 minutes:
nobody knows when it was left. A moment without length (a recording started at its end) shows activity and adds no time.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, pairwise
from typing import Any, Final

from contracts.dates import SECOND, Micros, local_date
from contracts.facts import Content, Fact
from contracts.indicator import Summary
from streams.intervals import Span, union
from streams.keyed import digest, joined

MILLISECOND: Final = SECOND // 1_000
MINUTE: Final = 60 * SECOND
CAP: Final = 90 * MINUTE
"""The longest interval: a film, a page or a session left open counts no more."""
UNFOLLOWED: Final = 5 * MINUTE
"""What a start counts where nothing ends it: of a recording, no event of its session that day; of a session, no end."""
JOINED: Final = 8 * 60 * MINUTE
"""A session's end that comes later than this after its start is not its end, unless it tells how long the session lasted."""
UNTOLD: Final = -1

KINDS: Final = ("activity.session", "activity.media_played", "activity.resource_viewed")
ZERO: Final[Mapping[str, Any]] = {"spans": {}, "marks": {}}

Mark = list[Any]
"""[instant, `started` or `ended`, how long the session lasted as its end tells it (microseconds) or `UNTOLD`]."""


def measure(facts: Sequence[Fact]) -> Summary:
    """spans: date -> disjoint intervals. marks: session -> when it started and ended."""
    days: dict[str, list[Span]] = {}
    for start, end in chain(_watched(facts), _viewed(facts)):
        days.setdefault(local_date(start).isoformat(), []).append([start, end])
    return {"spans": {day: union(spans) for day, spans in days.items()}, "marks": _marks(facts)}


def _watched(facts: Sequence[Fact]) -> Iterator[Span]:
    """From each start of a recording to the next later event of its session in the sheet."""
    sessions: dict[tuple[str, str], list[Content]] = {}
    for fact in facts:
        if fact.kind == "activity.media_played":
            sessions.setdefault((fact.content["tool"], fact.content["session"]), []).append(fact.content)
    for events in sessions.values():
        moments = sorted({event["at"] for event in events})
        following = dict(pairwise(moments))
        for event in events:
            if event["kind"] == "played":
                yield [event["at"], _until(event, following)]


def _until(event: Content, following: Mapping[Micros, Micros]) -> Micros:
    """When a recording that was started is taken to have stopped."""
    start: Micros = event["at"]
    return min(following[start], start + CAP) if start in following else start + _unfollowed(event)


def _unfollowed(event: Content) -> Micros:
    if "length" in event and "position" in event:
        rest: Micros = (event["length"] - event["position"]) * MILLISECOND
        return min(UNFOLLOWED, max(0, rest))
    return UNFOLLOWED


def _viewed(facts: Sequence[Fact]) -> Iterator[Span]:
    for fact in facts:
        if fact.kind == "activity.resource_viewed" and "active_seconds" in fact.content:
            active = fact.content["active_seconds"] * MILLISECOND
            start = fact.content["at"] - active
            yield [start, start + min(active, CAP)]


def _marks(facts: Sequence[Fact]) -> dict[str, list[Mark]]:
    marks: dict[str, list[Mark]] = {}
    for fact in facts:
        if fact.kind == "activity.session":
            name = digest(fact.content["tool"], fact.content["session"])
            marks[name] = _both(marks.get(name, []), [_mark(fact.content)])
    return marks


def _mark(told: Content) -> Mark:
    return [told["at"], told["kind"], told["lasted"] * MILLISECOND if "lasted" in told else UNTOLD]


def _both(one: list[Mark], other: list[Mark]) -> list[Mark]:
    return [list(mark) for mark in sorted({tuple(mark) for mark in chain(one, other)})]


def combine(one: Summary, other: Summary) -> Summary:
    return {
        "spans": joined(one["spans"], other["spans"], lambda here, there: union(chain(here, there))),
        "marks": joined(one["marks"], other["marks"], _both),
    }


def _sessions(marks: Mapping[str, list[Mark]]) -> Iterator[Span]:
    """Of ends at one instant the one that tells the longest counts. An end without a start gives no time."""
    for told in marks.values():
        starts = [at for at, kind, _ in told if kind == "started"]
        ends = {at: lasted for at, kind, lasted in told if kind == "ended"}
        yield from ([start, start + min(_lasted(start, starts, ends), CAP)] for start in starts)


def _lasted(start: Micros, starts: Sequence[Micros], ends: Mapping[Micros, Micros]) -> Micros:
    """From a start to the next end of its session, at most 8 h later. An end that tells how long the session lasted tells it of the latest
    start before it, however long ago: an abandoned session ends when that is noticed (cmi5, 9.3.6)."""
    end = next((at for at in ends if at > start), None)
    if end is None:
        return UNFOLLOWED
    if ends[end] == UNTOLD:
        return end - start if end - start <= JOINED else UNFOLLOWED
    return UNFOLLOWED if any(start < other < end for other in starts) else min(ends[end], end - start)


def days(summary: Summary) -> dict[date, list[Span]]:
    """The time of each local date, sessions joined."""
    found: dict[date, list[Span]] = {date.fromisoformat(day): list(spans) for day, spans in summary["spans"].items()}
    for start, end in _sessions(summary["marks"]):
        found.setdefault(local_date(start), []).append([start, end])
    return {day: union(spans) for day, spans in found.items()}
