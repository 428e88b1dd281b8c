"""The fold: a batch of records into sheets, ledger, freshness and failed items; pure, so any split of the log gives the same bytes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache

import msgspec
from msgspec import Struct

from contracts import envelope as e
from contracts.dates import Micros, instant, local_date, year_end
from contracts.facts import Open, Report, SheetKey, content, merge
from contracts.kinds import INTAKE_TYPES, KINDS, Family, Kind, Sheet
from contracts.ports import FailedRow, Freshness, LedgerKey, Record

POISON = "poison"
"""The reason of a record that is not an envelope of ours, or of no type and version that this hub knows; it stops nobody."""

NUL = b"\\u0000"
"""As JSON writes a character that PostgreSQL keeps in no text."""

_decoders = {kind.type: msgspec.json.Decoder(kind.model) for kind in KINDS.values()}
_failed = msgspec.json.Decoder(e.FailedItem)
_not_used = msgspec.json.Decoder(e.NotUsedItem)
_refused = msgspec.json.Decoder(e.RefusedRequest)


class Folded(Struct):
    """What records change. sheets: the facts of every sheet they touch, changed or not; `changed` names those that are. failed: of a record
    that is none of ours with no time, `received` being 0. newest: when the last of them was received, empty where none is ours."""

    sheets: dict[SheetKey, Open]
    changed: set[SheetKey]
    ledger: Counter[LedgerKey]
    freshness: dict[tuple[str, str], Freshness]
    failed: list[FailedRow]
    newest: str = ""


class _Placed(Struct):
    """What of an envelope says where its fact lives, and whose it is."""

    type: str
    subject: str
    institution: str = ""
    period: str = ""
    report: str = ""


_placed = msgspec.json.Decoder(_Placed)


def placed(record: Record) -> tuple[SheetKey, str] | None:
    """The sheet that a record's fact lives in, and the id of the report; None for what belongs to none."""
    try:
        told = _placed.decode(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    kind = KINDS.get(told.type)
    if kind is None or (NUL in record.value and "\0" in told.subject + told.institution + told.period):
        return None
    return SheetKey(told.subject, told.institution, kind.family, told.period), told.report


def fold(records: Sequence[Record], sheets: Mapping[SheetKey, Open], erased: Collection[str]) -> Folded:
    """sheets: of those that the records name, as the store has them, all facts that are told by a report that the records tell; they are
    changed in place."""
    folded = Folded(dict(sheets), set(), Counter(), {}, [])
    for record in records:
        try:
            envelope = e.decode(record.value)
            if NUL in record.value:
                _refuse_nul(envelope)
            _one(folded, envelope, erased)
        except (msgspec.DecodeError, ValueError, OverflowError):
            folded.failed.append(FailedRow(f"poison.{record.partition}.{record.position}", "", "", "", "", 0, POISON, "", "", "", "", None))
    return folded


def _one(folded: Folded, envelope: e.Envelope, erased: Collection[str]) -> None:
    """Raises `ValueError` or `msgspec.DecodeError`, with nothing changed, for one that intake would not have written."""
    kind = KINDS.get(envelope.type)
    _received(envelope.recordedtime)
    if kind is None and envelope.type not in INTAKE_TYPES.values():
        raise ValueError("no type of ours")
    if envelope.subject in erased:
        _count(folded, envelope, "not_used", "erased")
    elif kind is None:
        _intake(folded, envelope)
    else:
        at = _told(envelope.time)
        _check_period(kind.sheet, envelope.period)
        changed = _merge(folded, kind, envelope, at)
        _count(folded, envelope, "published" if changed else "repeated")
        _freshen(folded, kind, envelope, at)
    folded.newest = max(folded.newest, envelope.recordedtime)


def _refuse_nul(envelope: e.Envelope) -> None:
    """Raises `ValueError` where it stands in what is kept as text; facts are kept as bytes."""
    told = (envelope.id, envelope.source, envelope.subject, envelope.institution, envelope.channel, envelope.itemkind)
    if any("\0" in one for one in told):
        raise ValueError("a character that no text may hold")


def _told(written: str) -> Micros:
    try:
        return instant(written)
    except TypeError:
        raise ValueError("no time zone") from None


@lru_cache(maxsize=256)
def _received(written: str) -> Micros:
    """The records of a request were received together, on a day that there is."""
    at = _told(written)
    local_date(at)
    return at


@lru_cache(maxsize=1_024)
def _check_period(sheet: Sheet, period: str | msgspec.UnsetType) -> None:
    """Raises `ValueError` where it is none of that kind of sheet: what reads the sheet trusts its key."""
    if not isinstance(period, str):
        raise ValueError("no period")
    if sheet is Sheet.DATED:
        date.fromisoformat(period)
    elif sheet is Sheet.STANDING:
        year_end(period)
    elif period:
        raise ValueError("a period where there is none")


def _merge(folded: Folded, kind: Kind, envelope: e.Envelope, at: Micros) -> bool:
    key = SheetKey(envelope.subject, envelope.institution, kind.family, str(envelope.period))
    if not (isinstance(envelope.naturalkey, str) and isinstance(envelope.report, str)):
        raise ValueError("no key of a fact")
    told = None
    if envelope.op == "assert":
        told = content(kind, _decoders[kind.type].decode(_data(envelope)), at)
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
    """A clock that is ahead makes no source fresh beforehand."""
    if kind.family in (Family.CONTROL, Family.SOURCE) or envelope.op == "retract":
        return
    key = (envelope.supplier, envelope.institution)
    received, known = _received(envelope.recordedtime), folded.freshness.get(key)
    at = min(at, received)
    if known is None or known.data_until < at or known.received_until < received:
        newest = (max(at, known.data_until), max(received, known.received_until)) if known else (at, received)
        folded.freshness[key] = Freshness(*key, *newest)


def _data(envelope: e.Envelope) -> msgspec.Raw:
    if not isinstance(envelope.data, msgspec.Raw):
        raise ValueError("no data")
    return envelope.data


def _intake(folded: Folded, envelope: e.Envelope) -> None:
    data = _data(envelope)
    if envelope.type == INTAKE_TYPES["not_used"]:
        _count(folded, envelope, "not_used", _not_used.decode(data).reason)
    elif envelope.type == INTAKE_TYPES["refused"]:
        _count(folded, envelope, "refused", _refused.decode(data).reason)
    elif envelope.type == INTAKE_TYPES["failed"]:
        item = _failed.decode(data)
        _count(folded, envelope, "failed", item.reason)
        folded.failed.append(_failed_row(envelope, item))


def _failed_row(envelope: e.Envelope, item: e.FailedItem) -> FailedRow:
    return FailedRow(
        envelope.id, envelope.supplier, envelope.channel, envelope.institution, envelope.itemkind, instant(envelope.recordedtime),
        item.reason, item.pointer, item.detail, item.digest, envelope.subject, item.body,
    )  # fmt: skip
