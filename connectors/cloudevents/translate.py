"""A CloudEvents request to items: one event in binary or structured mode, or a batch of which each event is an item of its own."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote

from connectors.cloudevents import attributes, whom
from connectors.cloudevents.data import TAKEN, Told, prepared
from contracts import cpr, strictjson
from contracts.connector import Draft, Failed, Item, Published, Registration, Request, Translation
from contracts.errors import Fault, Refused
from contracts.events import Event
from contracts.kinds import Family
from contracts.reasons import REASONS

BINARY: Final = "application/json"
STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
UNKNOWN: Final = "unknown"
"""The kind of what is no event of a type that is taken."""
MOST: Final = 1_000
"""Events in one batch."""
UNPROCESSABLE: Final = 422
_PREFIX: Final = "ce-"
_ESCAPED = re.compile(r"\\(.)")
_NEEDED: Final = "ce-specversion, ce-id, ce-source and ce-type; or the content type of another mode"


def translate(request: Request) -> Translation:
    """A batch is taken item by item; a single bad event is refused: 400 where it is no CloudEvent, 422 where its content is wrong."""
    if request.query:
        raise Refused.because("unknown_parameter")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in (BINARY, STRUCTURED, BATCH):
        raise _refused("content_type", detail=f"{STRUCTURED}, {BATCH}, or {BINARY} with ce- headers")
    if not request.body.strip():
        raise Refused.because("empty_body")
    if media == BINARY:
        return _binary(request)
    document = strictjson.parse(request.body)
    if media == STRUCTURED:
        return Translation((_single(document, request.registration),), listed=False)
    return Translation(tuple(_batch(document, request.registration)))


def _refused(reason: str, detail: str = "") -> Refused:
    return Refused.because(reason, detail=detail, status=REASONS[reason].status)


def _batch(document: Any, registration: Registration) -> Iterable[Item]:
    if not isinstance(document, list):
        raise Refused.because("wrong_type")
    if not document:
        raise Refused.because("empty_body")
    if len(document) > MOST:
        raise _refused("too_many_items", f"at most {MOST}")
    return [_one(raw, f"/{place}", registration) for place, raw in enumerate(document)]


def _one(raw: Any, root: str, registration: Registration) -> Item:
    try:
        _unmarked(raw)
        return _published(attributes.read(raw), registration)
    except Refused as refused:
        first = refused.faults[0]
        body = b"" if first.reason == "national_identifier_present" else json.dumps(raw, ensure_ascii=False).encode()
        who = whom.identity(_text(raw, "subject"), registration.schemes) if body else None
        return Failed(_kind(raw), first.reason, root + first.pointer, body, first.detail, _text(raw, "institution"), who)


def _single(raw: Any, registration: Registration) -> Published:
    _unmarked(raw)
    read = attributes.read(raw)
    try:
        return _published(read, registration)
    except Refused as refused:
        raise Refused(refused.faults, UNPROCESSABLE) from None


def _binary(request: Request) -> Translation:
    """Attributes in `ce-` headers, data in the body; faults point at the header, or into the body."""
    named = {name.removeprefix(_PREFIX): value for name, value in request.headers.items() if name.startswith(_PREFIX)}
    if not named:
        raise Refused.because("header_invalid", detail=_NEEDED)
    event = {name: _header(name, value) for name, value in named.items() if name not in ("data", "data_base64", "datacontenttype")}
    try:
        item = _single({**event, "data": strictjson.parse(request.body)}, request.registration)
    except Refused as refused:
        raise Refused([_at_header(fault) for fault in refused.faults], refused.status) from None
    return Translation((item,), listed=False)


def _header(name: str, written: str) -> str:
    """A header value: quotes and backslashes undone, then percent-encoded UTF-8 (HTTP binding, 3.1.3.2)."""
    quoted = len(written) > 1 and written[0] == written[-1] == '"'
    bare = _ESCAPED.sub(r"\1", written[1:-1]) if quoted else written
    try:
        return unquote(bare, errors="strict")
    except UnicodeDecodeError:
        raise Refused.because("header_invalid", _PREFIX + name) from None


def _at_header(fault: Fault) -> Fault:
    first, _, rest = fault.pointer.removeprefix("/").partition("/")
    if first == "data":
        return Fault(fault.reason, f"/{rest}" if rest else "", fault.detail)
    return Fault(fault.reason, _PREFIX + first if first else "", fault.detail)


def _unmarked(raw: Any) -> None:
    """No part of an event may hold a CPR number, of an attribute that is read or not."""
    hit = next(cpr.find(raw), None)
    if hit is not None:
        raise Refused.because("national_identifier_present", hit)


def _published(read: attributes.Attributes, registration: Registration) -> Published:
    kind = TAKEN.get(read.type)
    if kind is None:
        raise Refused.because("type_unknown", "/type")
    if kind.family is Family.ROSTER and not registration.roster:
        raise Refused.because("roster_not_granted", "/type")
    school = _school(read, registration)
    said_of = whom.subject(kind, read.subject, school, registration.schemes)
    data, own = prepared(Told(kind, said_of, school, registration), read.data)
    time = own if read.time is None else read.time
    draft = Draft(cast("type[Event]", kind.model), said_of, school, data, read.report, time, read.order, read.op)
    return Published(kind.name, (draft,), (read.report, "untimed") if time is None else None)


def _school(read: attributes.Attributes, registration: Registration) -> str:
    school = read.institution or registration.institution
    if not school:
        raise Refused.because("institution_missing", "/institution")
    if school not in registration.institutions:
        raise Refused.because("institution_not_registered", "/institution")
    return school


def _kind(raw: Any) -> str:
    named = raw.get("type") if isinstance(raw, Mapping) else None
    kind = TAKEN.get(named) if isinstance(named, str) else None
    return kind.name if kind else UNKNOWN


def _text(raw: Any, name: str) -> str:
    told = raw.get(name) if isinstance(raw, Mapping) else None
    return told if isinstance(told, str) else ""
