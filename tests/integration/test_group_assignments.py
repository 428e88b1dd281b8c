"""Hand-ins of a group over a real hub: the share that came in time, and assignment by assignment how the pupils stand."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL, NOW = "101001", datetime(2026, 11, 24, 11, tzinfo=UTC)
PUPILS = [Person(f"e{n}", "student", f"elev000{n}") for n in range(6)]
OTHERS = [Person(f"e{n}", "student", f"elev000{n}") for n in (6, 7)]
LONE, MATS, OLE = (Person(f"t{n}", "teacher", login) for n, login in enumerate(("lone0001", "mats0002", "ole00003")))
MOVED = "2026-11-12"
"""On it the last pupil came from 5.B to 5.A."""
SINCE = {PUPILS[5].id: (MOVED, "")}
CLASSES = [
    SchoolClass("5.A", "5.A", 5, [LONE, *PUPILS], dates=SINCE),
    SchoolClass("5.B", "5.B", 5, PUPILS[5:], dates={PUPILS[5].id: ("2026-08-01", MOVED)}),
    SchoolClass("6.B", "6.B", 6, [OLE, *OTHERS]),
    SchoolClass("5.A MAT", "5.A MAT", 5, [MATS, *PUPILS], kind="scheduled", subject="MAT", dates=SINCE),
]
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
Json = dict[str, Any]


def event(name: str, type_: str, subject: str, at: str, op: str = "assert", **data: Any) -> Json:
    return {
        "specversion": "1.0", "id": name, "source": "https://opgaver.example", "type": f"dk.fremgang.assignment.{type_}.v1", "op": op,
        "subject": subject, "time": f"2026-{at}:00+01:00", "data": data,
    }  # fmt: skip


def given(name: str, due: str, group: str, at: str = "11-02T08:00", op: str = "assert", **more: Any) -> Json:
    data = {"assignment_id": name, "title": f"Opgave {name}", "assigned_at": "2026-11-02T08:00:00+01:00", "due_at": f"2026-{due}:00+01:00"}
    return event(f"{group}-{name}", "published", f"group:{group}", at, op, **data, **more)


def handed_in(name: str, n: int, at: str) -> Json:
    said = {"assignment_id": name, "submitted_at": f"2026-{at}:00+01:00"}
    return event(f"{name}-{n}", "submitted", f"unilogin:elev000{n}", at, **said)


def stands(name: str, n: int, state: str) -> Json:
    return event(f"{name}-{n}-{state}", "state", f"unilogin:elev000{n}", "11-20T12:00", assignment_id=name, state=state)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """In mathematics a and b, in Danish c; of a the last pupil was still in 5.B, where x was due."""
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW.isoformat()}@0") as started:
        school = started.supplier("skole", "oneroster_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        told = [
            given("a", "11-10T12:00", "5.A MAT"), given("b", "11-18T12:00", "5.A MAT"), given("x", "11-11T12:00", "5.B"),
            given("c", "11-20T12:00", "5.A", subject_code="DAN"), given("o", "11-19T12:00", "5.A MAT", optional=True),
            given("today", "11-24T20:00", "5.A", subject_code="DAN"),
            *(handed_in("a", n, "11-10T11:00") for n in range(4)), handed_in("a", 4, "11-11T08:00"),
            *(handed_in("b", n, "11-18T12:00") for n in range(3)),
            *(handed_in("c", n, "11-19T09:00") for n in (1, 2, 5)), handed_in("x", 5, "11-11T11:00"), handed_in("today", 0, "11-23T09:00"),
            stands("b", 5, "excused"), stands("a", 0, "feedback_given"), stands("a", 1, "feedback_given"), stands("a", 2, "returned"),
        ]  # fmt: skip
        send(started, told)
        yield started


def send(hub: Hub, told: list[Json]) -> None:
    credential = hub.supplier("opgaver", "cloudevents", subject="MAT")
    answer = hub.http.post("/events", content=json.dumps(told), auth=credential, headers=BATCH)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["failed"], answer.json()["not_used"]) == (0, 0), answer.text
    hub.ledger(hub.token("--controller"))


def summary(hub: Hub, who: Person, group: str, indicator: str) -> dict[str | None, Json]:
    """Subject -> the reading."""
    token = hub.token("--teacher", f"unilogin:{who.unilogin}")
    groups = {one["source_id"]: one["id"] for one in hub.get("/v1/groups", token)["groups"]}
    readings = hub.get(f"/v1/groups/{groups[group]}/summary", token, indicator=indicator)["readings"]
    assert {(one["indicator"], one["window"]["name"]) for one in readings} <= {(indicator, "W20")}
    return {one["subject"]: one for one in readings}


def parts(reading: Json) -> dict[str, tuple[float, int, int]]:
    return {one["name"]: (one["value"], one["n"], one["pupils"]) for one in reading["parts"]}


def test_the_share_of_all_hand_ins_that_came_in_time(hub: Hub) -> None:
    """In mathematics 5 + 5 were due of a and b (the sixth was not there yet, and is excused), and x of the sixth: 4 + 3 + 1 of 11."""
    told = summary(hub, LONE, "5.A", "on-time-share")
    assert set(told) == {"MAT", "DAN", None}
    maths = told["MAT"]
    assert (maths["value"], maths["n"], maths["pupils"], maths["unit"], maths["of"]) == (72.7, 6, 6, "percent", "on-time-submission")
    assert maths["details"] == {"assignments": 3, "due": 11}
    assert parts(maths) == {"on_time": (72.7, 8, 5), "late": (9.1, 1, 1), "missing": (18.2, 2, 2)}
    assert (told["DAN"]["value"], told["DAN"]["details"]) == (50.0, {"assignments": 1, "due": 6}), (
        "what is due today counts from tomorrow on"
    )
    assert (told[None]["value"], told[None]["n"], told[None]["details"]) == (64.7, 6, {"assignments": 4, "due": 17})
    assert maths["text"]["da"] == "72,7 % af det, gruppens elever skulle aflevere, kom til tiden. 6 af 6 elever havde noget at aflevere."


def rows(reading: Json) -> dict[str, dict[str, dict[str, int]]]:
    """Assignment -> by what -> pupils."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for one in reading["splits"]:
        assert one["pupils"] == sum(one["counts"].values())
        found.setdefault(one["name"], {})[one["by"]] = one["counts"]
    return found


