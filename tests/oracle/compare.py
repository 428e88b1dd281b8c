"""Holding served readings (design 7) against the oracle's cells, and counting what was really compared (design 8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oracle.batch import I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12, SAID, WINDOWS, Key, series
from oracle.measures import Cell

Json = dict[str, Any]
NEVER_OF_MANY = tuple(SAID)
FIELDS = ("value", "n", "interval", "reason", "today")


class NothingCompared(AssertionError):
    """An indicator of which no number was compared, so that agreement would mean nothing."""


@dataclass(frozen=True)
class Difference:
    """One field of one cell that differs; `(absent)` where one side has no such cell."""

    key: Key
    field: str
    oracle: object
    served: object


@dataclass
class Report:
    """What was compared. `non_null`: cells by indicator in which both sides have a number; `today`: a value of today on both sides.
    `unknown`: cells of indicators that the oracle does not compute."""

    compared: int = 0
    cells: Counter[str] = field(default_factory=Counter)
    non_null: Counter[str] = field(default_factory=Counter)
    today: Counter[str] = field(default_factory=Counter)
    unserved_nulls: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The counts and the first differences, for people to read."""
        by_indicator = [
            f"  {name}: {self.cells[name]} cells, {self.non_null[name]} not null, {self.today[name]} with a value today"
            for name in sorted(self.cells)
        ]
        total = f"{self.compared} cells compared, {len(self.differences)} differences, {self.unserved_nulls} nulls on one side only"
        unknown = [f"  {name}: {n} cells not compared, the oracle does not compute it" for name, n in sorted(self.unknown.items())]
        return [total, *by_indicator, *unknown, *(f"  differs: {one}" for one in self.differences[:20])]


def today_of(told: Json | None) -> tuple[float, int] | None:
    return None if told is None else (told["value"], told["n"])


def cell_of(told: Json) -> Cell:
    """An indicator of the read API as a cell."""
    interval = told.get("interval")
    return Cell(told["value"], told["n"], None if interval is None else tuple(interval), told.get("reason"), today_of(told.get("today")))


def key_of(pupil: str, told: Json) -> Key:
    subject, framework = told.get("subject"), told.get("framework")
    return pupil, told["indicator"], series(subject, framework["id"]) if framework else subject, told["window"]["name"]


def served_cells(readings: Iterable[Json], pupil_of: Callable[[str], str]) -> list[tuple[Key, Cell]]:
    """The cells of any number of views' `readings`; a pupil of two groups comes twice, and is compared twice."""
    return [(key_of(pupil_of(reading["student"]), told), cell_of(told)) for reading in readings for told in reading["indicators"]]


def is_bare(cell: Cell) -> bool:
    """No number at all: such a cell may be left out of a view."""
    return cell.value is None and cell.today is None and cell.n == 0


def hold(report: Report, key: Key, oracle: Cell, served: Cell) -> None:
    """Compare one cell and count it."""
    report.compared += 1
    report.cells[key[1]] += 1
    report.non_null[key[1]] += oracle.value is not None and served.value is not None
    report.today[key[1]] += oracle.today is not None and served.today is not None
    pairs = ((name, getattr(oracle, name), getattr(served, name)) for name in FIELDS)
    report.differences += [Difference(key, name, ours, theirs) for name, ours, theirs in pairs if ours != theirs]


def lone(report: Report, key: Key, oracle: Cell | None, served: Cell | None) -> None:
    """A cell that one side has not: a difference, unless it is bare."""
    cell = oracle or served
    assert cell is not None
    if is_bare(cell):
        report.unserved_nulls += 1
    else:
        report.differences.append(Difference(key, "cell", oracle or "(absent)", served or "(absent)"))


def compare(
    oracle_cells: Mapping[Key, Cell],
    readings: Iterable[Json],
    pupil_of: Callable[[str], str],
    expected: Iterable[str] = (I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12),
) -> Report:
    """Compare views of groups cell by cell, print the counts, and raise `NothingCompared` for an expected indicator without one number.

    A cell of what a pupil says of themselves is a difference: it never stands in such a view.

    `pupil_of`: the API's student id -> the oracle's pupil key. Differences are listed, not raised: the caller asserts there are none.
    """
    report, seen = Report(), set()
    oracle_cells = {key: cell for key, cell in oracle_cells.items() if key[1] not in NEVER_OF_MANY}
    for key, served in served_cells(readings, pupil_of):
        if key[1] not in WINDOWS:
            report.unknown[key[1]] += 1
            continue
        seen.add(key)
        if key in oracle_cells:
            hold(report, key, oracle_cells[key], served)
        else:
            lone(report, key, None, served)
    for key in oracle_cells.keys() - seen:
        lone(report, key, oracle_cells[key], None)
    print("\n".join(report.lines()))
    missing = [name for name in expected if not report.non_null[name]]
    if missing:
        raise NothingCompared(f"no number compared of: {', '.join(missing)}")
    return report
