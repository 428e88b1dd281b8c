"""Facts and sheets as values (design 4.1-4.2): a fact is a set of reports; merging is their union.

The union is associative, commutative and idempotent: of one report id the higher order stays, then what takes it
back, then the larger content digest. What
counts is chosen when measuring. Contents hold integers, texts, booleans and lists of texts: ms, millionths and microseconds since 1970.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from contracts.dates import Micros, local_date, micros, rfc3339
from contracts.kinds import BY_NAME, Kind, Sheet

VOID_ORDER: Final = 2**63 - 1
"""The order of a retraction by id: nothing that the voided id ever told again outranks it (xAPI 1.0.3, Data 2.3.2)."""

Content = dict[str, Any]


class SheetKey(NamedTuple):
    """One row of the store, one Kafka partition, one writer."""

    subject: str
    institution: str
    family: str
    period: str


class Report(Struct, array_like=True, frozen=True):
    """What a source told of a fact; content None: it took it back."""

    supplier: str
    channel: str
    rank: int
    order: int
    content: Content | None

    @property
    def digest(self) -> bytes:
        return hashlib.blake2b(encode(self.content), digest_size=16).digest()


Facts = dict[str, dict[str, dict[str, Report]]]
"""Event type name -> natural key -> report id -> report."""

_encoder = msgspec.json.Encoder(order="deterministic")
encode = _encoder.encode
"""Canonical JSON: keys sorted, so equal facts are equal bytes."""
decode_facts = msgspec.json.Decoder(Facts).decode


Open = dict[str, dict[str, Any]]
"""Facts to which reports are added: where none was added to a fact, its reports may still be the bytes they stand in (`msgspec.Raw`)."""
decode_open: Callable[[bytes], Open] = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]]).decode
"""Of a sheet of many facts only those that are added to are read; `encode` writes the others as they stood."""
_reports = msgspec.json.Decoder(dict[str, Report]).decode


def merge(facts: Open, kind: str, key: str, report_id: str, report: Report) -> bool:
    """Adds a report in place; False where it changed nothing (it was known, or an older word of the same report)."""
    keyed = facts.setdefault(kind, {})
    reports = keyed.setdefault(key, {})
    if isinstance(reports, msgspec.Raw):
        reports = keyed[key] = _reports(reports)
    known = reports.get(report_id)
    if known is not None and _word(known) >= _word(report):
        return False
    reports[report_id] = report
    return True


def join(facts: Open, others: Open) -> None:
    """Adds all reports of others, as they are decoded (`decode_open`), in place: few of their facts have some in both."""
    for kind, keyed in others.items():
        known = facts.setdefault(kind, {})
        for key, reports in keyed.items():
            if key not in known:
                known[key] = reports
            else:
                for report_id, report in _reports(reports).items():
                    merge(facts, kind, key, report_id, report)


def _word(report: Report) -> tuple[int, bool, bytes, int]:
    """Which of two words of one report is the newer. At the same order a report that is taken back stays so, since a source that has no
    revisions repeats its event to take it back; a channel's rank may have been changed between two receipts of the same word."""
    return report.order, report.content is None, report.digest, -report.rank


def union(facts: Facts, other: Facts) -> Facts:
    """Both, as a new value."""
    merged: Facts = {kind: {key: dict(reports) for key, reports in keyed.items()} for kind, keyed in facts.items()}
    for kind, key, report_id, report in each(other):
        merge(merged, kind, key, report_id, report)
    return merged


def each(facts: Facts) -> Iterator[tuple[str, str, str, Report]]:
    for kind, keyed in facts.items():
        for key, reports in keyed.items():
            for report_id, report in reports.items():
                yield kind, key, report_id, report


class Fact(NamedTuple):
    """A fact as it counts: the chosen report's content, and where it came from. against: of each source that tells it
    otherwise its newest word."""

    kind: str
    key: str
    supplier: str
    order: int
    content: Content
    channel: str = ""
    against: tuple["Fact", ...] = ()

    @property
    def disputed(self) -> bool:
        return bool(self.against)


