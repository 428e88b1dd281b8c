"""An indicator as a value (design 4.3-4.4): plain arithmetic over counted facts, with its texts and its examples.

`measure` takes the counted facts of one sheet and one school subject and gives a summary; `combine` is commutative and associative with
`zero`, so summaries of days, families and identities may be put together in any order; `read` divides, rounds and explains. A summary is
JSON of integers, texts, lists and maps. Facts of a school year's sheet are measured by the local date of each, as dated ones are. What is
said of a group is measured in the group's sheet by the same `measure`, and meets what is said of the pupil in `read`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal

from contracts.facts import Fact
from contracts.kinds import BY_NAME

Summary = Any
WindowName = Literal["W5", "W20", "W40", "Q", "Y"]


@dataclass(frozen=True)
class Texts:
    """The same words for a teacher or parent, in Danish and in English."""

    da: str
    en: str

    def told(self, **values: Any) -> "Texts":
        """With the placeholders filled in; a number is written as each language writes it."""
        return Texts(self.da.format(**{k: _danish(v) for k, v in values.items()}), self.en.format(**values))


def _danish(value: Any) -> Any:
    return str(value).replace(".", ",") if isinstance(value, float) else value


WINDOWS: Final[Mapping[WindowName, Texts]] = {
    "W5": Texts("de sidste 5 skoledage, i dag medregnet", "the last 5 school days, today included"),
    "W20": Texts("de sidste 20 skoledage, i dag medregnet", "the last 20 school days, today included"),
    "W40": Texts("de sidste 40 skoledage, i dag medregnet", "the last 40 school days, today included"),
    "Q": Texts("kalenderkvartalet til dato", "the calendar quarter to date"),
    "Y": Texts("skoleåret til dato", "the school year to date"),
}


@dataclass(frozen=True)
class Window:
    """first..last are local dates, last is today. school_days: those of the institution's calendar in it.
    assumed: the calendar of some of these days is not known, and Monday to Friday was taken."""

    name: WindowName
    first: date
    last: date
    school_days: tuple[date, ...]
    assumed: bool = False

    @cached_property
    def finished(self) -> tuple[date, ...]:
        """The school days that are over."""
        return tuple(day for day in self.school_days if day < self.last)


Member = Callable[[str, date], bool]
"""Whether a pupil is in a group on a date, by the roster."""


def nowhere(_group: str, _day: date) -> bool:
    return False


@dataclass(frozen=True)
class Given:
    """What `read` may look at. whole, today: the summary of the window, and of today alone.
    grade: the pupil's grade level on a date, by the home class's roster; None where no roster says.
    groups: of each group that the pupil is or was in the summary of what is said of it; `member` tells when the pupil was."""

    whole: Summary
    today: Summary
    window: Window
    grade: Callable[[date], int | None]
    groups: Mapping[str, Summary] = field(default_factory=dict)
    member: Member = nowhere


@dataclass(frozen=True)
class Answer:
    """value: exact, rounded half-even by the caller to the indicator's decimals; None with a reason below the minimum sample.
    n: what the value counts. interval: how far the value may be off, in its unit, as the indicator says. today: value and n of today alone,
    if there is anything.
    details: the numbers that the explanation names. counted: of summaries that are maps, group ("" for the pupil's own) and key of what the
    value rests on; None where it is all of the window."""

    value: Fraction | None
    n: int
    reason: str | None = None
    interval: tuple[Fraction | float, Fraction | float] | None = None
    today: tuple[Fraction, int] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    counted: frozenset[tuple[str, str]] | None = None


@dataclass(frozen=True)
class Example:
    """Facts by local date, and what the reading of the window must be on `today`; executed by the indicator kit. groups: what is said of
    groups that the pupil is or was in. interval: as it is shown; looked at where it is given. framework: of which the reading is, where
    there is one for each."""

    says: str
    facts: Mapping[date, Sequence[Fact]]
    today: date
    window: WindowName
    value: float | None
    n: int
    reason: str | None = None
    grade: int | None = None
    groups: Mapping[str, Sequence[Fact]] = field(default_factory=dict)
    member: Member = nowhere
    interval: tuple[float, float] | None = None
    framework: str = ""


@dataclass(frozen=True)
class Indicator:
    """id: its number in domain 4.5. kinds: the event types that it reads. takes: which facts of them. per_subject: one reading for each
    school subject; a fact that has none (attendance) is read for every one. per_framework: and for each framework of goals in it, since a
    change of the curriculum makes two series, never one (domain 2.4). reasons: why there may be no value. explanation: a sentence
    with the Answer's details, value and n as placeholders. self_report: of what pupils say of themselves, so it never stands in a view of
    a group, and is read from what the reader was named for to the child (design 6). all_kept: its facts belong to a window by a date that
    gets corrected (when an assignment is due), not by their own; so `whole` is of all that is kept of school years up to today, and `read`
    chooses. until: of a version that a newer one supersedes, the last local date on which it is served (`contracts.versions`)."""

    id: str
    name: str
    version: int
    title: Texts
    formula: Texts
    unseen: Texts
    explanation: Texts
    reasons: Mapping[str, Texts]
    unit: str
    decimals: int
    windows: tuple[WindowName, ...]
    kinds: tuple[str, ...]
    per_subject: bool
    minimum: Texts
    tasks: tuple[str, ...]
    zero: Summary
    measure: Callable[[Sequence[Fact]], Summary]
    combine: Callable[[Summary, Summary], Summary]
    read: Callable[[Given], Answer]
    examples: tuple[Example, ...]
    distributed: bool = False
    """Whether a group's view shows the median and the quartiles of it (domain 4.6)."""
    of_groups_alone: bool = False
    """Whether only what is told of groups is made of it (its id is then one of domain 4.6): no pupil's readings show it."""
    interval: Texts | None = None
    """What the interval beside a value is, in a sentence; None where there is none, since the value counts all there is."""
    takes: Callable[[Fact], bool] = lambda _: True
    per_framework: bool = False
    self_report: bool = False
    all_kept: bool = False
    until: date | None = None

    @cached_property
    def families(self) -> frozenset[str]:
        """Whose sheets it reads."""
        return frozenset(BY_NAME[kind].family.value for kind in self.kinds)

    @cached_property
    def of_groups(self) -> bool:
        """Whether it reads what is said of groups."""
        return any(BY_NAME[kind].subject == "group" for kind in self.kinds)

    @cached_property
    def key(self) -> str:
        """The name under which summaries are kept: a changed meaning is a new version."""
        return f"{self.name}@{self.version}"
