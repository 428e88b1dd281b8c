"""The fold: a batch of records into sheets, ledger, freshness and failed items; pure, so any split of the log gives the same bytes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from contracts import envelope as e
from contracts.dates import Micros, instant, local_date
from contracts.facts import Open, Report, SheetKey, content, merge
from contracts.kinds import INTAKE_TYPES, KINDS, Family, Kind
from contracts.ports import FailedRow, Freshness, LedgerKey, Record

POISON = "poison"
"""The reason of a record that is not an envelope of ours; it stops nobody."""

_decoders = {kind.type: msgspec.json.Decoder(kind.model) for kind in KINDS.values()}
_failed = msgspec.json.Decoder(e.FailedItem)
_not_used = msgspec.json.Decoder(e.NotUsedItem)
_refused = msgspec.json.Decoder(e.RefusedRequest)


class Folded(Struct):
    """What records change. sheets: the facts of every sheet they touch, changed or not; `changed` names those that are. newest: when the
    last of them was received, empty where none is ours."""

    sheets: dict[SheetKey, Open]
    changed: set[SheetKey]
    ledger: Counter[LedgerKey]
    freshness: dict[tuple[str, str], Freshness]
    failed: list[FailedRow]
    newest: str = ""


class _Placed(Struct):
    """What of an envelope says where its fact lives."""

    type: str
    subject: str
    institution: str = ""
    period: str = ""


_placed = msgspec.json.Decoder(_Placed)


def sheet_of(record: Record) -> SheetKey | None:
    """The sheet that a record's fact lives in; None for what belongs to none."""
    try:
        told = _placed.decode(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    kind = KINDS.get(told.type)
    return None if kind is None else SheetKey(told.subject, told.institution, kind.family, told.period)


def fold(records: Sequence[Record], sheets: Mapping[SheetKey, Open], erased: Collection[str]) -> Folded:
    """sheets: those that the records name, as the store has them; they are changed in place."""
    folded = Folded(dict(sheets), set(), Counter(), {}, [])
    for record in records:
        try:
            envelope = e.decode(record.value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            folded.failed.append(FailedRow(f"poison.{record.partition}.{record.position}", "", "", "", "", 0, POISON, "", "", "", "", None))
        else:
            folded.newest = max(folded.newest, envelope.recordedtime)
            _one(folded, envelope, erased)
    return folded


def _one(folded: Folded, envelope: e.Envelope, erased: Collection[str]) -> None:
    kind = KINDS.get(envelope.type)
    if envelope.subject in erased:
        _count(folded, envelope, "not_used", "erased")
    elif kind is None:
        _intake(folded, envelope)
    else:
        at = instant(envelope.time)
        changed = _merge(folded, kind, envelope, at)
        _count(folded, envelope, "published" if changed else "repeated")
        _freshen(folded, kind, envelope, at)


_received = lru_cache(maxsize=256)(instant)
"""The records of a request were received together."""


def _merge(folded: Folded, kind: Kind, envelope: e.Envelope, at: Micros) -> bool:
    key = SheetKey(envelope.subject, envelope.institution, kind.family, str(envelope.period))
    told = None
    if envelope.op == "assert" and isinstance(envelope.data, msgspec.Raw):
        told = content(kind, _decoders[kind.type].decode(envelope.data), at)
    report = Report(envelope.supplier, envelope.channel, envelope.rank, int(str(envelope.order)), told)
    changed = merge(folded.sheets.setdefault(key, {}), kind.name, str(envelope.naturalkey), str(envelope.report), report)
    if changed:
        folded.changed.add(key)
    return changed


def _count(folded: Folded, envelope: e.Envelope, outcome: str, reason: str = "") -> None:
    """An item is counted at the first of its records; what the hub derived is no item."""
    if isinstance(envelope.part, str) and envelope.part.startswith("1/"):
        day = local_date(_received(envelope.recordedtime))
        folded.ledger[LedgerKey(envelope.supplier, envelope.institution, day, outcome, reason, envelope.itemkind)] += 1


def _freshen(folded: Folded, kind: Kind, envelope: e.Envelope, at: Micros) -> None:
    if kind.family in (Family.CONTROL, Family.SOURCE) or envelope.op == "retract":
        return
    key = (envelope.supplier, envelope.institution)
    received, known = _received(envelope.recordedtime), folded.freshness.get(key)
    if known is None or known.data_until < at or known.received_until < received:
        newest = (max(at, known.data_until), max(received, known.received_until)) if known else (at, received)
        folded.freshness[key] = Freshness(*key, *newest)


def _intake(folded: Folded, envelope: e.Envelope) -> None:
    assert isinstance(envelope.data, msgspec.Raw)
    if envelope.type == INTAKE_TYPES["not_used"]:
        _count(folded, envelope, "not_used", _not_used.decode(envelope.data).reason)
    elif envelope.type == INTAKE_TYPES["refused"]:
        _count(folded, envelope, "refused", _refused.decode(envelope.data).reason)
    elif envelope.type == INTAKE_TYPES["failed"]:
        item = _failed.decode(envelope.data)
        _count(folded, envelope, "failed", item.reason)
        folded.failed.append(_failed_row(envelope, item))


def _failed_row(envelope: e.Envelope, item: e.FailedItem) -> FailedRow:
    return FailedRow(
        envelope.id, envelope.supplier, envelope.channel, envelope.institution, envelope.itemkind, instant(envelope.recordedtime),
        item.reason, item.pointer, item.detail, item.digest, envelope.subject, item.body,
    )  # fmt: skip
