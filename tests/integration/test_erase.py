"""`fremgang erase`: gone at once from the store, down to the bytes; nothing that is still in the log or comes later brings a pupil back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from harness import Hub, running, until
from rosters import Person, SchoolClass, package
from sending import SCHEME, attendance, statement
from stored import Seal, letters, rows, traces

from contracts.dates import instant

SCHOOL = "101001"
NOW = datetime.fromisoformat("2026-11-24T12:00:00+01:00")
ANNA, BO, LONE = Person("e1", "student", "anna1a2b"), Person("e2", "student", "bo12345x"), Person("t1", "teacher", "lone0001")
Credential = tuple[str, str]


@contextmanager
def at(folder: Path, when: str) -> Iterator[Hub]:
    with running(folder, clock=f"{when}@0") as hub:
        yield hub


def send(hub: Hub, supplier: Credential, pupil: str, item: str) -> None:
    """An answer, a failed item and a day of attendance."""
    now = instant(hub.http.get("/health/ready").json()["now"])
    future = now + 30 * 86_400_000_000
    batch = [statement(pupil, now, item=item), statement(pupil, future, item=item)]
    assert hub.statements(supplier, batch).status_code == 200
    assert hub.file(supplier, "attendance_csv", attendance([(pupil, "24-11-2026", "S")]), as_of=NOW.isoformat()).status_code == 200


def outcomes(hub: Hub) -> dict[tuple[str, str], int]:
    """(outcome, reason) -> items of the material's supplier."""
    found: dict[tuple[str, str], int] = {}
    for row in hub.ledger(hub.token("--controller"))["rows"]:
        if row["supplier"] == "material":
            found[row["outcome"], row["reason"]] = found.get((row["outcome"], row["reason"]), 0) + row["count"]
    return found


def resolved(hub: Hub, teacher: Any, *pupils: Person) -> list[str | None]:
    asked = {"identities": [{"scheme": "unilogin", "value": pupil.unilogin} for pupil in pupils]}
    answer = hub.http.post("/v1/students:resolve", json=asked, headers=dict(teacher))
    return [one["student"] for one in answer.json()["students"]]


def of_class(hub: Hub, teacher: Any) -> Any:
    (group,) = hub.get("/v1/groups", teacher)["groups"]
    return hub.get(f"/v1/groups/{group['id']}/indicators", teacher)["readings"]


def gone(folder: Path, *tokens: str) -> bool:
    """From the store, its write-ahead file and whatever else lies there, but the log and the access log."""
    return all(not {name for name in traces(folder, token) if name.startswith("store")} for token in tokens)


def test_a_pupil_is_erased_and_stays_so(tmp_path: Path) -> None:
    canary = {name: f"canary{letters()}" for name in ("anna", "bo")}
    with at(tmp_path, NOW.isoformat()) as hub:
        roster = hub.supplier("skole", "oneroster_csv")
        supplier = hub.supplier("material", "xapi", "attendance_csv", subject="MAT", identity=SCHEME)
        told = package(SCHOOL, [SchoolClass("5a", "5.A", 5, [LONE, ANNA, BO])])
        assert hub.file(roster, "oneroster_csv", told, as_of="2026-11-01T08:00:00+01:00").status_code == 200
        send(hub, supplier, "anna1a2b", canary["anna"])
        send(hub, supplier, "bo12345x", canary["bo"])
        before = outcomes(hub)
        assert before == {("published", ""): 4, ("failed", "event_in_future"): 2}
        teacher: Any = hub.token("--teacher", "unilogin:lone0001")
        anna, bo = resolved(hub, teacher, ANNA, BO)
        classmates = [one for one in of_class(hub, teacher) if one["student"] != anna]
        seal = Seal(tmp_path)
        marks = [seal.identity("unilogin", "anna1a2b"), seal.identity(f"local:{SCHOOL}", "e1"), canary["anna"], str(anna)]
        (body,) = rows(tmp_path, "store.db", "SELECT body FROM failed WHERE subject = ?", marks[0])[0]
        assert not gone(tmp_path, marks[0])
        assert not gone(tmp_path, canary["anna"])
        assert not gone(tmp_path, body)

        print(hub.cli("erase", "--identity=unilogin:anna1a2b"))
        remembered = rows(tmp_path, "store.db", "SELECT subject, until FROM erased")
        assert marks[0] in {subject for subject, _ in remembered}
        assert {until_ for _, until_ in remembered} == {"2027-10-31"}
        assert gone(tmp_path, canary["anna"], body, str(anna))
        assert not rows(tmp_path, "store.db", "SELECT * FROM sheets WHERE subject IN (SELECT subject FROM erased)")
        unseen(hub, teacher, str(anna))

        send(hub, supplier, "anna1a2b", f"later-{canary['anna']}")
        later = outcomes(hub)
        assert later == {**before, ("not_used", "erased"): 3}
        assert gone(tmp_path, canary["anna"])
        assert [one for one in of_class(hub, teacher) if one["student"] == bo] == classmates
    with at(tmp_path, NOW.isoformat()) as hub:
        unseen(hub, teacher, str(anna))
        assert outcomes(hub) == later
        assert gone(tmp_path, canary["anna"], body)
        assert hub.file(roster, "oneroster_csv", told, as_of="2026-11-02T08:00:00+01:00").status_code == 200
        outcomes(hub)
        unseen(hub, teacher, str(anna))
        assert resolved(hub, teacher, BO) == [bo]
        assert not gone(tmp_path, canary["bo"])


def unseen(hub: Hub, teacher: Any, anna: str) -> None:
    """As if the pupil had never been there."""
    assert resolved(hub, teacher, ANNA) == [None]
    assert hub.http.get(f"/v1/students/{anna}", headers=teacher).status_code == 404
    assert anna not in {one["student"] for one in of_class(hub, teacher)}


def test_the_erased_are_forgotten_after_the_31_october(tmp_path: Path) -> None:
    with at(tmp_path, NOW.isoformat()) as hub:
        hub.cli("erase", "--identity=unilogin:anna1a2b")
    for when, count in (("2027-10-31T12:00:00+01:00", 1), ("2027-11-01T12:00:00+01:00", 0)):
        with at(tmp_path, when) as hub:
            until(lambda hub=hub: 'fremgang_deleted_total{what="access_log"}' in hub.http.get("/metrics").text)
            assert len(rows(tmp_path, "store.db", "SELECT subject FROM erased")) == count
