"""When two statements of one id are the same (xAPI 1.0.3, Data 2.3.1; domain 1.1, Idempotency)."""

from typing import Any

import pytest
from xapi_requests import ADL, AGENT, statement, translated

from contracts.connector import NotUsed, Published

pytestmark = pytest.mark.quick

MAIL = {"mbox": "mailto:anna@skole.example"}
FILE = {
    "usageType": "https://x.dk/u", "display": {"da": "F"}, "contentType": "image/png", "length": 3, "sha2": "ab" * 32, "fileUrl": "https://x.dk/1",
}  # fmt: skip


def content(told: dict[str, Any]) -> str:
    (item,) = translated(told).items
    assert isinstance(item, Published | NotUsed)
    assert item.claim is not None
    return item.claim[1]


def group(*members: dict[str, Any]) -> dict[str, Any]:
    return {"objectType": "Group", "member": list(members)}


def sub(**changed: Any) -> dict[str, Any]:
    return {"objectType": "SubStatement", **statement(id=..., **changed)}


def context(**told: Any) -> dict[str, Any]:
    return statement(context=told)


SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another id": (statement(), statement(id=...)),
    "authority": (statement(), statement(authority=MAIL)),
    "stored": (statement(), statement(stored="2026-11-23T09:00:00Z")),
    "version": (statement(), statement(version="1.0.0")),
    "verb display": (statement(), statement(verb={"id": ADL + "answered", "display": {"da": "svarede"}})),
    "activity definition": (statement(), statement(object={**statement()["object"], "definition": {"name": {"da": "Opgave"}}})),
    "objectType of an activity": (statement(), statement(object={**statement()["object"], "objectType": "Activity"})),
    "objectType of an agent": (statement(), statement(actor={**AGENT, "objectType": "Agent"})),
    "offset of the time": (statement(timestamp="2026-11-23T08:15:00Z"), statement(timestamp="2026-11-23T09:15:00.000+01:00")),
    "order of members": (statement(actor=group(AGENT, MAIL)), statement(actor=group(MAIL, {**AGENT, "objectType": "Agent"}))),
    "order of keys": (statement(), dict(reversed(statement().items()))),
    "definition of a context activity": (
        context(contextActivities={"parent": [{"id": "https://x.dk/1"}]}),
        context(contextActivities={"parent": {"id": "https://x.dk/1", "definition": {"type": "https://x.dk/t"}}}),
    ),
    "inside a SubStatement": (
        statement(object=sub(timestamp="2026-11-23T08:15:00Z")),
        statement(object=sub(timestamp="2026-11-23T08:15:00+00:00", verb={"id": ADL + "answered", "display": {"da": "svarede"}})),
    ),
}

DIFFERENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "actor": (statement(), statement(actor=MAIL)),
    "actor's name": (statement(), statement(actor={**AGENT, "name": "Anna"})),
    "verb": (statement(), statement(verb={"id": ADL + "attempted"})),
    "object": (statement(), statement(object={"id": "https://x.dk/1"})),
    "result": (statement(result={"success": True}), statement(result={"success": False})),
    "no result": (statement(), statement(result={})),
    "duration in another spelling": (statement(result={"duration": "PT60S"}), statement(result={"duration": "PT1M"})),
    "time": (statement(), statement(timestamp="2026-11-23T08:15:00.123457Z")),
    "time left out": (statement(), statement(timestamp=...)),
    "members": (statement(actor=group(AGENT)), statement(actor=group(AGENT, MAIL))),
    "context activity": (
        context(contextActivities={"parent": [{"id": "https://x.dk/1"}]}),
        context(contextActivities={"other": [{"id": "https://x.dk/1"}]}),
    ),
    "extension value": (context(extensions={"https://x.dk/e": 1}), context(extensions={"https://x.dk/e": "1"})),
    "attachment": (statement(attachments=[FILE]), statement(attachments=[{**FILE, "sha2": "cd" * 32}])),
    "result inside a SubStatement": (statement(object=sub(result={"success": True})), statement(object=sub())),
}


@pytest.mark.parametrize("case", SAME)
def test_what_does_not_count(case: str) -> None:
    one, other = SAME[case]
    assert content(one) == content(other)


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_counts(case: str) -> None:
    one, other = DIFFERENT[case]
    assert content(one) != content(other)
