"""Readings: a pupil's summaries, the roster and the calendar, as of a date, into values that explain themselves (design 4.4).

Everything here is a function of its arguments, so `readings` are byte-equal under any delivery for one date.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from operator import add
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from contracts.facts import Fact, Facts, day_of, union
from contracts.indicator import Answer, Given, Indicator, Member, Texts, Window, WindowName, nowhere
from streams.frameworks import Framework, Named, named, sentence
from streams.keyed import joined
from streams.rounding import rounded
from streams.sheet import Measured, Summaries, by_date, code_of, combine, subject_and_framework, told_to
from streams.window import Calendar


class Today(Struct, frozen=True):
    """The value for today alone; no minimum sample."""

    value: float
    n: int


class Told(Struct, array_like=True, frozen=True):
    """What a reading says of its pupil: all of it but what follows from the indicator, the subject, the window and the pupil's id."""

    value: float | None
    n: int
    interval: tuple[float, float] | None
    today: Today | None
    sources: list[str]
    outranked: list[str]
    reason: str | None


class Span(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """first, last: inclusive local dates. calendar: `known`, or `assumed` where Monday to Friday was taken for some of the days."""

    name: str
    first: date
    last: date
    school_days: int
    calendar: str


class Reading(Struct, frozen=True):
    """One value of the read API, in the shape of design 7. framework: of whose goals it is, where there is one for each. sources: whose
    facts it counts, or chooses from. outranked: those of whom it leaves facts out, because a higher channel of the same tool told of
    that date too (design 4.3)."""

    indicator: str
    version: int
    subject: str | None
    framework: Named | None
    value: float | None
    unit: str
    n: int
    interval: tuple[float, float] | None
    window: Span
    today: Today | None
    sources: list[str]
    outranked: list[str]
    reason: str | None
    explanation: str


@dataclass(frozen=True)
class Day:
    """What was measured of one pupil of one local date in one institution, over all their identities, as far as the reader may know."""

    institution: str
    family: str
    date: date
    summaries: Summaries


def days(
    institution: str, family: str, period: str, summaries: Summaries, indicators: Sequence[Indicator], audience: Collection[str]
) -> Iterator[Day]:
    """A sheet's days, told to one audience."""
    for day, measured in by_date(period, summaries):
        yield Day(institution, family, day, told_to(audience, measured, indicators))


def since(first: date, told: Iterable[Day], indicators: Iterable[Indicator]) -> Iterator[Day]:
    """Without what is of before that date, but for indicators that choose from all that is kept."""
    choosing = {one.key for one in indicators if one.all_kept}
    for day in told:
        if day.date >= first:
            yield day
        elif kept := {key: codes for key, codes in day.summaries.items() if key in choosing}:
            yield replace(day, summaries=kept)


Frameworks = Callable[[str, date], Framework | None]
"""What is told of a framework, as of a date."""


def untold(_framework: str, _day: date) -> None:
    return None


ByIndicator = Mapping[tuple[str, str], Sequence[tuple[date, Measured]]]
"""(indicator key, subject or "") -> its measured days; "" beside subjects: what has none and belongs to each. Here and below a subject is
a code of `streams.sheet`, so it names its framework where there is a reading of each."""


@dataclass(frozen=True)
class Pupil:
    """days: only those of institutions in which the pupil was enrolled on the date. groups: what was measured of each group that the pupil
    is or was in."""

    id: str
    days: Sequence[Day]
    grade: Callable[[date], int | None]
    groups: Mapping[str, Sequence[Day]] = field(default_factory=dict)
    member: Member = nowhere
    frameworks: Frameworks = untold

    @cached_property
    def by_indicator(self) -> ByIndicator:
        return _by_indicator(self.days)

    @cached_property
    def of_groups(self) -> Mapping[str, ByIndicator]:
        return {group: _by_indicator(told) for group, told in self.groups.items()}

    @cached_property
    def places(self) -> set[tuple[str, str]]:
        """Indicator key and subject of whatever there is."""
        return set(self.by_indicator).union(*self.of_groups.values())


def _by_indicator(told: Iterable[Day]) -> ByIndicator:
    found: dict[tuple[str, str], list[tuple[date, Measured]]] = {}
    for day in told:
        for key, by_subject in day.summaries.items():
            for subject, measured in by_subject.items():
                found.setdefault((key, subject), []).append((day.date, measured))
    return found


def merged(all_facts: Iterable[Facts]) -> Facts:
    """Where two identities of a pupil have a sheet of one day, their facts are merged first and measured then (design 4.3)."""
    together: Facts = {}
    for facts in all_facts:
        together = union(together, facts)
    return together


def windows(indicators: Iterable[Indicator], calendar: Calendar, today: date) -> dict[WindowName, Window]:
    return {name: calendar.window(name, today) for name in sorted({name for one in indicators for name in one.windows})}


def subjects(pupils: Iterable[Pupil], indicator: Indicator) -> list[str]:
    """The school subjects, with their frameworks where there is a reading of each, in which any of the pupils has anything of the
    indicator."""
    return sorted({subject for pupil in pupils for key, subject in pupil.places if subject and key == indicator.key})


def answer(pupil: Pupil, indicator: Indicator, subject: str, window: Window) -> tuple[Answer, dict[str, int], list[str]]:
    """The exact answer, the counts of its facts by source, and the sources of which a higher channel left facts out."""
    known = _of(pupil.by_indicator, indicator, subject)
    groups = {group: in_window(indicator, window, _of(told, indicator, subject)) for group, told in pupil.of_groups.items()}
    whole, today = in_window(indicator, window, known), [entry for day, entry in known if day == window.last]
    return answered(indicator, window, pupil.grade, whole, today, groups, pupil.member)


def _of(told: ByIndicator, indicator: Indicator, subject: str) -> list[tuple[date, Measured]]:
    return [entry for code in codes(subject) for entry in told.get((indicator.key, code), ())]


def in_window(indicator: Indicator, window: Window, known: Iterable[tuple[date, Measured]]) -> list[Measured]:
    return [entry for day, entry in known if holds(indicator, window, day)]


def holds(indicator: Indicator, window: Window, day: date) -> bool:
    """Whether what is of a date is looked at in a window."""
    return day <= window.last and (indicator.all_kept or window.first <= day)


def codes(subject: str) -> Iterable[str]:
    """Under which a subject's entries are: its own, and that of what has none and belongs to each."""
    return (subject, "") if subject else ("",)


def answered(
    indicator: Indicator, window: Window, grade: Callable[[date], int | None], whole: Iterable[Measured], today: Iterable[Measured],
    groups: Mapping[str, Sequence[Measured]], member: Member,
) -> tuple[Answer, dict[str, int], list[str]]:  # fmt: skip
    """whole, today: what was measured in the window, and today alone. groups: what was measured of each group in the window."""
    given, counts, outranked = gathered(indicator, window, grade, whole, today, groups, member)
    return indicator.read(given), counts, outranked


def gathered(
    indicator: Indicator, window: Window, grade: Callable[[date], int | None], whole: Iterable[Measured], today: Iterable[Measured],
    groups: Mapping[str, Sequence[Measured]], member: Member,
) -> tuple[Given, dict[str, int], list[str]]:  # fmt: skip
    """What `read` looks at, of the same."""
    summary, counts, _, *left = combine(indicator, whole)
    said = {group: combine(indicator, measured) for group, measured in sorted(groups.items()) if measured}
    for _, of_group, *_ in said.values():
        counts = joined(counts, of_group, add)
    outranked: list[str] = left[0] if left else []
    given = Given(summary, combine(indicator, today)[0], window, grade, {group: one[0] for group, one in said.items()}, member)
    return given, counts, outranked


def told(indicator: Indicator, answer: Answer, counts: Iterable[str], outranked: list[str]) -> Told:
    return Told(
        None if answer.value is None else rounded(answer.value, indicator.decimals),
        answer.n,
        _interval(answer, indicator),
        Today(rounded(answer.today[0], indicator.decimals), answer.today[1]) if answer.today else None,
        sorted(counts),
        outranked,
        answer.reason,
    )


def reading(pupil: Pupil, indicator: Indicator, subject: str, window: Window) -> Reading:
    said = told(indicator, *answer(pupil, indicator, subject, window))
    return shown(pupil.id, indicator, subject, span(window), said, pupil.frameworks)


def span(window: Window) -> Span:
    return Span(window.name, window.first, window.last, len(window.school_days), "assumed" if window.assumed else "known")


def of_goals(framework: str, frameworks: Frameworks, day: date) -> Named | None:
    """A framework as a reading of a date names it; None for "", where there is not one of each."""
    return named(framework, frameworks(framework, day), day) if framework else None


def shown(pupil: str, indicator: Indicator, subject: str, window: Span, told: Told, frameworks: Frameworks) -> Reading:
    """As the read API answers it."""
    of, framework = subject_and_framework(subject)
    goals = of_goals(framework, frameworks, window.last)
    return Reading(
        indicator.name, indicator.version, of or None, goals, told.value, indicator.unit, told.n, told.interval, window, told.today,
        told.sources, told.outranked, told.reason, address(pupil, indicator, subject, window.name),
    )  # fmt: skip


def _interval(answer: Answer, indicator: Indicator) -> tuple[float, float] | None:
    if answer.interval is None or answer.value is None:
        return None
    low, high = (rounded(Fraction(end), indicator.decimals) for end in answer.interval)
    return low, high


def address(pupil: str, indicator: Indicator, subject: str, window: str) -> str:
    """Where a reading is explained down to its facts; of a superseded version with the version in it."""
    name = indicator.name if indicator.until is None else indicator.key
    return f"/v1/students/{pupil}/indicators/{name}/explanation?{_asked(subject)}window={window}"


@lru_cache(maxsize=256)
def _asked(subject: str) -> str:
    parts = zip(("subject", "framework"), subject_and_framework(subject), strict=True)
    return "".join(f"{part}={quote(told, safe='')}&" for part, told in parts if told)


def readings(
    pupil: Pupil, indicators: Sequence[Indicator], spans: Mapping[WindowName, Window], shown: Mapping[str, Sequence[str]]
) -> list[Reading]:
    """Every indicator, subject and window, in that order. shown: indicator key -> the subjects to show; "" where it has none."""
    return [
        reading(pupil, indicator, subject, spans[name])
        for indicator in indicators
        for subject in shown[indicator.key]
        for name in indicator.windows
    ]


_OUTRANKED = Texts(
    " Det, som {sources} har leveret, tæller ikke med for de dage, hvor en anden kanal for det samme materiale går forud.",
    " What {sources} delivered does not count for the days on which another channel of the same material comes first.",
)


def explained(indicator: Indicator, told: Reading, details: Mapping[str, Any], framework: Framework | None = None) -> Texts:
    """What a teacher or a parent reads: what the value counts, or why there is none; of which goals it is; and what was left out for
    another channel. framework: what is told of the reading's."""
    text = indicator.explanation if told.reason is None else indicator.reasons[told.reason]
    said = [text.told(value=told.value, n=told.n, **details)]
    if told.framework is not None:
        said.append(sentence(told.framework.id, framework))
    if told.outranked:
        said.append(_OUTRANKED.told(sources=", ".join(told.outranked)))
    return Texts("".join(one.da for one in said), "".join(one.en for one in said))


def evidence(
    known: Iterable[tuple[str, Fact]], indicator: Indicator, subject: str, window: Window, counted: Collection[tuple[str, str]] | None
) -> list[tuple[date, str, Fact]]:
    """Of the facts that an indicator reads those that a reading rests on, newest first: by local date, then by time (a file has one time
    for all its dates). known: with the group that each is said of, "" for the pupil's own. counted: as `Answer` has it."""
    of = codes(subject)
    dated = ((day_of(fact), group, fact) for group, fact in known if not indicator.per_subject or code_of(indicator, fact) in of)
    looked_at = [(day, group, fact) for day, group, fact in dated if holds(indicator, window, day)]
    found = [
        (day, group, fact)
        for day, group, fact in looked_at
        if counted is None or any((group, key) in counted for key in indicator.measure([fact]))
    ]
    return sorted(found, key=lambda told: (-told[0].toordinal(), -told[2].content["at"], told[2].kind, told[2].key, told[1]))
