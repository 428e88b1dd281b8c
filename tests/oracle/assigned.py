"""Assignments of a pupil, from their definitions (domain 4.5): given to groups, handed in by the pupil, held against each other by date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from oracle.days import local_date
from oracle.measures import Cell, Window, of_kind, rounded
from oracle.sent import Assignment, HandIn, Standing, Task

LEAST = 3
InGroup = Callable[[tuple[str, str], date], bool]
"""Whether the pupil was in a group (institution, the roster's id) on a date."""


@dataclass(frozen=True)
class Owed:
    """An assignment that the pupil had to hand in, and when it first came, if it did."""

    due: int
    came: int | None

    @property
    def in_time(self) -> bool:
        return self.came is not None and not self.came > self.due


def owed(given: Iterable[tuple[tuple[str, str], Assignment]], own: Sequence[object], in_group: InGroup, window: Window) -> list[Owed]:
    """given: to which group, and what. Of what two of the pupil's groups were given the latest deadline holds."""
    there = [what for group, what in given if what.due is not None and in_group(group, local_date(what.due))]
    latest = {what.task: what for what in sorted(there, key=lambda what: (what.due or 0, not what.optional))}
    excused = {one.task for one in of_kind(Standing, own) if one.state == "excused"}
    came: dict[Task, int] = {}
    for one in sorted(of_kind(HandIn, own), key=lambda hand_in: hand_in.at, reverse=True):
        came[one.task] = one.at
    must = [what for what in latest.values() if not what.optional and what.task not in excused]
    return [Owed(what.due, came.get(what.task)) for what in must if what.due is not None and window.holds(local_date(what.due))]


def percent(some: Sequence[Owed]) -> float:
    return rounded(Fraction(100 * sum(one.in_time for one in some), len(some)))


def on_time_submission(all_owed: Iterable[Owed], window: Window) -> Cell:
    """Of the assignments that were due before today, at least 3, those that came in time; today's apart."""
    everything = list(all_owed)
    before, now = ([one for one in everything if (local_date(one.due) == window.today) is today] for today in (False, True))
    today = (percent(now), len(now)) if now else None
    if len(before) < LEAST:
        return Cell(None, len(before), reason="too_few_due", today=today)
    return Cell(percent(before), len(before), today=today)


def open_overdue(all_owed: Iterable[Owed], window: Window) -> Cell:
    """How many of those that were due before today have not come; where none was due there is nothing to count."""
    before = [one for one in all_owed if local_date(one.due) < window.today]
    return Cell(float(sum(one.came is None for one in before)), len(before)) if before else Cell(None, 0, reason="nothing_due")
