"""Active days and punctuality over one pupil's records, from their definitions (domain 4.5): of the days that the pupil was at school."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction

from oracle.days import local_date
from oracle.measures import Cell, Share, Window, minutes, of_subject, rounded, spans_by_date
from oracle.sent import Activity


def there(shares: dict[date, Share], school_days: Collection[date]) -> set[date]:
    """The school days that the pupil is known to have been at school on, for half of it at least."""
    return {day for day in school_days if day in shares and shares[day][0] < shares[day][1]}


def percent(some: int, of: int) -> float:
    return rounded(Fraction(100 * some, of))


def active_days(records: Sequence[Activity], subject: str, window: Window, at_school: set[date]) -> Cell:
    """Of the finished days at school, at least 10, those with an answer in the subject or 3 minutes of its time."""
    worked = {local_date(one.at) for one in of_subject(records, subject)}
    worked |= {day for day, spans in spans_by_date(records, subject).items() if minutes(spans) >= 3}
    days = at_school - {window.today}
    today = (100.0 * (window.today in worked), 1) if window.today in at_school else None
    if len(days) < 10:
        return Cell(None, len(days), reason="too_few_days", today=today)
    return Cell(percent(len(days & worked), len(days)), len(days), today=today)


def punctuality(at_school: set[date], late: set[date], registered: bool, window: Window) -> Cell:
    """at_school: by the start and the end of days alone. Of those days, at least 10, the ones with lateness or early leaving."""
    today = (100.0 * (window.today in late), 1) if window.today in at_school else None
    if not registered:
        return Cell(None, 0, reason="not_registered")
    if len(at_school) < 10:
        return Cell(None, len(at_school), reason="too_few_days", today=today)
    return Cell(percent(len(at_school & late), len(at_school)), len(at_school), today=today)
