"""A group indicator as a value (design 4.4, domain 4.6): plain arithmetic over what is read of the pupils who are in a group today.

`measure` makes a summary of one pupil; `combine`, commutative and associative with `zero`, puts pupils together, so that a class cut in two
and put together is the class; `read` divides, and gives a value or a reason why there is none. Who may see it is not its business: the
rules of small numbers are in `streams.small`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from contracts.dates import Micros
from contracts.facts import Fact
from contracts.indicator import Given, Indicator, Summary, Texts, WindowName


@dataclass(frozen=True)
class Member:
    """A pupil of the group, as one indicator reads them in one window. value: as it is shown to those who see the pupil, None below the
    minimum sample. n: what it counts. sources: whose facts it counts. given: what is measured of them in it, for a group indicator that has
    `names` or looks `into` it."""

    value: Fraction | None
    n: int
    sources: tuple[str, ...] = ()
    pupil: str = ""
    given: Given | None = None


class Part(NamedTuple):
    """What an answer says of one source, goal or task. value: exact. n: what it counts. pupils: on whom it rests. interval: a 95 % interval
    in the value's unit."""

    name: str
    value: Fraction
    n: int
    pupils: int
    interval: tuple[float, float] | None = None


class Split(NamedTuple):
    """How pupils are divided in one thing, each in one place. by: by whose word. counts: place -> pupils."""

    name: str
    by: str
    counts: Mapping[str, int]


class Name(NamedTuple):
    """What a source calls a thing. of: the framework of a goal, the tool of a task; None where it is not told. title, due_at: of an
    assignment."""

    name: str
    of: str | None
    title: str | None = None
    due_at: Micros | None = None


class Published(NamedTuple):
    """A number that somebody published of a group, as shown beside a reading and never part of it. level: class, grade or school. mean: in
    the reading's unit. n: of how many pupils."""

    survey: str
    year: int
    level: str
    mean: Fraction
    n: int


@dataclass(frozen=True)
class GroupAnswer:
    """value: exact, rounded half-even by the caller; None with a reason. n: the pupils that it rests on. quartiles: between which the
    middle half of them is. alike: whether all of them have one value, so that it tells each one's. error: the standard error of a mean, in
    the value's unit. largest: the share of the sum that one pupil makes, at most. details: what it counts beside the pupils."""

    value: Fraction | None
    n: int
    reason: str | None = None
    quartiles: tuple[Fraction, Fraction] | None = None
    alike: bool = False
    parts: tuple[Part, ...] = ()
    splits: tuple[Split, ...] = ()
    error: Fraction | None = None
    largest: Fraction = Fraction(0)
    details: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupExample:
    """Pupils, and what the reading of them must be, with one decimal; executed by the kit of group indicators. parts: name, value, n and
    pupils of each `Part`. splits: name, by and the numbers of pupils of each `Split`."""

    says: str
    members: Sequence[Member]
    value: float | None
    n: int
    reason: str | None = None
    quartiles: tuple[float, float] | None = None
    parts: tuple[tuple[str, float, int, int], ...] = ()
    splits: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    error: float | None = None


@dataclass(frozen=True)
class GroupIndicator:
    """id: its number in domain 4.6. of: which pupil indicators it is made of; there is one reading of each, for each of their subjects and
    windows, in its unit. together: there is one reading over all of them instead, in which a pupil is a member for each indicator and
    subject; it has a unit and a window of its own. window: the one of theirs that it is of, where it is not of all. explanation: a sentence
    with value, n, pupils (all in the group), low and high (the quartiles) and error as placeholders. self_reports: it is of what pupils say
    of themselves, and so of 5 or more and of answers that the child was told this reader would see, whoever reads it (R7.1, design 6).
    published: of what is said of the group what stands beside a reading of this pupil indicator; None where there is nothing. names: where
    its summary is a map, and parts and splits are named by keys of it that stand for a source's ids: of a fact those keys, and what the
    source calls them; a summary outlives the facts, so the ids themselves do not stand in it. into: it looks into what is measured of the
    pupils, not only at what is read. all_subjects: there is one reading more, over all subjects, in which a pupil is a member for each; for
    who sees all of them."""

    id: str
    name: str
    version: int
    title: Texts
    formula: Texts
    unseen: Texts
    explanation: Texts
    reasons: Mapping[str, Texts]
    minimum: Texts
    tasks: tuple[str, ...]
    of: Callable[[Indicator], bool]
    zero: Summary
    measure: Callable[[Member], Summary]
    combine: Callable[[Summary, Summary], Summary]
    read: Callable[[Summary], GroupAnswer]
    examples: tuple[GroupExample, ...]
    together: bool = False
    window: WindowName | None = None
    unit: str | None = None
    self_reports: bool = False
    published: Callable[[str, Sequence[Fact]], Published | None] | None = None
    names: Callable[[Fact], Mapping[str, Name]] | None = None
    into: bool = False
    all_subjects: bool = False
    until: date | None = None
    """As of an `Indicator`."""

    @cached_property
    def key(self) -> str:
        """A changed meaning is a new version."""
        return f"{self.name}@{self.version}"
