"""Signed messages as a sender makes them, by the words of Standard Webhooks 1.0.0 alone: `id.timestamp.body`, HMAC-SHA256, base64."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from harness import Hub

Json = dict[str, Any]


def signature(secret: str, message: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(secret: str, body: bytes, message: str = "", ahead: float = 0) -> dict[str, str]:
    """ahead: seconds by which the attempt's timestamp is off."""
    name, timestamp = message or str(uuid4()), str(round(time.time() + ahead))
    return {
        "content-type": "application/json", "webhook-id": name, "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, name, timestamp, body),
    }  # fmt: skip


def posted(hub: Hub, supplier: str, body: bytes, told: Mapping[str, str], door: str = "/webhooks/wellbeing_checkin") -> httpx.Response:
    return hub.http.post(door, params={"supplier": supplier}, content=body, headers=dict(told))


def send(hub: Hub, credential: tuple[str, str], document: Any, message: str = "", ahead: float = 0) -> httpx.Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return posted(hub, credential[0], body, headers(credential[1], body, message, ahead))


def answer(item: str = "lyst-1", value: int | None = 4, **more: Any) -> Json:
    told = {"item": item, "dimension": "motivation", "scale": {"min": 1, "max": 5}, **more}
    return told if value is None else {**told, "value": value}


def checkin(timestamp: str, *answers: Json, type_: str = "checkin.answered", **data: Any) -> Json:
    """Anna's, of this week's run."""
    told = {
        "pupil": {"scheme": "unilogin", "value": "anna1a2b"}, "instrument": {"id": "ugens-tjek", "version": "2"}, "run": "uge-48",
        "visibility": ["pupil", "home_class_teacher"], "answers": list(answers or [answer()]), **data,
    }  # fmt: skip
    return {"type": type_, "timestamp": timestamp, "data": {name: value for name, value in told.items() if value is not None}}
