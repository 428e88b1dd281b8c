"""Assignments of a real hub: given to a group once, they meet each pupil's hand-ins when read, by who was in it when they were due."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL, NOW = "101001", datetime(2026, 11, 24, 11, tzinfo=UTC)
ANNA, BO, CARL = (Person(f"e{n}", "student", login) for n, login in enumerate(("anna1a2b", "bo12345x", "carl99zz")))
LONE, MATS = Person("t1", "teacher", "lone0001"), Person("t2", "teacher", "mats0002")
MOVED = "2026-11-12"
"""On it Bo came from 5.B to 5.A."""
CLASSES = [
    SchoolClass("5.A", "5.A", 5, [LONE, ANNA, BO, CARL], dates={BO.id: (MOVED, "")}),
    SchoolClass("5.B", "5.B", 5, [BO], dates={BO.id: ("2026-08-01", MOVED)}),
    SchoolClass("5.A MAT", "5.A MAT", 5, [MATS, ANNA, BO, CARL], kind="scheduled", subject="MAT", dates={BO.id: (MOVED, "")}),
]
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
Json = dict[str, Any]


def event(name: str, type_: str, subject: str, at: str, op: str = "assert", **data: Any) -> Json:
    return {
        "specversion": "1.0", "id": name, "source": "https://opgaver.example", "type": f"dk.fremgang.assignment.{type_}.v1", "op": op,
        "subject": subject, "time": f"2026-{at}:00+01:00", "data": data,
    }  # fmt: skip


def given(name: str, due: str, group: str = "5.A", at: str = "11-02T08:00", op: str = "assert", **more: Any) -> Json:
    data = {"assignment_id": name, "title": f"Opgave {name}", "assigned_at": "2026-11-02T08:00:00+01:00", "due_at": f"2026-{due}:00+01:00"}
    return event(f"{group}-{name}", "published", f"group:{group}", at, op, **data, **more)


def handed_in(name: str, who: Person, at: str) -> Json:
    said = {"assignment_id": name, "submitted_at": f"2026-{at}:00+01:00"}
    return event(f"{name}-{who.id}", "submitted", f"unilogin:{who.unilogin}", at, **said)


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Four assignments to 5.A, one of them in Danish, two to 5.B; Anna handed in two of three, Bo one in each class, Carl none."""
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW.isoformat()}@0") as started:
        school = started.supplier("skole", "oneroster_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        opgaver = started.supplier("opgaver", "cloudevents", subject="MAT")
        send(started, opgaver, [
            given("a", "11-06T12:00"), given("b", "11-13T12:00"), given("c", "11-20T12:00"), given("d", "11-20T12:00", subject_code="DAN"),
            given("x", "11-11T12:00", "5.B"), given("y", "11-12T12:00", "5.B"),
            handed_in("a", ANNA, "11-06T11:00"), handed_in("b", ANNA, "11-13T12:00"), handed_in("c", ANNA, "11-21T08:00"),
            handed_in("x", BO, "11-10T12:00"), handed_in("b", BO, "11-13T11:00"),
        ])  # fmt: skip
        yield started


def send(hub: Hub, credential: tuple[str, str], told: list[Json]) -> None:
    answer = hub.http.post("/events", content=json.dumps(told), auth=credential, headers=BATCH)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["failed"], answer.json()["not_used"]) == (0, 0), answer.text
    hub.ledger(hub.token("--controller"))


def credential(hub: Hub) -> tuple[str, str]:
    return hub.supplier("opgaver", "cloudevents", subject="MAT")


def lone(hub: Hub) -> Mapping[str, str]:
    return hub.token("--teacher", "unilogin:lone0001")


def view_of(hub: Hub, token: Mapping[str, str], group: str = "5.A", etag: str = "", indicator: str = "on-time-submission") -> Any:
    groups = {one["source_id"]: one["id"] for one in hub.get("/v1/groups", token)["groups"]}
    headers = {**token, **({"If-None-Match": etag} if etag else {})}
    return hub.http.get(f"/v1/groups/{groups[group]}/indicators", params={"indicator": indicator}, headers=headers)


def resolved(hub: Hub, token: Mapping[str, str]) -> dict[str, Person]:
    people = [ANNA, BO, CARL]
    asked = {"identities": [{"scheme": "unilogin", "value": one.unilogin} for one in people]}
    answer = hub.http.post("/v1/students:resolve", json=asked, headers=dict(token)).json()["students"]
    return {told["student"]: person for told, person in zip(answer, people, strict=True)}


def cells(hub: Hub, token: Mapping[str, str], subject: str = "MAT", group: str = "5.A") -> dict[Person, Json]:
    people = resolved(hub, token)
    readings = view_of(hub, token, group).json()["readings"]
    return {people[one["student"]]: told for one in readings for told in one["indicators"] if told["subject"] == subject}


def still_open(hub: Hub) -> dict[Person, tuple[float | None, int]]:
    people, readings = resolved(hub, lone(hub)), view_of(hub, lone(hub), indicator="open-overdue").json()["readings"]
    return {people[one["student"]]: (told["value"], told["n"]) for one in readings for told in one["indicators"]}


def shares(hub: Hub, subject: str = "MAT") -> dict[Person, tuple[float | None, int]]:
    return {person: (told["value"], told["n"]) for person, told in cells(hub, lone(hub), subject).items()}


