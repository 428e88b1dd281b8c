"""Whether a source is fresh: by what it is declared to deliver, never guessed (domain 4.4, Freshness)."""

from datetime import date, datetime, time, timedelta
from typing import Literal

from contracts.dates import COPENHAGEN, Micros, local_date, moment
from streams.window import FURTHEST_BACK, Calendar

Status = Literal["fresh", "stale", "undeclared"]


def status(data_until: Micros, expected_by: str | None, calendar: Calendar, now: Micros) -> Status:
    """Stale when the newest event is older than the last school day whose delivery time (`HH:MM`, local) has passed."""
    if expected_by is None:
        return "undeclared"
    due = _last_due(moment(now).astimezone(COPENHAGEN), time.fromisoformat(expected_by), calendar)
    return "fresh" if due is None or local_date(data_until) >= due else "stale"


def _last_due(now: datetime, expected_by: time, calendar: Calendar) -> date | None:
    day = now.date() if now.time() >= expected_by else now.date() - timedelta(days=1)
    for _ in range(FURTHEST_BACK):
        if calendar.is_school(day):
            return day
        day -= timedelta(days=1)
    return None
