"""Bad input is normal: each is answered precisely, is counted, leaks nothing, and costs no other request anything (issue 3)."""

import base64
import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import XAPI, Hub, running
from rosters import Person, SchoolClass, package, zipped

SCHOOL = "101001"
SECRET_VALUE = "Kanariefugl"
"""Stands in every bad request where it can; no answer, log line or metric may repeat it."""
CPR = "010112-4321"


def statement(**changed: Any) -> dict[str, Any]:
    told = {
        "id": str(uuid.uuid4()),
        "actor": {"name": SECRET_VALUE, "account": {"homePage": "https://unilogin.dk", "name": "anna1a2b"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://matematik-x.dk/item/1"},
        "result": {"success": True},
        "timestamp": datetime.now(UTC).isoformat(),
    }
    return {**told, **changed}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), max_file_bytes="300000") as started:
        yield started


@pytest.fixture(scope="module")
def sender(hub: Hub) -> tuple[str, str]:
    return hub.supplier("matematik-x", "xapi", subject="MAT", identity="https://unilogin.dk=unilogin")


@pytest.fixture(scope="module")
def school(hub: Hub) -> tuple[str, str]:
    return hub.supplier("skole", "oneroster_csv", "skolegrunddata", "attendance_csv", "calendar_csv", "identity_links_csv")


def post(hub: Hub, sender: tuple[str, str], body: bytes, **headers: str) -> httpx.Response:
    given = {**XAPI, "Content-Type": "application/json", **headers}
    return hub.http.post("/xapi/statements", content=body, auth=sender, headers=given)


def refused(answer: httpx.Response, reason: str, pointer: str | None = None, status: int = 400) -> None:
    document = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == status == document["status"], document
    told = [(fault["reason"], fault["pointer"]) for fault in document["errors"]]
    assert reason in [name for name, _ in told], told
    assert pointer is None or (reason, pointer) in told, told
    assert all(fault["mend"] for fault in document["errors"])
    assert SECRET_VALUE not in answer.text


