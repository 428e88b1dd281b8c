"""Goals of a pupil, from their definition (domain 4.5): what is marked, in the order in which it was, held against what is planned."""

from __future__ import annotations

from collections.abc import Iterable

from oracle.days import local_date
from oracle.measures import Cell, Window
from oracle.sent import GoalPlan, Marking

REACHED = 3


def levels(marks: Iterable[Marking]) -> dict[str, int]:
    """Goal -> how far it is, after all its markings in their order."""
    return {one.goal: one.level for one in sorted(marks, key=lambda mark: (mark.at, mark.level))}


def goals_reached(marks: Iterable[Marking], plans: Iterable[GoalPlan], window: Window) -> Cell:
    """Of one framework and subject: of the goals planned for the school year of the window, or of those marked in it where none is planned,
    how many are reached."""
    of_year = [one for one in marks if window.holds(local_date(one.at))]
    aims = {one.goal for one in plans if one.year[0] == window.first.year}
    known, now = levels(of_year), levels(one for one in of_year if local_date(one.at) == window.today)
    today = (float(list(now.values()).count(REACHED)), len(now)) if now else None
    if not known:
        return Cell(None, len(aims), reason="not_marked", today=today)
    counted = aims or set(known)
    return Cell(float(sum(known.get(aim) == REACHED for aim in counted)), len(counted), today=today)
