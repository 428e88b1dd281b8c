"""The only way to make an envelope (design 3, R1).

Sealing replaces every direct identifier by its pseudonym, builds the event's model from the listed fields alone (anything unlisted
is an error), refuses CPR-shaped content, and computes where the fact lives.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from contracts import cpr, selfreport
from contracts.connector import Draft, Subject
from contracts.dates import Micros, rfc3339, school_year
from contracts.envelope import SOURCE, Envelope, FailedItem, NotUsedItem, RefusedRequest
from contracts.errors import Fault, Refused
from contracts.events import Event, SelfReport
from contracts.kinds import BY_MODEL, INTAKE_TYPES, Sheet, dated, natural_key, period
from contracts.privacy import DIRECT, GroupRef, Identity, Key, Person, RowRef


class Origin(msgspec.Struct, frozen=True):
    """Where a record comes from: the supplier, its connector, the channel's rank and the time of receipt."""

    supplier: str
    channel: str
    rank: int
    received: Micros


def build(draft: Draft, key: Key) -> Event:
    """The draft's event with pseudonyms in place; raises `Refused` where a value does not fit its model, or where it is a pupil's own
    answer that may not be taken."""
    if draft.model is SelfReport:
        _refuse(selfreport.unlawful(draft.data))
    sealed = {name: key.seal(value) if value.__class__ in DIRECT else value for name, value in draft.data.items()}
    try:
        event: Event = msgspec.convert(sealed, draft.model)
    except msgspec.ValidationError as error:
        raise Refused([fault(error)]) from None
    if isinstance(event, SelfReport):
        _refuse(selfreport.unsound(event))
    return event


def _refuse(wrong: Fault | None) -> None:
    if wrong:
        raise Refused.because(wrong.reason, f"/{wrong.pointer}", wrong.detail)


_TELLS = (
    ("unknown field", "unknown_member"),
    ("missing required", "missing_member"),
    ("got `null`", "null_value"),
    ("Expected `", "wrong_type"),
    ("Invalid RFC3339", "timestamp_invalid"),
)


def fault(error: msgspec.ValidationError, root: str = "") -> Fault:
    """What msgspec says, as a reason and a JSON pointer; its own text may hold values, so it is not passed on."""
    text, _, path = str(error).partition(" - at `")
    reason = next((reason for tell, reason in _TELLS if tell in text), "value_invalid")
    if reason == "wrong_type" and any(word in text for word in ("length", "matching", ">=", "<=", "`datetime` with")):
        reason = "value_invalid"
    pointer = path.rstrip("`").removeprefix("$").replace("[...]", "/*").replace("[", "/").replace("]", "").replace(".", "/")
    detail = text.partition("`")[2].partition("`")[0] if reason == "missing_member" else ""
    return Fault(reason, root + pointer, detail)


def _plausible(said: str | None, of_day: str) -> None:
    """The school year that a source files a fact under is a real one, and that of its date or the one beside it."""
    if said is not None and (int(said[5:]) != int(said[:4]) + 1 or abs(int(said[:4]) - int(of_day[:4])) > 1):
        raise Refused.because("value_invalid", "/school_year")


def subject(draft_subject: Subject, key: Key) -> str:
    return draft_subject if isinstance(draft_subject, str) else key.seal(draft_subject)


def seal(
    draft: Draft, origin: Origin, kind: str, part: str | None, key: Key, time: Micros, allowed: frozenset[str] = frozenset()
) -> Envelope:
    """One envelope. time: the draft's own, or that of its first receipt. part: `k/n`, None for what the hub derives."""
    return sealed(draft, build(draft, key), origin, kind, part, key, time, allowed)


_received = lru_cache(maxsize=16)(rfc3339)
"""Of a request: the same for all of its records."""


def sealed(
    draft: Draft, event: Event, origin: Origin, kind: str, part: str | None, key: Key, time: Micros, allowed: frozenset[str] | None
) -> Envelope:
    """event: what `build` made of the draft under this key. allowed: None where `clear` has looked at the draft."""
    if allowed is not None:
        _unmarked(draft, allowed)
    told = BY_MODEL[draft.model]
    report = key.report(origin.supplier, origin.channel, draft.report)
    day = dated(told, event, time)
    if told.sheet is Sheet.STANDING:
        _plausible(getattr(event, "school_year", None), school_year(day))
    order = time if draft.order is None else draft.order
    return Envelope(
        id=f"{report}.{order}.{draft.op[0]}",
        source=SOURCE + origin.supplier,
        type=told.type,
        subject=subject(draft.subject, key),
        time=rfc3339(time),
        recordedtime=_received(origin.received),
        dataschema=told.dataschema,
        institution=draft.institution,
        channel=origin.channel,
        itemkind=kind,
        part=part or msgspec.UNSET,
        sensitivity=told.sensitivity,
        period=period(told, event, day),
        naturalkey=natural_key(told, event, report),
        report=report,
        order=str(order),
        rank=origin.rank,
        op=draft.op,
        data=msgspec.Raw(msgspec.json.encode(event)),
    )


def clear(drafts: Iterable[Draft], allowed: frozenset[str]) -> bool:
    """Whether none of these drafts holds CPR-shaped content, in one look, also in what is going to be sealed; False says nothing."""
    told = [(_but(draft.data, allowed) if allowed else draft.data, draft.report, draft.subject) for draft in drafts]
    return cpr.clear(msgspec.json.encode(told).decode())


def _but(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def _unmarked(draft: Draft, allowed: frozenset[str]) -> None:
    """Refuses CPR-shaped content."""
    if clear([draft], allowed):
        return
    plain = {name: value for name, value in _but(draft.data, allowed).items() if value.__class__ not in DIRECT}
    if hit := next(cpr.find(msgspec.to_builtins(plain)), None) or next(cpr.find([draft.report, _words(draft.subject)]), None):
        raise Refused.because("national_identifier_present", hit)


def _words(subject: Subject) -> str:
    """The parts of a subject that came from outside."""
    if isinstance(subject, Identity):
        return subject.value
    if isinstance(subject, GroupRef | RowRef):
        return subject.source_id
    return subject.leading.value if isinstance(subject, Person) else subject


def retraction(target: Envelope, order: int, received: Micros) -> Envelope:
    """The keyed retraction that the hub derives when a report is voided by its id; it carries no item and no content."""
    return msgspec.structs.replace(
        target, id=f"{target.report}.{order}.r", recordedtime=rfc3339(received), order=str(order), op="retract", part=msgspec.UNSET,
        data=msgspec.UNSET,
    )  # fmt: skip


def intake(
    outcome: NotUsedItem | FailedItem | RefusedRequest, origin: Origin, kind: str, institution: str, item: str, subject: str = ""
) -> Envelope:
    """The record of an item that was not published, or of a request that was refused. item: a hashed id of its own."""
    name = {NotUsedItem: "not_used", FailedItem: "failed", RefusedRequest: "refused"}[type(outcome)]
    at = rfc3339(origin.received)
    return Envelope(
        id=item, source=SOURCE + origin.supplier, type=INTAKE_TYPES[name], subject=subject, time=at, recordedtime=at,
        institution=institution, channel=origin.channel, itemkind=kind, part="1/1", data=msgspec.Raw(msgspec.json.encode(outcome)),
    )  # fmt: skip
