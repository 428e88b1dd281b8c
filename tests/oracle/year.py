"""The oracle fed day by day over a school year: what was sent is read off at once, and what no window reaches any more is let go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from oracle import statements
from oracle.batch import UNASSIGNED, Oracle, newest
from oracle.sent import Activity, Report
from oracle.statements import Channel

ACTIVITY = Activity.__args__
REACHED = 25
"""School days; the windows of activity look back over 20, and a day may be closed afterwards."""


class Year(Oracle):
    """As the oracle, of one day after the other: set `today`, tell what was sent, ask for cells, and `forget` now and then."""

    def __init__(self, today: date, as_of: datetime) -> None:
        super().__init__(today, as_of)
        self._first: dict[tuple[str, ...], Report] = {}
        self._newest: dict[tuple[str, ...], Report] = {}
        self._voided = defaultdict[str, set[str]](set)
        self._known: tuple[date, dict[str, list[Report]]] | None = None

    def xapi(
        self, statements_: Iterable[dict[str, Any]], institution: str, subject_code: str | None, tool: str, supplier: str,
        schemes: Mapping[str, str], received: datetime | None = None,
    ) -> None:  # fmt: skip
        told, channel = list(statements_), Channel(supplier, institution, tool, subject_code or UNASSIGNED, dict(schemes))
        self._voided[supplier] |= statements.voided(told)
        for number, one in enumerate(told):
            if report := statements.report(one, channel, received or self.as_of, f"without id {len(self._first)} {number}"):
                self._first.setdefault(report.id, report)
        self._known = None

    def standing(self) -> list[Report]:
        for report in self._reports:
            held = self._newest.get(report.id)
            self._newest[report.id] = report if held is None else newest((held, report))
        self._reports.clear()
        said = [one for one in self._first.values() if one.id[-1] not in self._voided[one.id[0]]]
        return said + [one for one in self._newest.values() if one.content is not None]

    def facts(self) -> dict[str, list[Report]]:
        """Made anew where anything was told since, and once a day."""
        if self._known is None or self._reports or self._known[0] != self.today:
            self._known = self.today, super().facts()
        return self._known[1]

    def forget(self, institution: str) -> None:
        """Activity that is before every window."""
        first = self.days.first_of_last(institution, self.today, REACHED)
        for kept in (self._first, self._newest):
            gone = [name for name, one in kept.items() if one.day < first and isinstance(one.content, ACTIVITY)]
            for name in gone:
                del kept[name]
        self._known = None
