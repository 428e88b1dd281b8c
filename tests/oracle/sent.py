"""What the senders sent, as plain records: no envelope, no pseudonym, no sheet. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

Identity = tuple[str, str]
"""(scheme, value), spelt as `spelt` spells it."""

CASELESS = frozenset({"unilogin", "mailto"})


def spelt(scheme: str, value: str) -> Identity:
    """One spelling of an identity: no spaces around it; Unilogin and mail addresses in lower case, the latter without `mailto:`."""
    scheme, value = scheme.strip(), value.strip()
    if scheme.casefold() in CASELESS:
        scheme, value = scheme.casefold(), value.casefold().removeprefix("mailto:")
    return scheme, value


def micros(seconds: float | str | None) -> int | None:
    """Seconds, exactly as written, in microseconds."""
    return None if seconds is None else round(Decimal(str(seconds)) * 1_000_000)


@dataclass(frozen=True)
class Answer:
    """An item answered."""

    at: int
    tool: str
    subject: str
    item: str
    correct: bool | None
    attempt: str | None = None
    attempt_no: int | None = None
    goals: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PlayerEvent:
    """A video player's event; only `played` starts watching. Position and length in microseconds of the film."""

    at: int
    tool: str
    subject: str
    session: str | None
    played: bool
    position: int | None = None
    length: int | None = None


@dataclass(frozen=True)
class Viewing:
    """A resource looked at for `active` microseconds, ending at `at`."""

    at: int
    tool: str
    subject: str
    active: int


@dataclass(frozen=True)
class SessionEdge:
    """A session's start or its end; an end may say how many microseconds the session was, or that it had been left some time before."""

    at: int
    tool: str
    subject: str
    session: str
    started: bool
    lasted: int | None = None
    left: bool = False


@dataclass(frozen=True)
class Slot:
    """Attendance registered for one slot (`start` or `end`) of a day; late (or left early) is present."""

    day: date
    slot: str
    absent: bool
    late: bool = False


@dataclass(frozen=True)
class DayTotal:
    """Attendance where only the day is known; `absent` is 0, 0.5 or 1."""

    day: date
    absent: Decimal


@dataclass(frozen=True)
class Result:
    """How an activity went; share: of what could be had, None where that is not known."""

    at: int
    tool: str
    subject: str
    activity: str
    share: Fraction | None
    final: bool
    attempt_no: int | None = None


@dataclass(frozen=True)
class Marking:
    """A goal of a framework marked at a level from 0 to 3 by a teacher, a tool or the pupil."""

    at: int
    subject: str
    framework: str
    goal: str
    by: str
    level: int

    @property
    def key(self) -> tuple[object, ...]:
        return "marked", self.goal, self.by, self.at


@dataclass(frozen=True)
class SelfAnswer:
    """What a pupil says of themselves: how far up the scale, None where the pupil would not say; told: who the child heard would see it."""

    at: int
    instrument: str
    run: str
    item: str
    dimension: str
    share: Fraction | None
    told: frozenset[str]

    @property
    def key(self) -> tuple[object, ...]:
        return self.instrument, self.run, self.item


Year = tuple[int, int]
"""A school year by its two calendar years."""
Task = tuple[Year, str]


@dataclass(frozen=True)
class Assignment:
    """Given to a group, until `due`; task: its id in its school year."""

    id: str
    at: int
    subject: str
    due: int | None
    optional: bool
    title: str
    year: Year

    @property
    def task(self) -> Task:
        return self.year, self.id

    @property
    def key(self) -> tuple[object, ...]:
        return "given", self.task


@dataclass(frozen=True)
class HandIn:
    """A pupil's, of an assignment."""

    task: Task
    at: int
    number: int

    @property
    def key(self) -> tuple[object, ...]:
        return "handed in", self.task, self.number


@dataclass(frozen=True)
class Standing:
    """Where an assignment stands for a pupil."""

    task: Task
    state: str

    @property
    def key(self) -> tuple[object, ...]:
        return "stands", self.task, self.state


@dataclass(frozen=True)
class GoalPlan:
    """A goal that a group works towards in a school year."""

    subject: str
    framework: str
    goal: str
    period: str
    year: Year

    @property
    def key(self) -> tuple[object, ...]:
        return "planned", self.goal, self.period, self.year


@dataclass(frozen=True)
class Aggregate:
    """What was published of a group from the national survey, in one of its indicators."""

    survey: str
    year: int
    level: str
    indicator: str
    mean: Fraction
    n: int

    @property
    def key(self) -> tuple[object, ...]:
        return "published", self.survey, self.year, self.indicator


Activity = Answer | PlayerEvent | Viewing | SessionEdge
Attendance = Slot | DayTotal
Content = Activity | Attendance | Result | Marking | GoalPlan | SelfAnswer | Assignment | HandIn | Standing | Aggregate


@dataclass(frozen=True)
class Report:
    """One thing said: by whom (`id`), in which order, of whom, at which school. `content` is None where it takes itself back."""

    id: tuple[str, ...]
    order: int
    identity: Identity
    institution: str
    day: date
    content: Content | None
