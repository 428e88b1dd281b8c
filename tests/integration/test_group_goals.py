"""The goals of a class over a real hub: how far its pupils are in each, and in which the fewest first tries are right, by the sources' own
names."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Hub, running
from oracle.measures import wilson
from rosters import Person, SchoolClass, package

SCHOOL, NOW = "101001", "2026-11-24T13:30:00+01:00"
PUPILS = [Person(f"e{n}", "student", f"elev000{n}") for n in range(6)]
LONE, MATS = Person("t1", "teacher", "lone0001"), Person("t2", "teacher", "mats0002")
CLASSES = [
    SchoolClass("5.A", "5.A", 5, [LONE, *PUPILS]),
    SchoolClass("5.A MAT", "5.A MAT", 5, [MATS, *PUPILS[:4]], kind="scheduled", subject="MAT"),
]
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
OLD, NEW, GOAL = "https://maal.example/2024", "https://maal.example/2027", "brøker-5"
Json = dict[str, Any]


def event(name: str, kind: str, pupil: int, at: str, op: str = "assert", **data: Any) -> Json:
    return {
        "specversion": "1.0", "id": name, "source": "https://platform.example", "type": f"dk.fremgang.{kind}.v1", "op": op,
        "subject": f"unilogin:{PUPILS[pupil].unilogin}", "time": at, "data": data | {"subject_code": "MAT"},
    }  # fmt: skip


def marked(pupil: int, level: int, by: str = "teacher", framework: str = OLD, day: str = "2026-10-05", op: str = "assert") -> Json:
    at = f"{day}T12:00:00+02:00"
    told = {"framework_id": framework, "goal_id": GOAL, "level": level, "marked_by": by, "marked_at": at}
    return event(f"{pupil}-{by}-{framework}-{day}", "curriculum.goal_marked", pupil, at, op, **told)


def answered(pupil: int, item: str, *goals: str, correct: bool, at: str = "10:00") -> Json:
    told = {"tool": "platform", "item_id": item, "correct": correct, "goal_ids": list(goals)}
    return event(f"{pupil}-{item}-{at}", "activity.item_answered", pupil, f"2026-11-20T{at}:00+01:00", **told)


def tries(pupil: int, goal: str, right: int, wrong: int) -> list[Json]:
    return [answered(pupil, f"{goal}-{k}", goal, correct=k < right) for k in range(right + wrong)]


MARKINGS = [
    *(marked(pupil, level) for pupil, level in enumerate((3, 3, 2, 1, 0))),
    marked(2, 3, day="2026-09-05"), marked(5, 3), marked(5, 3, op="retract"),
    marked(0, 2, "pupil"), marked(1, 3, "tool"), marked(0, 1, framework=NEW, day="2026-10-06"), marked(5, 3, day="2026-06-05"),
]  # fmt: skip
ANSWERS = [
    *(one for pupil in range(6) for one in tries(pupil, "brøk", pupil, 6 - pupil)),
    *(one for pupil in range(5) for one in tries(pupil, "areal", 6 if pupil else 3, 0 if pupil else 3)),
    *(one for pupil in range(5) for one in tries(pupil, "tal", 6 if pupil else 5, 0)),
    *(answered(pupil, "uden-mål", correct=False) for pupil in range(6)),
    *(answered(0, f"brøk-{k}", "brøk", correct=True, at="11:00") for k in range(6)),
]


def statement(pupil: int, item: int) -> Json:
    """Of an exercise for an objective: who has an odd number is right in every other."""
    return {
        "id": str(uuid.uuid4()), "actor": {"account": {"homePage": "https://unilogin.dk", "name": PUPILS[pupil].unilogin}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"}, "object": {"id": f"https://dansk-y.example/opgave/{item}"},
        "result": {"success": bool(pupil * item % 2)}, "timestamp": "2026-11-20T10:00:00+01:00",
        "context": {"contextActivities": {"parent": {
            "id": "https://maal.example/nutids-r", "definition": {"type": "http://adlnet.gov/expapi/activities/objective"},
        }}},
    }  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW}@0") as started:
        school = started.supplier("skole", "oneroster_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        platform = started.supplier("platform", "cloudevents", subject="MAT")
        for told in (MARKINGS, ANSWERS):
            answer = started.http.post("/events", content=json.dumps(told), auth=platform, headers=BATCH)
            assert answer.status_code == 200, answer.text
            assert {one["reason"] for one in answer.json().get("errors", [])} <= {"too_late"}
        danish = started.supplier("dansk-y", "xapi", subject="DAN", identity="https://unilogin.dk=unilogin")
        assert started.statements(danish, [statement(pupil, item) for pupil in range(6) for item in range(6)]).status_code == 200
        started.ledger(started.token("--controller"))
        yield started


def told(hub: Hub, who: Person, indicator: str, framework: str | None = None, subject: str = "MAT") -> Any:
    token = hub.token("--teacher", f"unilogin:{who.unilogin}")
    (group,) = hub.get("/v1/groups", token)["groups"]
    readings = hub.get(f"/v1/groups/{group['id']}/summary", token, indicator=indicator, subject=subject)["readings"]
    found = {one["framework"] and one["framework"]["id"]: one for one in readings}
    assert set(found) == ({OLD, NEW} if framework else {None})
    return found[framework]


def split(framework: str, by: str, *pupils: int) -> Json:
    counts = {str(level): many for level, many in enumerate(pupils)}
    return {"name": GOAL, "of": framework, "by": by, "pupils": sum(pupils), "counts": counts}


def test_of_each_goal_how_many_pupils_are_at_each_level(hub: Hub) -> None:
    """Two have reached it, one is nearly there (and was said to have reached it before), one works on it, one has not begun; the sixth was
    marked last year, and this year's marking was taken back."""
    goals = told(hub, LONE, "goal-map", OLD)
    assert (goals["value"], goals["unit"], goals["n"], goals["pupils"]) == (1.0, "goals", 5, 6)
    assert (goals["of"], goals["subject"], goals["window"]["name"], goals["parts"]) == ("goals-reached", "MAT", "Y", [])
    assert goals["splits"] == [
        split(OLD, "teacher", 1, 1, 1, 2), split(OLD, "pupil", 0, 0, 1, 0), split(OLD, "tool", 0, 0, 0, 1),
    ]  # fmt: skip
    after = told(hub, LONE, "goal-map", NEW)
    assert (after["value"], after["n"], after["splits"]) == (1.0, 1, [split(NEW, "teacher", 0, 1, 0, 0)])
    assert goals["text"]["da"] == (
        "Mål er markeret i skoleåret hos 5 af 6 elever. For hvert mål vises, hvor mange elever der er på hvert trin."
    )


