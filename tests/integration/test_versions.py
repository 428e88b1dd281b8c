"""A definition is changed as a stranger would: the new version is measured beside the old one, both are served until the day that the old
one declares, each explained by its own words, and from then on the new one alone."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browser import chromium, looking
from harness import ROOT, Hub, running
from rosters import Person, SchoolClass, package
from sending import SCHEME, statement
from tree import PACKAGES

from contracts.dates import instant

NOON = datetime.fromisoformat("2026-11-24T12:00:00+01:00")
AFTER = "2027-01-01T12:00:00+01:00"
LONE, ANNA = Person("t1", "teacher", "lone0001"), Person("e1", "student", "anna1234")
OLD, NEW = "items-answered@1", "items-answered@2"


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source with a file for version 2, and a last day for version 1."""
    folder = tmp_path_factory.mktemp("newer")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    indicators = folder / "streams" / "indicators"
    shutil.copy(ROOT / "tests" / "stranger" / "items_answered_v2.py", indicators)
    text = (indicators / "items_answered.py").read_text("utf-8")
    assert text.count("    version=1,\n") == 1
    (indicators / "items_answered.py").write_text(
        text.replace("    version=1,\n", "    version=1,\n    until=date(2026, 12, 31),\n"), "utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, newer: Path) -> Iterator[Hub]:
    """What was measured by the version before, and then by both; one item answered three times yesterday, in the old version's time."""
    with running(tmp_path_factory.mktemp("hub"), clock=NOON.isoformat()) as hub:
        school, material = hub.supplier("skole", "oneroster_csv"), hub.supplier("material", "xapi", subject="MAT", identity=SCHEME)
        roster = package("101001", [SchoolClass("5a", "5.A", 5, [LONE, ANNA])])
        assert hub.file(school, "oneroster_csv", roster, as_of="2026-08-10T08:00:00+02:00").status_code == 200
        at = NOON - timedelta(days=1)
        told = [statement(ANNA.unilogin, instant((at + timedelta(minutes=minute)).isoformat()), item="17") for minute in range(3)]
        assert hub.statements(material, told).status_code == 200
        hub.ledger(hub.token("--controller"))
        hub.stop()
        hub.env["PYTHONPATH"] = str(newer)
        hub.cli("remeasure")
        yield hub.start()


def lone(hub: Hub) -> Mapping[str, str]:
    return hub.token("--teacher", f"unilogin:{LONE.unilogin}")


def class_view(hub: Hub, **asked: Any) -> list[dict[str, Any]]:
    (group,) = hub.get("/v1/groups", lone(hub))["groups"]
    (pupil,) = hub.get(f"/v1/groups/{group['id']}/indicators", lone(hub), subject="MAT", **asked)["readings"]
    return [one for one in pupil["indicators"] if one["indicator"] == "items-answered"]


def told(readings: list[dict[str, Any]]) -> list[tuple[int, float, int]]:
    return [(one["version"], one["value"], one["n"]) for one in readings]


def test_by_default_the_newest_is_shown_and_each_where_it_is_asked_for(hub: Hub) -> None:
    assert told(class_view(hub)) == told(class_view(hub, indicator="items-answered")) == [(2, 0.2, 1)]
    assert told(class_view(hub, indicator=OLD)) == [(1, 0.8, 3)]
    assert told(class_view(hub, indicator=[OLD, NEW])) == [(2, 0.2, 1), (1, 0.8, 3)]


def test_so_it_is_of_one_pupil_and_each_is_explained_by_its_own_words(hub: Hub) -> None:
    shown = class_view(hub, indicator=[OLD, NEW])
    explained = [hub.get(one["explanation"], lone(hub)) for one in shown]
    assert [one["definition"]["version"] for one in explained] == [2, 1]
    assert [one["text"]["en"] for one in explained] == [
        "0.2 different items per school day: 1 in all, divided by finished school days 4.",
        "0.8 tasks answered per school day: answers in all 3, divided by finished school days 4.",
    ]
    assert [len(one["facts"]) for one in explained] == [3, 3]
    student = shown[0]["explanation"].split("/")[3]
    of_one = hub.get(f"/v1/students/{student}", lone(hub), indicator=[OLD, NEW])["readings"]
    assert [{**one, "explanation": ""} for one in of_one] == [{**one, "explanation": ""} for one in shown]
    assert {one["version"] for one in hub.get(f"/v1/students/{student}", lone(hub), indicator="items-answered")["readings"]} == {2}


def test_the_access_log_says_which_was_asked_for(hub: Hub) -> None:
    student = class_view(hub, indicator=OLD)[0]["explanation"].split("/")[3]
    records = hub.get("/v1/access-log", hub.token("--controller"), student=student)
    assert OLD in str(records)


def test_a_group_is_summed_up_of_the_newest(hub: Hub) -> None:
    (group,) = hub.get("/v1/groups", lone(hub))["groups"]
    summary = hub.get(f"/v1/groups/{group['id']}/summary", lone(hub), indicator="distribution", subject="MAT")["readings"]
    assert [(one["of_version"], one["value"], one["n"]) for one in summary if one["of"] == "items-answered"] == [(2, 0.2, 1)]


def test_catalogue_and_register_tell_of_both_and_until_when(hub: Hub) -> None:
    listed = [one for one in hub.get("/v1/indicators", {})["indicators"] if one["indicator"] == "items-answered"]
    assert [(one["version"], one["until"]) for one in listed] == [(2, None), (1, "2026-12-31")]
    page = hub.http.get("/register", params={"lang": "da"}).text
    assert all(one["formula"]["da"] in page for one in listed)
    assert page.count("til og med 31.12.2026") == 1
    assert "Besvarede opgaver (version 1, afløst)" in page


def test_the_page_knows_the_newest_by_its_name(hub: Hub) -> None:
    with chromium() as browser, looking(browser, hub.url) as look:
        known = look.page.evaluate("import('/page/hub.js').then((hub) => hub.catalogue()).then((known) => known.get('items-answered'))")
    assert (known["version"], known["until"]) == (2, None)


def test_after_its_last_day_the_old_one_is_served_no_longer(hub: Hub) -> None:
    old = class_view(hub, indicator=OLD)[0]["explanation"]
    hub.stop()
    hub.env["FREMGANG_CLOCK"] = AFTER
    hub.tokens.clear()
    hub.start()
    try:
        assert class_view(hub, indicator=OLD) == []
        assert [one["version"] for one in class_view(hub)] == [2]
        assert hub.http.get(old, headers=dict(lone(hub))).status_code == 404
        assert hub.http.get(old.replace("@1", ""), headers=dict(lone(hub))).status_code == 200
        assert [one["version"] for one in hub.get("/v1/indicators", {})["indicators"] if one["indicator"] == "items-answered"] == [2]
        assert "afløst" not in hub.http.get("/register").text
    finally:
        hub.stop()
        hub.env["FREMGANG_CLOCK"] = NOON.isoformat()
        hub.tokens.clear()
        hub.start()
