"""Group indicators from the oracle's own cells of pupils (domain 4.6), and holding a summary that was served against them."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from oracle import handed_in
from oracle.batch import I1, I2, I3, I4, I5, I7, I9, I11, SAID, Key, Oracle, series
from oracle.compare import NothingCompared
from oracle.days import local_date
from oracle.measures import Cell, first_tries, rounded, wilson
from oracle.sent import Aggregate, Answer, HandIn, Marking, Report, SelfAnswer, Standing

Json = dict[str, Any]
G1, G2, G7, G8 = "distribution", "class-attendance", "wellbeing", "coverage"
G3, G4, G5, G6 = "on-time-share", "assignment-status", "goal-map", "weak-spots"
DUE = "assignments-due"
HOME = ("home_class_teacher", "teachers")
"""What the home-class teacher is to a pupil, in the words of check-ins."""
LEAST, STEP = 5, 5
GroupKey = tuple[str, str, str | None, str | None, str]
"""(class, group indicator, the pupils' indicator or None for all, subject or None, window)."""


@dataclass(frozen=True)
class GroupCell:
    """One number of a summary: value or reason, of how many pupils, the quartiles, (name, of, value, n, pupils, interval) of its parts, the
    standard error, what was published beside it: (survey, year, level, mean, n), (name, of, by, pupils, numbers by place, title and
    deadline where it has them) of what the pupils are divided in, and what is counted beside pupils."""

    value: float | None
    n: int | None
    pupils: int | None
    quartiles: tuple[float, float] | None = None
    reason: str | None = None
    parts: frozenset[tuple[object, ...]] = frozenset()
    error: float | None = None
    published: tuple[str, int, str, float, int] | None = None
    splits: frozenset[tuple[object, ...]] = frozenset()
    details: frozenset[tuple[str, int]] = frozenset()


GroupCells = dict[GroupKey, GroupCell]


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


def by_fives(count: int) -> int:
    return min((abs(count - five), five) for five in range(0, count + STEP, STEP))[1]


def wellbeing(cells: Sequence[Cell]) -> GroupCell:
    """Of 5 pupils or more, for everybody; not where all are alike. Numbers of pupils by fives."""
    known = [exact(one.value) for one in cells if one.value is not None]
    pupils = by_fives(len(cells)) if len(cells) >= LEAST else None
    if len(known) < LEAST or len(set(known)) == 1:
        return GroupCell(None, None, pupils, reason="too_few_pupils" if len(known) < LEAST else "all_alike")
    squared = Fraction(statistics.variance(known)) / len(known)
    with localcontext(prec=50):
        error = Fraction((Decimal(squared.numerator) / Decimal(squared.denominator)).sqrt())
    return GroupCell(rounded(statistics.mean(known)), by_fives(len(known)), pupils, error=rounded(error))


def published(said: Iterable[Report], place: str, indicator: str) -> tuple[str, int, str, float, int] | None:
    """The newest that is said of the class itself, in what the indicator is of."""
    told = [one.content for one in said if one.identity[1] == place and isinstance(one.content, Aggregate)]
    same = sorted((one.year, one.survey, one.level, rounded(one.mean), one.n) for one in told if f"wellbeing-{one.indicator}" == indicator)
    return (same[-1][1], same[-1][0], *same[-1][2:]) if same else None


def of_answers(oracle: Oracle, members: Mapping[str, Sequence[str]]) -> dict[GroupKey, GroupCell]:
    """As the home-class teacher is told it."""
    cells, said = oracle.cells(windows=dict.fromkeys(SAID, ("Y",)), subjects=(), audience=HOME), oracle.of_groups()
    return {
        (place, G7, indicator, None, "Y"): replace(
            wellbeing([cells[key, indicator, None, "Y"] for key in pupils]), published=published(said, place, indicator)
        )
        for place, pupils in members.items()
        for indicator in SAID
    }


def coverage(oracle: Oracle, facts: Mapping[str, Sequence[Report]], pupils: Sequence[str], subjects: Sequence[str]) -> GroupCell:
    """By the supplier that each fact of the last 20 school days is of; what pupils say of themselves, assignments and goals are not looked
    at."""
    tellers = {key: {one.id[0] for one in facts.get(key, ()) if _counts(oracle, key, one, subjects)} for key in pupils}
    told = [key for key, suppliers in tellers.items() if suppliers]
    if not told:
        return GroupCell(None, 0, len(pupils), reason="no_sources")
    counts = Counter(supplier for suppliers in tellers.values() for supplier in suppliers)
    share = {name: rounded(Fraction(100 * many, len(pupils))) for name, many in counts.items()}
    parts = frozenset((name, None, share[name], many, many, None) for name, many in counts.items())
    return GroupCell(rounded(Fraction(100 * len(told), len(pupils))), len(told), len(pupils), parts=parts)


def goal_map(marks: Mapping[str, Sequence[Marking]], pupils: int) -> GroupCell:
    """marks: pupil -> the markings of the year in one framework. Each marking of a goal by its marker is overwritten by the next."""
    counts: dict[tuple[str, str, str], Counter[int]] = defaultdict(Counter)
    for of_pupil in marks.values():
        latest = {(one.goal, one.framework, one.by): one.level for one in sorted(of_pupil, key=lambda one: (one.at, one.level))}
        for place, level in latest.items():
            counts[place][level] += 1
    marked = sum(map(bool, marks.values()))
    if not marked:
        return GroupCell(None, 0, pupils, reason="not_marked")
    splits = frozenset((*place, levels.total(), *(levels[level] for level in range(4))) for place, levels in counts.items())
    return GroupCell(float(len({place[:2] for place in counts})), marked, pupils, splits=splits)


def weak_spots(answers: Mapping[str, Sequence[Answer]], pupils: int) -> GroupCell:
    """answers: pupil -> those of the window. The five lowest shares; of equals that of more answers, then by what the hub calls them."""
    tries = [(pupil, one) for pupil, of_pupil in answers.items() for one in first_tries(of_pupil)]
    spots = defaultdict[tuple[str, str | None], list[tuple[str, bool]]](list)
    for pupil, one in tries:
        for spot in [(goal, None) for goal in one.goals] or [(one.item, one.tool)]:
            spots[spot].append((pupil, bool(one.correct)))
    known = [
        (Fraction(100 * sum(right for _, right in told), len(told)), -len(told), spot, len({pupil for pupil, _ in told}))
        for spot, told in spots.items()
        if len(told) >= 30 and len({pupil for pupil, _ in told}) >= 5
    ]
    who = len({pupil for pupil, _ in tries})
    if not known:
        return GroupCell(None, who, pupils, reason="too_few_answers")
    lowest = sorted(known, key=lambda one: (*one[:2], _called(*one[2])))[:5]
    parts = frozenset((*spot, rounded(share), -less, of, wilson(int(share * -less / 100), -less)) for share, less, spot, of in lowest)
    return GroupCell(rounded(Fraction(100 * sum(bool(one.correct) for _, one in tries), len(tries))), who, pupils, parts=parts)


def _called(place: str, tool: str | None) -> str:
    """A goal, or a task of a tool."""
    told = [place] if tool is None else [tool, place]
    return blake2b(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), digest_size=8).hexdigest()


