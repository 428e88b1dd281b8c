"""The read API over a real hub: who sees what, what is logged, and how errors look."""

import base64
import json
import re
import sqlite3
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL = "101001"
ANNA, BO, CARL = (Person(f"e{n}", "student", login) for n, login in enumerate(("anna1a2b", "bo12345x", "carl99zz")))
LONE, MATS, OLE = (Person(f"t{n}", "teacher", login) for n, login in enumerate(("lone0001", "mats0002", "ole00003")))
CLASSES = [
    SchoolClass("c5a", "5.A", 5, [LONE, ANNA, BO]),
    SchoolClass("h6m", "6.MAT", 6, [MATS, ANNA, CARL], kind="scheduled", subject="MAT"),
    SchoolClass("c6b", "6.B", 6, [OLE, CARL]),
]


def answered(person: Person, item: str, *, right: bool, subject: str | None = None, days: float = 0) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(days=days)
    extensions = {"https://fremgang.dk/xapi/extensions/subject": subject} if subject else {}
    return {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "https://unilogin.dk", "name": person.unilogin}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": f"https://matematik-x.dk/item/{item}"},
        "result": {"success": right},
        "context": {"extensions": extensions},
        "timestamp": at.isoformat(),
    }


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub")) as started:
        school = started.supplier("skole", "oneroster_csv")
        matematik = started.supplier("matematik-x", "xapi", subject="MAT", identity="https://unilogin.dk=unilogin", expected_by="16:00")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        told = [answered(ANNA, f"m{n}", right=n % 2 == 0) for n in range(4)] + [answered(ANNA, "d1", right=True, subject="DAN")]
        told += [answered(CARL, "m1", right=True)]
        assert started.statements(matematik, told).status_code == 200
        started.ledger(started.token("--controller"))
        yield started


def groups(hub: Hub, token: Any) -> dict[str, str]:
    return {group["source_id"]: group["id"] for group in hub.get("/v1/groups", token)["groups"]}


def student(hub: Hub, token: Any, person: Person) -> Any:
    asked = {"identities": [{"scheme": "unilogin", "value": person.unilogin}]}
    return hub.http.post("/v1/students:resolve", json=asked, headers=dict(token)).json()["students"][0]["student"]


def test_a_teacher_sees_the_groups_they_teach_and_nobody_elses(hub: Hub) -> None:
    lone, mats, ole = (hub.token("--teacher", f"unilogin:{one.unilogin}") for one in (LONE, MATS, OLE))
    assert list(groups(hub, lone)) == ["5.A"]
    assert list(groups(hub, mats)) == ["6.MAT"]
    other = groups(hub, ole)["6.B"]
    forbidden = hub.http.get(f"/v1/groups/{other}/indicators", headers=dict(lone))
    unknown = hub.http.get("/v1/groups/g_aaaaaaaaaaaaaaaaaaaaaaaaaa/indicators", headers=dict(lone))
    assert forbidden.status_code == unknown.status_code == 404
    assert forbidden.content == unknown.content
    assert forbidden.headers["content-type"] == "application/problem+json"


def test_a_subject_teacher_sees_that_subject_only(hub: Hub) -> None:
    mats, lone = hub.token("--teacher", "unilogin:mats0002"), hub.token("--teacher", "unilogin:lone0001")
    view = hub.get(f"/v1/groups/{groups(hub, mats)['6.MAT']}/indicators", mats)
    assert {one["subject"] for pupil in view["readings"] for one in pupil["indicators"]} == {"MAT"}
    home = hub.get(f"/v1/groups/{groups(hub, lone)['5.A']}/indicators", lone)
    assert {one["subject"] for pupil in home["readings"] for one in pupil["indicators"]} == {"MAT", "DAN", None}
    anna = student(hub, mats, ANNA)
    address = f"/v1/students/{anna}/indicators/items-answered/explanation"
    assert hub.http.get(address, params={"subject": "DAN"}, headers=dict(mats)).status_code == 404
    assert hub.http.get(address, params={"subject": "DAN"}, headers=dict(lone)).status_code == 200
    attendance = f"/v1/students/{anna}/indicators/attendance/explanation"
    assert hub.http.get(attendance, headers=dict(mats)).status_code == 404
    assert hub.http.get(attendance, params={"subject": "MAT"}, headers=dict(mats)).status_code == 404
    assert hub.http.get(attendance, headers=dict(lone)).status_code == 200


