"""What a history of a class is made of: its senders, its weeks, its pupils, and the items that they send (`histories`)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any, Final

from contracts.connector import Draft, Registration
from contracts.dates import HOUR, Micros, start_of
from contracts.privacy import Identity


@dataclass(frozen=True)
class Weeks:
    """Five weeks and a day from `first`, a Monday: the local dates of what is told, and then today, on which it is read."""

    first: date

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    @cached_property
    def today(self) -> date:
        return self.day(36)

    @cached_property
    def dates(self) -> tuple[date, ...]:
        return tuple(map(self.day, range(36)))

    @cached_property
    def moments(self) -> tuple[Micros, ...]:
        """When the hub receives: each sender delivers every fifth day, so that most of what it sends is days late."""
        return tuple(start_of(self.day(k)) + 18 * HOUR for k in (*range(0, 37, 5), 36))

    def arrival(self, at: Micros, later: int = 0) -> Micros:
        """The first moment of receipt after a time, or one of those that follow."""
        return self.moments[min(bisect_left(self.moments, at) + later, len(self.moments) - 1)]


WEEKS: Final = Weeks(date(2026, 10, 19))
"""With the night in which 02:30 occurs twice."""
FIRST: Final = WEEKS.first
TODAY: Final = WEEKS.today
DATES: Final = WEEKS.dates
MOMENTS: Final = WEEKS.moments
SCHOOL, OTHER = "101001", "202002"
UNILOGIN: Final = "https://idp.unilogin.dk"
OWN: Final = "https://dansk-y.dk"

_SCHEMES = {UNILOGIN: "unilogin"}
_XAPI = frozenset({"xapi"})
MATHS = Registration("matematik-x", _XAPI, frozenset({SCHOOL}), "Matematik X", "MAT", _SCHEMES)
EXPORT = Registration("matematik-x-export", _XAPI, frozenset({SCHOOL}), "Matematik X", "MAT", _SCHEMES, rank=1)
DANISH = Registration("dansk-y", _XAPI, frozenset({SCHOOL, OTHER}), "Dansk Y", "DAN")
SYSTEM = Registration("skolesystem", frozenset(), frozenset({SCHOOL, OTHER}), "Skolesystem")
SECOND = Registration("fravaer-z", frozenset(), frozenset({SCHOOL}), "Fravær Z")


@dataclass(frozen=True)
class Unit:
    """One item as it is sent. door: which connector. name: what must not occur twice in a request.
    undated: its time is that of its first receipt, which `again` says this is not. derived: what a complete file says beside its rows."""

    door: str
    by: Registration
    received: Micros
    told: Any
    name: str = ""
    as_of: Micros = 0
    undated: bool = False
    again: bool = False
    derived: tuple[Draft, ...] = ()


@dataclass
class History:
    units: list[Unit]
    traps: Counter[str]
    people: list["Pupil"]


@dataclass(frozen=True)
class Pupil:
    number: int
    unilogin: Identity
    local: Identity
    own: Identity


@dataclass
class Class:
    """What its senders have told so far."""

    random: Random
    weeks: Weeks
    units: list[Unit] = field(default_factory=list)
    traps: Counter[str] = field(default_factory=Counter)
    pupils: list[Pupil] = field(default_factory=list)

    def send(self, unit: Unit, *traps: str) -> Unit:
        self.units.append(unit)
        self.traps.update(traps)
        return unit

    def time(self, day: date | None = None) -> Micros:
        """Mostly of a school's morning, sometimes around midnight, so that dates, nights and the change of clocks are met."""
        on = day or self.random.choice(self.weeks.dates)
        minutes = self.random.choice((0, 1, 150, 1_439)) if self.random.random() < 0.1 else self.random.randrange(480, 900)
        return start_of(on) + minutes * 60_000_000 + self.random.randrange(60_000_000)

    def time_of(self, days: Sequence[date]) -> Micros:
        return self.time(self.random.choice(days))

    def arrival(self, at: Micros, later: int = 0) -> Micros:
        return self.weeks.arrival(at, later)


def again(unit: Unit, received: Micros) -> Unit:
    return replace(unit, received=received, again=unit.undated)


def drafted(door: str, by: Registration, received: Micros, *drafts: Draft, as_of: Micros = 0, derived: tuple[Draft, ...] = ()) -> Unit:
    return Unit(door, by, received, drafts, drafts[0].report, as_of, derived=derived)
