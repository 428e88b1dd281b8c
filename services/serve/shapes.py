"""The shapes that views share: a group, a delivery, a definition, and the choice of what to show (design 7)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from contracts.dates import Micros, rfc3339
from contracts.group_indicator import GroupIndicator
from contracts.indicator import Indicator, Texts, Window
from contracts.ports import Freshness
from streams.fresh import status
from streams.roster import Group
from streams.window import Calendar


class Delivery(Struct, frozen=True):
    """What tells of the delivery, apart from the readings: when, up to which change, and how fresh each source is."""

    as_of: str
    cursor: str
    sources: list[dict[str, str]]


def delivery(known: Iterable[Freshness], expected: Mapping[str, str | None], calendar: Calendar, now: Micros, change: int) -> Delivery:
    """expected: source -> the local time by which it is declared to deliver on school days."""
    newest: dict[str, Micros] = {}
    for one in known:
        newest[one.source] = max(one.data_until, newest.get(one.source, one.data_until))
    sources = [
        {"source": name, "data_until": rfc3339(until), "status": status(until, expected.get(name), calendar, now)}
        for name, until in sorted(newest.items())
    ]
    return Delivery(rfc3339(now), str(change), sources)


def described(group: Group) -> dict[str, Any]:
    return {
        "id": group.id, "source_id": group.source_id, "institution": group.institution, "kind": group.kind, "name": group.name,
        "grade": group.grade, "subject": None if group.subject == "unassigned" else group.subject,
    }  # fmt: skip


class Asked(Struct, frozen=True):
    """What a request asks for: school subjects and indicators (of pupils or of groups, as the view is), empty for all."""

    subjects: frozenset[str]
    indicators: frozenset[str]

    @classmethod
    def by(cls, subject: Sequence[str] | None, indicator: Sequence[str] | None) -> "Asked":
        return cls(frozenset(subject or ()), frozenset(indicator or ()))

    def of(self, indicators: Sequence[Indicator]) -> list[Indicator]:
        return [one for one in indicators if not self.indicators or one.name in self.indicators]

    def of_many(self, indicators: Sequence[Indicator]) -> list[Indicator]:
        """For a view of a group: what pupils say of themselves never stands there (design 6)."""
        return [one for one in self.of(indicators) if not one.self_report]

    def of_groups(self, indicators: Sequence[GroupIndicator]) -> list[GroupIndicator]:
        return [one for one in indicators if not self.indicators or one.name in self.indicators]

    def shown(
        self, found: Callable[[Indicator], Collection[str]], indicators: Sequence[Indicator], allowed: frozenset[str] | None
    ) -> dict[str, Sequence[str]]:
        """Indicator -> the subjects to show, of those found and allowed (None: all). What has no subject is for those who see all of
        them; a self-report for whoever the child was told of, whatever they teach."""
        shown: dict[str, Sequence[str]] = {}
        for one in indicators:
            subjects = sorted(self.subjects or found(one)) if one.per_subject else [""]
            shown[one.name] = [subject for subject in subjects if may_see(allowed, one, subject)]
        return shown


def may_see(allowed: frozenset[str] | None, indicator: Indicator, subject: str) -> bool:
    return allowed is None or subject in allowed or indicator.self_report


def span(windows: Iterable[Window]) -> tuple[date, date]:
    """The dates that some windows need together."""
    spans = list(windows)
    return min(window.first for window in spans), max(window.last for window in spans)


def made_of(one: GroupIndicator, indicators: Iterable[Indicator]) -> list[Indicator]:
    """What pupils say of themselves is part of nothing that is not of it alone (design 6)."""
    return [indicator for indicator in indicators if one.of(indicator) and indicator.self_report == one.self_reports]


def both(texts: Texts) -> dict[str, str]:
    return {"da": texts.da, "en": texts.en}