def test_unknown_and_forbidden_pupils_look_alike(hub: Hub) -> None:
    lone, ole = hub.token("--teacher", "unilogin:lone0001"), hub.token("--teacher", "unilogin:ole00003")
    carl = student(hub, ole, CARL)
    assert carl.startswith("s_")
    assert student(hub, lone, CARL) is None
    assert student(hub, lone, Person("x", "student", "nobody99")) is None
    answers = [hub.http.get(f"/v1/students/{one}", headers=dict(lone)) for one in (carl, "s_" + "a" * 26, "nonsense")]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}


def test_the_class_view_has_the_shape_of_the_design(hub: Hub) -> None:
    lone = hub.token("--teacher", "unilogin:lone0001")
    view = hub.get(f"/v1/groups/{groups(hub, lone)['5.A']}/indicators", lone, subject="MAT", indicator="items-answered")
    assert {"id", "source_id", "institution", "kind"} <= set(view["group"])
    anna = student(hub, lone, ANNA)
    (reading,) = next(pupil["indicators"] for pupil in view["readings"] if pupil["student"] == anna)
    assert set(reading) == {
        "indicator", "version", "subject", "framework", "value", "unit", "n", "interval", "window", "today", "sources", "outranked",
        "reason", "explanation",
    }  # fmt: skip
    assert reading["today"] == {"value": 4.0, "n": 4}
    assert reading["sources"] == ["matematik-x"]
    assert {"name", "from", "to"} <= set(reading["window"])
    assert [(one["source"], one["status"]) for one in view["delivery"]["sources"] if one["source"] == "matematik-x"] == [
        ("matematik-x", "fresh")
    ]
    explained = hub.get(reading["explanation"], lone)
    assert [fact["item_id"] for fact in explained["facts"]] == [f"https://matematik-x.dk/item/m{n}" for n in (3, 2, 1, 0)]
    assert explained["text"]["da"] != explained["text"]["en"]


