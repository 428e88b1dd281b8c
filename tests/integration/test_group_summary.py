"""The summary of a group over a real hub: what it says, who sees it, and that every read of it is logged."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package

from services.registry import discover_group_indicators, discover_indicators

SCHOOL = "101001"
NOW = "2026-11-24T13:30:00+01:00"
DAYS = (16, 17, 18, 19, 20, 23)
"""Of November: school days that are registered."""
ABSENT = (0, 1, 2, 3, 4, 0)
"""On how many of the first days each pupil was away."""
KNOWN = (6, 6, 6, 6, 4, 5)
"""How many of the days are registered of each: four are too few for a percent."""
PUPILS = [Person(f"e{n}", "student", f"elev000{n}") for n in range(6)]
LONE, MATS, OLE = (Person(f"t{n}", "teacher", login) for n, login in enumerate(("lone0001", "mats0002", "ole00003")))
CLASSES = [
    SchoolClass("c5a", "5.A", 5, [LONE, *PUPILS]),
    SchoolClass("h5m", "5.MAT", 5, [MATS, *PUPILS[:3]], kind="scheduled", subject="MAT"),
    SchoolClass("c6b", "6.B", 6, [OLE]),
]


def register() -> bytes:
    rows = [
        f"{pupil.unilogin};{day:02}-11-2026;{'S' if at < away else ''}"
        for pupil, away, known in zip(PUPILS, ABSENT, KNOWN, strict=True)
        for at, day in enumerate(DAYS[:known])
    ]
    return "\n".join(["unilogin;dato;start", *rows]).encode()


def answered(pupil: Person, n: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "https://unilogin.dk", "name": pupil.unilogin}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": f"https://matematik-x.dk/item/{uuid.uuid4()}"},
        "result": {"success": n % 2 == 0},
        "timestamp": "2026-11-20T10:00:00+01:00",
    }


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW}@0") as started:
        school = started.supplier("skole", "oneroster_csv", expected_by="09:00")
        office = started.supplier("kontor", "attendance_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        answer = started.file(office, "attendance_csv", register(), as_of="2026-11-23T15:00:00+01:00", complete="true")
        assert answer.json()["failed"] == 0
        maths = started.supplier("matematik-x", "xapi", subject="MAT", identity="https://unilogin.dk=unilogin")
        assert started.statements(maths, [answered(pupil, n) for n, pupil in enumerate(PUPILS) for _ in range(n)]).status_code == 200
        started.ledger(started.token("--controller"))
        yield started


def teacher(hub: Hub, person: Person) -> Any:
    return hub.token("--teacher", f"unilogin:{person.unilogin}")


def address(hub: Hub, person: Person) -> str:
    (group,) = hub.get("/v1/groups", teacher(hub, person))["groups"]
    return f"/v1/groups/{group['id']}/summary"


def test_the_class_as_a_whole(hub: Hub) -> None:
    """100 %, 83.3 %, 66.7 % and 50 % of 6 days each and 100 % of 5 are 2300 / 29 = 79.3 %; the one with 4 days is not in it."""
    told = hub.get(address(hub, LONE), teacher(hub, LONE), indicator="class-attendance")
    assert (told["group"]["source_id"], told["group"]["kind"]) == ("5.A", "class")
    assert {"as_of", "cursor", "sources", "stale"} == set(told["delivery"])
    by_window = {one["window"]["name"]: one for one in told["readings"]}
    assert set(by_window) == {"W20", "Q", "Y"}
    assert by_window["W20"] == {
        "indicator": "class-attendance", "version": 1, "of": "attendance", "of_version": 1, "subject": None, "framework": None,
        "value": 79.3, "unit": "percent", "n": 5, "pupils": 6, "quartiles": [66.7, 100.0], "standard_error": None,
        "parts": [], "splits": [], "published": None, "details": {},
        "window": {"name": "W20", "from": "2026-10-28", "to": "2026-11-24", "school_days": 20, "calendar": "assumed"}, "reason": None,
        "text": {
            "da": "Fremmøde 79,3 %: gennemsnittet for 5 af 6 elever, vægtet med deres registrerede dage. Den midterste halvdel af eleverne "
            "ligger mellem 66,7 og 100,0 %.",
            "en": "Attendance 79.3 %: the mean of 5 of 6 pupils, weighted by their registered days. The middle half of the pupils is "
            "between 66.7 and 100.0 %.",
        },
    }  # fmt: skip


def test_how_the_pupils_values_are_spread(hub: Hub) -> None:
    """1 to 5 answers on one of 4 finished days are 0.2, 0.5, 0.8, 1.0 and 1.2 a day (to the even digit); one pupil answered nothing."""
    told = hub.get(address(hub, LONE), teacher(hub, LONE), indicator="distribution", subject="MAT")["readings"]
    answers = {"active-minutes", "active-days", "items-answered", "first-try-correctness", "result-level"}
    assert {one["of"] for one in told} == answers | {"on-time-submission"}
    (items,) = (one for one in told if one["of"] == "items-answered")
    assert (items["value"], items["quartiles"], items["n"], items["pupils"]) == (0.8, [0.5, 1.0], 5, 6)
    assert (items["unit"], items["subject"], items["window"]["name"]) == ("items_per_day", "MAT", "W5")
    assert items["text"]["en"] == "The median of 5 of 6 pupils is 0.8; the middle half is between 0.5 and 1.0."
    assert {one["reason"] for one in told if one["n"] == 0} == {"no_values"}


def test_which_sources_tell_of_how_many_pupils(hub: Hub) -> None:
    """All six are registered, and the first has answered nothing. How fresh the sources are stands beside it."""
    told = hub.get(address(hub, LONE), teacher(hub, LONE), indicator="coverage")
    (coverage,) = told["readings"]
    assert (coverage["value"], coverage["n"], coverage["pupils"], coverage["of"]) == (100.0, 6, 6, None)
    assert coverage["parts"] == [
        {"name": "kontor", "of": None, "value": 100.0, "n": 6, "pupils": 6, "interval": None},
        {"name": "matematik-x", "of": None, "value": 83.3, "n": 5, "pupils": 5, "interval": None},
    ]
    assert {one["name"] for one in coverage["parts"]} <= {one["source"] for one in told["delivery"]["sources"]}


def test_a_subject_teacher_is_told_of_that_subject_and_of_that_group(hub: Hub) -> None:
    told = hub.get(address(hub, MATS), teacher(hub, MATS))["readings"]
    assert {(one["subject"], one["pupils"]) for one in told if one["of"] and one["indicator"] != "wellbeing"} == {("MAT", 3)}
    (coverage,) = (one for one in told if one["indicator"] == "coverage")
    assert [(part["name"], part["n"]) for part in coverage["parts"]] == [("kontor", 3), ("matematik-x", 2)], "days at school: active days"
    (items,) = (one for one in told if one["of"] == "items-answered")
    assert (items["value"], items["n"]) == (0.4, 2), "of 0.2 and 0.5, who teaches them sees the two"


def test_it_is_of_what_the_class_view_shows(hub: Hub) -> None:
    view = hub.get(address(hub, LONE).replace("summary", "indicators"), teacher(hub, LONE), indicator="attendance")
    shown = [one for pupil in view["readings"] for one in pupil["indicators"] if one["window"]["name"] == "W20"]
    known = [(one["value"], one["n"]) for one in shown if one["value"] is not None]
    asked = hub.get(address(hub, LONE), teacher(hub, LONE), indicator="class-attendance")["readings"]
    told = next(one for one in asked if one["window"]["name"] == "W20")
    assert told["value"] == round(sum(value * n for value, n in known) / sum(n for _, n in known), 1)


def test_a_group_without_pupils_has_no_value_and_says_why(hub: Hub) -> None:
    told = hub.get(address(hub, OLE), teacher(hub, OLE), indicator="class-attendance")["readings"]
    assert {(one["value"], one["n"], one["pupils"], one["reason"]) for one in told} == {(None, 0, 0, "no_values")}


def test_what_has_no_subject_is_for_those_who_see_all_of_them(hub: Hub) -> None:
    told = hub.get(address(hub, MATS), teacher(hub, MATS))["readings"]
    assert {one["of"] for one in told if one["subject"] is None and one["indicator"] != "wellbeing"} == {None}


def test_nobody_else_sees_it_and_who_asked_is_logged(hub: Hub) -> None:
    controller = hub.token("--controller")
    asked = [
        hub.http.get(address(hub, LONE), headers=dict(teacher(hub, OLE))),
        hub.http.get("/v1/groups/g_aaaaaaaaaaaaaaaaaaaaaaaaaa/summary", headers=dict(teacher(hub, OLE))),
        hub.http.get(address(hub, LONE), headers=dict(hub.token("--pupil", "unilogin:elev0001"))),
        hub.http.get(address(hub, LONE), headers=dict(controller)),
    ]
    assert {(one.status_code, one.content) for one in asked} == {(404, asked[0].content)}
    assert hub.http.get(address(hub, LONE)).status_code == 401
    denied = [one for one in hub.get("/v1/access-log", controller, limit=1000)["reads"] if one["view"] == "summary"]
    assert [one["result"] for one in denied if one["role"] != "teacher"] == ["denied", "denied"]


def test_every_read_of_it_is_logged_for_each_pupil(hub: Hub) -> None:
    hub.get(address(hub, LONE), teacher(hub, LONE), indicator="class-attendance")
    reads = hub.get("/v1/access-log", hub.token("--pupil", "unilogin:elev0003"))["reads"]
    newest = next(one for one in reads if one["view"] == "summary")
    assert (newest["view"], newest["indicators"], newest["role"], newest["result"]) == ("summary", "class-attendance", "teacher", "allowed")


def test_etag_and_not_modified(hub: Hub) -> None:
    first = hub.http.get(address(hub, LONE), headers=dict(teacher(hub, LONE)))
    again = hub.http.get(address(hub, LONE), headers={**teacher(hub, LONE), "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    narrowed = hub.http.get(
        address(hub, LONE), params={"subject": "MAT"}, headers={**teacher(hub, LONE), "If-None-Match": first.headers["etag"]}
    )
    assert narrowed.status_code == 200


def test_the_catalogue_lists_what_is_computed_of_groups(hub: Hub) -> None:
    told = hub.http.get("/v1/indicators").json()
    assert [one["indicator"] for one in told["indicators"]] == [one.name for one in discover_indicators()]
    assert [(one["id"], one["indicator"]) for one in told["group_indicators"]] == [
        (one.id, one.name) for one in discover_group_indicators()
    ]
    attendance = next(one for one in told["group_indicators"] if one["indicator"] == "class-attendance")
    assert attendance["of"] == ["attendance"]
    assert attendance["formula"]["da"] != attendance["formula"]["en"]
