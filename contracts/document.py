"""The contracts as documents for others to read: JSON Schemas (2020-12), an AsyncAPI 3 document and the catalogue of kinds.

All of it follows from the models and the one table (`contracts.kinds`), so nothing here is a second statement of either.
`fremgang schema` writes it to contracts/schema.
"""

import hashlib
import inspect
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, get_args, get_type_hints

import msgspec

from contracts import events as e
from contracts import kinds as k
from contracts.asyncapi import asyncapi
from contracts.catalogue import CALLED, Catalogue, kept
from contracts.dates import school_year, year_end
from contracts.envelope import Envelope, FailedItem, NotUsedItem, RefusedRequest
from contracts.kinds import Family, Kind, Sheet

Document = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
UNITS: Final[Mapping[Any, str]] = {
    e.Seconds: "seconds",
    e.Fraction: "fraction of 1",
    e.ScoreFraction: "fraction of 1, may pass it",
    e.Points: "points, as scored",
    e.Minutes: "minutes",
    e.Count: "count",
    e.Instant: "RFC 3339 with offset",
}
"""What a number or a time is measured in, by the type of its field."""

INTAKE_MODELS: Final[Mapping[str, type[msgspec.Struct]]] = {"not_used": NotUsedItem, "failed": FailedItem, "refused": RefusedRequest}


def rendered(document: Document) -> str:
    """The bytes as committed: keys sorted, a newline at the end."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def documents(kinds: Mapping[str, Kind] = k.KINDS) -> dict[str, Document]:
    """File name -> document, all but the digests of what is published. Raises `ValueError` where a kind lacks what the law asks."""
    if lacking := [lack for kind in kinds.values() for lack in lacks(kind)]:
        raise ValueError("; ".join(lacking))
    return {
        **{f"{type_}.json": data_schema(kind) for type_, kind in kinds.items()},
        **{f"{type_}.json": intake_schema(name) for name, type_ in k.INTAKE_TYPES.items()},
        "envelope.json": envelope_schema(kinds),
        "asyncapi.json": asyncapi(kinds),
        "catalogue.json": catalogue(kinds),
        "indicators.json": indicators_schema(),
    }


def lacks(kind: Kind) -> list[str]:
    """What a kind does not say of itself and must (R2.2, R3.1)."""
    told = {
        "purposes": bool(kind.purposes) and set(kind.purposes) <= {"T1", "T2", "T3", "T4", "insight"},
        "sensitivity": kind.sensitivity in {"n", "c", "s"},
        "retention": bool(retention(kind)["words"]),
        "description": bool(_described(kind.model)),
        "name in Danish and English": kind.name in CALLED,
    }
    return [f"{kind.name} lacks its {what}" for what, said in told.items() if not said]


def data_schema(kind: Kind) -> Document:
    schema = _schema(kind.model)
    for field, unit in units(kind.model).items():
        schema["properties"][field]["description"] = _with_unit(schema["properties"][field].get("description", ""), unit)
    return {"$schema": DIALECT, "$id": kind.dataschema, **schema, "title": kind.type}


def intake_schema(name: str) -> Document:
    """What the record of an item that was not published holds."""
    return {"$schema": DIALECT, "$id": _intake_id(name), **_schema(INTAKE_MODELS[name]), "title": k.INTAKE_TYPES[name]}


def _intake_id(name: str) -> str:
    return f"urn:fremgang:schema:intake.{name}:v1"


def envelope_schema(kinds: Mapping[str, Kind]) -> Document:
    """CloudEvents 1.0, structured; `type` is one of those there are, and says what `data` is."""
    schema = _schema(Envelope)
    schema["properties"]["type"] = {"type": "string", "enum": sorted([*kinds, *k.INTAKE_TYPES.values()])}
    for field in ("time", "recordedtime"):
        schema["properties"][field]["format"] = "date-time"
    cases = [_case(type_, kind.dataschema) for type_, kind in kinds.items()]
    cases += [_case(type_, _intake_id(name)) for name, type_ in k.INTAKE_TYPES.items()]
    asserted = {"if": {"properties": {"op": {"const": "assert"}}}, "then": {"required": ["data"]}}
    schema["required"] = sorted({*schema["required"], "specversion"})
    return {"$schema": DIALECT, "$id": "urn:fremgang:schema:envelope:v1", **schema, "allOf": [*cases, asserted]}


def _case(type_: str, dataschema: str) -> Document:
    return {
        "if": {"properties": {"type": {"const": type_}}, "required": ["type"]},
        "then": {"properties": {"data": {"$ref": dataschema}}},
    }


def catalogue(kinds: Mapping[str, Kind]) -> Document:
    """What is kept of whom, why, and for how long; by event type."""
    return {"legal_basis": k.LEGAL_BASIS, "log_days": k.LOG_DAYS, "kinds": {type_: _entry(kind) for type_, kind in kinds.items()}}


def _entry(kind: Kind) -> Document:
    return {
        "name": kind.name,
        "family": kind.family,
        "description": _described(kind.model),
        "subject": kind.subject,
        "purposes": list(kind.purposes),
        "legal_basis": k.LEGAL_BASIS,
        "sensitivity": kind.sensitivity,
        "retention": retention(kind),
        "natural_key": list(kind.key),
        "sheet": kind.sheet.name.lower(),
        "date": kind.date,
        "units": units(kind.model),
    }


def indicators_schema() -> Document:
    """What `GET /v1/indicators` answers."""
    schema = msgspec.json.schema(Catalogue)
    return {
        "$schema": DIALECT, "$id": "urn:fremgang:schema:indicators:v1", "title": "GET /v1/indicators",
        "description": _described(Catalogue), **schema,
    }  # fmt: skip


def retention(kind: Kind) -> Document:
    """In words, and in days after a fact's date; days: the most there can be, null where no date bounds it."""
    return {"words": kept(kind).en, "days": _days(kind)}


