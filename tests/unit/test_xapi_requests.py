"""The statements resource, write side: headers, parameters, bodies, answers (domain 1.1)."""

from typing import Any

import pytest
from xapi_requests import ADL, HEADERS, faults, request, statement, translated

from connectors.xapi import CONNECTOR
from contracts.connector import NotUsed, Published
from contracts.errors import Refused
from contracts.reasons import REASONS

pytestmark = pytest.mark.quick

ID = "8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b01"


def headers(**changed: str) -> dict[str, str]:
    return {**HEADERS, **{name.replace("_", "-"): value for name, value in changed.items()}}


def reason(body: Any, **changed: Any) -> tuple[str, int] | None:
    try:
        translated(body, **changed)
    except Refused as refused:
        (fault,) = refused.faults
        return fault.reason, refused.status
    return None


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.3", "1.0.32", "1.0.9-draft"])
def test_versions_that_are_taken(version: str) -> None:
    assert reason(statement(), headers=headers(x_experience_api_version=version)) is None


@pytest.mark.parametrize("version", ["", "0.95", "1", "1.", "1.1.0", "1.1", "2.0.0", "1.0.", "11.0.0", "x"])
def test_versions_that_are_not(version: str) -> None:
    assert reason(statement(), headers=headers(x_experience_api_version=version)) == ("header_invalid", 400)


def test_the_version_is_required() -> None:
    assert reason(statement(), headers={"content-type": "application/json"}) == ("header_invalid", 400)


def test_every_answer_tells_the_version() -> None:
    assert CONNECTOR.headers == {"X-Experience-API-Version": "1.0.3"}


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=UTF-8"])
def test_content_types_that_are_taken(kind: str) -> None:
    assert reason(statement(), headers=headers(content_type=kind)) is None


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/mixed; boundary=x", "application/json+x", "application/x-www-form-urlencoded"]
)
def test_content_types_that_are_not(kind: str) -> None:
    assert reason(statement(), headers=headers(content_type=kind)) == ("content_type", 415)


@pytest.mark.parametrize("query", [{"method": "PUT"}, {"statementId": ID}, {"statementid": ID}, {"x": ""}])
def test_a_post_takes_no_parameter(query: dict[str, str]) -> None:
    assert reason(statement(), query=query) == ("unknown_parameter", 400)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "parameter_invalid"),
        ({"statementId": "17"}, "parameter_invalid"),
        ({"statementid": ID}, "unknown_parameter"),
        ({"statementId": ID, "x": "1"}, "unknown_parameter"),
        ({"statementId": ID[:-1] + "2"}, "id_mismatch"),
    ],
)
def test_what_a_put_needs(query: dict[str, str], expected: str) -> None:
    assert reason(statement(), method="PUT", query=query) == (expected, 400)


def test_a_put_is_answered_204_without_a_body() -> None:
    translation = translated(statement(), method="PUT", query={"statementId": ID.upper()})
    assert (translation.status, translation.answer) == (204, None)


def test_a_put_gives_its_id_to_a_statement_without_one() -> None:
    (item,) = translated(statement(id=...), method="PUT", query={"statementId": ID.upper()}).items
    assert isinstance(item, Published)
    assert item.drafts[0].report == ID


def test_a_put_takes_one_statement() -> None:
    assert reason([statement()], method="PUT", query={"statementId": ID}) == ("wrong_type", 400)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_nothing_is_read_here(method: str) -> None:
    assert reason(statement(), method=method) == ("method_not_allowed", 405)


def test_a_post_is_answered_with_the_ids_in_order() -> None:
    translation = translated([statement(id=ID.upper()), statement(id=...), statement(id=...)])
    assert translation.status == 200
    assert translation.answer == [ID.upper(), "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
    assert [item.claim and item.claim[0] for item in translation.items if isinstance(item, Published | NotUsed)] == [
        answered.lower() for answered in translation.answer
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ("empty_body", 400)),
        (b" \n", ("empty_body", 400)),
        (b"[]", ("empty_body", 400)),
        (b"{", ("not_json", 400)),
        (b'{"a": 1, "a": 2}', ("duplicate_key", 400)),
        (b'{"a": NaN}', ("not_finite", 400)),
        (b'{"a": 1e999}', ("not_finite", 400)),
        (b'{"a": "\xff"}', ("not_utf8", 400)),
        (b'{"a": "\\ud800"}', ("not_utf8", 400)),
        (b"[" * 100 + b"]" * 100, ("too_deep", 400)),
        (b"17", ("wrong_type", 400)),
        (b"null", ("null_value", 400)),
    ],
)
def test_bodies_that_are_refused(body: bytes, expected: tuple[str, int]) -> None:
    assert reason(body) == expected


def test_500_statements_are_taken_and_501_are_not() -> None:
    batch = [statement(id=...) for _ in range(501)]
    assert len(translated(batch[:500]).items) == 500
    assert reason(batch) == ("too_many_items", 413)


def test_a_single_statement_and_a_list_of_one_point_differently() -> None:
    bad = statement(verb={"id": "x"})
    assert faults(bad) == [("iri_invalid", "/verb/id")]
    assert faults([bad]) == [("iri_invalid", "/0/verb/id")]


def test_an_institution_is_needed_where_the_credential_is_for_several() -> None:
    several = type(request(b"").registration)("s", frozenset({"xapi"}), frozenset({"101001", "101002"}), "T")
    assert faults(statement(), registration=several) == [("institution_missing", "/context/extensions")]
    assert faults(statement(verb={"id": ADL + "viewed"}), registration=several) == []


def test_every_reason_is_in_the_closed_table() -> None:
    assert {"id_mismatch", "duplicate_id", "too_many_items", "header_invalid", "institution_missing"} <= set(REASONS)
