"""What the invented pupils do in their five materials: in the lessons of school days, and at home on any. Pure."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from contracts.dates import Micros, local_instant
from services.demo import practice, telling
from services.demo.attendance import present
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.people import Pupil, pupils
from services.demo.plan import SKOVBAKKEN, School
from services.demo.telling import Said, later

LESSONS: Final = (time(8), time(8, 55), time(10), time(10, 55), time(12, 15), time(13, 10))
EXERCISES, WORDS = "MAT", "ORD"
"""Whose skills are worked on."""
CHAPTERS, EXPERIMENTS, FILMS = 400, 300, 500
_BEGINS: Final = time(15)
_USUAL: Final = 0.75
"""Skills that a pupil of zeal 1 gets through at a sitting."""
_WORKS: Final = 0.3
"""Of the days on which a pupil of zeal 1 does something at home."""


def activity(day: date, school: School = SKOVBAKKEN) -> Iterator[Said]:
    """All of a date, in no particular order."""
    taught = is_school(day)
    for pupil in pupils(school, day):
        yield from _homework(pupil, day)
        if taught and present(pupil, day):
            yield from _lessons(pupil, day, list(school.classes).index(pupil.group))


def _lessons(pupil: Pupil, day: date, place: int) -> Iterator[Said]:
    """Which material a class uses is the teacher's choice, the same for all of its pupils. place: of the class in its school."""
    plan, chance = dice("lessons", day, pupil.institution, pupil.group), dice("in class", day, pupil.key)
    first = place + day.weekday()
    maths, danish, science = (_instant(day, LESSONS[(first + after) % len(LESSONS)]) for after in (0, 2, 4))
    skill = plan.randrange(practice.KINDS)
    if plan.random() < 0.85:
        yield from _exercises(pupil, later(maths, chance.uniform(120, 480)), skill, f"{day.toordinal() % 1000}", chance)
    material = plan.random()
    start = later(danish, chance.uniform(60, 400))
    if material < 0.4:
        yield from _words(pupil, start, skill, f"{day.toordinal() % 1000}", chance)
    elif material < 0.7:
        yield from _film(pupil, start, day.toordinal() % FILMS, chance)
    else:
        yield from _chapter(pupil, start, plan.randrange(CHAPTERS), chance)
    if (place + day.weekday()) % 5 in {1, 4}:
        yield from _experiment(pupil, later(science, chance.uniform(60, 500)), plan.randrange(EXPERIMENTS), chance)


def _homework(pupil: Pupil, day: date) -> Iterator[Said]:
    """In the afternoon and evening, for those who do any."""
    chance = dice("homework", day, pupil.key)
    if chance.random() > _WORKS * pupil.zeal:
        return
    start = later(_instant(day, _BEGINS), chance.uniform(0, 6 * 3600))
    skill, what = chance.randrange(practice.KINDS), chance.random()
    if what < 0.5:
        yield from _exercises(pupil, start, skill, f"{day.toordinal() % 1000}-h", chance)
    elif what < 0.7:
        yield from _words(pupil, start, skill, f"{day.toordinal() % 1000}-h", chance)
    elif what < 0.9:
        yield from _chapter(pupil, start, chance.randrange(CHAPTERS), chance)
    else:
        yield from _film(pupil, start, chance.randrange(FILMS), chance)


def _instant(day: date, clock: time) -> Micros:
    return local_instant(datetime.combine(day, clock))


def _tries(pupil: Pupil, at: Micros, subject: str, first: int, chance: random.Random) -> Iterator[tuple[Micros, str, int, bool, float]]:
    """(when, skill and task, number of the try, right, seconds taken) of as many skills as the pupil gets through at a sitting.

    A wrong answer is often tried once more; only the first tries are those of `practice`.
    """
    for turn in range(practice.runs(chance, pupil.zeal, _USUAL)):
        skill = (first + turn) % practice.KINDS
        for task, right in enumerate(practice.run(chance, pupil.able, practice.easiness(subject, skill))):
            again = not right and chance.random() < 0.6
            for number, correct in enumerate((right, chance.random() < 0.5 + pupil.skill / 2) if again else (right,), 1):
                seconds = chance.uniform(6, 50)
                at = later(at, seconds + chance.uniform(1, 6))
                yield at, f"{skill}-{task}", number, correct, seconds


def _exercises(pupil: Pupil, at: Micros, skill: int, sheet: str, chance: random.Random) -> Iterator[Said]:
    for when, task, number, right, seconds in _tries(pupil, at, EXERCISES, skill, chance):
        yield telling.answered(pupil, when, f"{task}-{sheet}", right, seconds, when, number)


def _words(pupil: Pupil, at: Micros, skill: int, sheet: str, chance: random.Random) -> Iterator[Said]:
    """One session of ordleg, which begins a little before the first answer; some are never seen to end."""
    name, when = named("session", pupil.key, at), at
    tries = list(_tries(pupil, at, WORDS, skill, chance))
    if not tries:
        return
    yield telling.session(pupil, at, "started", name)
    for when, task, number, right, seconds in tries:
        yield telling.word(pupil, when, f"{task}-{sheet}", right, seconds, name, number)
    if chance.random() < 0.9:
        yield telling.session(pupil, later(when, chance.uniform(3, 60)), "ended", name, chance.choice(("ended", "timeout")))


def _film(pupil: Pupil, at: Micros, film: int, chance: random.Random) -> Iterator[Said]:
    """A film watched in two parts; not everybody sees the end."""
    half, whole = telling.length(film) // 2, telling.length(film)
    again = later(at, half + chance.uniform(5, 40))
    yield telling.player(pupil, at, "played", film, 0, at)
    yield telling.player(pupil, later(at, half), "paused", film, half, at)
    if chance.random() < 0.2:
        yield telling.player(pupil, later(again, -2), "seeked", film, half // 2, at)
    yield telling.player(pupil, again, "played", film, half, at)
    if chance.random() < 0.75:
        yield telling.player(pupil, later(again, whole - half), "completed", film, whole, at)


def _chapter(pupil: Pupil, at: Micros, chapter: int, chance: random.Random) -> Iterator[Said]:
    """A chapter of bogorm and its questions; who fails may do them again, and some windows are never closed."""
    sitting, name = named("chapter", pupil.key, at), f"{chapter}"
    yield telling.reading(pupil, at, "initialized", name, sitting)
    long = chance.uniform(420, 1500)
    if chance.random() < 0.9:
        score = practice.points(chance, pupil.able)
        result = {"score": {"scaled": score}, "success": score >= 0.5, "completion": True, "duration": telling.lasted(long)}
        yield telling.reading(pupil, later(at, long), "passed" if score >= 0.5 else "failed", name, sitting, result)
    if chance.random() < 0.92:
        yield telling.reading(pupil, later(at, long + 15), "terminated", name, sitting, {"duration": telling.lasted(long + 15)})


def _experiment(pupil: Pupil, at: Micros, number: int, chance: random.Random) -> Iterator[Said]:
    """A simulation of naturlab looked at once or twice, and then mostly its ten questions, counted in points."""
    for _ in range(chance.choice((1, 1, 2))):
        long = chance.uniform(60, 400)
        at = later(at, long + chance.uniform(2, 20))
        yield telling.experiment(pupil, at, "experienced", number, {"duration": telling.lasted(long)})
    if chance.random() < 0.85:
        points = round(20 * practice.points(chance, pupil.able))
        result = {"score": {"raw": points, "min": 0, "max": 20}, "completion": True}
        yield telling.experiment(pupil, later(at, chance.uniform(90, 300)), "scored", number, result)