def deep(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


WHOLE = [
    (b"this is not JSON Kanariefugl", "not_json"),
    (b'{"id": "Kanariefugl', "not_json"),
    (b"", "empty_body"),
    (b"[]", "empty_body"),
    (b'{"id":"Kanariefugl","id":"b"}', "duplicate_key"),
    (b'{"a": NaN}', "not_finite"),
    (b'{"a": Infinity}', "not_finite"),
    (b'{"a": "\xff\xfe"}', "not_utf8"),
    (deep(100), "too_deep"),
    (deep(100_000), "too_deep"),
]


@pytest.mark.parametrize(("body", "reason"), WHOLE, ids=[f"{reason}-{index}" for index, (_, reason) in enumerate(WHOLE)])
def test_a_body_that_is_no_statement(hub: Hub, sender: tuple[str, str], body: bytes, reason: str) -> None:
    refused(post(hub, sender, body), reason)


ADL = "http://adlnet.gov/expapi/verbs/"
ITEMS: list[tuple[dict[str, Any], str, str]] = [
    ({"verb": {"id": ADL + "scored"}, "result": {"score": {"scaled": 1.5}}}, "score_invalid", "/1/result/score"),
    ({"verb": {"id": ADL + "passed"}, "result": {"score": {"raw": 7, "min": 0, "max": 5}}}, "score_invalid", "/1/result/score"),
    ({"verb": {"id": ADL + "completed"}, "result": {"completion": "Kanariefugl"}}, "wrong_type", "/1/result/completion"),
    ({"verb": {"id": ADL + "experienced"}, "result": {"duration": "Kanariefugl"}}, "duration_invalid", "/1/result/duration"),
    ({"verb": {"id": ADL + "initialized"}, "context": {"registration": "Kanariefugl"}}, "uuid_invalid", "/1/context/registration"),
    (
        {"verb": {"id": "https://w3id.org/xapi/adl/verbs/abandoned"}, "object": {"id": "https://x.dk/" + "Kanariefugl" * 50}},
        "value_invalid",
        "/1/object/id",
    ),
    ({"timestamp": None}, "null_value", "/1/timestamp"),
    ({"verb": {"id": 7}}, "wrong_type", "/1/verb/id"),
    ({"Kanariefugl": 1}, "unknown_member", "/1"),
    ({"id": "Kanariefugl"}, "uuid_invalid", "/1/id"),
    ({"verb": {"id": "Kanariefugl"}}, "iri_invalid", "/1/verb/id"),
    ({"result": {"duration": "Kanariefugl"}}, "duration_invalid", "/1/result/duration"),
    ({"timestamp": "Kanariefugl"}, "timestamp_invalid", "/1/timestamp"),
    ({"timestamp": "2026-11-24T08:00:00-00:00"}, "timestamp_invalid", "/1/timestamp"),
    ({"actor": {"name": CPR, "mbox": "mailto:a@b.dk"}}, "national_identifier_present", "/1/actor/name"),
    ({"object": {"id": f"https://x.dk/{CPR}"}}, "national_identifier_present", "/1/object/id"),
    ({"object": {"id": "https://x.dk/010112%2D4321"}}, "national_identifier_present", "/1/object/id"),
    ({"object": {"id": "https://x.dk/" + base64.b64encode(CPR.encode()).decode()}}, "national_identifier_present", "/1/object/id"),
    ({"context": {"extensions": {"https://fremgang.dk/xapi/extensions/institution": "999999"}}}, "institution_not_registered", ""),
    ({"context": {"extensions": {"https://fremgang.dk/xapi/extensions/institution": "no"}}}, "", ""),
]


@pytest.mark.parametrize(("changed", "reason", "pointer"), ITEMS, ids=[f"{reason}-{n}" for n, (_, reason, _) in enumerate(ITEMS)])
def test_one_bad_statement_refuses_its_batch_and_is_pointed_at(
    hub: Hub, sender: tuple[str, str], changed: dict[str, Any], reason: str, pointer: str
) -> None:
    answer = hub.statements(sender, [statement(), statement(**changed), statement()])
    assert answer.status_code == 400, answer.text
    refused(answer, reason or answer.json()["errors"][0]["reason"], pointer or None)
    assert [fault["pointer"].split("/")[1] for fault in answer.json()["errors"]] == ["1"]
    assert CPR not in answer.text


def test_every_bad_index_is_named(hub: Hub, sender: tuple[str, str]) -> None:
    answer = hub.statements(sender, [statement(id="x"), statement(), statement(timestamp="x"), statement(verb={})])
    assert [fault["pointer"].split("/")[1] for fault in answer.json()["errors"]] == ["0", "2", "3"]


def test_headers_types_and_sizes(hub: Hub, sender: tuple[str, str]) -> None:
    good = json.dumps(statement()).encode()
    refused(post(hub, sender, good, **{"Content-Type": "text/plain"}), "content_type", status=415)
    refused(post(hub, sender, good, **{"X-Experience-API-Version": "2.5"}), "header_invalid")
    refused(hub.http.get("/xapi/statements", auth=sender), "method_not_allowed", status=405)
    started = time.monotonic()
    refused(post(hub, sender, b"[" + b" " * 10_000_000 + b"]"), "body_too_large", status=413)
    headers = {**XAPI, "Content-Type": "application/json"}
    endless = hub.http.post("/xapi/statements", content=iter([b" " * 65_536] * 160), auth=sender, headers=headers)
    refused(endless, "body_too_large", status=413)
    assert hub.statements(sender, statement()).status_code == 200
    print(f"10 MB twice and a good one after: {time.monotonic() - started:.2f} s")


def test_credentials(hub: Hub, sender: tuple[str, str], school: tuple[str, str]) -> None:
    for auth in (None, ("matematik-x", "wrong"), ("nobody", sender[1]), school):
        answer = hub.http.post("/xapi/statements", json=statement(), auth=auth, headers=XAPI)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Basic")


def test_times_far_off_are_failed_items_and_the_batch_is_taken(hub: Hub, sender: tuple[str, str]) -> None:
    """A timestamp in the future must not be refused (xAPI 1.0.3, Data 2.4.7); the hub keeps such items as failed."""
    told = [statement(timestamp="1970-01-01T00:00:00Z"), statement(), statement(timestamp="2099-01-01T00:00:00Z")]
    answer = hub.statements(sender, told)
    assert answer.status_code == 200
    controller = hub.token("--controller")
    hub.ledger(controller)
    reasons = [row["reason"] for row in hub.get("/v1/failed", controller, limit=2)["failed"]]
    assert sorted(reasons) == ["event_in_future", "too_late"]
    assert all(row["mend"] for row in hub.get("/v1/failed", controller)["failed"])


def test_the_same_id_with_another_content_is_a_conflict(hub: Hub, sender: tuple[str, str]) -> None:
    first = statement()
    assert hub.statements(sender, [first]).status_code == 200
    refused(hub.statements(sender, [statement(), {**first, "result": {"success": False}}]), "id_conflict", "/1", 409)
    assert hub.statements(sender, [first]).status_code == 200


def test_a_pupil_that_no_roster_names_is_accepted_counted_and_seen_once_the_roster_comes(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        sender = hub.supplier("matematik-x", "xapi", subject="MAT", identity="https://unilogin.dk=unilogin")
        school = hub.supplier("skole", "oneroster_csv")
        assert hub.statements(sender, [statement()]).status_code == 200
        controller, lone = hub.token("--controller"), hub.token("--teacher", "unilogin:lone0001")
        assert hub.ledger(controller)["unlinked_identities"] == 1
        assert hub.get("/v1/groups", lone)["groups"] == []
        people = [Person("t1", "teacher", "lone0001"), Person("e1", "student", "anna1a2b")]
        body = package(SCHOOL, [SchoolClass("c5a", "5.A", 5, people)])
        assert hub.file(school, "oneroster_csv", body, as_of="2026-08-10T08:00:00+02:00").status_code == 200
        assert hub.ledger(controller)["unlinked_identities"] == 0
        (group,) = hub.get("/v1/groups", lone)["groups"]
        (pupil,) = hub.get(f"/v1/groups/{group['id']}/indicators", lone, indicator="items-answered")["readings"]
        assert pupil["indicators"][0]["today"] == {"value": 1.0, "n": 1}


FILES: list[tuple[str, bytes, str, int]] = [
    ("attendance_csv", b"", "empty_file", 400),
    ("attendance_csv", b"unilogin,dato,klasse,start,slut\nanna1a2b,24-11-2026,5.A,S,\n", "not_csv", 400),
    ("attendance_csv", b"unilogin;klasse;start\nanna1a2b;5.A;S\n", "column_missing", 400),
    ("calendar_csv", b"", "empty_file", 400),
    ("identity_links_csv", b"", "empty_file", 400),
    ("oneroster_csv", b"", "", 400),
    ("oneroster_csv", b"PK Kanariefugl", "not_a_zip", 400),
    ("skolegrunddata", b"", "empty_file", 400),
    ("skolegrunddata", b"<Kanariefugl/>", "root_unknown", 400),
    ("skolegrunddata", b"<UNILoginExport>Kanariefugl", "not_xml", 400),
    ("skolegrunddata", b'<!DOCTYPE x [<!ENTITY a "Kanariefugl">]><UNILoginExport>&a;</UNILoginExport>', "xml_forbidden", 400),
    ("skolegrunddata", b"<UNILoginExport><CivilRegistrationNumber>0101124321</CivilRegistrationNumber></UNILoginExport>", "", 400),
]


@pytest.mark.parametrize(("connector", "body", "reason", "status"), FILES, ids=[f"{name}-{reason}" for name, _, reason, _ in FILES])
def test_a_file_that_is_not_what_it_should_be(
    hub: Hub, school: tuple[str, str], connector: str, body: bytes, reason: str, status: int
) -> None:
    answer = hub.file(school, connector, body, as_of="2026-11-24T08:00:00+01:00")
    refused(answer, reason or answer.json()["errors"][0]["reason"], status=status)


def test_a_file_without_its_export_time(hub: Hub, school: tuple[str, str]) -> None:
    body = b"unilogin;dato;klasse;start\nanna1a2b;24-11-2026;5.A;S\n"
    refused(hub.file(school, "attendance_csv", body), "export_time_missing")
    headers = {"Content-Type": "text/csv", "Last-Modified": "Tue, 24 Nov 2026 07:00:00 GMT"}
    assert hub.http.post("/files/attendance_csv", content=body, auth=school, headers=headers).status_code == 200


def test_a_bad_row_is_pointed_at_and_the_others_are_taken(hub: Hub, school: tuple[str, str]) -> None:
    today = datetime.now(UTC).strftime("%d-%m-%Y")
    rows = ["unilogin;dato;klasse;start", f"anna1a2b;{today};5.A;S", f"bo12345x;{today};5.A;Q", f"{CPR};{today};5.A;S", "carl99zz;x;5.A;S"]
    answer = hub.file(school, "attendance_csv", "\n".join(rows).encode(), as_of=datetime.now(UTC).isoformat())
    assert answer.status_code == 200
    told = answer.json()
    assert (told["received"], told["published"], told["failed"]) == (4, 1, 3)
    found = [(one["item"], one["reason"]) for one in told["errors"]]
    assert found == [
        (1, "code_unknown"),
        (2, "national_identifier_present"),
        (3, "date_invalid"),
    ]
    assert CPR not in answer.text


def test_a_zip_bomb_is_refused_before_it_is_unpacked(hub: Hub, school: tuple[str, str]) -> None:
    bomb = zipped({"manifest": b"propertyName,value\r\n", "users": b"0" * 100_000_000})
    assert len(bomb) < 300_000
    started = time.monotonic()
    refused(hub.file(school, "oneroster_csv", bomb, as_of="2026-11-24T08:00:00+01:00"), "zip_too_large", status=413)
    print(f"a zip of {len(bomb)} bytes that holds 100 MB: refused in {time.monotonic() - started:.3f} s")


def test_a_roster_that_would_remove_most_pupils_is_refused_unless_forced(tmp_path: Path) -> None:
    teacher, people = Person("t1", "teacher", "lone0001"), [Person(f"e{n}", "student", f"elev{n:04}") for n in range(10)]
    with running(tmp_path) as hub:
        school = hub.supplier("skole", "oneroster_csv")
        whole = package(SCHOOL, [SchoolClass("c5a", "5.A", 5, [teacher, *people])])
        few = package(SCHOOL, [SchoolClass("c5a", "5.A", 5, [teacher, *people[:4]])])
        assert hub.file(school, "oneroster_csv", whole, as_of="2026-08-10T08:00:00+02:00").status_code == 200
        controller, lone = hub.token("--controller"), hub.token("--teacher", "unilogin:lone0001")
        hub.ledger(controller)
        refused(hub.file(school, "oneroster_csv", few, as_of="2026-08-11T08:00:00+02:00"), "roster_shrinks", status=409)
        assert pupils(hub, lone) == 10
        assert hub.file(school, "oneroster_csv", few, as_of="2026-08-11T08:00:00+02:00", force="true").status_code == 200
        hub.ledger(controller)
        assert pupils(hub, lone) == 4
        assert hub.ledger(controller)["refused"] == 1


def pupils(hub: Hub, token: Any) -> int:
    (group,) = hub.get("/v1/groups", token)["groups"]
    return len(hub.get(f"/v1/groups/{group['id']}/indicators", token)["readings"])


def test_an_identity_given_to_two_pupils_counts_for_neither(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        sender = hub.supplier("ordleg", "xapi", subject="DAN", identity="https://ordleg.dk=ordleg")
        school = hub.supplier("skole", "oneroster_csv", "identity_links_csv")
        other = hub.supplier("anden", "identity_links_csv")
        people = [Person("t1", "teacher", "lone0001"), Person("e1", "student", "anna1a2b"), Person("e2", "student", "bo12345x")]
        body = package(SCHOOL, [SchoolClass("c5a", "5.A", 5, people)])
        assert hub.file(school, "oneroster_csv", body, as_of="2026-08-10T08:00:00+02:00").status_code == 200
        told = statement(actor={"account": {"homePage": "https://ordleg.dk", "name": "K1"}})
        assert hub.statements(sender, [told]).status_code == 200
        links = "skema_fra;id_fra;skema_til;id_til\nordleg;K1;unilogin;{}\n"
        assert (
            hub.file(school, "identity_links_csv", links.format("anna1a2b").encode(), as_of="2026-08-10T09:00:00+02:00").status_code == 200
        )
        controller, lone = hub.token("--controller"), hub.token("--teacher", "unilogin:lone0001")
        hub.ledger(controller)
        assert todays(hub, lone) == [1]
        assert (
            hub.file(other, "identity_links_csv", links.format("bo12345x").encode(), as_of="2026-08-10T09:00:00+02:00").status_code == 200
        )
        assert hub.ledger(controller)["disputed_identities"] == 1
        assert todays(hub, lone) == []


def todays(hub: Hub, token: Any) -> list[int]:
    (group,) = hub.get("/v1/groups", token)["groups"]
    view = hub.get(f"/v1/groups/{group['id']}/indicators", token, indicator="items-answered")
    return [one["today"]["n"] for pupil in view["readings"] for one in pupil["indicators"] if one["today"]]


def test_bad_input_is_counted_and_leaks_nothing(hub: Hub, sender: tuple[str, str]) -> None:
    controller = hub.token("--controller")
    before = hub.ledger(controller)
    refused(post(hub, sender, b"Kanariefugl"), "not_json")
    after = hub.ledger(controller)
    assert after["refused"] == before["refused"] + 1
    assert after["received"] == before["received"]
    everything = hub.log() + hub.http.get("/metrics").text + json.dumps(after) + hub.http.get("/v1/failed", headers=dict(controller)).text
    for secret in (SECRET_VALUE, CPR, CPR.replace("-", ""), "anna1a2b"):
        assert secret not in everything
    stored = b"".join(file.read_bytes() for file in (hub.folder / "var").iterdir() if file.is_file())
    for secret in (SECRET_VALUE, CPR, "anna1a2b", "bo12345x"):
        assert secret.encode() not in stored


def test_an_event_of_tomorrow_is_taken_and_one_of_the_day_after_is_not(hub: Hub, sender: tuple[str, str]) -> None:
    ahead = [(datetime.now(UTC) + timedelta(hours=hours)).isoformat() for hours in (23, 25)]
    before = hub.ledger(hub.token("--controller"))
    assert hub.statements(sender, [statement(timestamp=one) for one in ahead]).status_code == 200
    after = hub.ledger(hub.token("--controller"))
    assert (after["published"] - before["published"], after["failed"] - before["failed"]) == (1, 1)