def _looked_into(
    oracle: Oracle, facts: Mapping[str, Sequence[Report]], place: str, pupils: Sequence[str], subject: str, frameworks: Sequence[str]
) -> GroupCells:
    """Of the markings of the year and the answers of the last 20 school days in one subject."""
    marks, answers = dict[str, list[Marking]](), dict[str, list[Answer]]()
    for key in pupils:
        home = oracle.people.pupils[key].home(oracle.today)
        year, month = (oracle.days.start(home, oracle.today, name) for name in ("Y", "W20"))
        told = [one.content for one in facts.get(key, ()) if one.day <= oracle.today]
        marks[key] = [one for one in told if isinstance(one, Marking) and one.subject == subject and year <= local_date(one.at)]
        answers[key] = [one for one in told if isinstance(one, Answer) and one.subject == subject and month <= local_date(one.at)]
    maps = {
        (place, G5, I7, series(subject, framework), "Y"): goal_map(
            {key: [one for one in told if one.framework == framework] for key, told in marks.items()}, len(pupils)
        )
        for framework in frameworks
    }
    return {**maps, (place, G6, I4, subject, "W20"): weak_spots(answers, len(pupils))}


def _counts(oracle: Oracle, key: str, report: Report, subjects: Sequence[str]) -> bool:
    first = oracle.days.start(oracle.people.pupils[key].home(oracle.today), oracle.today, "W20")
    subject = getattr(report.content, "subject", None)
    return first <= report.day <= oracle.today and not isinstance(report.content, NOT_LOOKED_AT) and subject in (None, *subjects)


MADE_OF: dict[str, tuple[Callable[[Sequence[Cell]], GroupCell], tuple[str, ...]]] = {
    G1: (distribution, (I1, I2, I3, I4, I5, I9)),
    G2: (class_attendance, (I11,)),
}
"""Group indicator -> how it is worked out, and of which of the pupils'."""


OF_FACTS = (G3, G4, G5, G6, G7, G8)
NOT_LOOKED_AT = (SelfAnswer, HandIn, Standing, Marking)


