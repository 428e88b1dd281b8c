"""Local dates, school days and windows, worked out by walking the calendar one day at a time (domain 2.9, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = timedelta(days=1)
OLDEST = timedelta(days=120)
FARTHEST_BACK = 400
"""Days: no window looks further, so a calendar without school days ends too."""


def instant(text: str) -> int:
    """Microseconds since 1970 UTC of an ISO 8601 time; a time without an offset is taken as UTC."""
    return microseconds(datetime.fromisoformat(text))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware.astimezone(UTC) - EPOCH) // MICROSECOND


def local_date(at: int) -> date:
    """The date that a clock on a Danish wall shows at this instant (microseconds UTC)."""
    return (EPOCH + at * MICROSECOND).astimezone(DENMARK).date()


def in_time(at: int, received: datetime) -> bool:
    """Neither more than 24 h ahead of its receipt nor more than 120 days old by then (activity, design 4)."""
    age = local_date(microseconds(received)) - local_date(at)
    return at <= microseconds(received) + 24 * HOUR and age <= OLDEST


@dataclass
class Days:
    """The school days of each institution: what its calendar says, and Monday to Friday where it says nothing."""

    by_institution: dict[str, dict[date, bool]] = field(default_factory=dict)

    def is_school_day(self, institution: str, day: date) -> bool:
        said = self.by_institution.get(institution, {}).get(day)
        return day.isoweekday() <= 5 if said is None else said

    def first_of_last(self, institution: str, today: date, count: int) -> date:
        """The date of the `count`th last school day, today being the last if it is one."""
        day = today
        for _ in range(FARTHEST_BACK):
            count -= self.is_school_day(institution, day)
            if count == 0:
                break
            day -= DAY
        return day

    def start(self, institution: str, today: date, window: str) -> date:
        """The first date of the window W5, W20, Q (calendar quarter) or Y (from 1 August)."""
        if window == "Q":
            return date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
        if window == "Y":
            return date(today.year if today.month >= 8 else today.year - 1, 8, 1)
        return self.first_of_last(institution, today, int(window.removeprefix("W")))

    def finished(self, institution: str, first: date, today: date) -> list[date]:
        """The school days from `first` up to, and without, today."""
        span = [first + n * DAY for n in range((today - first).days)]
        return [day for day in span if self.is_school_day(institution, day)]