def test_assignment_by_assignment_who_sees_the_pupils_is_told_exactly(hub: Hub) -> None:
    told = summary(hub, LONE, "5.A", "assignment-status")
    assert set(told) == {"MAT", "DAN"}
    assert (told["MAT"]["value"], told["MAT"]["unit"], told["MAT"]["n"]) == (3, "assignments", 6)
    assert rows(told["MAT"]) == {
        "a": {"handed_in": {"late": 1, "missing": 0, "on_time": 4}, "feedback": {"given": 2, "not_given": 3}},
        "x": {"handed_in": {"late": 0, "missing": 0, "on_time": 1}, "feedback": {"given": 0, "not_given": 1}},
        "b": {
            "handed_in": {"late": 0, "missing": 2, "on_time": 3}, "feedback": {"given": 0, "not_given": 5},
            "excused": {"due": 5, "excused": 1},
        },
    }  # fmt: skip
    assert rows(told["DAN"])["today"]["handed_in"] == {"late": 0, "missing": 5, "on_time": 1}
    assert told["MAT"]["text"]["en"] == ("Of the assignments that were due in the window at least one was given to 6 of 6 pupils.")


def test_each_has_its_title_and_its_deadline_and_stands_in_the_order_of_these(hub: Hub) -> None:
    told = summary(hub, LONE, "5.A", "assignment-status")["MAT"]["splits"]
    assert [(one["name"], one["title"], one["due_at"]) for one in told if one["by"] == "handed_in"] == [
        ("a", "Opgave a", "2026-11-10T11:00:00.000000Z"), ("x", "Opgave x", "2026-11-11T11:00:00.000000Z"),
        ("b", "Opgave b", "2026-11-18T11:00:00.000000Z"),
    ]  # fmt: skip


def test_a_subject_teacher_is_told_of_the_subject(hub: Hub) -> None:
    assert set(summary(hub, MATS, "5.A MAT", "assignment-status")) == {"MAT"}
    told = summary(hub, MATS, "5.A MAT", "on-time-share")
    assert {subject: one["value"] for subject, one in told.items()} == {"MAT": 72.7}


def test_what_is_measured_for_groups_alone_stands_in_no_view_of_pupils(hub: Hub) -> None:
    token = hub.token("--teacher", f"unilogin:{LONE.unilogin}")
    (group,) = (one["id"] for one in hub.get("/v1/groups", token)["groups"])
    asked = hub.get(f"/v1/groups/{group}/indicators", token, indicator="assignments-due")["readings"]
    assert [one["indicators"] for one in asked] == [[]] * len(PUPILS)
    student = asked[0]["student"]
    assert hub.get(f"/v1/students/{student}", token, indicator="assignments-due")["readings"] == []


def test_a_deadline_that_is_put_off_and_a_hand_in_taken_back_move_the_groups_numbers_too(hub: Hub) -> None:
    first = [given("p", "11-10T12:00", "6.B"), handed_in("p", 6, "11-10T18:00"), handed_in("p", 7, "11-10T11:00")]
    send(hub, first)
    assert rows(summary(hub, OLE, "6.B", "assignment-status")["MAT"])["p"]["handed_in"] == {"late": 1, "missing": 0, "on_time": 1}
    gone = {"assignment_id": "p", "submitted_at": "2026-11-10T11:00:00+01:00"}
    taken_back = event("p-7", "submitted", "unilogin:elev0007", "11-12T09:00", "retract", **gone)
    send(hub, [given("p", "11-11T12:00", "6.B", at="11-11T09:00"), taken_back])
    told = summary(hub, OLE, "6.B", "assignment-status")["MAT"]
    assert rows(told)["p"]["handed_in"] == {"late": 0, "missing": 1, "on_time": 1}
    assert {one["due_at"] for one in told["splits"]} == {"2026-11-11T11:00:00.000000Z"}
    send(hub, [given("p", "11-11T12:00", "6.B", at="11-13T09:00", op="retract")])
    assert (told := summary(hub, OLE, "6.B", "assignment-status")) == {}, told