def _days(kind: Kind) -> int | None:
    if kind.sheet is Sheet.UNDATED:
        return None
    if kind.family is Family.ACTIVITY:
        return k.ACTIVITY_DAYS
    first_days = [date(year, 8, 1) for year in range(2024, 2028)]
    return max((year_end(school_year(day)) - day).days for day in first_days)


def units(model: type[msgspec.Struct]) -> dict[str, str]:
    """Field -> what it is measured in, for the fields whose type says so; `value x 1000` is how the facts hold it, as integers."""
    found = {}
    for field, hint in get_type_hints(model, include_extras=True).items():
        metas = _metas(hint)
        for type_, unit in UNITS.items():
            if type_.__metadata__[0] in metas:
                scale = (type_.__metadata__[0].extra or {}).get("scale")
                found[field] = f"{unit}; kept as integer, x {scale}" if scale else unit
    return found


def _metas(hint: Any) -> list[msgspec.Meta]:
    own = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    return own + [meta for inner in get_args(hint) for meta in _metas(inner)]


def _with_unit(description: str, unit: str) -> str:
    return f"{description} ({unit})" if description else f"Unit: {unit}."


def _described(model: type[msgspec.Struct]) -> str:
    return " ".join(inspect.cleandoc(model.__doc__ or "").split())


def _schema(model: type[msgspec.Struct]) -> Document:
    _, components = msgspec.json.schema_components([model])
    schema: Document = components[model.__name__]
    return {**schema, "required": sorted(schema.get("required", ())), "description": _described(model)}


def published(kinds: Mapping[str, Kind] = k.KINDS) -> dict[str, str]:
    """Type -> a digest of what it means: its schema without descriptions, its natural key, sheet, date and units."""
    return {type_: _digest(kind) for type_, kind in kinds.items()}


def _digest(kind: Kind) -> str:
    meaning = [_bare(data_schema(kind)), list(kind.key), kind.sheet, kind.date, units(kind.model)]
    return hashlib.sha256(json.dumps(meaning, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _bare(schema: Any) -> Any:
    """The schema without the texts in it; a property that is called `description` or `title` is no text."""
    if isinstance(schema, list):
        return [_bare(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _bare(member) for name, member in schema.items() if name not in ("description", "title") or not isinstance(member, str)}


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What is wrong about published types, each with what to do."""
    return [
        f"{type_} is published and {'is gone' if type_ not in now else 'would change its meaning'}: keep its model and its line in "
        "contracts/kinds.py as they were, and give the changed model a line of its own with the next version. Only where no hub ever "
        "ran with it, delete its line in contracts/schema/published.json and run `fremgang schema`."
        for type_, digest in sorted(before.items())
        if now.get(type_) != digest
    ]
