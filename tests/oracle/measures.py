"""The four indicators over one pupil's records, from their definitions (domain 4.5), in exact fractions; rounding comes last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TypeVar

from oracle.days import HOUR, MINUTE, local_date
from oracle.sent import Activity, Answer, DayTotal, PlayerEvent, SessionEdge, Slot, Viewing

LONGEST = 90 * MINUTE
UNFINISHED = 5 * MINUTE
SESSION_JOINS = 8 * HOUR
Z = Decimal("1.959963984540054")

Span = tuple[int, int]
T = TypeVar("T")
Today = tuple[float, int] | None


@dataclass(frozen=True)
class Cell:
    """One number of a view: value or reason, n, the 95 % interval where there is one, and the value and n of today alone."""

    value: float | None
    n: int
    interval: tuple[float, float] | None = None
    reason: str | None = None
    today: Today = None


@dataclass(frozen=True)
class Window:
    """A window's first date, today, and the school days between them that are over."""

    first: date
    today: date
    finished: tuple[date, ...]

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.today


def rounded(number: Fraction) -> float:
    """One decimal, half to even."""
    return float(Fraction(round(number * 10), 10))


# --- I1 active minutes ---------------------------------------------------------------------------------------------


def watched(events: Sequence[PlayerEvent]) -> list[tuple[Span, str]]:
    """For each `played`: to the next event of its tool, session and date, at most 90 min; where none follows 5 min or what is left."""
    spans = []
    for play in (event for event in events if event.played):
        following = [e.at for e in events if follows(e, play)]
        length = min(min(following) - play.at, LONGEST) if following else min(UNFINISHED, left(play))
        spans.append(((play.at, play.at + length), play.subject))
    return spans


def follows(event: PlayerEvent, play: PlayerEvent) -> bool:
    same = play.session is not None and (event.tool, event.session) == (play.tool, play.session)
    return same and event.at > play.at and local_date(event.at) == local_date(play.at)


def left(play: PlayerEvent) -> int:
    """What is left of the film, not below zero; `UNFINISHED` where that is not known."""
    if play.position is None or play.length is None:
        return UNFINISHED
    return max(play.length - play.position, 0)


def looked_at(viewings: Iterable[Viewing]) -> list[tuple[Span, str]]:
    """From `active` before the event's time, at most 90 min."""
    starts = ((one.at - one.active, one) for one in viewings)
    return [((start, start + min(one.active, LONGEST)), one.subject) for start, one in starts]


def sat(edges: Sequence[SessionEdge]) -> list[tuple[Span, str]]:
    """Each session of a tool by itself, in the order of its times; what ends it comes later than what begins it."""
    by_session = defaultdict[tuple[str, str], list[SessionEdge]](list)
    for edge in edges:
        by_session[edge.tool, edge.session].append(edge)
    begun = ((edge, same) for same in by_session.values() for edge in same if edge.started)
    return [((start.at, start.at + min(seated(start, same), LONGEST)), start.subject) for start, same in begun]


def end_at(at: int, same: Iterable[SessionEdge]) -> SessionEdge:
    """Of the ends at one time the one that says the longest; of equals the first."""
    return max((one for one in same if not one.started and one.at == at), key=lambda one: -1 if one.lasted is None else one.lasted)


def seated(start: SessionEdge, same: Sequence[SessionEdge]) -> int:
    """To the next end, or what that says of the latest start before it; `UNFINISHED` where there is none."""
    later = [one.at for one in same if not one.started and one.at > start.at]
    if not later:
        return UNFINISHED
    end = end_at(min(later), same)
    if end.lasted is None:
        return end.at - start.at if end.at - start.at <= SESSION_JOINS else UNFINISHED
    begun_anew = any(one.started and start.at < one.at < end.at for one in same)
    return UNFINISHED if begun_anew else min(end.lasted, end.at - start.at)


def united(spans: Iterable[Span]) -> list[Span]:
    """Disjoint spans covering the same time; spans that touch are one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole


def of_kind(kind: type[T], records: Iterable[object]) -> list[T]:
    return [one for one in records if isinstance(one, kind)]


def spans_by_date(records: Sequence[Activity], subject: str) -> dict[date, list[Span]]:
    """The subject's disjoint spans, each set under the local date on which its spans start."""
    spans = watched(of_kind(PlayerEvent, records)) + looked_at(of_kind(Viewing, records)) + sat(of_kind(SessionEdge, records))
    dated = defaultdict[date, list[Span]](list)
    for span, of_subject in spans:
        if of_subject == subject:
            dated[local_date(span[0])].append(span)
    return {day: united(of_day) for day, of_day in dated.items()}


def minutes(spans: Iterable[Span]) -> Fraction:
    return Fraction(sum(end - start for start, end in spans), MINUTE)


