"""A hand-worked term of one pupil, Anna: something for every indicator and every extra, small enough to count on one's fingers.

It is Tuesday 2026-11-24, 12:00 in Denmark. Without a calendar Monday to Friday are school days, so the last 5 begin on Wednesday 11-18, the
last 20 on Wednesday 10-28, and the last 40 on Wednesday 09-30.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL, NOW = "101001", "2026-11-24T12:00:00+01:00"
ANNA, BO = (Person(f"e{n}", "student", login) for n, login in enumerate(("anna1a2b", "bo12345x")))
LONE, MATS = (Person(f"t{n}", "teacher", login) for n, login in enumerate(("lone0001", "mats0002")))
"""The home-class teacher of 5.A, and who teaches it mathematics."""
CLASSES = [
    SchoolClass("5.A", "5.A", 5, [LONE, ANNA, BO]),
    SchoolClass("5.A MAT", "5.A MAT", 5, [MATS, ANNA, BO], kind="scheduled", subject="MAT"),
]
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
FRAMEWORK = "https://maal.example/2024"
HERE = ("11-10", "11-11", "11-13", "11-16", "11-17", "11-18", "11-19", "11-20", "11-23")
"""School days on which Anna came in time; on 11-12 she was late, on 11-09 ill."""
Json = dict[str, Any]


def instant(at: str) -> str:
    """at: `11-20T12:00`, Danish time; summer time ends on 10-25."""
    return f"2026-{at}:00+0{1 if at >= '10-25' else 2}:00"


def event(kind: str, at: str, of: str = "unilogin:anna1a2b", /, **data: Any) -> Json:
    return {
        "specversion": "1.0", "id": f"{kind} {of} {at} {sorted(data.items())}", "source": "https://opgaver.example",
        "type": f"dk.fremgang.{kind}.v1", "op": "assert", "subject": of, "time": instant(at), "data": data,
    }  # fmt: skip


def read(day: str) -> Json:
    return event("activity.resource_viewed", f"{day}T09:00", resource_id="side-1", resource_kind="page", active_seconds=600)


def answers(day: str, first: int, right: int) -> list[Json]:
    """Ten items, of which so many are right."""
    return [
        event("activity.item_answered", f"{day}T10:{n:02}", item_id=f"https://opgaver.example/brok-{first + n}", correct=n < right)
        for n in range(10)
    ]


def result(day: str, activity: str, share: float) -> Json:
    return event("result.scored", f"{day}T11:00", activity_id=activity, title=f"Prøve {activity}", score_fraction=share)


def goal(kind: str, at: str, goal_id: str, of: str = "unilogin:anna1a2b", **data: Any) -> Json:
    return event(f"curriculum.goal_{kind}", at, of, framework_id=FRAMEWORK, goal_id=f"{FRAMEWORK}/{goal_id}", **data)


def marked(at: str, goal_id: str, level: int) -> Json:
    return goal("marked", at, goal_id, level=level, marked_by="teacher", marked_at=instant(at))


def given(name: str, due: str) -> Json:
    told = {"assignment_id": name, "title": f"Opgave {name}", "assigned_at": instant("11-02T08:00"), "due_at": instant(due)}
    return event("assignment.published", "11-02T08:00", "group:5.A", **told)


def handed_in(name: str, at: str, number: int = 1, **more: Any) -> Json:
    return event("assignment.submitted", at, assignment_id=name, submitted_at=instant(at), submission_no=number, **more)


def stands(name: str, at: str, state: str) -> Json:
    return event("assignment.state", at, assignment_id=name, state=state, feedback_at=instant(at))


def there(day: str, status: str = "present", **more: Any) -> Json:
    return event("attendance.registered", f"{day}T08:10", date=f"2026-{day}", slot="start", status=status, **more)


def said(dimension: str, n: int, value: int | None, run: str = "uge-47", at: str = "11-19T09:40") -> Json:
    told = {"declined": True} if value is None else {"value": value}
    return event(
        "wellbeing.self_report", at, instrument_id="tjek", instrument_version="1", run=run, item_id=f"{dimension}-{n}",
        dimension=dimension, scale_min=1, scale_max=5, visibility=["pupil", "home_class_teacher"], **told,
    )  # fmt: skip


RUNS = ("uge-37", "uge-38", "uge-39", "uge-40", "uge-46", "uge-47")
"""Of motivation one answer each; the first two are neither of the last four runs nor of the last 20 school days."""
LINK = "https://opgaver.example/afleveret/brok"

TOLD = [
    *map(read, ("11-18", "11-19", "11-20")),
    *answers("11-19", 0, 8), *answers("11-20", 10, 7),
    *(result(day, name, share) for day, name, share in (
        ("10-05", "p", 0.2), ("10-06", "q", 0.3), ("10-07", "r", 0.4), ("11-03", "s", 0.5), ("11-04", "t", 0.7), ("11-05", "u", 0.9),
    )),
    goal("planned", "11-02T08:00", "a", "group:5.A", period="uge 45"), goal("planned", "11-02T08:00", "b", "group:5.A", period="uge 45"),
    marked("10-05T14:00", "b", 1), marked("11-10T14:00", "a", 3), marked("11-12T14:00", "b", 2),
    given("brok", "11-06T12:00"), given("areal", "11-13T12:00"), given("vinkler", "11-20T12:00"),
    handed_in("brok", "11-05T20:00", link=LINK), handed_in("areal", "11-13T20:00"), stands("brok", "11-09T09:00", "feedback_given"),
    *map(there, HERE), there("11-12", "late"), there("11-09", "absent", cause="illness"),
    *(said("motivation", 1, value, run, at) for run, value, at in zip(RUNS, (5, 5, 1, 2, 2, 3), (
        "09-07T09:40", "09-14T09:40", "09-21T09:40", "09-28T09:40", "11-12T09:40", "11-19T09:40",
    ), strict=True)),
    *(said(dimension, n, value) for dimension, values in (
        ("social", (4, 5, 3)), ("academic", (1, 2, 3)), ("support", (2, 2, 5, None)), ("calm", (5, 5, 5)),
    ) for n, value in enumerate(values)),
]  # fmt: skip
OTHERWISE = [there("11-09"), {**there("11-12", "late"), "time": instant("11-12T15:00")}, there("11-10", cause=None)]
"""What the office told too, as a second source: Anna was there when she was ill, and was late when she was late."""


@contextmanager
def hub(folder: Path, *more: Json) -> Iterator[Hub]:
    """more: told by the learning platform beside all this."""
    with running(folder, clock=f"{NOW}@0") as started:
        school = started.supplier("skole", "oneroster_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        platform = started.supplier("opgaver", "cloudevents", subject="MAT")
        office = started.supplier("kontor", "cloudevents", rank="1")
        send(started, platform, [*TOLD, *more])
        send(started, office, OTHERWISE)
        yield started


def send(to: Hub, credential: tuple[str, str], told: list[Json]) -> None:
    answer = to.http.post("/events", content=json.dumps(told), auth=credential, headers=BATCH)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["failed"], answer.json()["not_used"]) == (0, 0), answer.text
    to.ledger(to.token("--controller"))


def teacher(of: Hub, who: Person, purpose: str = "T2") -> Mapping[str, str]:
    return of.token("--teacher", f"unilogin:{who.unilogin}", "--purpose", purpose)


def hub_id(of: Hub, who: Person = ANNA) -> str:
    asked = {"identities": [{"scheme": "unilogin", "value": who.unilogin}]}
    answer = of.http.post("/v1/students:resolve", json=asked, headers=dict(teacher(of, LONE)))
    return str(answer.json()["students"][0]["student"])
