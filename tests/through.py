"""What senders sent, through the product in memory (translate, seal, claims, fold, measure, read), as the oracle's cells.

The indicators are an argument, so that one with a mistake in it can be read over the same facts.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import uuid4

from delivering import KEY, MemoryLog, folded, intake, roster
from oracle.measures import Cell

from connectors.cloudevents import CONNECTOR as CLOUDEVENTS
from connectors.oneroster_csv import CONNECTOR as ONEROSTER
from connectors.xapi import CONNECTOR as XAPI
from contracts.connector import Connector, Registration, Request
from contracts.dates import Micros
from contracts.facts import Facts, SheetKey, decode_facts, encode
from contracts.indicator import Indicator
from contracts.privacy import Identity
from streams.reading import Day, Pupil, days, merged, reading
from streams.roster import shapes
from streams.sheet import Summaries, code_for, measure_sheet

HEADERS: Final = {
    XAPI.name: {"content-type": "application/json", "x-experience-api-version": "1.0.3"},
    CLOUDEVENTS.name: {"content-type": "application/cloudevents-batch+json"},
    ONEROSTER.name: {"content-type": "application/zip"},
}
Key = tuple[str, str, str | None, str]


def registered(
    school: str, supplier: str, *, tool: str = "", subject: str = "unassigned", schemes: Mapping[str, str] | None = None
) -> Registration:
    return Registration(supplier, frozenset(), frozenset({school}), tool or supplier, subject, schemes or {})


def request(connector: Connector, by: Registration, body: bytes, received: Micros, **query: str) -> Request:
    return Request(body, HEADERS.get(connector.name, {"content-type": "text/csv"}), query, "POST", received, by, lambda: str(uuid4()))


@dataclass
class Through:
    """school: the institution of every registration here."""

    school: str
    log: MemoryLog = field(default_factory=MemoryLog)

    def registered(
        self, supplier: str, *, tool: str = "", subject: str = "unassigned", schemes: Mapping[str, str] | None = None
    ) -> Registration:
        return registered(self.school, supplier, tool=tool, subject=subject, schemes=schemes)

    def take(self, connector: Connector, by: Registration, body: bytes, received: Micros, **query: str) -> None:
        self.ask(connector, request(connector, by, body, received, **query))

    def ask(self, connector: Connector, asked: Request) -> None:
        """As the public door takes it. Nothing of it may fail, but for what comes too late or too early."""
        answer = asyncio.run(intake(self.log).take(connector, asked))
        errors = answer.body["errors"] if isinstance(answer.body, dict) else []
        assert {one["reason"] for one in errors} <= {"too_late"}, json.dumps(errors)[:500]

    def sheets(self) -> dict[SheetKey, Facts]:
        return {key: decode_facts(facts) for key, (facts, _) in folded(self.log.records).sheets.items()}


def cells(
    sheets: Mapping[SheetKey, Facts],
    indicators: Sequence[Indicator],
    names: Iterable[str],
    subjects: Sequence[str],
    today: date,
    audience: Collection[str] = ("pupil",),
    frameworks: Sequence[str] = (),
) -> dict[Key, Cell]:
    """name: a pupil's Unilogin. Every cell of these pupils, indicators, subjects and frameworks, for a reader who is this to the pupil."""
    known = roster({key: (encode(facts), b"") for key, facts in sheets.items() if shapes(key)})
    found: dict[Key, Cell] = {}
    for name in names:
        person = known.owner(KEY.seal(Identity("unilogin", name)))
        assert person is not None, "the roster names the pupil"
        own = dict.fromkeys(known.identities[person], person)
        groups = {group: group for group in known.groups_of(person)}
        told = _days(sheets, own | groups, known, indicators, audience)
        said = {group: told[group] for group in groups if group in told}
        pupil = Pupil(person, told.get(person, []), partial(known.grade, person), said, partial(known.is_in, person))
        calendar = known.calendar(known.home(person, today) or "")
        for indicator in indicators:
            for window in indicator.windows:
                for subject in _codes(indicator, subjects, frameworks):
                    told = reading(pupil, indicator, subject, calendar.window(window, today))
                    today_told = (told.today.value, told.today.n) if told.today else None
                    found[name, indicator.name, subject or None, window] = Cell(told.value, told.n, told.interval, told.reason, today_told)
    return found


def _codes(indicator: Indicator, subjects: Sequence[str], frameworks: Sequence[str]) -> list[str]:
    if not indicator.per_subject:
        return [""]
    return [code_for(subject, one) for subject in subjects for one in (frameworks if indicator.per_framework else [""])]


def _days(
    sheets: Mapping[SheetKey, Facts], whose: Mapping[str, str], known: Any, indicators: Sequence[Indicator], audience: Collection[str]
) -> dict[str, list[Day]]:
    """whose: identity -> pupil, group -> itself. A pupil's days are those on which the pupil was enrolled."""
    together: dict[tuple[str, str, str, str], list[Facts]] = {}
    for key, facts in sheets.items():
        if key.subject in whose and any(key.family in one.families for one in indicators):
            together.setdefault((whose[key.subject], key.institution, key.family, key.period), []).append(facts)
    found: dict[str, list[Day]] = {}
    for (who, school, family, period), told in together.items():
        periods = [(date.min, date.max)] if who in known.groups else known.enrolled(who).get(school, ())
        measured = days(school, family, period, _measured(told, family, indicators), indicators, audience)
        found.setdefault(who, []).extend(day for day in measured if any(first <= day.date <= last for first, last in periods))
    return found


def _measured(told: Sequence[Facts], family: str, indicators: Sequence[Indicator]) -> Summaries:
    return measure_sheet(merged(told), family, indicators)
