"""The shapes that views share: a group, a delivery, a definition, and the choice of what to show (design 7)."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from contracts.dates import Micros, rfc3339
from contracts.group_indicator import GroupIndicator
from contracts.indicator import Indicator, Texts, Window
from contracts.versions import is_asked_for
from streams.fresh import Source, Status
from streams.reading import Reading
from streams.roster import Group
from streams.sheet import subject_and_framework


class Delivered(Struct, frozen=True):
    """data_until: the time of its newest event in the institution; None where it has never delivered."""

    source: str
    institution: str
    data_until: str | None
    status: Status


class Late(Struct, frozen=True):
    """What the view shows of an indicator and a subject rests on sources that are stale: the newest may be missing in it."""

    indicator: str
    subject: str | None
    sources: list[str]


class Delivery(Struct, frozen=True):
    """What tells of the delivery, apart from the readings: when, up to which change, how fresh each source is, and what rests on those that
    are stale; nothing is lowered by that."""

    as_of: str
    cursor: str
    sources: list[Delivered]
    stale: list[Late] = []

    @property
    def silent(self) -> frozenset[str]:
        """The sources that are stale in any of the institutions."""
        return frozenset(one.source for one in self.sources if one.status == "stale")


def delivery(sources: Iterable[Source], now: Micros, change: int) -> Delivery:
    told = [
        Delivered(one.name, one.institution, None if one.data_until is None else rfc3339(one.data_until), one.status) for one in sources
    ]
    return Delivery(rfc3339(now), str(change), told)


def late(readings: Iterable[tuple[str, str, Iterable[str]]], silent: frozenset[str], least: int = 1) -> list[Late]:
    """readings: indicator, subject and sources of each. least: readings that must rest on a source for it to be told."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for indicator, subject, sources in readings:
        counts.setdefault((indicator, subject), Counter()).update(silent.intersection(sources))
    found = {place: sorted(source for source, n in by_source.items() if n >= least) for place, by_source in counts.items()}
    return [Late(indicator, subject or None, sources) for (indicator, subject), sources in found.items() if sources]


def resting(readings: Iterable[Reading], delivered: Delivery) -> Delivery:
    """With what rests on the sources that are stale."""
    told = ((one.indicator, one.subject or "", one.sources) for one in readings)
    return msgspec.structs.replace(delivered, stale=late(told, delivered.silent))


def described(group: Group) -> dict[str, Any]:
    return {
        "id": group.id, "source_id": group.source_id, "institution": group.institution, "kind": group.kind, "name": group.name,
        "grade": group.grade, "subject": None if group.subject == "unassigned" else group.subject,
    }  # fmt: skip


class Asked(Struct, frozen=True):
    """What a request asks for: school subjects and indicators (of pupils or of groups, as the view is; by name or by name and version),
    empty for all."""

    subjects: frozenset[str]
    indicators: frozenset[str]

    @classmethod
    def by(cls, subject: Sequence[str] | None, indicator: Sequence[str] | None) -> "Asked":
        return cls(frozenset(subject or ()), frozenset(indicator or ()))

    def wants(self, name: str) -> bool:
        return not self.indicators or name in self.indicators

    def of(self, indicators: Sequence[Indicator]) -> list[Indicator]:
        """Of those that stand in pupils' readings."""
        return [one for one in indicators if not one.of_groups_alone and is_asked_for(one, self.indicators)]

    def of_groups(self, indicators: Sequence[GroupIndicator]) -> list[GroupIndicator]:
        return [one for one in indicators if is_asked_for(one, self.indicators)]

    def shown(
        self, found: Callable[[Indicator], Collection[str]], indicators: Sequence[Indicator], allowed: frozenset[str] | None
    ) -> dict[str, Sequence[str]]:
        """Indicator key -> the subjects (codes of `streams.sheet`) to show, of those found and allowed (None: all). What has no subject is
        for those who see all of them; a self-report for whoever the child was told of, whatever they teach."""
        shown: dict[str, Sequence[str]] = {}
        for one in indicators:
            shown[one.key] = [subject for subject in self._places(found, one) if may_see(allowed, one, subject)]
        return shown

    def _places(self, found: Callable[[Indicator], Collection[str]], one: Indicator) -> list[str]:
        """Of a subject that is asked for and in which nobody has anything there is a reading too, but of a framework none."""
        if not one.per_subject:
            return [""]
        if not one.per_framework:
            return sorted(self.subjects or found(one))
        return sorted(code for code in found(one) if not self.subjects or subject_and_framework(code)[0] in self.subjects)


def may_see(allowed: frozenset[str] | None, indicator: Indicator, subject: str) -> bool:
    """subject: a code of `streams.sheet`."""
    return allowed is None or subject_and_framework(subject)[0] in allowed or indicator.self_report


def span(windows: Iterable[Window]) -> tuple[date, date]:
    """The dates that some windows need together."""
    spans = list(windows)
    return min(window.first for window in spans), max(window.last for window in spans)


def made_of(one: GroupIndicator, indicators: Iterable[Indicator]) -> list[Indicator]:
    """The newest version of each. What pupils say of themselves is part of nothing that is not of it alone (design 6)."""
    newest = [indicator for indicator in indicators if indicator.until is None]
    return [indicator for indicator in newest if one.of(indicator) and indicator.self_report == one.self_reports]


def both(texts: Texts) -> dict[str, str]:
    return {"da": texts.da, "en": texts.en}
