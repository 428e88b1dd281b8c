"""xAPI requests and statements to test with."""

import itertools
import json
from typing import Any
from uuid import UUID

from connectors.xapi import CONNECTOR
from contracts.connector import Draft, Published, Registration, Request, Translation
from contracts.errors import Refused

RECEIVED = 1_795_510_800_000_000
ADL = "http://adlnet.gov/expapi/verbs/"
VIDEO = "https://w3id.org/xapi/video"
OWN = "https://fremgang.dk/xapi/extensions/"
REGISTRATION = Registration(
    "matematik-x", frozenset({"xapi"}), frozenset({"101001"}), "Matematik X", "MAT", {"https://idp.unilogin.dk": "unilogin"}
)
AGENT = {"account": {"homePage": "https://matematik-x.dk", "name": "elev-77"}}
HEADERS = {"content-type": "application/json", "x-experience-api-version": "1.0.3"}


def statement(**changed: Any) -> dict[str, Any]:
    """An answer; a member changed to `...` is left out."""
    told = {
        "id": "8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b01",
        "actor": AGENT,
        "verb": {"id": ADL + "answered"},
        "object": {"id": "https://matematik-x.dk/opgaver/17"},
        "timestamp": "2026-11-23T08:15:00.123456Z",
    }
    return {member: value for member, value in {**told, **changed}.items() if value is not ...}


def request(body: Any, **changed: Any) -> Request:
    numbers = itertools.count(1)
    told: dict[str, Any] = {
        "body": body if isinstance(body, bytes) else json.dumps(body).encode(),
        "headers": HEADERS,
        "query": {},
        "method": "POST",
        "received": RECEIVED,
        "registration": REGISTRATION,
        "new_id": lambda: str(UUID(int=next(numbers))),
    }
    return Request(**{**told, **changed})


def translated(body: Any, **changed: Any) -> Translation:
    return CONNECTOR.translate(request(body, **changed))


def faults(body: Any, **changed: Any) -> list[tuple[str, str]]:
    """(reason, pointer) of what is refused; none where the request is taken."""
    try:
        translated(body, **changed)
    except Refused as refused:
        return [(fault.reason, fault.pointer) for fault in refused.faults]
    return []


def draft(body: Any, **changed: Any) -> Draft:
    """The one draft of the one statement."""
    (item,) = translated(body, **changed).items
    assert isinstance(item, Published)
    (only,) = item.drafts
    return only
