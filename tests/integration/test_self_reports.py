"""Who sees what pupils say of themselves: whom the child was told of, and never in a view of a group (design 6); over a real hub."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import webhooks
from harness import Hub, running
from rosters import Person, SchoolClass, package

from services.registry import discover_indicators, discover_views

SCHOOL = "101001"
ANNA, BO = (Person(f"e{n}", "student", login) for n, login in enumerate(("anna1a2b", "bo12345x")))
LONE, MATS = (Person(f"t{n}", "teacher", login) for n, login in enumerate(("lone0001", "mats0002")))
CLASSES = [SchoolClass("c5a", "5.A", 5, [LONE, ANNA, BO]), SchoolClass("h5m", "5.MAT", 5, [MATS, ANNA], kind="scheduled", subject="MAT")]
RUNS = {
    "for-home": (["pupil", "home_class_teacher"], (1, 1, 1)),
    "for-teachers": (["teachers"], (5, 5, 5)),
    "for-me": (["pupil"], (3, 3, None)),
}
"""Run -> whom the child was told of, and what it answered."""
SEEN = {
    "pupil": ({"for-home", "for-me"}, 1.0, 5),
    "home": ({"for-home", "for-teachers"}, 3.0, 6),
    "subject": ({"for-teachers"}, 5.0, 3),
}
"""Reader -> the runs whose answers they see, the median and the number of answers."""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub")) as started:
        school = started.supplier("skole", "oneroster_csv")
        assert started.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        tool = started.supplier("tjek", "wellbeing_checkin")
        for minute, (run, (told, values)) in enumerate(RUNS.items()):
            at = (datetime.now(UTC) - timedelta(minutes=10 - minute)).isoformat()
            answers = [
                webhooks.answer(f"{dimension}-{n}", value, dimension=dimension, **({"declined": True} if value is None else {}))
                for dimension in ("motivation", "social")
                for n, value in enumerate(values)
            ]
            document = webhooks.checkin(at, *answers, run=run, visibility=told, pupil={"scheme": "unilogin", "value": ANNA.unilogin})
            assert webhooks.send(started, tool, document).status_code == 200
        started.ledger(started.token("--controller"))
        yield started


def tokens(hub: Hub) -> dict[str, Any]:
    teachers = {"home": LONE, "subject": MATS}
    found = {name: hub.token("--teacher", f"unilogin:{one.unilogin}") for name, one in teachers.items()}
    return found | {"pupil": hub.token("--pupil", f"unilogin:{ANNA.unilogin}")}


def anna(hub: Hub) -> str:
    asked = {"identities": [{"scheme": "unilogin", "value": ANNA.unilogin}]}
    found = hub.http.post("/v1/students:resolve", json=asked, headers=dict(tokens(hub)["home"])).json()["students"][0]["student"]
    assert found.startswith("s_")
    return str(found)


@pytest.mark.parametrize("reader", sorted(SEEN))
def test_an_answer_is_shown_to_those_whom_the_child_was_told_of(hub: Hub, reader: str) -> None:
    runs, value, n = SEEN[reader]
    view = hub.get(f"/v1/students/{anna(hub)}", tokens(hub)[reader], indicator="motivation")
    (reading,) = view["readings"]
    assert (reading["value"], reading["n"], reading["subject"]) == (value, n, None)
    explained = hub.get(reading["explanation"], tokens(hub)[reader])
    assert {fact["run"] for fact in explained["facts"]} == runs
    assert len(explained["facts"]) == n
    assert [source["facts"] for source in explained["sources"]] == [n]
    assert "not a measurement" in explained["text"]["en"]
    assert "ikke en måling" in explained["text"]["da"]


@pytest.mark.parametrize(("reader", "mean"), [("pupil", 1.8), ("home", 3.0), ("subject", 5.0)])
def test_so_is_an_answer_on_well_being_and_what_was_asked_in_vain(hub: Hub, reader: str, mean: float) -> None:
    runs, _, n = SEEN[reader]
    view = hub.get(f"/v1/students/{anna(hub)}", tokens(hub)[reader], indicator="wellbeing-social")
    (reading,) = view["readings"]
    assert (reading["value"], reading["n"], reading["subject"]) == (mean, n, None)
    explained = hub.get(reading["explanation"], tokens(hub)[reader])
    assert {fact["run"] for fact in explained["facts"]} == runs
    assert len(explained["facts"]) == explained["details"]["asked"] == 3 * len(runs)
    assert "not the national survey" in explained["text"]["en"]
    assert "ikke den nationale trivselsmåling" in explained["text"]["da"]


def test_readers_of_one_pupil_have_etags_of_their_own(hub: Hub) -> None:
    address = f"/v1/students/{anna(hub)}"
    etags = {name: hub.http.get(address, headers=dict(token)).headers["etag"] for name, token in tokens(hub).items()}
    assert len(set(etags.values())) == len(SEEN)
    for name, token in tokens(hub).items():
        other = next(etag for reader, etag in etags.items() if reader != name)
        assert hub.http.get(address, headers={**token, "If-None-Match": other}).status_code == 200


def of_groups() -> list[str]:
    """The addresses of all views that tell of a group, or of many pupils, as they are found."""
    return sorted(one.path for one in discover_views() if one.persons and one.method == "GET" and "student_id" not in one.path)


SELF_REPORTS = [one.name for one in discover_indicators() if one.self_report]


def test_there_are_self_reports_and_views_of_groups() -> None:
    assert set(SELF_REPORTS) == {"motivation", "wellbeing-academic", "wellbeing-calm", "wellbeing-social", "wellbeing-support"}
    assert "/v1/groups/{group_id}/indicators" in of_groups()


@pytest.mark.parametrize("path", of_groups())
@pytest.mark.parametrize("reader", ["home", "subject"])
@pytest.mark.parametrize(
    "asked", [{}, {"indicator": "motivation"}, {"indicator": "wellbeing-social"}], ids=["all", "motivation", "well-being"]
)
def test_no_view_of_a_group_holds_what_pupils_say_of_themselves(hub: Hub, path: str, reader: str, asked: dict[str, str]) -> None:
    token = tokens(hub)[reader]
    (group,) = hub.get("/v1/groups", token)["groups"]
    answer = hub.http.get(path.replace("{group_id}", group["id"]), params={"student": anna(hub), **asked}, headers=dict(token))
    shown = [
        one
        for one in _values(answer.json())
        if {one.get("indicator"), one.get("of")} & {*SELF_REPORTS} or "run" in one or "instrument_id" in one
    ]
    told = {(one["indicator"], one["value"], one["n"], one["standard_error"], one["reason"]) for one in shown}
    assert told <= {("wellbeing", None, None, None, "too_few_pupils")}, "of one pupil not even that they answered"


def _values(told: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer."""
    if isinstance(told, dict):
        yield told
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _values(inner)
