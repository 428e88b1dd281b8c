"""The days of the invented schools: when their suppliers send what they have to tell. Pure: the same date gives the same bytes."""

import heapq
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, count, groupby
from typing import Final

from contracts.dates import SECOND, Micros, local_date, local_instant, start_of
from services.demo.assignments import assignments, feedback
from services.demo.attendance import files, left_early
from services.demo.checkins import checkins
from services.demo.days import ONE, is_school
from services.demo.dice import dice
from services.demo.goals import goals
from services.demo.lessons import activity
from services.demo.notes import notes, tests
from services.demo.plan import SKOVBAKKEN, School, schools
from services.demo.rosters import roster_of
from services.demo.survey import survey
from services.demo.telling import BOGORM, DANSK_VIDEO, MATEMATIK, NATURLAB, Delivery, Said, bundled, later

FLUSH: Final = 15 * 60 * SECOND
"""How often a material sends what it has gathered."""
FLUSH_OF_PLATFORM: Final = 8 * FLUSH
"""How often the learning platform does."""
LATE, TWICE = 0.03, 0.02
"""The shares of a material's requests that come hours late, and that are sent a second time."""
MOST_LATE: Final = timedelta(hours=26)
OUT: Final = 0.25
"""The share of school days on which some material is out for an hour; then it sends what it has kept, the latest first."""


class Ahead:
    """What is due after an instant, in that order: `until` moves on. Of the days to come none is made before its time.

    It holds a day of the schools at most, and of the days before what comes late.
    """

    def __init__(self, since: Micros, places: Sequence[School] = ()) -> None:
        self.since, self.places = since, places or schools()
        self._next = local_date(since) - MOST_LATE - ONE
        self._waiting: list[tuple[Micros, int, Delivery]] = []
        self._numbers = count()

    def until(self, until: Micros) -> Iterator[Delivery]:
        """What is due and was not told before, not after `until`."""
        while self._next <= local_date(until):
            yield from self._due(start_of(self._next) - 1)
            for place in self.places:
                self._wait_for(place)
            self._next += ONE
        yield from self._due(until)

    def _wait_for(self, place: School) -> None:
        for one in of_day(self._next, place) if len(self.places) == 1 else _made(self._next, place):
            if one.due > self.since:
                heapq.heappush(self._waiting, (one.due, next(self._numbers), one))

    def _due(self, until: Micros) -> Iterator[Delivery]:
        while self._waiting and self._waiting[0][0] <= until:
            yield heapq.heappop(self._waiting)[2]


def deliveries(since: Micros, until: Micros, places: Sequence[School] = ()) -> Iterator[Delivery]:
    """What is due after `since` and not after `until`, in that order."""
    return Ahead(since, places).until(until)


@lru_cache(maxsize=8)
def of_day(day: date, place: School = SKOVBAKKEN) -> tuple[Delivery, ...]:
    """Everything that tells of one date in a school, whenever it is sent."""
    return tuple(_made(day, place))


def _made(day: date, place: School) -> Iterator[Delivery]:
    yield from roster_of(day, place)
    yield from files(day, place)
    yield from left_early(day, place)
    yield from checkins(day, place)
    for number, one in enumerate(_gathered(activity(day, place), FLUSH)):
        yield from _sent(one, day, dice("sending", day, place.index, number))
    for number, one in enumerate(_gathered(chain(assignments(day, place), goals(day, place), survey(day, place)), FLUSH_OF_PLATFORM)):
        yield from _sent(one, day, dice("assignments", day, place.index, number))
    for number, one in enumerate(_gathered(chain(feedback(day, place), notes(day, place), tests(day, place)), FLUSH_OF_PLATFORM)):
        yield from _sent(one, day, dice("notes", day, place.index, number))


def _gathered(told: Iterable[Said], every: Micros) -> Iterator[Delivery]:
    gathered = groupby(sorted(told, key=lambda one: one.at), key=lambda one: one.at // every)
    return (batch for slot, said in gathered for batch in bundled((slot + 1) * every, said))


def _sent(one: Delivery, day: date, chance: random.Random) -> Iterator[Delivery]:
    """A request as it really comes: mostly within seconds, at times late, at times twice, and late after an outage."""
    hours = chance.uniform(1.5, 25) if chance.random() < LATE else 0
    due = later(one.due, chance.uniform(0.5, 8) + hours * 3600)
    supplier, out, back = outage(day)
    if one.supplier == supplier and out <= due < back:
        due = back + (back - due) // 60
    yield replace(one, due=due)
    if chance.random() < TWICE:
        yield replace(one, due=later(due, chance.uniform(1, 900)))


@lru_cache(maxsize=64)
def outage(day: date) -> tuple[str, Micros, Micros]:
    """(supplier, since, until): which material is out for an hour of a day, for all schools; none ("") on most days."""
    chance = dice("outage", day)
    if not is_school(day) or chance.random() >= OUT:
        return "", 0, 0
    since = local_instant(datetime.combine(day, time(chance.randint(9, 12), 30)))
    return chance.choice((MATEMATIK, DANSK_VIDEO, BOGORM, NATURLAB)), since, since + 3600 * SECOND