def test_etag_and_not_modified(hub: Hub) -> None:
    lone = hub.token("--teacher", "unilogin:lone0001")
    address = f"/v1/groups/{groups(hub, lone)['5.A']}/indicators"
    first = hub.http.get(address, headers=dict(lone))
    again = hub.http.get(address, headers={**lone, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    narrowed = hub.http.get(address, params={"subject": "MAT"}, headers={**lone, "If-None-Match": first.headers["etag"]})
    assert narrowed.status_code == 200
    controller = hub.token("--controller")
    before = len(hub.get("/v1/access-log", controller, limit=1000)["reads"])
    hub.http.get(address, headers={**lone, "If-None-Match": first.headers["etag"]})
    assert len(hub.get("/v1/access-log", controller, limit=1000)["reads"]) == before + 2


def test_tokens_that_cannot_be_used(hub: Hub) -> None:
    good = hub.token("--teacher", "unilogin:lone0001")["Authorization"].removeprefix("Bearer ")
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "role": "controller"}).encode()).decode().rstrip("=")
    stale = hub.cli("token", "--teacher", "unilogin:lone0001", "--hours", "0.0001")
    time.sleep(1.5)  # it is good for 0.36 s, told in whole seconds
    bad = {
        "": "a bearer token is needed",
        "Bearer nonsense": "not one of this hub's",
        f"Bearer {head}.{forged}.{signature}": "not one of this hub's",
        f"Bearer {none}.{body}.": "not one of this hub's",
        f"Bearer {stale}": "has expired",
    }
    for header, why in bad.items():
        answer = hub.http.get("/v1/groups", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert why in answer.json()["detail"]


def test_every_read_of_a_person_is_in_the_access_log_before_it_is_answered(hub: Hub) -> None:
    lone, controller = hub.token("--teacher", "unilogin:lone0001"), hub.token("--controller")
    anna = student(hub, lone, ANNA)
    hub.get(f"/v1/students/{anna}", lone)
    newest = hub.get("/v1/access-log", controller, student=anna, limit=1)["reads"]
    assert [(one["view"], one["role"], one["result"], one["purpose"]) for one in newest] == [
        ("student", "teacher", "allowed", "T1")
    ] or newest
    hub.http.get("/v1/students/s_" + "b" * 26, headers=dict(lone))
    denied = hub.get("/v1/access-log", controller, student="s_" + "b" * 26)["reads"]
    assert [(one["view"], one["result"]) for one in denied if one["view"] == "student"] == [("student", "denied")]


def test_a_pupil_sees_themselves_and_who_looked(hub: Hub) -> None:
    lone, anna = hub.token("--teacher", "unilogin:lone0001"), hub.token("--pupil", "unilogin:anna1a2b")
    hub_id = student(hub, lone, ANNA)
    hub.get(f"/v1/students/{hub_id}", lone)
    assert hub.get(f"/v1/students/{hub_id}", anna)["student"] == hub_id
    assert {one["role"] for one in hub.get("/v1/access-log", anna)["reads"]} >= {"teacher"}
    other = student(hub, lone, BO)
    assert hub.http.get(f"/v1/students/{other}", headers=dict(anna)).status_code == 404
    assert hub.http.get("/v1/access-log", params={"student": other}, headers=dict(anna)).status_code == 404
    assert hub.get("/v1/groups", anna)["groups"] == []


def test_a_read_that_cannot_be_logged_fails(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        lone = hub.token("--teacher", "unilogin:lone0001")
        assert hub.get("/v1/groups", lone) == {"groups": []}
        with sqlite3.connect(tmp_path / "var" / "access.db") as access:
            access.execute("DROP TABLE read_students")
            access.execute("DROP TABLE reads")
        answer = hub.http.get("/v1/groups", headers=dict(lone))
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/groups", 405),
        ("POST", "/v1/students:resolve", 422),
        ("GET", "/v1/access-log?limit=x", 422),
    ],
)
def test_every_error_is_a_problem_document(hub: Hub, method: str, path: str, status: int) -> None:
    lone = hub.token("--teacher", "unilogin:lone0001")
    answer = hub.http.request(method, path, headers=dict(lone))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_issuer_and_page_exist_on_loopback_only(tmp_path: Path) -> None:
    with running(tmp_path, host="0.0.0.0") as hub:
        assert hub.http.get("/").status_code == 404
        said = hub.cli("token", "--controller", fails=True)
        assert "beyond loopback" in said
    with running(tmp_path) as hub:
        assert hub.http.get("/").status_code == 200
        evil = httpx.get(f"{hub.url}/", headers={"Host": "evil.example"})
        assert (evil.status_code, evil.headers["content-type"]) == (400, "application/problem+json")
        for name in (f"localhost:{hub.port}", "127.0.0.1", f"[::1]:{hub.port}"):
            assert httpx.get(f"{hub.url}/", headers={"Host": name}).status_code == 200


def test_a_supplier_sees_its_own_account_only(hub: Hub) -> None:
    mine = hub.supplier("ordbog", "xapi", subject="DAN", identity="https://unilogin.dk=unilogin")
    answer = hub.http.get("/v1/ledger", auth=mine)
    assert answer.json()["rows"] == []
    assert hub.http.get("/v1/failed", auth=mine).json() == {"failed": []}
    assert hub.http.get("/v1/ledger", auth=("ordbog", "whsec_wrong")).status_code == 401
    assert hub.http.get("/v1/ledger", headers=dict(hub.token("--teacher", "unilogin:lone0001"))).status_code == 401


def test_the_data_and_the_key_are_their_users_alone(hub: Hub) -> None:
    made = [file for folder in ("var", ".key") for file in (hub.folder / folder, *(hub.folder / folder).rglob("*"))]
    assert hub.folder / "var" / "store.db" in made
    assert [file.name for file in made if file.stat().st_mode & 0o077] == []


def test_health_and_metrics_name_nobody(hub: Hub) -> None:
    lone = hub.token("--teacher", "unilogin:lone0001")
    hub.get(f"/v1/groups/{groups(hub, lone)['5.A']}/indicators", lone)
    assert hub.http.get("/health/live").json() == {"status": "alive"}
    told = hub.http.get("/metrics").text
    for name in ("fremgang_items_total", "fremgang_append_seconds", "fremgang_batch_records", "fremgang_lag_seconds",
                 "fremgang_source_newest_event_timestamp_seconds", "fremgang_read_seconds", "fremgang_refused_requests"):  # fmt: skip
        assert name in told
    for person in (ANNA, BO, CARL, LONE):
        assert str(person.unilogin) not in told + hub.log()
    assert not re.search(r"\b[psgr]_[a-z2-7]{26}", told)
    assert SCHOOL not in told
