"""The days of the invented school: what its pupils do, and when its suppliers send it. Pure: the same date gives the same bytes."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Final

from contracts.dates import SECOND, Micros, local_date, local_instant
from services.demo import telling
from services.demo.attendance import files, present
from services.demo.days import ONE, is_school, span
from services.demo.dice import dice, named
from services.demo.people import Pupil, of_class, pupils
from services.demo.school import CLASSES
from services.demo.telling import Delivery, Said, bundled, later

LESSONS: Final = (time(8), time(8, 55), time(10), time(10, 55), time(12, 15), time(13, 10))
FLUSH: Final = 15 * 60 * SECOND
"""How often a material sends what it has gathered."""
LATE, TWICE = 0.03, 0.02
"""The shares of a material's requests that come hours late, and that are sent a second time."""
MOST_LATE: Final = timedelta(hours=26)


def deliveries(since: Micros, until: Micros) -> Iterator[Delivery]:
    """What is due after `since` and not after `until`, in that order."""
    due = [one for day in span(local_date(since) - MOST_LATE - ONE, local_date(until)) for one in of_day(day) if since < one.due <= until]
    yield from sorted(due, key=lambda one: (one.due, one.supplier, one.path))


@lru_cache(maxsize=8)
def of_day(day: date) -> tuple[Delivery, ...]:
    """Everything that tells of one date, whenever it is sent."""
    gathered = groupby(sorted(activity(day), key=lambda one: one.at), key=lambda one: one.at // FLUSH)
    batches = [batch for slot, said in gathered for batch in bundled((slot + 1) * FLUSH, said)]
    sent = [again for number, one in enumerate(batches) for again in _sent(one, dice("sending", day, number))]
    return (*files(day), *sent)


def _sent(one: Delivery, chance: random.Random) -> Iterator[Delivery]:
    """A request as it really comes: mostly within seconds, at times late, at times twice."""
    hours = chance.uniform(1.5, 25) if chance.random() < LATE else 0
    due = later(one.due, chance.uniform(0.5, 8) + hours * 3600)
    yield replace(one, due=due)
    if chance.random() < TWICE:
        yield replace(one, due=later(due, chance.uniform(1, 900)))


def activity(day: date) -> list[Said]:
    """What the pupils do on a date in the three materials: lessons on school days, homework on any."""
    said = [one for pupil in pupils() for one in _homework(pupil, day)]
    if is_school(day):
        said += [one for group in CLASSES for pupil in of_class(group) if present(pupil, day) for one in _lessons(pupil, day)]
    return said


def _lessons(pupil: Pupil, day: date) -> Iterator[Said]:
    """Which material a class uses is the teacher's choice, the same for all of its pupils."""
    plan, number = dice("lessons", day, pupil.group), list(CLASSES).index(pupil.group) + day.weekday()
    chance = dice("in class", day, pupil.key)
    maths, danish = (_instant(day, LESSONS[(number + after) % len(LESSONS)]) for after in (0, 2))
    if plan.random() < 0.85:
        yield from _exercises(pupil, later(maths, chance.uniform(120, 480)), day.toordinal() * 40 % 20_000, 11, chance)
    if plan.random() < 0.5:
        yield from _words(pupil, later(danish, chance.uniform(60, 400)), day.toordinal() * 40 % 20_000, 9, chance)
    else:
        yield from _film(pupil, later(danish, chance.uniform(60, 400)), day.toordinal() % 500, chance)


def _homework(pupil: Pupil, day: date) -> Iterator[Said]:
    """In the afternoon and evening, for those who do any."""
    chance = dice("homework", day, pupil.key)
    if chance.random() > 0.35 * pupil.zeal:
        return
    start = later(_instant(day, time(15)), chance.uniform(0, 6 * 3600))
    item = day.toordinal() * 40 % 20_000 + 20
    what = chance.random()
    if what < 0.6:
        yield from _exercises(pupil, start, item, 7, chance)
    elif what < 0.85:
        yield from _words(pupil, start, item, 6, chance)
    else:
        yield from _film(pupil, start, chance.randrange(500), chance)


def _instant(day: date, clock: time) -> Micros:
    return local_instant(datetime.combine(day, clock))


def _many(pupil: Pupil, usual: int, chance: random.Random) -> int:
    return max(1, min(19, round(chance.gauss(usual, usual / 4) * pupil.zeal)))


def _tries(pupil: Pupil, at: Micros, usual: int, chance: random.Random) -> Iterator[tuple[Micros, int, int, bool, float]]:
    """(when, item of the row, number of the try, right, seconds taken): a wrong answer is often tried once more."""
    for item in range(_many(pupil, usual, chance)):
        right = chance.random() < pupil.skill
        for number in (1, 2):
            seconds = chance.uniform(12, 100)
            at = later(at, seconds + chance.uniform(1, 8))
            yield at, item, number, right, seconds
            if right or chance.random() < 0.4:
                break
            right = chance.random() < 0.5 + pupil.skill / 2


def _exercises(pupil: Pupil, at: Micros, first: int, usual: int, chance: random.Random) -> Iterator[Said]:
    for when, item, number, right, seconds in _tries(pupil, at, usual, chance):
        yield telling.answered(pupil, when, first + item, right, seconds, when, number)


def _words(pupil: Pupil, at: Micros, first: int, usual: int, chance: random.Random) -> Iterator[Said]:
    """One session of ordleg, which begins a little before the first answer; some are never seen to end."""
    name = named("session", pupil.key, at)
    yield telling.session(pupil, at, "started", name)
    for when, item, number, right, seconds in _tries(pupil, at, usual, chance):
        yield telling.word(pupil, when, first + item, right, seconds, name, number)
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
