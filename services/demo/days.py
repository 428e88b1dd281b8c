"""The Danish school year (domain 2.9), as the invented school keeps it."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

ONE: Final = timedelta(days=1)
FRIDAY: Final = 4


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of Nature, 1876)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap, skipped = century // 4, century % 4
    moon = (century - (century + 8) // 25 + 1) // 3
    full = (19 * golden + century - leap - moon + 15) % 30
    sunday = (32 + 2 * skipped + 2 * (rest // 4) - full - rest % 4) % 7
    month, day = divmod(full + sunday - 7 * ((golden + 11 * full + 22 * sunday) // 451) + 114, 31)
    return date(year, month, day + 1)


def first_day(year: int) -> date:
    """The Monday of the second week of August."""
    start = date(year, 8, 8)
    return start + timedelta(days=-start.weekday() % 7)


def last_day(year: int) -> date:
    """The last Friday of June."""
    end = date(year, 6, 30)
    return end - timedelta(days=(end.weekday() - FRIDAY) % 7)


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """The weekdays of a calendar year, outside the summer, on which there is no school."""
    sunday = easter(year)
    days = {date(year, 6, 5)} | {sunday + timedelta(days=after) for after in (39, 40, 50)}
    days |= set(span(sunday - timedelta(days=6), sunday + ONE))
    for week in (7, 42):
        days |= set(span(date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)))
    return frozenset(days | set(span(date(year, 1, 1), date(year, 1, 3))) | set(span(date(year, 12, 21), date(year, 12, 31))))


def span(first: date, last: date) -> Iterator[date]:
    """All dates, both ends included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


@lru_cache(maxsize=4096)
def is_school(day: date) -> bool:
    summer = last_day(day.year) < day < first_day(day.year)
    return day.weekday() <= FRIDAY and not summer and day not in holidays(day.year)


def school_days_before(day: date, count: int) -> list[date]:
    """The last `count` school days before a date, the oldest first."""
    found: list[date] = []
    while len(found) < count:
        day -= ONE
        if is_school(day):
            found.append(day)
    return found[::-1]
