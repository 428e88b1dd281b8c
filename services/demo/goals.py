"""Where the invented teachers mark that their pupils stand in the goals of a subject: a class works on a goal for two weeks. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time
from random import Random

from contracts.dates import Micros, local_instant
from services.demo import telling
from services.demo.attendance import present
from services.demo.days import is_school
from services.demo.dice import dice
from services.demo.people import Pupil, pupils
from services.demo.plan import SKOVBAKKEN, SUBJECTS, School
from services.demo.telling import Said, later

LOOKED_AT, AGAIN, REGRETTED = 0.85, 0.2, 0.04
"""The shares of pupils that are marked, who are marked in the goal before too, and whose marking is thought better of."""


def goals(day: date, school: School = SKOVBAKKEN) -> Iterator[Said]:
    """A class is looked at in each subject on one weekday, those who are there."""
    if not is_school(day):
        return
    groups, week = list(school.classes), day.isocalendar().week
    for pupil in pupils(school, day):
        for turn, subject in enumerate(sorted(SUBJECTS)):
            chance = dice("goals", day, subject, pupil.key)
            if (groups.index(pupil.group) + 2 * turn) % 5 == day.weekday() and present(pupil, day) and chance.random() < LOOKED_AT:
                at = later(local_instant(datetime.combine(day, time(14, 5))), chance.uniform(0, 1200))
                yield from _markings(pupil, at, subject, week, chance)


def _markings(pupil: Pupil, at: Micros, subject: str, week: int, chance: Random) -> Iterator[Said]:
    goal, second = divmod(week, 2)
    yield telling.goal(pupil, at, subject, goal, _level(pupil, second, chance))
    if chance.random() < AGAIN:
        yield telling.goal(pupil, later(at, 40), subject, goal - 1, _level(pupil, 1, chance))
    if chance.random() < REGRETTED:
        yield telling.goal(pupil, later(at, chance.uniform(60, 3600)), subject, goal, _level(pupil, second, chance))


def _level(pupil: Pupil, second: int, chance: Random) -> int:
    """second: whether it is the second of the two weeks, or later."""
    return second + (chance.random() < pupil.skill) + (chance.random() < pupil.skill)
