"""A source that is silent past its hour, over a real hub: what rests on it is said to be stale, nothing is lowered, and it is a change."""

import json
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from harness import Hub, running, until
from rosters import Person, SchoolClass, package

SCHOOL, CLOSED, THIRD = "101001", "101002", "101003"
TUESDAY = "2026-11-24"
ANNA, BO, CARL, DORA = (Person(f"e{n}", "student", login) for n, login in enumerate(("anna1a2b", "bo12345x", "carl99zz", "dora88yy")))
LONE, OLE, KIM = (Person(f"t{n}", "teacher", login) for n, login in enumerate(("lone0001", "ole00003", "kim00004")))
CLASSES = {
    SCHOOL: [SchoolClass("c5a", "5.A", 5, [LONE, ANNA, BO])],
    CLOSED: [SchoolClass("c6b", "6.B", 6, [OLE, CARL])],
    THIRD: [SchoolClass("c7c", "7.C", 7, [KIM, DORA])],
}


def answered(person: Person, school: str, n: int, day: str) -> dict[str, Any]:
    return {
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "https://matematik-x.example",
        "type": "dk.fremgang.activity.item_answered.v1", "subject": f"unilogin:{person.unilogin}", "institution": school,
        "time": f"{day}T10:00:00+01:00",
        "data": {"item_id": f"m{n}", "correct": True},
    }  # fmt: skip


def cadence(school: str, expected_by: str, op: str = "assert") -> dict[str, Any]:
    """The newest word of the one report is the one that counts."""
    return {
        "specversion": "1.0", "id": "cadence", "source": f"https://matematik-x.example/{school}", "type": "dk.fremgang.source.cadence.v2",
        "time": f"{TUESDAY}T08:00:00+01:00", "institution": school, "op": op, "order": 1 if op == "assert" else 2,
        "data": {"expected_by": expected_by, "weekdays": [1, 2, 3, 4, 5]},
    }  # fmt: skip


