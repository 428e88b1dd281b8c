"""Goals of the invented schools: what a class works towards in each subject, two weeks long, and how far its pupils are, as their learning
platform tells it. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time
from random import Random
from typing import Final

from contracts.dates import Micros, local_instant, rfc3339
from contracts.privacy import UNILOGIN
from services.demo.attendance import present
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.people import Pupil, of_class
from services.demo.plan import SUBJECTS, School
from services.demo.telling import Said, later, on_platform

FRAMEWORK: Final = "https://opgaverum.example/rammer/2024"
_TOLD, _MARKED = time(8, 0), time(14, 5)
_LOOKED_AT, _AGAIN, _REGRETTED = 0.85, 0.2, 0.04
"""The shares of pupils that are marked, who are marked in the goal before too, and whose marking is thought better of."""


def goals(day: date, school: School) -> Iterator[Said]:
    """On Mondays a class is told its goal in each subject; on one weekday its teacher looks at those who are there."""
    if not is_school(day):
        return
    week = day.isocalendar().week
    for place, group in enumerate(school.classes):
        for turn, subject in enumerate(sorted(SUBJECTS)):
            if day.weekday() == 0:
                yield _planned(school, group, subject, day, week)
            if (place + 2 * turn) % 5 == day.weekday():
                yield from _looked_at(school, group, subject, day, week)


def _planned(school: School, group: str, subject: str, day: date, week: int) -> Said:
    at = local_instant(datetime.combine(day, _TOLD))
    data = _goal(int(group.partition(".")[0]), subject, week // 2) | {"period": f"uge {week}"}
    name = named("plan", school.number, group, subject, day)
    return on_platform(school.number, at, "curriculum.goal_planned", f"group:{group}", data, name)


def _looked_at(school: School, group: str, subject: str, day: date, week: int) -> Iterator[Said]:
    for pupil in of_class(group, school, day):
        chance = dice("goals", day, subject, pupil.key)
        if present(pupil, day) and chance.random() < _LOOKED_AT:
            at = later(local_instant(datetime.combine(day, _MARKED)), chance.uniform(0, 1200))
            yield from _markings(pupil, at, subject, week, chance)


def _markings(pupil: Pupil, at: Micros, subject: str, week: int, chance: Random) -> Iterator[Said]:
    goal, second = divmod(week, 2)
    yield _marked(pupil, at, subject, goal, _level(pupil, second, chance))
    if chance.random() < _AGAIN:
        yield _marked(pupil, later(at, 40), subject, goal - 1, _level(pupil, 1, chance))
    if chance.random() < _REGRETTED:
        yield _marked(pupil, later(at, chance.uniform(60, 3600)), subject, goal, _level(pupil, second, chance))


def _level(pupil: Pupil, second: int, chance: Random) -> int:
    """0 not started to 3 reached. second: whether it is the second of the two weeks, or later."""
    return second + (chance.random() < pupil.skill) + (chance.random() < pupil.skill)


def _marked(pupil: Pupil, at: Micros, subject: str, goal: int, level: int) -> Said:
    data = _goal(pupil.grade, subject, goal) | {"level": level, "marked_by": "teacher", "marked_at": rfc3339(at)}
    name = named("mark", pupil.key, subject, goal, at)
    return on_platform(pupil.institution, at, "curriculum.goal_marked", f"{UNILOGIN}:{pupil.unilogin}", data, name)


def _goal(grade: int, subject: str, number: int) -> dict[str, object]:
    return {"framework_id": FRAMEWORK, "goal_id": f"{FRAMEWORK}/{subject}/{grade}/{number}", "subject_code": subject}
