"""Dates of the Danish school: local days, school years and the days on which things expire.

An instant is an int, microseconds since 1970-01-01T00:00Z; a local date is a date in Europe/Copenhagen.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_UTC = EPOCH.replace(tzinfo=None)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR

Micros = int


def micros(moment: datetime) -> Micros:
    """An aware datetime as an instant."""
    return (moment - EPOCH) // MICROSECOND


def moment(at: Micros) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def rfc3339(at: Micros) -> str:
    """UTC with microseconds and a Z, as the envelope and the read API write it."""
    second, rest = divmod(at, SECOND)
    return f"{_second(second)}.{rest:06d}Z"


@lru_cache(maxsize=4_096)
def _second(second: int) -> str:
    return (_EPOCH_UTC + timedelta(seconds=second)).isoformat()


def instant(written: str) -> Micros:
    """The instant of an RFC 3339 text."""
    return micros(datetime.fromisoformat(written))


def local_date(at: Micros) -> date:
    return _date_of_hour(at // HOUR) if at >= _WHOLE_HOURS else moment(at).astimezone(COPENHAGEN).date()


_WHOLE_HOURS = micros(datetime(1900, 1, 1, tzinfo=UTC))
"""From then on Danish time is whole hours ahead of UTC, so an hour has one local date."""


@lru_cache(maxsize=4_096)
def _date_of_hour(hour: int) -> date:
    return moment(hour * HOUR).astimezone(COPENHAGEN).date()


def start_of(day: date) -> Micros:
    """The instant at which a local day begins."""
    return micros(datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN))


def local_instant(naive: datetime) -> Micros:
    """A wall-clock time in Denmark as an instant; in the hour that occurs twice, the first."""
    return micros(naive.replace(tzinfo=COPENHAGEN))


def written_instant(written: str) -> Micros:
    """An ISO 8601 date and time, Danish where it names no offset; `ValueError` for anything else, and for years that nobody means."""
    told = datetime.fromisoformat(written)
    if len(written) < 16 or not 2000 <= told.year <= 2199:
        raise ValueError("a date without a time, or a year far off")
    return local_instant(told) if told.tzinfo is None else micros(told)


def school_year(day: date) -> str:
    """`2026-2027` for 1 August 2026 to 31 July 2027 (domain 2.1: the year rolls over on 1 August)."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"


def year_end(year: str) -> date:
    """31 October after a school year: to that day its facts and summaries are kept (design 4, Retention)."""
    return date(int(year[5:]), 10, 31)
