"""Statements that a tool sent to a real LRS (Ralph, in a process of its own) arrive in the readings of a hub that fetches them."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from harness import Hub, running, until
from ralph import Ralph, ralph
from rosters import Person, SchoolClass, package
from sending import SCHEME, Statement, statement
from stored import reports

from contracts.dates import SECOND, Micros, instant

ANNA, BO, LONE = Person("e1", "student", "anna1a2b"), Person("e2", "student", "bo12345x"), Person("t1", "teacher", "lone0001")
OPTIONS = {"subject": "MAT", "identity": SCHEME}


def fetched(hub: Hub, lrs: Ralph, name: str = "arkiv", **options: str) -> tuple[str, str]:
    password = hub.folder / "password"
    password.write_text(lrs.password + "\n")
    return hub.supplier(
        name, "xapi_lrs", url=lrs.url, username=lrs.username, password_file=str(password), **{**OPTIONS, **options}
    )  # fmt: skip


def school(hub: Hub) -> Any:
    told = package("101001", [SchoolClass("5a", "5.A", 5, [LONE, ANNA, BO])])
    sent = hub.file(hub.supplier("skole", "oneroster_csv"), "oneroster_csv", told, as_of="2026-08-12T08:00:00+02:00")
    assert sent.status_code == 200
    return hub.token("--teacher", "unilogin:lone0001")


def send(lrs: Ralph, statements: list[Statement]) -> None:
    assert lrs.http.post("/statements", json=statements).status_code == 200


def now(hub: Hub) -> Micros:
    return instant(hub.http.get("/health/ready").json()["now"])


def answered(hub: Hub, teacher: Any) -> dict[str, int]:
    """Items answered, by pupil; those of today stand in the reading's n."""
    (group,) = hub.get("/v1/groups", teacher)["groups"]
    told = hub.get(f"/v1/groups/{group['id']}/indicators", teacher, indicator="items-answered", subject="MAT")
    return {one["student"]: sum(reading["today"]["value"] for reading in one["indicators"] if reading["today"]) for one in told["readings"]}


def test_what_an_lrs_got_arrives_in_the_readings(tmp_path: Path) -> None:
    with ralph(tmp_path / "lrs", page=20) as lrs, running(tmp_path, pull_seconds="0.2", pull_page_items="20") as hub:
        teacher = school(hub)
        at = now(hub)
        before = [statement("anna1a2b", at - n * SECOND) for n in range(50)]
        send(lrs, before)
        fetched(hub, lrs)
        until(lambda: sum(answered(hub, teacher).values()) == 50)
        after = [statement("bo12345x", now(hub)) for _ in range(30)]
        send(lrs, after)
        until(lambda: sum(answered(hub, teacher).values()) == 80)
        assert sorted(answered(hub, teacher).values()) == [30, 50]
        assert len(reports(tmp_path, "activity")) == 80


def test_it_counts_as_its_suppliers_and_once_however_often_it_is_read(tmp_path: Path) -> None:
    with ralph(tmp_path / "lrs") as lrs, running(tmp_path, pull_seconds="0.05") as hub:
        credential = fetched(hub, lrs)
        told = [statement("anna1a2b", now(hub) - n * SECOND) for n in range(20)]
        send(lrs, [*told, statement("anna1a2b", now(hub), "preferred")])
        read_often(hub, 21)
        ledger = hub.ledger(hub.token("--controller"))
        assert {(row["supplier"], row["outcome"]): row["count"] for row in ledger["rows"]} == {
            ("arkiv", "published"): 20, ("arkiv", "not_used"): 1,
        }  # fmt: skip
        assert counted(hub, 'fremgang_pulled_items_total{known="new",source="arkiv"}') == 21
        own = hub.http.get("/v1/ledger", auth=credential).json()
        assert (own["received"], own["repeated"], own["failed"]) == (21, 0, 0)
        assert counted(hub, 'fremgang_source_newest_event_timestamp_seconds{source="arkiv"}') > time.time() - 600


def read_often(hub: Hub, items: int) -> None:
    """All is there, and was read again since, whole pages of it."""
    until(lambda: counted(hub, 'fremgang_pulled_items_total{known="new",source="arkiv"}') >= items)
    known = counted(hub, 'fremgang_pulled_items_total{known="known",source="arkiv"}')
    until(lambda: counted(hub, 'fremgang_pulled_items_total{known="known",source="arkiv"}') >= known + 3 * items)


def counted(hub: Hub, sample: str) -> float:
    lines = [line for line in hub.http.get("/metrics").text.splitlines() if line.startswith(sample)]
    return float(lines[0].rpartition(" ")[2]) if lines else 0


def test_one_bad_statement_fails_alone_and_once(tmp_path: Path) -> None:
    with ralph(tmp_path / "lrs") as lrs, running(tmp_path, pull_seconds="0.05") as hub:
        credential = fetched(hub, lrs)
        at = now(hub)
        bad = statement("bo12345x", at, context={"extensions": {"https://fremgang.dk/xapi/extensions/institution": "999999"}})
        marked = statement("bo12345x", at, item="010110-4321")
        send(lrs, [statement("anna1a2b", at), bad, statement("anna1a2b", at), marked, statement("anna1a2b", at)])
        read_often(hub, 5)
        hub.ledger(hub.token("--controller"))
        own = hub.http.get("/v1/ledger", auth=credential).json()
        assert (own["published"], own["failed"], own["received"]) == (3, 2, 5)
        failed = hub.http.get("/v1/failed", auth=credential).json()
        assert {(one["reason"], one["pointer"]) for one in failed["failed"]} == {
            ("institution_not_registered", "/context/extensions/https:~1~1fremgang.dk~1xapi~1extensions~1institution"),
            ("national_identifier_present", "/object/id"),
        }  # fmt: skip


def test_what_a_supplier_also_pushes_is_the_same_report(tmp_path: Path) -> None:
    with ralph(tmp_path / "lrs") as lrs, running(tmp_path, pull_seconds="0.1") as hub:
        password = tmp_path / "password"
        password.write_text(lrs.password)
        credential = hub.supplier("arkiv", "xapi", "xapi_lrs", url=lrs.url, username=lrs.username, password_file=str(password), **OPTIONS)
        told = [statement("anna1a2b", now(hub), id_=uuid4()) for _ in range(10)]
        assert hub.statements(credential, told[:6]).status_code == 200
        send(lrs, told)
        until(lambda: len(reports(tmp_path, "activity")) == 10)
        ledger = hub.ledger(hub.token("--controller"))
        assert (ledger["published"], ledger["repeated"]) == (10, 0)


def test_an_lrs_that_does_not_take_the_credential_is_told_and_read_once_it_does(tmp_path: Path) -> None:
    with ralph(tmp_path / "lrs") as lrs, running(tmp_path, pull_seconds="0.1") as hub:
        send(lrs, [statement("anna1a2b", now(hub))])
        wrong = tmp_path / "wrong"
        wrong.write_text("not the password")
        hub.supplier("arkiv", "xapi_lrs", url=lrs.url, username=lrs.username, password_file=str(wrong), **OPTIONS)
        until(lambda: counted(hub, 'fremgang_pull_failures_total{source="arkiv",trouble="not_allowed"}') == 1)
        assert "arkiv is not read, not_allowed" in hub.cli("check")
        assert "not the password" not in hub.log()
        assert lrs.url not in hub.log()
        fetched(hub, lrs)
        until(lambda: len(reports(tmp_path, "activity")) == 1)
        assert "arkiv is read" in hub.cli("check")
