"""What changed in four weeks over one pupil's records, from the definitions (domain 4.5), in exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from statistics import variance

from oracle.days import local_date
from oracle.levels import around, bests
from oracle.measures import Cell, Window, of_kind, rounded
from oracle.sent import Marking, Result


def result_change(records: Sequence[object], subject: str, window: Window, newest: date) -> Cell:
    """newest: the first of the last 20 school days. Percentage points from the mean before it to the mean since, each of at least 3
    activities; none where it is less than twice the standard error of the difference of the two means."""
    results = [one for one in of_kind(Result, records) if one.subject == subject and window.holds(local_date(one.at))]
    before, since = (bests(one for one in results if (local_date(one.at) >= newest) is late) for late in (False, True))
    n = len(before) + len(since)
    if len(before) < 3 or len(since) < 3:
        return Cell(None, n, reason="too_few_results")
    rise = sum(since) / Fraction(len(since)) - sum(before) / Fraction(len(before))
    error_squared = variance(before) / len(before) + variance(since) / len(since)
    if rise * rise < 4 * error_squared:
        return Cell(None, n, reason="within_chance")
    return Cell(rounded(100 * rise), n, around(rise, error_squared, 100, 0, -100, 100))


def goals_moved(marked: Sequence[Marking], window: Window, newest: date) -> Cell:
    """Of one framework and subject. newest: the first of the last 20 school days. Goals that stand higher now than before it, minus
    those that stand lower; of the goals marked since. What nobody had marked stood at 0. Where a teacher marked a goal in the year the
    teacher's markings are read, else a tool's, else the pupil's."""
    markings = [one for one in marked if window.holds(local_date(one.at))]
    score, n = 0, 0
    for goal in {one.goal for one in markings}:
        of_goal = [one for one in markings if one.goal == goal]
        heard = next(same for by in ("teacher", "tool", "pupil") if (same := [one for one in of_goal if one.by == by]))
        if local_date(max(one.at for one in heard)) < newest:
            continue
        n += 1
        was, is_now = level([one for one in heard if local_date(one.at) < newest]), level(heard)
        score += (is_now > was) - (is_now < was)
    return Cell(float(score), n) if n else Cell(None, 0, reason="no_markings")


def level(markings: Sequence[Marking]) -> int:
    """The last one told."""
    return max(((one.at, one.level) for one in markings), default=(0, 0))[1]
