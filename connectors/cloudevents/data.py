"""The data of an event: the fields of its model, with the supplier's own names turned into what the hub will seal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, get_args

import msgspec

from connectors.cloudevents import whom
from connectors.cloudevents.attributes import YEARS
from contracts import events as e
from contracts import selfreport
from contracts.connector import Registration, Subject
from contracts.dates import Micros, micros
from contracts.errors import Fault, Refused
from contracts.kinds import KINDS, Family, Kind
from contracts.privacy import GroupRef, Identity, RowRef
from contracts.seal import fault

TAKEN: Final[Mapping[str, Kind]] = MappingProxyType(
    {type_: kind for type_, kind in KINDS.items() if kind.model not in (e.Retraction, e.Snapshot)}
)
"""What suppliers may send; retractions by id and snapshots are the hub's own."""
PARTS: Final = (0, 0.5, 1)
_IN_PLACE: Final = MappingProxyType({Identity: "p_" + "a" * 26, GroupRef: "g_" + "a" * 26, RowRef: "w_" + "a" * 26})
"""Pseudonyms that stand in while the rest of the data is checked."""
_WIDEST: Final = 2**63

EMITTED: Final[frozenset[type[e.Event]]] = frozenset(get_args(e.Event)) - {e.Retraction, e.Snapshot}

Data = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the event's data may lean on."""

    kind: Kind
    subject: Subject
    institution: str
    registration: Registration


def prepared(told: Told, data: Mapping[str, Any]) -> tuple[Data, Micros | None]:
    """The draft's data, and the instant that they date themselves by, if they do. Refuses what does not fit the model."""
    ready = _defaults(told, dict(data))
    if rule := _RULES.get(told.kind.model):
        ready = rule(told, ready)
    if "group_id" in told.kind.model.__struct_fields__:
        ready["group_id"] = _group(told, ready)
    if isinstance(row := ready.get("row_id"), str) and row.strip():
        ready["row_id"] = RowRef(told.institution, row.strip())
    event = _built(told.kind, ready)
    if told.kind.model is e.AttendanceDayTotal and event.absent_fraction not in PARTS:
        raise _wrong("absent_fraction", "0, 0.5 or 1")
    own = None if told.kind.date == "time" else getattr(event, told.kind.date)
    return ready, micros(own) if isinstance(own, datetime) else None


def _wrong(field: str, detail: str = "", reason: str = "value_invalid") -> Refused:
    return Refused.because(reason, f"/data/{field}", detail)


def _defaults(told: Told, data: Data) -> Data:
    """A supplier speaks for its own tool; the registration says the school subject where the event does not."""
    fields = told.kind.model.__struct_fields__
    if "tool" in fields and data.setdefault("tool", told.registration.tool) != told.registration.tool:
        raise _wrong("tool", "the tool that the credential is registered for")
    if "subject_code" in fields and told.kind.family is not Family.ROSTER:
        data.setdefault("subject_code", told.registration.subject_code)
    return data


def _group(told: Told, data: Data) -> GroupRef:
    """What the roster calls the group; an event that is said of a group is of that one."""
    said_of = told.subject if isinstance(told.subject, GroupRef) else None
    if "group_id" not in data and said_of is None:
        raise Refused.because("missing_member", "/data", "group_id")
    named = data.get("group_id", said_of.source_id if said_of else None)
    if not isinstance(named, str):
        raise _wrong("group_id", reason="null_value" if named is None else "wrong_type")
    if not named.strip() or (said_of and named.strip() != said_of.source_id):
        raise _wrong("group_id", "the group that the subject names" if said_of else "")
    return GroupRef(told.institution, named.strip())


def _link(told: Told, data: Data) -> Data:
    """An identity row from a supplier is a link: its subject is an identity that the roster names, `identity` one more of that pupil."""
    written, basis = data.get("identity"), data.setdefault("basis", "link")
    own = whom.identity(written, told.registration.schemes) if isinstance(written, str) else None
    if own is None or own == told.subject:
        raise _wrong("identity", "scheme:value, another than the subject")
    if basis != "link":
        raise _wrong("basis", "link")
    if "person" in data:
        raise _wrong("person", reason="unknown_member")
    if data.get("scheme", own.scheme) != own.scheme:
        raise _wrong("scheme", "that of identity, or left out")
    return {**data, "identity": own, "scheme": own.scheme}


def _self_report(_: Told, data: Data) -> Data:
    """Before anything else is looked at: not whether the rest of it fits."""
    if wrong := selfreport.unlawful(data):
        raise _wrong(wrong.pointer, reason=wrong.reason)
    return data


def _roster_group(told: Told, data: Data) -> Data:
    assert isinstance(told.subject, GroupRef)
    return {"source_id": told.subject.source_id, **data}


def _cadence(told: Told, data: Data) -> Data:
    if data.setdefault("source", told.registration.supplier) != told.registration.supplier:
        raise _wrong("source", "the supplier of the credential")
    return data


_RULES: Final[Mapping[type, Callable[[Told, Data], Data]]] = MappingProxyType(
    {e.RosterIdentity: _link, e.SelfReport: _self_report, e.Group: _roster_group, e.Cadence1: _cadence, e.Cadence: _cadence}
)


def _built(kind: Kind, data: Data) -> Any:
    """The event as its model; where it does not fit, a pointer says where."""
    sealed = {name: _IN_PLACE.get(type(value), value) for name, value in data.items()}
    try:
        event = msgspec.convert(sealed, kind.model)
    except msgspec.ValidationError as error:
        raise Refused([fault(error, "/data")]) from None
    faults = [Fault(reason, f"/data/{name}") for name in event.__struct_fields__ if (reason := _unstorable(getattr(event, name)))]
    if isinstance(event, e.SelfReport) and (wrong := selfreport.unsound(event)):
        raise _wrong(wrong.pointer, wrong.detail, wrong.reason)
    if faults:
        raise Refused(faults)
    return event


def _unstorable(value: Any) -> str | None:
    """Why a value that fits the model is none that the hub can keep: years that no school saw, integers past 64 bits."""
    if isinstance(value, datetime) and value.year not in YEARS:
        return "timestamp_invalid"
    if isinstance(value, int) and not -_WIDEST <= value < _WIDEST:
        return "value_invalid"
    return None
