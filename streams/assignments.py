"""Assignments: given to a group once, handed in by each of its pupils, and put together when read (domain 4.2, 9-11; design 4.4).

An assignment is due for a pupil who is in the group on the local date of its due date as now known. Given to two groups of a pupil, the
later due date holds. What has no due date, is optional, or from which the pupil is excused, is not due. Handed in is when it first was.
An assignment is one of its school year: a source may give the same id again the year after. Where what is said of it is dated in another
year than it is, the source says of which it is (`school_year`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from contracts.dates import Micros, local_date, school_year
from contracts.facts import Fact, day_of
from contracts.indicator import Given, Summary
from streams.keyed import digest, joined

KINDS: Final = ("assignment.published", "assignment.submitted", "assignment.state")

_JOINS: Final = {"due": max, "handed": min, "excused": max, "feedback": max}


class Due(NamedTuple):
    """at: when it is due. handed: when it was first handed in, None where it was not. groups: those of the pupil to which it was given."""

    at: Micros
    handed: Micros | None
    groups: tuple[str, ...]

    @property
    def on_time(self) -> bool:
        """Grace is none: the due instant itself is in time."""
        return self.handed is not None and self.handed <= self.at


def counts(fact: Fact) -> bool:
    """Whether it says anything of what is due."""
    if fact.kind == "assignment.published":
        return "due_at" in fact.content
    return fact.kind == "assignment.submitted" or bool(fact.content["state"] == "excused")


def is_feedback(fact: Fact) -> bool:
    return fact.kind == "assignment.state" and bool(fact.content["state"] == "feedback_given")


def measure(facts: Sequence[Fact]) -> Summary:
    """Assignment -> of a group's sheet `due`: when, and 1 where it has to be done; of a pupil's `handed`: when first, `excused`, and
    `feedback` where that is read."""
    told: dict[str, Any] = {}
    for fact in facts:
        assignment = name(fact)
        told[assignment] = _both(told.get(assignment, {}), _said(fact))
    return told


def name(fact: Fact) -> str:
    """Of the assignment that a fact is of, in summaries."""
    return digest(fact.content["assignment_id"], fact.content.get("school_year") or school_year(day_of(fact)))


def _said(fact: Fact) -> dict[str, Any]:
    told = fact.content
    if fact.kind == "assignment.published":
        return {"due": [told["due_at"], int(not told["optional"])]}
    if fact.kind == "assignment.submitted":
        return {"handed": told["submitted_at"]}
    return {"feedback": 1} if is_feedback(fact) else {"excused": 1}


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, _both)


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: _JOINS[name](told[name] for told in (one, other) if name in told) for name in {**one, **other}}


def due(given: Given) -> dict[str, Due]:
    """The assignments that are due for the pupil in the window, today's among them."""
    found: dict[str, list[tuple[list[int], str]]] = {}
    for group, told in given.groups.items():
        for assignment, said in told.items():
            if "due" in said and given.member(group, local_date(said["due"][0])):
                found.setdefault(assignment, []).append((said["due"], group))
    owed = {assignment: _owed(given.whole.get(assignment, {}), told) for assignment, told in found.items()}
    window = given.window
    return {name: one for name, one in owed.items() if one is not None and window.first <= local_date(one.at) <= window.last}


def _owed(own: dict[str, Any], told: Sequence[tuple[list[int], str]]) -> Due | None:
    (at, required), groups = max(due for due, _ in told), tuple(group for _, group in told)
    return Due(at, own.get("handed"), groups) if required and "excused" not in own else None


def let_off(given: Given) -> frozenset[str]:
    """The assignments that would be due for the pupil in the window, were the pupil not excused from them."""
    return frozenset(due(replace(given, whole={})).keys() - due(given).keys())


def counted(owed: dict[str, Due]) -> frozenset[tuple[str, str]]:
    """What an answer on these assignments rests on, as `Answer.counted`."""
    return frozenset((group, name) for name, one in owed.items() for group in ("", *one.groups))