def group_cells(oracle: Oracle, cells: Mapping[Key, Cell], subjects: Sequence[str]) -> dict[GroupKey, GroupCell]:
    """Of every class, those who are in it today. cells: the oracle's, of all pupils in these subjects."""
    places = {key: {place.class_id for place in one.places if place.holds(oracle.today)} for key, one in oracle.people.pupils.items()}
    members, facts, said = defaultdict[str, list[str]](list), oracle.facts(), oracle.of_groups()
    frameworks = oracle.frameworks(facts, said)
    for key, of_pupil in places.items():
        for place in of_pupil:
            members[place].append(key)
    covered = {(place, G8, None, None, "W20"): coverage(oracle, facts, pupils, subjects) for place, pupils in members.items()}
    found = {**_of_cells(cells, places), **covered, **of_answers(oracle, members)}
    for place, pupils in members.items():
        for subject in subjects:
            found |= _looked_into(oracle, facts, place, pupils, subject, frameworks)
        found |= _handed_in(oracle, facts, said, place, pupils, subjects)
    return found


def _handed_in(
    oracle: Oracle, facts: Mapping[str, Sequence[Report]], said: Sequence[Report], place: str, pupils: Sequence[str],
    subjects: Sequence[str],
) -> GroupCells:  # fmt: skip
    """By subject, and the share over all of them too."""
    told = {subject: [one for key in pupils for one in handed_in.tasks(oracle, facts, said, key, subject)] for subject in subjects}
    found: GroupCells = {}
    for subject, of_subject in (*told.items(), (None, [one for some in told.values() for one in some])):
        value, n, parts, details = handed_in.share(oracle, of_subject)
        reason = "too_few_due" if value is None else None
        found[place, G3, I9, subject, "W20"] = GroupCell(
            value, n, len(pupils), reason=reason, parts=parts, details=frozenset(details.items())
        )
        many, n, rows = handed_in.one_by_one(of_subject)
        if subject is not None:
            found[place, G4, DUE, subject, "W20"] = (
                GroupCell(float(many), n, len(pupils), splits=rows) if many else GroupCell(None, 0, len(pupils), reason="nothing_due")
            )
    return found


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
    named = ("name", "of", "value", "n", "pupils")
    parts = frozenset((*(one[name] for name in named), one["interval"] and tuple(one["interval"])) for one in told["parts"])
    splits = frozenset((one["name"], one["of"], one["by"], one["pupils"], *one["counts"].values(), *_due(one)) for one in told["splits"])
    assert all(list(one["counts"]) == sorted(one["counts"]) for one in told["splits"])
    beside = told["published"] and tuple(told["published"][name] for name in ("survey", "year", "level", "mean", "n"))
    return GroupCell(
        told["value"],
        told["n"],
        told["pupils"],
        between and (between[0], between[1]),
        told["reason"],
        parts,
        told["standard_error"],
        beside,
        splits,
        frozenset(told["details"].items()),
    )


def _due(split: Json) -> tuple[str, str] | tuple[()]:
    return (split["title"], split["due_at"]) if "title" in split else ()


@dataclass
class GroupReport:
    """What was compared: cells by group indicator, and those in which both sides have a number."""

    cells: Counter[str] = field(default_factory=Counter)
    non_null: Counter[str] = field(default_factory=Counter)
    differences: list[tuple[GroupKey, GroupCell | None, GroupCell | None]] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [f"  {name}: {many} cells, {self.non_null[name]} not null" for name, many in sorted(self.cells.items())]


def compare_groups(
    expected: Mapping[GroupKey, GroupCell], summaries: Mapping[str, Iterable[Json]], valued: Iterable[str] = (*MADE_OF, *OF_FACTS)
) -> GroupReport:
    """summaries: class -> the readings of its summary. Raises `NothingCompared` for a group indicator of `valued` without one number. What
    the oracle has and the summary has not is a difference, unless no pupil has a value there."""
    report, seen = GroupReport(), set[GroupKey]()
    for place, readings in summaries.items():
        for told in readings:
            subject = series(told["subject"], told["framework"]["id"]) if told["framework"] else told["subject"]
            key = (place, told["indicator"], told["of"], subject, told["window"]["name"])
            ours, theirs = expected.get(key), served_cell(told)
            seen.add(key)
            report.cells[key[1]] += 1
            report.non_null[key[1]] += theirs.value is not None and ours is not None and ours.value is not None
            report.differences += [(key, ours, theirs)] * (ours != theirs)
    report.differences += [(key, ours, None) for key, ours in expected.items() if key not in seen and key[0] in summaries and ours.n]
    print("\n".join(report.lines()))
    if missing := [name for name in valued if not report.non_null[name]]:
        raise NothingCompared(f"no number compared of: {', '.join(missing)}")
    return report