class Told:
    """One source for three schools, of which one is closed on Tuesday: Monday's answers are there, Tuesday's are not."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.maths = hub.supplier("matematik-x", "cloudevents", institutions=tuple(CLASSES), subject="MAT")
        for school, classes in CLASSES.items():
            office = hub.supplier(f"skole-{school}", "oneroster_csv", "calendar_csv", institutions=(school,))
            answer = hub.file(office, "oneroster_csv", package(school, classes), as_of="2026-08-10T08:00:00+02:00")
            assert answer.status_code == 200
            if school == CLOSED:
                off = f"institution;dato;skoledag\n{school};24-11-2026;nej\n".encode()
                assert hub.file(office, "calendar_csv", off, as_of="2026-11-20T08:00:00+01:00").status_code == 200
        pupils = [(ANNA, SCHOOL)] * 3 + [(CARL, CLOSED), (DORA, THIRD)]
        monday = [answered(pupil, school, n, "2026-11-23") for n, (pupil, school) in enumerate(pupils)]
        self.send(*monday, *(cadence(school, "15:00") for school in CLASSES))

    def send(self, *events: dict[str, Any]) -> None:
        media = {"Content-Type": "application/cloudevents-batch+json"}
        answer = self.hub.http.post("/events", content=json.dumps(events), headers=media, auth=self.maths)
        assert (answer.status_code, answer.json()["failed"]) == (200, 0), answer.text
        self.hub.ledger(self.hub.token("--controller"))

    def view(self, teacher: Person, what: str = "indicators", **query: Any) -> Any:
        token = self.hub.token("--teacher", f"unilogin:{teacher.unilogin}")
        (group,) = self.hub.get("/v1/groups", token)["groups"]
        return self.hub.get(f"/v1/groups/{group['id']}/{what}", token, **query)

    def status(self, teacher: Person) -> str:
        (one,) = [one for one in self.view(teacher)["delivery"]["sources"] if one["source"] == "matematik-x"]
        return str(one["status"])


@dataclass(frozen=True)
class Silent:
    """told: after three o'clock, and nothing has come. before: the class's answers at half past two."""

    told: Told
    before: Any


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Silent]:
    with running(tmp_path_factory.mktemp("hub"), clock=f"{TUESDAY}T14:30:00+01:00@0") as hub:
        told = Told(hub)
        before = told.view(LONE, indicator="items-answered")
        hub.stop()
        hub.env["FREMGANG_CLOCK"] = f"{TUESDAY}T14:59:00+01:00@5"
        hub.start()
        until(lambda: told.status(LONE) == "stale", 90)
        yield Silent(told, before)


def answers(view: Any) -> list[tuple[Any, ...]]:
    return [(one["subject"], one["value"], one["n"]) for pupil in view["readings"] for one in pupil["indicators"]]


def test_its_silence_is_told_at_its_hour_school_by_school_and_lowers_nothing(silent: Silent) -> None:
    told, before = silent.told, silent.before
    assert before["delivery"]["stale"] == []
    assert {one["status"] for one in before["delivery"]["sources"] if one["source"] == "matematik-x"} == {"fresh"}
    after = told.view(LONE, indicator="items-answered")
    assert after["delivery"]["as_of"] >= f"{TUESDAY}T14:00", "three o'clock in Copenhagen"
    assert after["delivery"]["stale"] == [{"indicator": "items-answered", "subject": "MAT", "sources": ["matematik-x"]}]
    assert answers(after) == answers(before), "no value is lowered"
    assert ("MAT", 0.8, 3) in answers(after)
    sources = {one["source"]: (one["institution"], one["status"]) for one in after["delivery"]["sources"]}
    assert sources == {"matematik-x": (SCHOOL, "stale"), f"skole-{SCHOOL}": (SCHOOL, "undeclared")}
    assert told.status(OLE) == "fresh", "the second school is closed today"
    assert told.view(OLE)["delivery"]["stale"] == []


def test_it_is_a_change_like_any_other(silent: Silent) -> None:
    """Nothing was sent: what moved the number is that the source fell silent."""
    before = int(silent.before["delivery"]["cursor"])
    assert until(lambda: int(silent.told.view(LONE)["delivery"]["cursor"]) > before, 30)
    with sqlite3.connect(silent.told.hub.folder / "var" / "store.db") as store:
        ((marked,),) = store.execute("SELECT value FROM meta WHERE name = 'silent sources'")
    assert ["matematik-x", SCHOOL] in json.loads(marked)
    assert ["matematik-x", CLOSED] not in json.loads(marked)


def test_the_summary_the_pupil_and_the_explanation_tell_of_it_too(silent: Silent) -> None:
    told = silent.told
    summary = told.view(LONE, "summary", indicator="coverage")["delivery"]["stale"]
    assert {"indicator": "items-answered", "subject": "MAT", "sources": ["matematik-x"]} in summary
    token = told.hub.token("--teacher", f"unilogin:{LONE.unilogin}")
    pupils = {pupil["student"]: pupil["indicators"] for pupil in told.view(LONE, indicator="items-answered")["readings"]}
    (anna,) = (student for student, readings in pupils.items() if any(one["sources"] for one in readings))
    bo = next(student for student in pupils if student != anna)
    own = told.hub.get(f"/v1/students/{anna}", token)["delivery"]["stale"]
    assert {"indicator": "items-answered", "subject": "MAT", "sources": ["matematik-x"]} in own
    assert not [one for one in own if one["indicator"] == "attendance"], "which matematik-x tells nothing of"
    assert told.hub.get(f"/v1/students/{bo}", token)["delivery"]["stale"] == [], "of whom it tells nothing"
    (reading,) = (one for one in pupils[anna] if one["sources"])
    explained = told.hub.get(reading["explanation"], token)
    assert explained["delivery"]["stale"] == [{"indicator": "items-answered", "subject": "MAT", "sources": ["matematik-x"]}]


def test_a_declaration_that_is_taken_back_and_what_comes_late_make_it_fresh_again(silent: Silent) -> None:
    told = silent.told
    assert told.status(KIM) == "stale"
    told.send(cadence(THIRD, "15:00", "retract"))
    assert told.status(KIM) == "undeclared"
    told.send({**cadence(THIRD, "15:00"), "order": 3})
    assert told.status(KIM) == "stale"
    told.send(answered(DORA, THIRD, 4, TUESDAY))
    assert told.status(KIM) == "fresh"
    assert told.view(KIM)["delivery"]["stale"] == []