def counting(facts: Facts) -> list[Fact]:
    """The facts that count: of each, its reports that are not taken back, by rank of the channel, then order, then digest.

    Where two sources say the same at the same order, the report id decides, so that the source named is a function of the set too.
    """
    found = (_chosen(kind, key, reports) for kind in sorted(facts) for key, reports in sorted(facts[kind].items()))
    return [fact for fact in found if fact is not None]


def _chosen(kind: str, key: str, reports: dict[str, Report]) -> Fact | None:
    if len(reports) == 1:
        (only,) = reports.values()
        return None if only.content is None else Fact(kind, key, only.supplier, only.order, only.content, only.channel)
    told = {name: report for name, report in reports.items() if report.content is not None}
    if not told:
        return None
    best = told[max(told, key=lambda name: (-told[name].rank, told[name].order, told[name].digest, name))]
    fact = Fact(kind, key, best.supplier, best.order, best.content or {}, best.channel)
    return fact._replace(against=_against(fact, told.values()))


def _against(counts: Fact, told: Iterable[Report]) -> tuple[Fact, ...]:
    """When something was said is no part of what is said: two files tell the same at two times."""
    newest: dict[tuple[str, str], Report] = {}
    for report in sorted(told, key=lambda one: (one.order, one.digest)):
        newest[report.supplier, report.channel] = report
    newest.pop((counts.supplier, counts.channel))
    others = [Fact(counts.kind, counts.key, one.supplier, one.order, one.content or {}, one.channel) for _, one in sorted(newest.items())]
    return tuple(other for other in others if _said(other.content) != _said(counts.content))


def _said(content: Content) -> Content:
    return {name: value for name, value in content.items() if name != "at"}


def day_of(fact: Fact) -> date:
    """The local date that a fact belongs to, as `kinds.dated` has it of the event."""
    field = BY_NAME[fact.kind].date
    told: Micros | str = fact.content[field if field in fact.content else "at"]
    return local_date(told) if isinstance(told, int) else date.fromisoformat(told)


def is_standing(fact: Fact) -> bool:
    """Whether it lives in the sheet of a school year, together with facts of other dates."""
    return BY_NAME[fact.kind].sheet is Sheet.STANDING


@cache
def _fields(model: type[Struct]) -> tuple[tuple[str, int | None], ...]:
    """Each field of a model with the factor by which its float becomes an integer."""
    return tuple((field.name, _scale(field.type)) for field in msgspec.inspect.type_info(model).fields)  # type: ignore[attr-defined] # a Struct has fields


def _scale(described: Any) -> int | None:
    if isinstance(described, msgspec.inspect.Metadata):
        return (described.extra or {}).get("scale")
    if isinstance(described, msgspec.inspect.UnionType):
        return next((scale for member in described.types if (scale := _scale(member)) is not None), None)
    return None


_SIMPLE: Final = frozenset({str, int, bool})


def content(kind: Kind, event: Any, time: int) -> Content:
    """What a report says, in integers; `at` is the event's own, or the envelope's time."""
    told: Content = {"at": time}
    for name, scale in _fields(kind.model):
        value = getattr(event, name)
        if value is None:
            continue
        told[name] = round(value * scale) if scale else value if value.__class__ in _SIMPLE else _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def shown(kind: str, told: Content) -> Content:
    """A content in the units of its event's model again, times as RFC 3339, for a reader."""
    model = BY_NAME[kind].model
    scales = dict(_fields(model))
    instants = {field.name for field in msgspec.structs.fields(model) if "datetime.datetime" in str(field.type)}
    return {name: _unit(value, scales.get(name), is_time=name == "at" or name in instants) for name, value in told.items()}


def _unit(value: Any, scale: int | None, *, is_time: bool) -> Any:
    if is_time:
        return rfc3339(value)
    return value / scale if scale else value