def test_what_a_class_was_given_meets_what_its_pupils_handed_in(hub: Hub) -> None:
    """Bo was not in 5.A yet when a was due, and not in 5.B any more when y was."""
    assert shares(hub) == {ANNA: (66.7, 3), BO: (66.7, 3), CARL: (0.0, 3)}
    assert shares(hub, "DAN") == {ANNA: (None, 1), BO: (None, 1), CARL: (None, 1)}
    told = cells(hub, hub.token("--teacher", "unilogin:mats0002"), group="5.A MAT")
    assert {person: one["value"] for person, one in told.items()} == {ANNA: 66.7, BO: 66.7, CARL: 0.0}
    assert told[CARL]["sources"] == ["opgaver"]
    assert still_open(hub) == {ANNA: (1, 4), BO: (2, 4), CARL: (4, 4)}


def test_a_due_date_that_is_put_off_or_an_assignment_taken_back_moves_every_pupil_and_the_etag(hub: Hub) -> None:
    first = view_of(hub, lone(hub))
    etag = first.headers["etag"]
    assert view_of(hub, lone(hub), etag=etag).status_code == 304
    send(hub, credential(hub), [given("c", "11-22T12:00", at="11-21T12:00")])
    after = view_of(hub, lone(hub), etag=etag)
    assert after.status_code == 200
    assert after.headers["etag"] != etag
    assert int(after.json()["delivery"]["cursor"]) > int(first.json()["delivery"]["cursor"])
    assert shares(hub) == {ANNA: (100.0, 3), BO: (66.7, 3), CARL: (0.0, 3)}
    send(hub, credential(hub), [given("b", "11-13T12:00", at="11-22T12:00", op="retract")])
    assert shares(hub) == {ANNA: (None, 2), BO: (None, 2), CARL: (None, 2)}
    alone = hub.get(f"/v1/students/{next(iter(resolved(hub, lone(hub))))}", lone(hub), indicator="on-time-submission", subject="MAT")
    assert [(one["value"], one["n"]) for one in alone["readings"]] == [(None, 2)], "one pupil's view, which computes all anew"


def test_a_value_is_explained_by_what_the_group_was_given_and_what_the_pupil_did(hub: Hub) -> None:
    told = cells(hub, lone(hub))
    because = hub.get(told[BO]["explanation"], lone(hub))
    assert because["reading"] == told[BO]
    assert {(fact["type"], fact["assignment_id"]) for fact in because["facts"]} == {
        ("assignment.published", "x"), ("assignment.submitted", "x"), ("assignment.published", "b"), ("assignment.submitted", "b"),
        ("assignment.published", "c"),
    }  # fmt: skip
    assert because["sources"] == [{"source": "opgaver", "facts": 5}]
    assert because["details"] == {"on_time": 2, "late": 0, "missing": 1}
    due = {fact["assignment_id"]: fact["due_at"] for fact in because["facts"] if "due_at" in fact}
    assert due["c"] == "2026-11-20T11:00:00.000000Z"
    print(because["text"]["da"], because["text"]["en"], sep="\n")


def test_what_a_class_was_given_outlives_a_pupil_who_is_erased(hub: Hub) -> None:
    hub.cli("erase", "--identity", "unilogin:anna1a2b")
    assert shares(hub).get(BO) == (66.7, 3)
    with sqlite3.connect(hub.folder / "var" / "store.db") as store:
        kept = store.execute("SELECT subject, facts FROM sheets WHERE family = 'assignment'").fetchall()
    assert [subject[:2] for subject, _ in kept].count("g_") == 2
    assert [subject[:2] for subject, _ in kept].count("p_") == 1
    assert not [facts for subject, facts in kept if subject.startswith("g_") and (b'"p_' in facts or b'"s_' in facts)]


def goal(name: str, type_: str, subject: str, at: str, **data: Any) -> Json:
    aim = {"framework_id": "https://faellesmaal.example/2019", "goal_id": "https://faellesmaal.example/2019/mat-7", "subject_code": "MAT"}
    told = event(name, type_, subject, at, **aim, **data)
    return told | {"type": f"dk.fremgang.curriculum.goal_{type_}.v1"}


def test_a_goal_that_a_class_plans_meets_what_was_marked_of_each_pupil_wherever_that_was(hub: Hub) -> None:
    """Bo was marked in 5.B, whose plan is not his any more."""
    other = {"goal_id": "https://faellesmaal.example/2019/mat-8"}
    marks = [
        goal(f"mark-{who.id}", "marked", f"unilogin:{who.unilogin}", at, level=level, marked_by="teacher", marked_at=f"2026-{at}:00+01:00")
        for who, level, at in ((ANNA, 2, "11-19T12:00"), (BO, 3, "11-10T12:00"))
    ]
    plan = goal("plan-a", "planned", "group:5.A", "11-02T08:00", period="uge 45")
    apart = goal("plan-b", "planned", "group:5.B", "11-02T08:00", period="uge 45")
    send(hub, credential(hub), [*marks, plan, {**apart, "data": {**apart["data"], **other}}])
    people = resolved(hub, lone(hub))
    readings = view_of(hub, lone(hub), indicator="goals-reached").json()["readings"]
    told = {people[one["student"]]: cell for one in readings for cell in one["indicators"] if cell["subject"] == "MAT"}
    assert {who: (cell["value"], cell["n"], cell["reason"]) for who, cell in told.items()} == {
        ANNA: (0, 1, None), BO: (1, 1, None), CARL: (None, 1, "not_marked"),
    }  # fmt: skip
    because = hub.get(told[BO]["explanation"], lone(hub))
    assert [(fact["type"], fact["date"]) for fact in because["facts"]] == [
        ("curriculum.goal_marked", "2026-11-10"), ("curriculum.goal_planned", "2026-11-02"),
    ]  # fmt: skip
