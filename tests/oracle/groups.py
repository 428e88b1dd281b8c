"""Group indicators from the oracle's own cells of pupils (domain 4.6), and holding a summary that was served against them."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from oracle.batch import I1, I2, I3, I4, I5, I9, I11, Key, Oracle
from oracle.compare import NothingCompared
from oracle.measures import Cell, rounded
from oracle.sent import HandIn, Marking, Report, SelfAnswer, Standing

Json = dict[str, Any]
G1, G2, G8 = "distribution", "class-attendance", "coverage"
GroupKey = tuple[str, str, str | None, str | None, str]
"""(class, group indicator, the pupils' indicator or None for all, subject or None, window)."""


@dataclass(frozen=True)
class GroupCell:
    """One number of a summary: value or reason, of how many pupils, the quartiles, and (name, value, n, pupils) of its parts."""

    value: float | None
    n: int
    pupils: int
    quartiles: tuple[float, float] | None = None
    reason: str | None = None
    parts: frozenset[tuple[str, float, int, int]] = frozenset()


def exact(value: float) -> Fraction:
    """The decimal number that is shown."""
    return Fraction(str(value))


def quarters(values: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """The standard library's; of one number it is itself."""
    low, middle, high = statistics.quantiles(values * 2 if len(values) == 1 else values, n=4, method="inclusive")
    return low, middle, high


def distribution(cells: Sequence[Cell]) -> GroupCell:
    """Median and quartiles of the pupils' values."""
    known = [exact(one.value) for one in cells if one.value is not None]
    if not known:
        return GroupCell(None, 0, len(cells), reason="no_values")
    low, _, high = quarters(known)
    return GroupCell(rounded(statistics.median(known)), len(known), len(cells), (rounded(low), rounded(high)))


def class_attendance(cells: Sequence[Cell]) -> GroupCell:
    """Each pupil's percent as often as the pupil has registered days, and the mean of all of these."""
    known = [(exact(one.value), one.n) for one in cells if one.value is not None]
    if not known:
        return GroupCell(None, 0, len(cells), reason="no_values")
    low, _, high = quarters([percent for percent, _ in known])
    of_days = [percent for percent, days in known for _ in range(days)]
    return GroupCell(rounded(statistics.mean(of_days)), len(known), len(cells), (rounded(low), rounded(high)))


def coverage(oracle: Oracle, facts: Mapping[str, Sequence[Report]], pupils: Sequence[str], subjects: Sequence[str]) -> GroupCell:
    """By the supplier that each fact of the last 20 school days is of; what pupils say of themselves, assignments and goals are not looked
    at."""
    tellers = {key: {one.id[0] for one in facts.get(key, ()) if _counts(oracle, key, one, subjects)} for key in pupils}
    told = [key for key, suppliers in tellers.items() if suppliers]
    if not told:
        return GroupCell(None, 0, len(pupils), reason="no_sources")
    counts = Counter(supplier for suppliers in tellers.values() for supplier in suppliers)
    share = {name: rounded(Fraction(100 * many, len(pupils))) for name, many in counts.items()}
    parts = frozenset((name, share[name], many, many) for name, many in counts.items())
    return GroupCell(rounded(Fraction(100 * len(told), len(pupils))), len(told), len(pupils), parts=parts)


def _counts(oracle: Oracle, key: str, report: Report, subjects: Sequence[str]) -> bool:
    first = oracle.days.start(oracle.people.pupils[key].home(oracle.today), oracle.today, "W20")
    subject = getattr(report.content, "subject", None)
    return first <= report.day <= oracle.today and not isinstance(report.content, NOT_LOOKED_AT) and subject in (None, *subjects)


MADE_OF: dict[str, tuple[Callable[[Sequence[Cell]], GroupCell], tuple[str, ...]]] = {
    G1: (distribution, (I1, I2, I3, I4, I5, I9)),
    G2: (class_attendance, (I11,)),
}
"""Group indicator -> how it is worked out, and of which of the pupils'."""


OF_FACTS = (G8,)
NOT_LOOKED_AT = (SelfAnswer, HandIn, Standing, Marking)


def group_cells(oracle: Oracle, cells: Mapping[Key, Cell], subjects: Sequence[str]) -> dict[GroupKey, GroupCell]:
    """Of every class, those who are in it today. cells: the oracle's, of all pupils in these subjects."""
    places = {key: {place.class_id for place in one.places if place.holds(oracle.today)} for key, one in oracle.people.pupils.items()}
    members, facts = defaultdict[str, list[str]](list), oracle.facts()
    for key, of_pupil in places.items():
        for place in of_pupil:
            members[place].append(key)
    covered = {(place, G8, None, None, "W20"): coverage(oracle, facts, pupils, subjects) for place, pupils in members.items()}
    return {**_of_cells(cells, places), **covered}


def _of_cells(cells: Mapping[Key, Cell], places: Mapping[str, Iterable[str]]) -> dict[GroupKey, GroupCell]:
    together = defaultdict[tuple[str, str, str | None, str], list[Cell]](list)
    for (key, indicator, subject, window), cell in cells.items():
        for place in places[key]:
            together[place, indicator, subject, window].append(cell)
    return {
        (place, name, indicator, subject, window): work(of_class)
        for (place, indicator, subject, window), of_class in together.items()
        for name, (work, of) in MADE_OF.items()
        if indicator in of
    }


def served_cell(told: Json) -> GroupCell:
    between = told["quartiles"]
    parts = frozenset((one["name"], one["value"], one["n"], one["pupils"]) for one in told["parts"])
    return GroupCell(told["value"], told["n"], told["pupils"], between and (between[0], between[1]), told["reason"], parts)


@dataclass
class GroupReport:
    """What was compared: cells by group indicator, and those in which both sides have a number."""

    cells: Counter[str] = field(default_factory=Counter)
    non_null: Counter[str] = field(default_factory=Counter)
    differences: list[tuple[GroupKey, GroupCell | None, GroupCell | None]] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [f"  {name}: {many} cells, {self.non_null[name]} not null" for name, many in sorted(self.cells.items())]


def compare_groups(expected: Mapping[GroupKey, GroupCell], summaries: Mapping[str, Iterable[Json]]) -> GroupReport:
    """summaries: class -> the readings of its summary. Raises `NothingCompared` for a group indicator without one number. What the oracle
    has and the summary has not is a difference, unless no pupil has a value there."""
    report, seen = GroupReport(), set[GroupKey]()
    for place, readings in summaries.items():
        for told in readings:
            key = (place, told["indicator"], told["of"], told["subject"], told["window"]["name"])
            ours, theirs = expected.get(key), served_cell(told)
            seen.add(key)
            report.cells[key[1]] += 1
            report.non_null[key[1]] += theirs.value is not None and ours is not None and ours.value is not None
            report.differences += [(key, ours, theirs)] * (ours != theirs)
    report.differences += [(key, ours, None) for key, ours in expected.items() if key not in seen and key[0] in summaries and ours.n]
    print("\n".join(report.lines()))
    if missing := [name for name in (*MADE_OF, *OF_FACTS) if not report.non_null[name]]:
        raise NothingCompared(f"no number compared of: {', '.join(missing)}")
    return report