def test_in_which_goals_the_fewest_first_tries_are_right(hub: Hub) -> None:
    """0 to 5 of 6 are 15 of 36; 3 and four times 6 are 27 of 30. 29 answers are too few for a third goal, and six for the task without a
    goal, but all of them are in the share of all: 15 + 27 + 29 of 36 + 30 + 29 + 6. Second tries count nowhere."""
    spots = told(hub, LONE, "weak-spots")
    assert (spots["value"], spots["unit"], spots["n"], spots["pupils"], spots["splits"]) == (70.3, "percent", 6, 6, [])
    assert (spots["of"], spots["subject"], spots["window"]["name"]) == ("first-try-correctness", "MAT", "W20")
    assert spots["parts"] == [
        {"name": "brøk", "of": None, "value": 41.7, "n": 36, "pupils": 6, "interval": list(wilson(15, 36))},
        {"name": "areal", "of": None, "value": 90.0, "n": 30, "pupils": 5, "interval": list(wilson(27, 30))},
    ]


def test_a_statement_says_its_objective(hub: Hub) -> None:
    """Three pupils are right in three of six: 9 of 36."""
    spots = told(hub, LONE, "weak-spots", subject="DAN")
    assert [(one["name"], one["value"], one["n"], one["pupils"]) for one in spots["parts"]] == [
        ("https://maal.example/nutids-r", 25.0, 36, 6)
    ]


def test_who_teaches_four_of_them_is_told_of_those_and_of_no_weak_spot(hub: Hub) -> None:
    assert told(hub, MATS, "goal-map", OLD)["splits"][0] == split(OLD, "teacher", 0, 1, 1, 2)
    spots = told(hub, MATS, "weak-spots")
    assert (spots["value"], spots["n"], spots["reason"], spots["parts"]) == (None, 4, "too_few_answers", [])


def test_no_pupil_and_no_key_of_a_summary_is_named(hub: Hub) -> None:
    for reading in (told(hub, LONE, "goal-map", OLD), told(hub, LONE, "goal-map", NEW), told(hub, LONE, "weak-spots")):
        assert {one["name"] for one in (*reading["parts"], *reading["splits"])} <= {GOAL, "brøk", "areal"}
        assert "s_" not in json.dumps(reading)
