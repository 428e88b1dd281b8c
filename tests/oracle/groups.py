"""Group indicators from the oracle's own cells of pupils (domain 4.6), and holding a summary that was served against them."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.batch import I1, I2, I3, I4, I5, I11, Key
from oracle.compare import NothingCompared
from oracle.measures import Cell, rounded
from oracle.people import Pupil

Json = dict[str, Any]
G1, G2 = "distribution", "class-attendance"
GroupKey = tuple[str, str, str, str | None, str]
"""(class, group indicator, the pupils' indicator, subject or None, window)."""


@dataclass(frozen=True)
class GroupCell:
    """One number of a summary: value or reason, of how many pupils, and the quartiles."""

    value: float | None
    n: int
    pupils: int
    quartiles: tuple[float, float] | None = None
    reason: str | None = None


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


MADE_OF: dict[str, tuple[Callable[[Sequence[Cell]], GroupCell], tuple[str, ...]]] = {
    G1: (distribution, (I1, I2, I3, I4, I5)),
    G2: (class_attendance, (I11,)),
}
"""Group indicator -> how it is worked out, and of which of the pupils'."""


def group_cells(pupils: Mapping[str, Pupil], cells: Mapping[Key, Cell], today: date) -> dict[GroupKey, GroupCell]:
    """Of every class, those who are in it today."""
    together = defaultdict[tuple[str, str, str | None, str], list[Cell]](list)
    for (key, indicator, subject, window), cell in cells.items():
        for place in {place.class_id for place in pupils[key].places if place.holds(today)}:
            together[place, indicator, subject, window].append(cell)
    return {
        (place, name, indicator, subject, window): work(of_class)
        for (place, indicator, subject, window), of_class in together.items()
        for name, (work, of) in MADE_OF.items()
        if indicator in of
    }


def served_cell(told: Json) -> GroupCell:
    between = told["quartiles"]
    return GroupCell(told["value"], told["n"], told["pupils"], between and (between[0], between[1]), told["reason"])


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
    if missing := [name for name in MADE_OF if not report.non_null[name]]:
        raise NothingCompared(f"no number compared of: {', '.join(missing)}")
    return report
