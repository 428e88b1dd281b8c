"""Events to the cloudevents connector, as short as a sentence."""

import json
from typing import Any

import pytest
from unit.posting import OTHER, SCHOOL, drafts, registration, request

from connectors.cloudevents import CONNECTOR
from contracts.connector import Draft, Registration, Translation
from contracts.errors import Refused
from contracts.privacy import Identity

BATCH, STRUCTURED = "application/cloudevents-batch+json", "application/cloudevents+json"
TIME = "2026-11-23T08:15:00.123456Z"
ANNA = Identity("unilogin", "anna1234")
CPR = "010110-4321"
ORDLEG = registration(tool="Ordleg", subject_code="DAN", schemes={"https://idp.unilogin.dk": "unilogin"}, roster=True)
SEVERAL = registration(SCHOOL, OTHER, tool="Ordleg")
ANSWER = {"item_id": "ord-1", "correct": True}
REPORT = {
    "instrument_id": "klasse-tjek", "instrument_version": "1", "run": "uge-47", "item_id": "q1", "dimension": "social", "scale_min": 1,
    "scale_max": 5, "value": 4, "visibility": ["teachers"],
}  # fmt: skip


def event(name: str = "activity.item_answered", data: Any = None, **changed: Any) -> dict[str, Any]:
    """An event, its members changed; None leaves one out."""
    told = {
        "specversion": "1.0", "id": "e-1", "source": "https://ordleg.example", "type": f"dk.fremgang.{name}.v1",
        "subject": "unilogin:anna1234", "time": TIME, "data": ANSWER if data is None else data, **changed,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def sent(document: Any, media: str = BATCH, by: Registration = ORDLEG) -> Translation:
    return CONNECTOR.translate(request(json.dumps(document).encode(), {}, by, content_type=media))


def single(name: str = "activity.item_answered", data: Any = None, by: Registration = ORDLEG, **changed: Any) -> Draft:
    (draft,) = drafts(sent(event(name, data, **changed), STRUCTURED, by))
    return draft


def refused(document: Any, media: str = STRUCTURED, by: Registration = ORDLEG) -> tuple[int, str, str]:
    with pytest.raises(Refused) as caught:
        sent(document, media, by)
    first = caught.value.faults[0]
    return caught.value.status, first.reason, first.pointer


def wrong(name: str = "activity.item_answered", data: Any = None, by: Registration = ORDLEG, **changed: Any) -> tuple[int, str, str]:
    return refused(event(name, data, **changed), by=by)
