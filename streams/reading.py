"""Readings: a pupil's summaries, the roster and the calendar, as of a date, into values that explain themselves (design 4.4).

Everything here is a function of its arguments, so `readings` are byte-equal under any delivery for one date.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from msgspec import Struct

from contracts.facts import Fact, Facts, day_of, union
from contracts.indicator import Answer, Given, Indicator, Texts, Window, WindowName
from streams.rounding import rounded
from streams.sheet import Measured, Summaries, by_date, combine, told_to
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
    """One value of the read API, in the shape of design 7. sources: whose facts it counts. outranked: those of whom it leaves facts out,
    because a higher channel of the same tool told of that date too (design 4.3)."""

    indicator: str
    version: int
    subject: str | None
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


@dataclass(frozen=True)
class Pupil:
    """days: only those of institutions in which the pupil was enrolled on the date."""

    id: str
    days: Sequence[Day]
    grade: Callable[[date], int | None]

    @cached_property
    def by_indicator(self) -> Mapping[tuple[str, str], Sequence[tuple[date, list[Any]]]]:
        """(indicator key, subject or "") -> its measured days; "" beside subjects: what has none and belongs to each."""
        found: dict[tuple[str, str], list[tuple[date, list[Any]]]] = {}
        for day in self.days:
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
    """The school subjects in which any of the pupils has anything of the indicator."""
    return sorted({subject for pupil in pupils for key, subject in pupil.by_indicator if subject and key == indicator.key})


def answer(pupil: Pupil, indicator: Indicator, subject: str, window: Window) -> tuple[Answer, dict[str, int], list[str]]:
    """The exact answer, the counts of its facts by source, and the sources of which a higher channel left facts out."""
    known = [entry for code in codes(subject) for entry in pupil.by_indicator.get((indicator.key, code), [])]
    whole = [entry for day, entry in known if window.first <= day <= window.last]
    return answered(indicator, window, pupil.grade, whole, [entry for day, entry in known if day == window.last])


def codes(subject: str) -> Iterable[str]:
    """Under which a subject's entries are: its own, and that of what has none and belongs to each."""
    return (subject, "") if subject else ("",)


def answered(
    indicator: Indicator, window: Window, grade: Callable[[date], int | None], whole: Iterable[Measured], today: Iterable[Measured]
) -> tuple[Answer, dict[str, int], list[str]]:
    """whole, today: what was measured in the window, and today alone."""
    summary, counts, _, *left = combine(indicator, whole)
    outranked: list[str] = left[0] if left else []
    return indicator.read(Given(summary, combine(indicator, today)[0], window, grade)), counts, outranked


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
    return shown(pupil.id, indicator, subject, span(window), told(indicator, *answer(pupil, indicator, subject, window)))


def span(window: Window) -> Span:
    return Span(window.name, window.first, window.last, len(window.school_days), "assumed" if window.assumed else "known")


def shown(pupil: str, indicator: Indicator, subject: str, window: Span, told: Told) -> Reading:
    """As the read API answers it."""
    return Reading(
        indicator.name, indicator.version, subject or None, told.value, indicator.unit, told.n, told.interval, window, told.today,
        told.sources, told.outranked, told.reason, address(pupil, indicator, subject, window.name),
    )  # fmt: skip


def _interval(answer: Answer, indicator: Indicator) -> tuple[float, float] | None:
    if answer.interval is None or answer.value is None:
        return None
    low, high = (rounded(Fraction(end), indicator.decimals) for end in answer.interval)
    return low, high


def address(pupil: str, indicator: Indicator, subject: str, window: str) -> str:
    """Where a reading is explained down to its facts."""
    asked = f"subject={subject}&" if subject else ""
    return f"/v1/students/{pupil}/indicators/{indicator.name}/explanation?{asked}window={window}"


def readings(
    pupil: Pupil, indicators: Sequence[Indicator], spans: Mapping[WindowName, Window], shown: Mapping[str, Sequence[str]]
) -> list[Reading]:
    """Every indicator, subject and window, in that order. shown: indicator -> the subjects to show; "" where it has none."""
    return [
        reading(pupil, indicator, subject, spans[name])
        for indicator in indicators
        for subject in shown[indicator.name]
        for name in indicator.windows
    ]


_OUTRANKED = Texts(
    " Det, som {sources} har leveret, tæller ikke med for de dage, hvor en anden kanal for det samme materiale går forud.",
    " What {sources} delivered does not count for the days on which another channel of the same material comes first.",
)


def explained(indicator: Indicator, told: Reading, details: Mapping[str, Any]) -> Texts:
    """What a teacher or a parent reads: what the value counts, or why there is none; and what was left out for another channel."""
    text = indicator.explanation if told.reason is None else indicator.reasons[told.reason]
    sentence = text.told(value=told.value, n=told.n, **details)
    if not told.outranked:
        return sentence
    beside = _OUTRANKED.told(sources=", ".join(told.outranked))
    return Texts(sentence.da + beside.da, sentence.en + beside.en)


def evidence(known: Iterable[Fact], indicator: Indicator, subject: str, window: Window) -> list[tuple[date, Fact]]:
    """Of the facts that an indicator reads those that a reading rests on, newest first: by local date, then by time (a file has one time
    for all its dates)."""
    of = codes(subject)
    dated = ((day_of(fact), fact) for fact in known if not indicator.per_subject or fact.content.get("subject_code", "") in of)
    found = [(day, fact) for day, fact in dated if window.first <= day <= window.last]
    return sorted(found, key=lambda told: (-told[0].toordinal(), -told[1].content["at"], told[1].kind, told[1].key))
