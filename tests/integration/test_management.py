"""Management over a real hub: classes as a whole by the rules of small numbers, nothing of a pupil, and every read of it logged."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL, OTHER, NOW = "101001", "101002", "2026-11-24T13:30:00+01:00"
DAYS = (16, 17, 18, 19, 20)
"""Of November: school days that are registered."""
PUPILS = [Person(f"e{n}", "student", f"elev{n:04}") for n in range(20)]
FEW = [Person(f"f{n}", "student", f"faa{n:05}") for n in range(4)]
LONE = Person("t1", "teacher", "lone0001")
CLASSES = [
    SchoolClass("5.A", "5.A", 5, [LONE, *PUPILS]),
    SchoolClass("6.B", "6.B", 6, FEW),
    SchoolClass("5.A MAT", "5.A MAT", 5, PUPILS[:19], kind="scheduled", subject="MAT"),
]
ELSEWHERE = [SchoolClass("4.C", "4.C", 4, [Person(f"c{n}", "student", f"ande{n:04}") for n in range(12)])]
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
HEAD = ("--management", "unilogin:rita0001", "--institution", SCHOOL)
Json = dict[str, Any]


def register(pupils: list[Person]) -> bytes:
    """The n-th was away on the first n of the five days, counted anew after five."""
    rows = [f"{one.unilogin};{day}-11-2026;{'S' if at < n % 6 else ''}" for n, one in enumerate(pupils) for at, day in enumerate(DAYS)]
    return "\n".join(["unilogin;dato;start", *rows]).encode()


def marked(pupil: Person, goal: str, level: int, subject: str = "MAT") -> Json:
    at = "2026-11-20T12:00:00+01:00"
    return {
        "specversion": "1.0", "id": f"{pupil.id}-{goal}", "source": "https://platform.example", "subject": f"unilogin:{pupil.unilogin}",
        "type": "dk.fremgang.curriculum.goal_marked.v1", "time": at, "data": {
            "framework_id": "https://maal.example", "goal_id": goal, "level": level, "marked_by": "teacher", "marked_at": at,
            "subject_code": subject,
        },
    }  # fmt: skip


MARKINGS = [
    *(marked(one, "plus", 3 if n < 10 else 2 if n < 15 else 1 if n < 18 else 0) for n, one in enumerate(PUPILS)),
    *(marked(one, "minus", 3 if n else 0) for n, one in enumerate(PUPILS)),
    *(marked(one, "gange", 1) for one in PUPILS[:3]),
    *(marked(one, "tysk", n % 4, "TYS") for n, one in enumerate(PUPILS[:4])),
]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW}@0") as started:
        for name, institution, classes in (("skole", SCHOOL, CLASSES), ("naboskole", OTHER, ELSEWHERE)):
            school = started.supplier(name, "oneroster_csv", institutions=(institution,))
            roster = package(institution, classes)
            assert started.file(school, "oneroster_csv", roster, as_of="2026-08-10T08:00:00+02:00").status_code == 200
        office = started.supplier("kontor", "attendance_csv")
        told = started.file(office, "attendance_csv", register([*PUPILS, *FEW]), as_of="2026-11-23T15:00:00+01:00", complete="true")
        assert told.json()["failed"] == 0
        platform = started.supplier("platform", "cloudevents", subject="MAT")
        answer = started.http.post("/events", content=json.dumps(MARKINGS), auth=platform, headers=BATCH)
        assert answer.json()["failed"] == 0
        started.ledger(started.token("--controller"))
        yield started


def group(hub: Hub, name: str, *who: str) -> str:
    """Its id, as one who sees it has it."""
    (found,) = (one["id"] for one in hub.get("/v1/groups", hub.token(*who))["groups"] if one["source_id"] == name)
    return str(found)


def readings(hub: Hub, name: str, *who: str, **query: str) -> list[Json]:
    found: list[Json] = hub.get(f"/v1/groups/{group(hub, name, *who)}/summary", hub.token(*who), **query)["readings"]
    return found


def pupil_of(hub: Hub, person: Person) -> str:
    asked = {"identities": [{"scheme": "unilogin", "value": person.unilogin}]}
    answer = hub.http.post("/v1/students:resolve", json=asked, headers=dict(hub.token("--teacher", "unilogin:lone0001")))
    return str(answer.json()["students"][0]["student"])


def test_the_classes_of_their_school_and_no_other_group(hub: Hub) -> None:
    assert [one["source_id"] for one in hub.get("/v1/groups", hub.token(*HEAD))["groups"]] == ["5.A", "6.B"]
    both = (*HEAD, "--institution", OTHER)
    assert [one["source_id"] for one in hub.get("/v1/groups", hub.token(*both))["groups"]] == ["5.A", "6.B", "4.C"]


def test_attendance_of_a_class_is_told_in_whole_numbers_of_fives(hub: Hub) -> None:
    """Of 20 pupils away on 0 to 5 of 5 days: 100 and 80 % of four each, 60, 40, 20 and 0 % of three are 1080 / 20 = 54 %."""
    (told,) = (one for one in readings(hub, "5.A", *HEAD) if one["indicator"] == "class-attendance" and one["window"]["name"] == "W20")
    assert (told["value"], told["n"], told["pupils"], told["quartiles"]) == (54.0, 20, 20, [20.0, 80.0])
    assert told["text"]["da"].endswith("Antal elever er afrundet til nærmeste 5.")


def test_what_is_not_for_the_talk_with_management_is_not_there(hub: Hub) -> None:
    listed = hub.http.get("/v1/indicators").json()["group_indicators"]
    of_them = {one["indicator"] for one in listed if "T4" in one["tasks"]}
    assert {one["indicator"] for one in readings(hub, "5.A", *HEAD, subject="MAT")} == of_them
    assert {"coverage", "weak-spots"}.isdisjoint(of_them)


def test_of_a_goal_no_level_is_told_where_few_are(hub: Hub) -> None:
    """Of plus 3 and 2 are too few, and 5 together; of minus 19 would tell the one; of gange there are but three."""
    exact = {one["name"]: tuple(one["counts"].values()) for one in goals(hub, "--teacher", "unilogin:lone0001")}
    assert exact == {"gange": (0, 3, 0, 0), "minus": (1, 0, 0, 19), "plus": (2, 3, 5, 10)}
    told = {one["name"]: (one["of"], one["pupils"], *one["counts"].values()) for one in goals(hub, *HEAD)}
    assert told == {"plus": ("https://maal.example", 20, None, None, 5, 10)}


def goals(hub: Hub, *who: str) -> list[Json]:
    (told,) = (one for one in readings(hub, "5.A", *who) if one["indicator"] == "goal-map" and one["subject"] == "MAT")
    found: list[Json] = told["splits"]
    return found


def test_a_subject_of_few_is_not_there_at_all(hub: Hub) -> None:
    assert "TYS" in {one["subject"] for one in readings(hub, "5.A", "--teacher", "unilogin:lone0001")}
    assert "TYS" not in {one["subject"] for one in readings(hub, "5.A", *HEAD)}
    of_few, of_none = (readings(hub, "5.A", *HEAD, subject=subject) for subject in ("TYS", "FRA"))
    assert of_few == [one | {"subject": one["subject"] and "TYS"} for one in of_none], "who asks for it is told as of one that nobody has"


def test_of_a_class_of_four_nothing_is_told(hub: Hub) -> None:
    told = [one for one in readings(hub, "6.B", *HEAD) if one["of"] == "attendance"]
    assert {(one["value"], one["n"], one["pupils"], one["reason"]) for one in told} == {(None, None, None, "too_few_pupils")}


def test_nothing_of_a_pupil_and_no_other_group_can_be_read(hub: Hub) -> None:
    pupil, token = pupil_of(hub, PUPILS[0]), dict(hub.token(*HEAD))
    elsewhere = group(hub, "4.C", *HEAD, "--institution", OTHER)
    denied = [
        f"/v1/groups/{group(hub, '5.A', *HEAD)}/indicators", f"/v1/groups/{elsewhere}/summary", f"/v1/groups/{'g_' + 26 * 'a'}/summary",
        f"/v1/students/{pupil}", f"/v1/students/{pupil}/indicators/attendance/explanation", f"/v1/access-log?student={pupil}",
    ]  # fmt: skip
    answers = [hub.http.get(path, headers=token) for path in denied]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert [hub.http.get(path, headers=token).status_code for path in ("/v1/ledger", "/v1/failed")] == [401, 401]
    asked = {"identities": [{"scheme": "unilogin", "value": PUPILS[0].unilogin}]}
    assert hub.http.post("/v1/students:resolve", json=asked, headers=token).json() == {"students": [{"student": None}]}
    seen = json.dumps([hub.get("/v1/groups", token), readings(hub, "5.A", *HEAD), hub.get("/v1/access-log", token)])
    assert pupil not in seen
    assert not re.search("s_[a-z2-7]{26}", seen)


def test_every_read_of_it_is_logged_for_each_pupil(hub: Hub) -> None:
    readings(hub, "5.A", *HEAD)
    reads = hub.get("/v1/access-log", hub.token("--pupil", f"unilogin:{PUPILS[3].unilogin}"))["reads"]
    newest = next(one for one in reads if one["role"] == "management")
    assert (newest["view"], newest["purpose"], newest["result"], newest["rule"]) == ("summary", "T4", "allowed", "management relation")
    own = hub.get("/v1/access-log", hub.token(*HEAD))["reads"]
    assert {one["role"] for one in own} == {"management"}


def test_etag_and_not_modified(hub: Hub) -> None:
    address, token = f"/v1/groups/{group(hub, '5.A', *HEAD)}/summary", dict(hub.token(*HEAD))
    first = hub.http.get(address, headers=token)
    again = hub.http.get(address, headers={**token, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_token_of_management_is_of_schools_and_no_other_is(hub: Hub) -> None:
    assert "--institution" in hub.cli("token", "--management", "unilogin:rita0001", fails=True)
    assert "--institution" in hub.cli("token", "--teacher", "unilogin:lone0001", "--institution", SCHOOL, fails=True)
    assert "give one of" in hub.cli("token", *HEAD, "--controller", fails=True)
