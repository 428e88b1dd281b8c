"""What must be gone by a date (design 4, Retention); stated by family in `contracts.kinds`, decided here."""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.dates import local_date, school_year, year_end
from contracts.facts import Facts, Report, each
from contracts.kinds import ACTIVITY_DAYS, GRACE_DAYS


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
    now = school_year(today)
    before = f"{int(now[:4]) - 1}-{now[:4]}"
    return before if today <= year_end(before) + timedelta(days=GRACE_DAYS) else now


def standing(facts: Facts, newest: dict[tuple[str, str], int], today: date) -> Facts:
    """An undated sheet without the reports that were last valid in a school year of which nothing is kept any more.

    newest: (supplier, channel) -> the order of its newest complete file; a report older than that was last valid when it was told.
    """
    oldest = oldest_year(today)
    kept: Facts = {}
    for kind, key, name, report in each(facts):
        if school_year(_last_valid(report, newest, today)) >= oldest:
            kept.setdefault(kind, {}).setdefault(key, {})[name] = report
    return kept


def _last_valid(report: Report, newest: dict[tuple[str, str], int], today: date) -> date:
    told = report.content
    if told is None:
        return today
    for name in ("valid_to", "date"):
        if told.get(name):
            return min(date.fromisoformat(told[name]), today)
    superseded = report.order < newest.get((report.supplier, report.channel), report.order)
    return local_date(told["at"]) if superseded else today