def active_minutes(records: Sequence[Activity], subject: str, window: Window) -> Cell:
    """Minutes per finished school day; n the finished school days with any; three of them are needed."""
    dated = spans_by_date(records, subject)
    now = dated.get(window.today)
    today = (rounded(minutes(now)), len(now)) if now else None
    n = sum(day in dated for day in window.finished)
    if n < 3:
        return Cell(None, n, reason="too_few_days", today=today)
    total = sum((minutes(spans) for day, spans in dated.items() if window.first <= day < window.today), Fraction(0))
    return Cell(rounded(total / len(window.finished)), n, today=today)


# --- I3 items answered, I4 first-try correctness -------------------------------------------------------------------


def of_subject(records: Iterable[Activity], subject: str) -> list[Answer]:
    return [one for one in of_kind(Answer, records) if one.subject == subject]


def items_answered(records: Sequence[Activity], subject: str, window: Window) -> Cell:
    """Answers per finished school day; the records are distinct answers already."""
    dates = [day for day in (local_date(one.at) for one in of_subject(records, subject)) if window.holds(day)]
    count = sum(day < window.today for day in dates)
    now = len(dates) - count
    today = (float(now), now) if now else None
    if not dates:
        return Cell(None, 0, reason="no_items")
    if not window.finished:
        return Cell(None, count, reason="no_finished_days", today=today)
    return Cell(rounded(Fraction(count, len(window.finished))), count, today=today)


def first_tries(answers: Iterable[Answer]) -> list[Answer]:
    """The earliest answer to each item of a tool, left out where its correctness is not known."""
    earliest: dict[tuple[str, str], Answer] = {}
    for one in sorted(answers, key=lambda a: (a.at, a.attempt_no or 0)):
        earliest.setdefault((one.tool, one.item), one)
    return [one for one in earliest.values() if one.correct is not None]


def percent_right(tries: Sequence[Answer]) -> float:
    return rounded(Fraction(100 * sum(bool(one.correct) for one in tries), len(tries)))


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson (1927), in percent."""
    with localcontext(prec=50):
        share, size, z2 = Decimal(right) / n, Decimal(n), Z * Z
        middle = share + z2 / (2 * size)
        reach = Z * (share * (1 - share) / size + z2 / (4 * size * size)).sqrt()
        low, high = ((middle + sign * reach) / (1 + z2 / size) for sign in (-1, 1))
        return rounded(max(Fraction(low), Fraction(0)) * 100), rounded(min(Fraction(high), Fraction(1)) * 100)


def first_try_correctness(records: Sequence[Activity], subject: str, window: Window) -> Cell:
    """Percent right at the first try of at least 20 items from at least 2 dates, with its interval."""
    answers = [one for one in of_subject(records, subject) if window.holds(local_date(one.at))]
    tries = first_tries(answers)
    of_today = first_tries(one for one in answers if local_date(one.at) == window.today)
    today = (percent_right(of_today), len(of_today)) if of_today else None
    n = len(tries)
    if n < 20:
        return Cell(None, n, reason="too_few_items", today=today)
    if len({local_date(one.at) for one in tries}) < 2:
        return Cell(None, n, reason="too_few_days", today=today)
    interval = wilson(sum(bool(one.correct) for one in tries), n)
    return Cell(percent_right(tries), n, interval, today=today)


# --- I11 attendance ------------------------------------------------------------------------------------------------

Share = tuple[Fraction, Fraction]
"""(days absent, days registered), each 0, 1/2 or 1."""


def of_day(slots: dict[str, bool], total: Decimal | None, grade: int | None) -> Share:
    """What a day weighs: by its slots as the grade asks, by its total only where there is no slot."""
    if not slots:
        return (Fraction(0), Fraction(0)) if total is None else (Fraction(total), Fraction(1))
    deciding = slots if grade is not None and grade >= 7 else {"start": slots["start"]} if "start" in slots else {}
    weight = Fraction(1, 2) if deciding is slots else Fraction(1)
    return sum(deciding.values()) * weight, len(deciding) * weight


def attendance_by_day(records: Iterable[Slot | DayTotal], grade: Callable[[date], int | None]) -> dict[date, Share]:
    """Date -> its share, for the dates that are registered at all."""
    slots, totals = defaultdict[date, dict[str, bool]](dict), dict[date, Decimal]()
    for one in records:
        if isinstance(one, Slot):
            slots[one.day][one.slot] = one.absent
        else:
            totals[one.day] = one.absent
    shares = {day: of_day(slots.get(day, {}), totals.get(day), grade(day)) for day in {*slots, *totals}}
    return {day: share for day, share in shares.items() if share[1]}


def attended(shares: Iterable[Share]) -> float:
    absent, registered = (sum(column, Fraction(0)) for column in zip(*shares, strict=True))
    return rounded(100 * (1 - absent / registered))


def attendance(shares: dict[date, Share], window: Window, is_school_day: Callable[[date], bool]) -> Cell:
    """Percent present of the days registered, at least 5, of the window's school days."""
    counted = {day: share for day, share in shares.items() if window.holds(day) and is_school_day(day)}
    today = (attended([counted[window.today]]), 1) if window.today in counted else None
    if len(counted) < 5:
        return Cell(None, len(counted), reason="too_few_days", today=today)
    return Cell(attended(counted.values()), len(counted), today=today)
