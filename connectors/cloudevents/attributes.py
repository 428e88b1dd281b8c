"""The context attributes of a CloudEvent, checked; what is not named here is ignored, as CloudEvents says, and goes nowhere."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from contracts.dates import Micros, micros
from contracts.errors import Refused
from contracts.facts import VOID_ORDER

LONGEST: Final = 500
YEARS: Final = range(1900, 2200)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_JSON = re.compile(r"application/([a-z0-9.+-]+\+)?json\s*(;.*)?", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,19}")


class Attributes(Struct, frozen=True):
    """order: None where the source numbers no revisions. institution: empty where the event names none."""

    report: str
    type: str
    subject: str
    time: Micros | None
    institution: str
    order: int | None
    op: Literal["assert", "retract"]
    data: Mapping[str, Any]


def read(raw: Any) -> Attributes:
    """Refuses what is no CloudEvent of version 1.0 with JSON data; a null attribute is as good as none (JSON format, 3.1)."""
    if not isinstance(raw, dict):
        raise Refused.because("wrong_type")
    event = {name: value for name, value in raw.items() if value is not None}
    if _text(event, "specversion") != "1.0":
        raise Refused.because("version_unsupported", "/specversion")
    report = f"{_text(event, 'source')}|{_text(event, 'id')}"
    return Attributes(
        report, _text(event, "type"), _optional(event, "subject"), _time(event), _optional(event, "institution"), _order(event),
        _op(event), _data(event),
    )  # fmt: skip


def _text(event: Mapping[str, Any], name: str) -> str:
    if name not in event:
        raise Refused.because("missing_member", detail=name)
    if not isinstance(event[name], str):
        raise Refused.because("wrong_type", f"/{name}")
    if not 1 <= len(event[name]) <= LONGEST:
        raise Refused.because("value_invalid", f"/{name}", f"1 to {LONGEST} characters")
    return str(event[name])


def _optional(event: Mapping[str, Any], name: str) -> str:
    return _text(event, name) if name in event else ""


def _time(event: Mapping[str, Any]) -> Micros | None:
    written = _optional(event, "time")
    if not written:
        return None
    try:
        told = datetime.fromisoformat(written) if _TIME.fullmatch(written) else None
    except ValueError:
        told = None
    if told is None or told.year not in YEARS:
        raise Refused.because("timestamp_invalid", "/time")
    return micros(told)


def _order(event: Mapping[str, Any]) -> int | None:
    """A whole number, or one written as text, since CloudEvents integers have 32 bits."""
    told = event.get("order")
    if isinstance(told, bool) or not isinstance(told, int | str | None):
        raise Refused.because("wrong_type", "/order")
    if isinstance(told, str):
        told = int(told) if _WHOLE.fullmatch(told) else -1
    if told is not None and not 0 <= told < VOID_ORDER:
        raise Refused.because("value_invalid", "/order", "a whole number of 63 bits")
    return told


def _op(event: Mapping[str, Any]) -> Literal["assert", "retract"]:
    match event.get("op", "assert"):
        case "assert":
            return "assert"
        case "retract":
            return "retract"
    raise Refused.because("value_invalid", "/op", "assert or retract")


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    if "data_base64" in event:
        raise Refused.because("value_invalid", "/data_base64", "send JSON in data")
    if not _JSON.fullmatch(_optional(event, "datacontenttype") or "application/json"):
        raise Refused.because("value_invalid", "/datacontenttype", "application/json")
    if "data" not in event:
        raise Refused.because("missing_member", detail="data")
    if not isinstance(event["data"], dict):
        raise Refused.because("wrong_type", "/data")
    return event["data"]
