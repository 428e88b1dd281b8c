"""What the pupils of a group had to hand in, assignment by assignment, from their definitions (domain 4.6, G3 and G4): for each pupil what
was given to their groups, the deadline last known, and what the pupil did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from oracle.batch import Oracle
from oracle.days import EPOCH, MICROSECOND, local_date
from oracle.measures import rounded
from oracle.sent import Assignment, HandIn, Report, Standing

LEAST = 3


@dataclass(frozen=True)
class Task:
    """What one pupil had to hand in. place: on_time, late or missing."""

    pupil: str
    id: str
    title: str
    due: int
    place: str
    excused: bool
    feedback: bool


def tasks(oracle: Oracle, facts: Mapping[str, Sequence[Report]], said: Iterable[Report], key: str, subject: str) -> list[Task]:
    """Of a pupil in a subject, those due from the first of the last 20 school days until today. said: of groups."""
    pupil, today = oracle.people.pupils[key], oracle.today
    first = oracle.days.start(pupil.home(today), today, "W20")
    latest: dict[object, Assignment] = {}
    for report in said:
        what = report.content
        if isinstance(what, Assignment) and what.subject == subject and what.due is not None and report.day <= today:
            there = pupil.in_group((report.institution, report.identity[1]), local_date(what.due))
            if there and (what.task not in latest or rank(what) > rank(latest[what.task])):
                latest[what.task] = what
    own = [one.content for one in facts.get(key, ()) if one.day <= today]
    must = [what for what in latest.values() if not what.optional and first <= local_date(what.due or 0) <= today]
    return [task(key, what, own) for what in must]


def rank(what: Assignment) -> tuple[int, bool]:
    return what.due or 0, not what.optional


def task(key: str, what: Assignment, own: Iterable[object]) -> Task:
    came, states, due = list[int](), set[str](), what.due or 0
    for one in own:
        if isinstance(one, HandIn) and one.task == what.task:
            came.append(one.at)
        elif isinstance(one, Standing) and one.task == what.task:
            states.add(one.state)
    place = "missing" if not came else "late" if min(came) > due else "on_time"
    return Task(key, what.id, what.title, due, place, "excused" in states, "feedback_given" in states)


def share(oracle: Oracle, all_tasks: Iterable[Task]) -> tuple[float | None, int, frozenset[tuple[object, ...]], dict[str, int]]:
    """The percent that came in time of what was due before today; n, the parts, and the counts. A pupil's assignment is one in however many
    subjects it stands."""
    before = [one for one in all_tasks if not one.excused and local_date(one.due) < oracle.today]
    last = {(one.pupil, one.id): one for one in sorted(before, key=lambda one: one.due)}.values()
    n, details = len({one.pupil for one in last}), {"assignments": len({one.id for one in last}), "due": len(last)}
    if len(last) < LEAST:
        return None, n, frozenset(), details
    by_place = defaultdict[str, list[str]](list)
    for one in last:
        by_place[one.place].append(one.pupil)
    percent = {place: rounded(Fraction(100 * len(who), len(last))) for place, who in by_place.items()}
    parts = frozenset((place, None, percent[place], len(who), len(set(who)), None) for place, who in by_place.items())
    return percent.get("on_time", 0.0), n, parts, details


def one_by_one(all_tasks: Sequence[Task]) -> tuple[int, int, frozenset[tuple[object, ...]]]:
    """How many assignments were due for anybody, how many pupils had any or were excused, and how the pupils of each stand."""
    rows = frozenset(row for name in {one.id for one in all_tasks} for row in of_task([one for one in all_tasks if one.id == name]))
    return len({row[0] for row in rows}), len({one.pupil for one in all_tasks}), rows


def of_task(told: Sequence[Task]) -> list[tuple[object, ...]]:
    due = [one for one in told if not one.excused]
    if not due:
        return []
    newest = max(told, key=lambda one: one.due)
    who = newest.title, (EPOCH + newest.due * MICROSECOND).isoformat(timespec="microseconds").replace("+00:00", "Z")
    rows: dict[str, dict[str, int]] = {
        "handed_in": {place: sum(one.place == place for one in due) for place in ("late", "missing", "on_time")},
        "feedback": {"given": sum(one.feedback for one in due), "not_given": sum(not one.feedback for one in due)},
    }
    if len(due) < len(told):
        rows["excused"] = {"due": len(due), "excused": len(told) - len(due)}
    return [(newest.id, None, by, sum(counts.values()), *counts.values(), *who) for by, counts in rows.items()]
