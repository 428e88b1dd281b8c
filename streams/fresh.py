"""Whether a source is fresh: by what it is declared to deliver, never guessed (domain 4.4, Freshness).

It is so of each source in each institution, by that institution's school days. The operator declares when a supplier is registered; what
the supplier itself declares for an institution (`source.cadence`) comes before that. Of whom nothing is declared nothing is expected.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from contracts.connector import Registration
from contracts.dates import COPENHAGEN, Micros, local_date, micros
from contracts.ports import Freshness
from streams.cadence import Cadence
from streams.roster import Roster
from streams.window import FURTHEST_BACK, ONE, Calendar

Status = Literal["fresh", "stale", "undeclared"]


@dataclass(frozen=True, order=True)
class Source:
    """data_until: the time of its newest event in the institution; None where it has never delivered."""

    name: str
    institution: str
    data_until: Micros | None
    status: Status


def sources(
    known: Iterable[Freshness], roster: Roster, registered: Iterable[Registration], institutions: Collection[str], now: Micros
) -> list[Source]:
    """Sorted by name and institution: those that have delivered, and those that are declared to."""
    until = {(one.source, one.institution): one.data_until for one in known if one.institution in institutions}
    cadences = dict(_cadences(roster, registered, institutions))
    return [
        Source(*place, until.get(place), status(until.get(place), cadences.get(place), roster.calendar(place[1]), now))
        for place in sorted({*until, *cadences})
    ]


def _cadences(
    roster: Roster, registered: Iterable[Registration], institutions: Collection[str]
) -> Iterator[tuple[tuple[str, str], Cadence]]:
    for one in registered:
        for institution in one.institutions.intersection(institutions):
            declared: Mapping[str, Cadence] = roster.parts[institution].cadences if institution in roster.parts else {}
            if cadence := declared.get(one.supplier) or (Cadence.by(one.expected_by) if one.expected_by else None):
                yield (one.supplier, institution), cadence


def status(data_until: Micros | None, cadence: Cadence | None, calendar: Calendar, now: Micros) -> Status:
    """Stale where its newest event is of a date before the one of which there must be some."""
    if cadence is None:
        return "undeclared"
    due = _due(now, cadence, calendar)
    return "fresh" if due is None or (data_until is not None and local_date(data_until) >= due) else "stale"


def _due(now: Micros, cadence: Cadence, calendar: Calendar) -> date | None:
    """The newest school day of a delivery whose hour has passed, and that of as many school days after it as it may let pass. Of an hour
    that comes twice, the first."""
    day, passing = local_date(now), cadence.stale_after
    if now < micros(datetime.combine(day, cadence.expected_by, COPENHAGEN)):
        day -= ONE
    for _ in range(FURTHEST_BACK):
        if calendar.is_school(day):
            if passing == 0 and cadence.delivers(day):
                return day
            passing = max(0, passing - 1)
        day -= ONE
    return None
