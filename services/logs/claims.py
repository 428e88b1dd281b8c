"""Which reports were received, and what a void takes back (design 4.1, Retraction by id): decided here, written by each log.

A claim's row is locked by the statement and by its void; whoever comes second makes the keyed retraction, which stands before the
statement where that is the second.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec import Struct

from contracts.dates import Micros, instant, local_date, school_year, year_end
from contracts.envelope import Envelope
from contracts.errors import Conflict, Fault
from contracts.facts import VOID_ORDER
from contracts.kinds import ACTIVITY_DAYS, GRACE_DAYS, KINDS, MESSAGE_DAYS, Sheet, accepted_until
from contracts.ports import Claim, Cursor, Entry, FirstSeen
from contracts.seal import retraction


class Append(NamedTuple):
    """cursor: of what was read from a source; saved with it, and what was read before is left out."""

    entries: Sequence[Entry]
    received: Micros
    cursor: Cursor | None


class Row(Struct):
    """digest None: only its void was received yet. records: what is to be taken back when it is voided, without its content.
    expires: an ISO date."""

    report: str
    digest: str | None
    time: Micros | None
    subject: str
    records: list[Envelope]
    voided: bool
    expires: str


class Decided(Struct):
    """What to write: envelopes in order, and the claims that changed."""

    envelopes: list[Envelope]
    rows: dict[str, Row]


class Written(Struct):
    """What a group of appends comes to. again: the entries that each leaves out. told: all records in order, with when they were
    received."""

    again: list[frozenset[int]]
    told: list[tuple[Micros, Envelope]]
    rows: dict[str, Row]


def wanted(entries: Sequence[Entry]) -> list[str]:
    """The claims that a decision on these entries must see."""
    claims = [entry.claim for entry in entries if entry.claim]
    return sorted({claim.report for claim in claims} | {claim.voids for claim in claims if claim.voids})


def again(entries: Sequence[Entry], known: Mapping[str, Row]) -> frozenset[int]:
    """The entries that say what is known already, or what one before them says. Raises `Conflict` where one before says another thing."""
    digests = {report: row.digest for report, row in known.items()}
    found, faults = set(), []
    for index, claim in enumerate(entry.claim for entry in entries):
        if claim is None:
            continue
        before = digests.setdefault(claim.report, None)
        if before == claim.digest:
            found.add(index)
        elif before is not None:
            faults.append(Fault("id_conflict", f"/{index}"))
        digests[claim.report] = before or claim.digest
    if faults:
        raise Conflict(faults)
    return frozenset(found)


def taken(entries: Sequence[Entry], known: Mapping[str, Row], received: Micros, *, once: bool) -> tuple[frozenset[int], Decided]:
    """What to write, and which entries are left out of it. once: those that say what is known already are. Raises as `decide`."""
    if not once:
        return frozenset(), decide(entries, known, received)
    left_out = again(entries, known)
    new = [Entry(()) if index in left_out else entry for index, entry in enumerate(entries)]
    return left_out, decide(new, known, received)


def in_turn(group: Sequence[Append], known: Mapping[str, Row]) -> Written:
    """Each decided after those before it. Raises as `decide`, of the first that is refused."""
    rows, written = dict(known), Written([], [], {})
    for one in group:
        left_out, decided = taken(one.entries, rows, one.received, once=one.cursor is not None)
        rows |= decided.rows
        written.rows |= decided.rows
        written.again.append(left_out)
        written.told += [(one.received, envelope) for envelope in decided.envelopes]
    return written


def decide(entries: Sequence[Entry], known: Mapping[str, Row], received: Micros) -> Decided:
    """Raises `Conflict` with the index of every entry (or the header) whose id is known with another content, or `FirstSeen`."""
    _refuse_conflicts(entries, known)
    rows = dict(known)
    decided = Decided([], {})
    for entry in entries:
        before, after = _one(entry, rows, decided.rows, received)
        decided.envelopes += [*before, *entry.envelopes, *after]
    return decided


def _refuse_conflicts(entries: Sequence[Entry], known: Mapping[str, Row]) -> None:
    faults, times = [], {}
    for index, entry in enumerate(entries):
        claim = entry.claim
        row = known.get(claim.report) if claim else None
        if claim is None or row is None or row.digest is None:
            continue
        if row.digest != claim.digest:
            faults.append(Fault("webhook_id_conflict", "webhook-id") if claim.message else Fault("id_conflict", f"/{index}"))
        elif claim.timeless and row.time is not None and row.time != _time(entry):
            times[claim.report] = row.time
    if faults:
        raise Conflict(faults)
    if times:
        raise FirstSeen(times)


def _one(entry: Entry, rows: dict[str, Row], changed: dict[str, Row], received: Micros) -> tuple[list[Envelope], list[Envelope]]:
    claim = entry.claim
    if claim is None:
        return [], []
    row = rows.get(claim.report)
    before: list[Envelope] = []
    if row is None or row.digest is None:
        row = _claimed(entry, claim, received, voided=row.voided if row else False)
        rows[claim.report] = changed[claim.report] = row
        before = _taken_back(row, received) if row.voided else []
    after = _void(claim.voids, rows, changed, received) if claim.voids else []
    return before, after


def _claimed(entry: Entry, claim: Claim, received: Micros, *, voided: bool) -> Row:
    keyed = [envelope for envelope in entry.envelopes if envelope.type in KINDS and not claim.voids]
    records = [msgspec.structs.replace(envelope, data=msgspec.UNSET) for envelope in keyed]
    subject = next((envelope.subject for envelope in keyed or entry.envelopes), "")
    expires = _later(received, MESSAGE_DAYS) if claim.message else _expires(keyed, received)
    return Row(claim.report, claim.digest, _time(entry), subject, records, voided, expires)


def _void(target: str, rows: dict[str, Row], changed: dict[str, Row], received: Micros) -> list[Envelope]:
    """The keyed retractions of a target that is known; else the void is remembered for it."""
    row = rows.get(target)
    if row is not None and row.voided:
        return []
    if row is None:
        row = Row(target, None, None, "", [], True, _remembered(received))
    row = msgspec.structs.replace(row, voided=True)
    rows[target] = changed[target] = row
    return _taken_back(row, received)


def _taken_back(row: Row, received: Micros) -> list[Envelope]:
    return [retraction(record, VOID_ORDER, received) for record in row.records]


def _time(entry: Entry) -> Micros | None:
    return instant(entry.envelopes[0].time) if entry.envelopes else None


def _expires(keyed: Sequence[Envelope], received: Micros) -> str:
    """A report id is kept to the last day on which its fact is accepted, so no void comes when its sheet may be gone."""
    return max([_kept(envelope) for envelope in keyed] or [_later(received, ACTIVITY_DAYS + GRACE_DAYS)])


def _kept(envelope: Envelope) -> str:
    return _accepted(envelope.type, str(envelope.period)) if envelope.period else _remembered(instant(envelope.recordedtime))


@lru_cache(maxsize=1_024)
def _accepted(type_: str, period: str) -> str:
    kind = KINDS[type_]
    day = date.fromisoformat(period) if kind.sheet is Sheet.DATED else None
    last = accepted_until(kind.family, kind.sheet, day) if day else year_end(period)
    assert last is not None
    return last.isoformat()


def _later(received: Micros, days: int) -> str:
    return (local_date(received) + timedelta(days=days)).isoformat()


def _remembered(received: Micros) -> str:
    """A void without a target is kept as long as a target could come: to the end of what a school year's facts are kept."""
    return (year_end(school_year(local_date(received))) + timedelta(days=GRACE_DAYS)).isoformat()
