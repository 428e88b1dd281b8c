"""A change of the curriculum in a real hub: two frameworks of goals are two readings, and each says whether it holds and what follows."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL, NOW = "101001", datetime(2027, 8, 20, 11, tzinfo=UTC)
ANNA, LONE, DORA = Person("e1", "student", "anna1a2b"), Person("t1", "teacher", "lone0001"), Person("t2", "teacher", "dora0002")
CLASSES = [
    SchoolClass("5.A", "5.A", 5, [LONE, ANNA]),
    SchoolClass("5.A DAN", "5.A DAN", 5, [DORA, ANNA], kind="scheduled", subject="DAN"),
]
OLD, NEW = "https://maal.example/2019", "https://maal.example/2027 æ"
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
Json = dict[str, Any]


def event(name: str, type_: str, subject: str, at: str, op: str = "assert", **data: Any) -> Json:
    return {
        "specversion": "1.0", "id": name, "source": "https://opgaver.example", "type": f"dk.fremgang.curriculum.{type_}.v1", "op": op,
        "subject": subject, "time": f"2027-{at}:00+02:00", "data": data,
    }  # fmt: skip


def marked(goal: str, framework: str, level: int, at: str) -> Json:
    said = {"framework_id": framework, "goal_id": goal, "level": level, "marked_by": "teacher", "marked_at": f"2027-{at}:00+02:00"}
    return event(f"mark-{goal}", "goal_marked", f"unilogin:{ANNA.unilogin}", at, **said)


def planned(goal: str) -> Json:
    return event(f"plan-{goal}", "goal_planned", "group:5.A", "08-10T08:00", framework_id=NEW, goal_id=goal, period="året")


def framework(id_: str, first: str, last: str | None = None, op: str = "assert", **replaced_by: str) -> Json:
    said = {"framework_id": id_, "version": id_[21:25], "valid_from": first, "valid_to": last}
    after = {OLD if goal == "whole" else goal: next_ for goal, next_ in replaced_by.items()}
    return event(f"framework-{id_}", "framework", "institution", "06-01T08:00", op, **said, replaced_by=after)


TOLD = [framework(OLD, "2019-08-01", "2027-07-31", whole=NEW, a="a2", b="b2"), framework(NEW, "2027-08-01")]


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Of the new goals a2 and b2 are planned; b2 is reached. a, which a2 follows, is marked reached after the change too."""
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW.isoformat()}@0") as started:
        school = started.supplier("skole", "oneroster_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2027-08-10T08:00:00+02:00").status_code == 200
        send(started, [marked("a", OLD, 3, "08-12T12:00"), marked("b2", NEW, 3, "08-16T12:00"), planned("a2"), planned("b2")])
        yield started


def send(hub: Hub, told: list[Json]) -> None:
    answer = hub.http.post("/events", content=json.dumps(told), auth=hub.supplier("opgaver", "cloudevents", subject="MAT"), headers=BATCH)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["failed"], answer.json()["not_used"]) == (0, 0), answer.text
    hub.ledger(hub.token("--controller"))


def lone(hub: Hub) -> Mapping[str, str]:
    return hub.token("--teacher", "unilogin:lone0001")


def series(hub: Hub, **asked: str) -> dict[str, Json]:
    """Framework -> the class view's reading of Anna."""
    groups = {one["source_id"]: one["id"] for one in hub.get("/v1/groups", lone(hub))["groups"]}
    (anna,) = hub.get(f"/v1/groups/{groups['5.A']}/indicators", lone(hub), **{"indicator": "goals-reached", **asked})["readings"]
    alone = hub.get(f"/v1/students/{anna['student']}", lone(hub), **{"indicator": "goals-reached", **asked})["readings"]
    assert alone == anna["indicators"], "one pupil's view, which computes all anew"
    return {one["framework"]["id"]: one for one in alone}


def test_what_is_reached_in_one_framework_is_not_reached_in_the_next(hub: Hub) -> None:
    told = series(hub)
    assert {id_: (one["value"], one["n"]) for id_, one in told.items()} == {OLD: (1, 1), NEW: (1, 2)}
    assert {one["subject"] for one in told.values()} == {"MAT"}
    assert series(hub, subject="MAT") == told
    assert series(hub, subject="DAN") == {}
    moved = series(hub, indicator="goals-moved")
    assert {id_: (one["value"], one["n"]) for id_, one in moved.items()} == {OLD: (1, 1), NEW: (1, 1)}


def test_which_framework_is_in_force_is_told_to_every_reader_at_once(hub: Hub) -> None:
    bare = {"version": None, "from": None, "to": None, "in_force": None, "replaced_by": None}
    before = series(hub)
    assert [one["framework"] for one in before.values()] == [{"id": OLD, **bare}, {"id": NEW, **bare}]
    send(hub, TOLD)
    after = series(hub)
    assert after[OLD]["framework"] == {
        "id": OLD, "version": "2019", "from": "2019-08-01", "to": "2027-07-31", "in_force": False, "replaced_by": NEW,
    }  # fmt: skip
    assert after[NEW]["framework"] == {**bare, "id": NEW, "version": "2027", "from": "2027-08-01", "in_force": True}
    assert {id_: one["value"] for id_, one in after.items()} == {id_: one["value"] for id_, one in before.items()}
    send(hub, [framework(OLD, "2019-08-01", "2027-07-31", "retract", whole=NEW, a="a2", b="b2")])
    assert series(hub)[OLD]["framework"] == {"id": OLD, **bare}


def test_an_explanation_says_what_follows_a_framework_and_each_of_its_goals(hub: Hub) -> None:
    send(hub, TOLD)
    told = series(hub)
    old, new = (hub.get(told[id_]["explanation"], lone(hub)) for id_ in (OLD, NEW))
    assert (old["reading"], new["reading"]) == (told[OLD], told[NEW])
    assert old["text"]["da"].endswith(
        f"gyldig fra 2019-08-01 til 2027-07-31. Den følges af {NEW}; det, der er nået her, tæller ikke som nået dér."
    )
    assert new["text"]["en"].endswith(f" The goals are those of {NEW}, version 2027, valid from 2027-08-01.")
    assert [(fact["goal_id"], fact["replaced_by"]) for fact in old["facts"]] == [("a", "a2")]
    assert {(fact["type"], fact["goal_id"]) for fact in new["facts"]} == {
        ("curriculum.goal_marked", "b2"), ("curriculum.goal_planned", "a2"), ("curriculum.goal_planned", "b2"),
    }  # fmt: skip
    assert not [fact for fact in new["facts"] if "replaced_by" in fact]


def test_a_series_is_asked_for_by_subject_and_framework_and_seen_by_who_sees_the_subject(hub: Hub) -> None:
    told = series(hub)[OLD]
    address = told["explanation"].partition("?")[0]
    dora = hub.token("--teacher", "unilogin:dora0002")
    for token, asked in (
        (lone(hub), "subject=MAT"), (lone(hub), f"framework={quote(OLD)}"), (dora, f"subject=MAT&framework={quote(OLD)}"),
        (dora, f"subject=%20DAN&framework={quote(OLD)}"),
    ):  # fmt: skip
        assert hub.http.get(f"{address}?{asked}", headers=dict(token)).status_code == 404, asked
    student = address.split("/")[3]
    assert hub.get(f"/v1/students/{student}", dora, indicator="goals-reached")["readings"] == []
