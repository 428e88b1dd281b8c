"""What is kept of failed items: whose they are, so that erasing a pupil deletes them; nothing that may hold a CPR number."""

import json
from pathlib import Path
from typing import Any

from harness import Hub, running
from rosters import Person, SchoolClass, package
from stored import Seal, rows

SCHOOL, AS_OF = "101001", "2026-11-24T08:00:00+01:00"
ANNA, BO, LONE = Person("e1", "student", "anna1a2b"), Person("e2", "student", "bo12345x"), Person("t1", "teacher", "lone0001")
CPR_NUMBERS = (1012114321, 101124321)
"""The second had a leading zero, which a JSON number cannot have."""


def event(number: int, pupil: str, **more: Any) -> dict[str, Any]:
    told = {"specversion": "1.0", "source": "prov", "id": str(number), "type": "dk.fremgang.no_such.v1", "subject": f"unilogin:{pupil}"}
    return {**told, "data": more}


def post(hub: Hub, supplier: tuple[str, str], events: list[dict[str, Any]]) -> None:
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    answer = hub.http.post("/events", content=json.dumps(events), headers=headers, auth=supplier)
    assert answer.json()["failed"] + answer.json()["not_used"] == len(events), answer.text


def send(hub: Hub, supplier: tuple[str, str], pupil: str) -> None:
    """An absence with an unknown code, a link with itself and an event of an unknown type."""
    files = {
        "attendance_csv": f"unilogin;dato;start\n{pupil};24-11-2026;Q\n",
        "identity_links_csv": f"skema_fra;id_fra;skema_til;id_til\nunilogin;{pupil};unilogin;{pupil}\n",
    }
    for name, body in files.items():
        assert hub.file(supplier, name, body.encode(), as_of=AS_OF).status_code == 200
    post(hub, supplier, [event(1, pupil)])


def kept(hub: Hub, subject: str) -> int:
    hub.ledger(hub.token("--controller"))
    return len(rows(hub.folder, "store.db", "SELECT body FROM failed WHERE body IS NOT NULL AND subject = ?", subject))


def test_erasing_a_pupil_deletes_the_items_that_failed_in_translation(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        school = hub.supplier("skole", "oneroster_csv")
        supplier = hub.supplier("material", "attendance_csv", "identity_links_csv", "cloudevents", subject="MAT")
        body = package(SCHOOL, [SchoolClass("5a", "5.A", 5, [LONE, ANNA, BO])])
        assert hub.file(school, "oneroster_csv", body, as_of="2026-08-10T08:00:00+02:00").status_code == 200
        anna, bo = (Seal(tmp_path).identity("unilogin", pupil.unilogin) for pupil in (ANNA, BO))
        for pupil in (ANNA, BO):
            send(hub, supplier, pupil.unilogin)
        assert (kept(hub, anna), kept(hub, bo)) == (3, 3)
        hub.cli("erase", "--identity=unilogin:anna1a2b")
        assert (kept(hub, anna), kept(hub, bo)) == (0, 3)
        send(hub, supplier, ANNA.unilogin)
        assert (kept(hub, anna), kept(hub, bo)) == (0, 3)


def test_a_failed_item_with_a_cpr_number_written_as_a_number_has_no_body(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        supplier = hub.supplier("material", "cloudevents", subject="MAT")
        post(hub, supplier, [event(number, "anna1a2b", nr=number) for number in (*CPR_NUMBERS, 5)])
        hub.ledger(hub.token("--controller"))
        bodies = [body for (body,) in rows(tmp_path, "store.db", "SELECT body FROM failed")]
        assert sorted(body is None for body in bodies) == [False, True, True]
