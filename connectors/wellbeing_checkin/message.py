"""A webhook to answers: `{type, timestamp, data}` (Standard Webhooks 1.0.0), one pupil's check-in, taken whole or refused whole."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from connectors.wellbeing_checkin.answer import KIND, Answer, Asked, Code, Dimension, Reader, Version, draft, unsound
from contracts import cpr, selfreport, strictjson
from contracts.connector import Draft, Published, Registration, Request, Translation
from contracts.dates import Micros, micros
from contracts.errors import Fault, Refused
from contracts.events import Id, Instant, Name, Point, SchoolYear
from contracts.facts import VOID_ORDER
from contracts.privacy import Identity
from contracts.seal import fault

ANSWERED: Final = "checkin.answered"
WITHDRAWN: Final = "checkin.withdrawn"
MOST: Final = 200
"""Answers in one message."""
UNPROCESSABLE: Final = 422
YEARS: Final = range(2000, 2200)
_LAWFUL: Final = {"instrument_id": "/data/instrument/id", "survey": "/data/survey", "visibility": "/data/visibility"}
_FIELDS: Final = {"scale_max": "scale/max", "value": "value", "normalised": "value"}


class _Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing that is not named here is taken, so that no words of a child can come along."""


class Pupil(_Strict, frozen=True, forbid_unknown_fields=True):
    scheme: Name
    value: Id


class Instrument(_Strict, frozen=True, forbid_unknown_fields=True):
    id: Code
    version: Version


class Scale(_Strict, frozen=True, forbid_unknown_fields=True):
    min: Point
    max: Point


class Told(_Strict, frozen=True, forbid_unknown_fields=True):
    """One answer. reversed: the question is worded negatively."""

    item: Code
    dimension: Dimension
    scale: Scale
    value: Point | None = None
    declined: bool = False
    reversed: bool = False


class Data(_Strict, frozen=True, forbid_unknown_fields=True):
    pupil: Pupil
    instrument: Instrument
    run: Code
    visibility: Annotated[tuple[Reader, ...], Meta(min_length=1)]
    answers: Annotated[tuple[Told, ...], Meta(min_length=1, max_length=MOST)]
    institution: str | None = None
    answered_at: Instant | None = None
    revision: Annotated[int, Meta(ge=0, lt=VOID_ORDER)] | None = None
    school_year: SchoolYear | None = None


class Message(_Strict, frozen=True, forbid_unknown_fields=True):
    type: Literal["checkin.answered", "checkin.withdrawn"]
    timestamp: Instant
    data: Data


def translate(request: Request) -> Translation:
    """400 where it is no message, or holds a CPR number; 422 where what it says cannot be taken."""
    if request.query:
        raise Refused.because("unknown_parameter")
    if not request.body.strip():
        raise Refused.because("empty_body")
    document = strictjson.parse(request.body)
    if not isinstance(document, dict):
        raise Refused.because("wrong_type")
    if (hit := next(cpr.find(document), None)) is not None:
        raise Refused.because("national_identifier_present", hit)
    try:
        drafts = _drafts(document, request.registration)
    except Refused as refused:
        raise Refused(refused.faults, UNPROCESSABLE) from None
    return Translation(tuple(Published(KIND, (one,)) for one in drafts))


def _drafts(document: Mapping[str, Any], registration: Registration) -> list[Draft]:
    _known_type(document)
    _lawful(document.get("data"))
    try:
        message = msgspec.convert(document, Message)
    except msgspec.ValidationError as error:
        raise Refused([fault(error)]) from None
    asked, withdrawn = _asked(message, registration), message.type == WITHDRAWN
    made = [draft(asked, _answer(told, withdrawn=withdrawn), "retract" if withdrawn else "assert") for told in message.data.answers]
    if faults := _faults(message, made):
        raise Refused(faults)
    return made


def _known_type(document: Mapping[str, Any]) -> None:
    type_ = document.get("type")
    if isinstance(type_, str) and type_ not in (ANSWERED, WITHDRAWN):
        raise Refused.because("type_unknown", "/type", f"{ANSWERED} or {WITHDRAWN}")


def _lawful(data: Any) -> None:
    """Before anything else of it is looked at."""
    if not isinstance(data, dict):
        return
    instrument = data.get("instrument")
    named = instrument.get("id") if isinstance(instrument, dict) else instrument
    if wrong := selfreport.unlawful({**data, "instrument_id": named}):
        raise Refused.because(wrong.reason, _LAWFUL[wrong.pointer])


def _asked(message: Message, registration: Registration) -> Asked:
    data = message.data
    told, answered = _instant(message.timestamp, "/timestamp"), data.answered_at or message.timestamp
    who = Identity(registration.schemes.get(data.pupil.scheme, data.pupil.scheme), data.pupil.value).normalised()
    if not who.scheme or not who.value:
        raise Refused.because("value_invalid", "/data/pupil")
    return Asked(
        who, _school(data, registration), data.instrument.id, data.instrument.version, data.run, data.visibility,
        _instant(answered, "/data/answered_at"), told if data.revision is None else data.revision, data.school_year,
    )  # fmt: skip


def _instant(told: Any, at: str) -> Micros:
    if told.year not in YEARS:
        raise Refused.because("timestamp_invalid", at)
    return micros(told)


def _school(data: Data, registration: Registration) -> str:
    school = data.institution or registration.institution
    if not school:
        raise Refused.because("institution_missing", "/data/institution")
    if school not in registration.institutions:
        raise Refused.because("institution_not_registered", "/data/institution")
    return school


def _answer(told: Told, *, withdrawn: bool) -> Answer:
    """What is withdrawn says no value any more."""
    return Answer(
        told.item, told.dimension, told.scale.min, told.scale.max, told.value, told.declined or withdrawn, told.reversed
    )  # fmt: skip


def _faults(message: Message, made: list[Draft]) -> list[Fault]:
    """Every answer that cannot be one, and every question that is answered twice."""
    seen: set[str] = set()
    faults = []
    for place, (told, one) in enumerate(zip(message.data.answers, made, strict=True)):
        if wrong := unsound(one):
            field = _FIELDS[wrong.pointer]
            faults.append(Fault(wrong.reason, f"/data/answers/{place}/{field}", wrong.detail))
        if told.item in seen:
            faults.append(Fault("duplicate_id", f"/data/answers/{place}/item"))
        seen.add(told.item)
    return faults
