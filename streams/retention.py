"""What must be gone by a date (design 4, Retention); stated by family in `contracts.kinds`, decided here."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from contracts.dates import local_date, micros, school_year, start_of, year_end
from contracts.facts import Facts, Report, each
from contracts.kinds import ACTIVITY_DAYS, GRACE_DAYS, Family

_EARLIEST: Final = micros(datetime(2000, 1, 1, tzinfo=UTC))
"""Orders below are a source's own numbering, not instants."""


@dataclass(frozen=True)
class Limits:
    """activity_facts: sheets of earlier dates lose their facts and keep their summaries. dates, years: earlier sheets are deleted whole."""

    activity_facts: date
    dates: date
    years: str

    @classmethod
    def on(cls, today: date) -> "Limits":
        first = oldest_year(today)
        return cls(today - timedelta(days=ACTIVITY_DAYS + GRACE_DAYS), date(int(first[:4]), 8, 1), first)


def oldest_year(today: date) -> str:
    """The oldest school year of which anything is still kept."""
    return _year_before(today) if today < _goes(today) else school_year(today)


def _year_before(today: date) -> str:
    first = school_year(today)[:4]
    return f"{int(first) - 1}-{first}"


def _goes(today: date) -> date:
    """The day on which the school year before this one goes."""
    return year_end(_year_before(today)) + timedelta(days=GRACE_DAYS + 1)


def standing(facts: Facts, newest: dict[tuple[str, str], int], today: date) -> Facts:
    """An undated sheet without the reports that were last valid in a school year of which nothing is kept any more.

    newest: (supplier, channel) -> the order of its newest complete file; a report older than that was last valid when it was told.
    """
    oldest = oldest_year(today)
    kept: Facts = {}
    for kind, key, name, report in each(facts):
        if school_year(_last_valid(kind, report, newest, today)) >= oldest:
            kept.setdefault(kind, {}).setdefault(key, {})[name] = report
    return kept


def _last_valid(kind: str, report: Report, newest: dict[tuple[str, str], int], today: date) -> date:
    told = report.content
    if told is None:
        return _taken_back(report.order, today)
    if kind.startswith(Family.CONTROL):
        return local_date(told["at"])
    for name in ("valid_to", "date"):
        if told.get(name):
            return min(date.fromisoformat(told[name]), today)
    superseded = report.order < newest.get((report.supplier, report.channel), report.order)
    return local_date(told["at"]) if superseded else today


def _taken_back(order: int, today: date) -> date:
    """When a report was taken back: its order, where that is an instant. A source's own number, or that of a void, tells no date: it
    goes on the one day of the year on which a school year goes."""
    if _EARLIEST <= order < start_of(today + timedelta(days=2)):
        return local_date(order)
    return today - timedelta(days=366) if today == _goes(today) else today
