"""What a pupil's view tells beside the indicators, worked out by hand, over a real hub (domain 4.5; `tests/told_of_anna.py`)."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import told_of_anna as anna
from harness import Hub

NOTES = [(f"11-{day:02}T14:30", n) for n, day in enumerate((3, 5, 9, 12, 17, 23))] + [("10-27T14:30", 6)]
"""The last of them on the day before the last 20 school days."""
UNFOLLOWED = "11-23T08:00"


def note(at: str, n: int, of: str = "unilogin:anna1a2b") -> Any:
    told = {"note_id": f"note-{n}", "kind": "note", "title": f"Note {n}", "href": f"https://noter.example/{n}", "author_role": "lærer"}
    return anna.event("note.linked", at, of, **told)


def result_of(on: str, subject: str, kind: str = "national", **result: Any) -> Any:
    told = {"test_id": f"test-{subject}-{on}", "test_kind": kind, "grade": 5, "taken_on": f"2026-{on}", "scale_id": "skala", **result}
    return anna.event("test.result", f"{on}T10:00", subject_code=subject, **told)


def in_danish(kind: str, at: str, **told: Any) -> Any:
    return anna.event("activity.session", at, tool="opgaver", subject_code="DAN", session="s1", kind=kind, at=anna.instant(at), **told)


MORE = [
    in_danish("started", UNFOLLOWED), in_danish("ended", "11-23T23:00", end_reason="timeout"),
    *(note(at, n) for at, n in NOTES), note("11-20T14:30", 9, "unilogin:bo12345x"),
    result_of("09-08", "MAT", category="middel"), result_of("10-06", "MAT", category="over middel"), result_of("10-07", "DAN", value=43.0),
    result_of("11-02", "DAN", kind="screening", category="risiko"), result_of("11-03", "MAT", kind="voluntary", category="under middel"),
    anna.handed_in("brok", "11-10T09:00", 2), anna.handed_in("ukendt", "11-20T18:00"),
    anna.handed_in("vinkler", "11-21T10:00"), anna.stands("vinkler", "11-23T10:00", "returned"),
]  # fmt: skip
BESIDE = ["last-activity", "latest-test", "latest-notes", "feedback-waiting"]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with anna.hub(tmp_path_factory.mktemp("hub"), *MORE) as started:
        yield started


def extras(hub: Hub, token: Mapping[str, str], **asked: Any) -> dict[str, Any]:
    return {one["extra"]: one for one in hub.get(f"/v1/students/{anna.hub_id(hub)}", token, **asked)["extras"]}


def lone(hub: Hub) -> Mapping[str, str]:
    return anna.teacher(hub, anna.LONE)


def mats(hub: Hub) -> Mapping[str, str]:
    return anna.teacher(hub, anna.MATS)


def test_each_stands_beside_the_readings_with_its_words(hub: Hub) -> None:
    told = extras(hub, lone(hub))
    assert list(told) == BESIDE
    for one in told.values():
        for words in (one["title"], one["text"], one["unseen"], *(item["text"] for item in one["items"] if "text" in item)):
            assert words["da"].strip()
            assert words["en"].strip()
            assert "{" not in words["da"] + words["en"]
    assert "55 b" in told["latest-test"]["text"]["da"]


def test_when_the_pupil_was_last_active_in_each_subject(hub: Hub) -> None:
    """In Danish the session that was left was begun at 8, and noticed to be left at 23."""
    told = extras(hub, lone(hub))["last-activity"]
    assert told["items"] == [
        {"subject": "DAN", "at": "2026-11-23T07:00:00.000000Z"}, {"subject": "MAT", "at": "2026-11-20T09:09:00.000000Z"},
    ]  # fmt: skip
    assert (told["n"], told["window"]["name"]) == (2, "Y")


def test_the_latest_national_test_of_each_subject_and_no_other(hub: Hub) -> None:
    told = extras(hub, lone(hub))["latest-test"]
    assert [(one["subject"], one["taken_on"], one["grade"], one["category"], one.get("value")) for one in told["items"]] == [
        ("DAN", "2026-10-07", 5, None, 43.0), ("MAT", "2026-10-06", 5, "over middel", None),
    ]  # fmt: skip
    assert [one["text"] for one in told["items"]] == [
        {"da": "National test 07.10.2026, 5. klasse: 43,0", "en": "National test on 07.10.2026, grade 5: 43.0"},
        {"da": "National test 06.10.2026, 5. klasse: over middel", "en": "National test on 06.10.2026, grade 5: over middel"},
    ]
    assert told["n"] == 2


def test_the_latest_five_notes_are_links_and_all_of_the_window_are_counted(hub: Hub) -> None:
    told = extras(hub, lone(hub))["latest-notes"]
    assert [one["title"] for one in told["items"]] == ["Note 5", "Note 4", "Note 3", "Note 2", "Note 1"]
    assert (told["n"], told["window"]["name"], told["window"]["from"]) == (6, "W20", "2026-10-28")
    assert told["items"][0] == {
        "subject": None, "text": {"da": "Note: Note 5 (lærer)", "en": "Note: Note 5 (lærer)"}, "at": "2026-11-23T13:30:00.000000Z",
        "kind": "note", "title": "Note 5", "link": "https://noter.example/5", "author_role": "lærer", "source": "opgaver",
    }  # fmt: skip
    assert told["text"]["en"].startswith("Notes in the last 20 school days: 6.")


def test_what_was_handed_in_and_waits_for_feedback(hub: Hub) -> None:
    """brok was answered, and handed in again since; vinkler was handed back; nobody knows what ukendt is."""
    told = extras(hub, lone(hub))["feedback-waiting"]
    assert [(one["assignment_id"], one["subject"], one["title"], one["days"]) for one in told["items"]] == [
        ("brok", "MAT", "Opgave brok", 14), ("areal", "MAT", "Opgave areal", 11), ("ukendt", None, None, 4),
    ]  # fmt: skip
    assert told["n"] == 3
    assert told["items"][0]["text"] == {
        "da": "Opgave brok: afleveret 10.11.2026 09:00, har ventet 14 dage",
        "en": "Opgave brok: handed in 10.11.2026 09:00, has waited 14 days",
    }


def test_a_teacher_of_one_subject_sees_that_subjects_alone(hub: Hub) -> None:
    told = extras(hub, mats(hub))
    assert {name: [one["subject"] for one in told[name]["items"]] for name in told} == {
        "last-activity": ["MAT"], "latest-test": ["MAT"], "latest-notes": [], "feedback-waiting": ["MAT", "MAT"],
    }  # fmt: skip
    assert (told["latest-notes"]["n"], told["feedback-waiting"]["n"], told["latest-test"]["n"]) == (0, 2, 1)
    in_danish_only = extras(hub, lone(hub), subject="DAN")
    assert [one["subject"] for one in in_danish_only["latest-test"]["items"]] == ["DAN"]


def test_each_is_for_the_purposes_that_the_catalogue_declares(hub: Hub) -> None:
    """A note is for the talk with the parents (T2) and for the pupil, not for preparing teaching (T1) or the team's talk (T3)."""
    assert set(extras(hub, anna.teacher(hub, anna.LONE, "T1"))) == set(BESIDE) - {"latest-notes"}
    assert set(extras(hub, anna.teacher(hub, anna.LONE, "T3"))) == {"last-activity"}
    pupil = hub.token("--pupil", "unilogin:anna1a2b", "--purpose", "insight")
    assert {name: one["n"] for name, one in extras(hub, pupil).items()} == {name: one["n"] for name, one in extras(hub, lone(hub)).items()}
    bo = hub.token("--pupil", "unilogin:bo12345x", "--purpose", "insight")
    assert hub.http.get(f"/v1/students/{anna.hub_id(hub)}", headers=dict(bo)).status_code == 404


def test_what_is_asked_for_is_what_is_told_and_logged(hub: Hub) -> None:
    assert set(extras(hub, lone(hub), indicator="latest-notes")) == {"latest-notes"}
    assert extras(hub, lone(hub), indicator="attendance") == {}
    reads = hub.get("/v1/access-log", hub.token("--controller"), student=anna.hub_id(hub))["reads"]
    assert [one["indicators"] for one in reads if one["view"] == "student"][:2] == ["attendance", "latest-notes"]


def of_class(hub: Hub, token: Mapping[str, str], group: str = "5.A", **asked: Any) -> dict[str, Any]:
    groups = {one["source_id"]: one["id"] for one in hub.get("/v1/groups", token)["groups"]}
    readings = hub.get(f"/v1/groups/{groups[group]}/indicators", token, **asked)["readings"]
    return {one["student"]: {last["subject"]: last["at"] for last in one["last_activity"]} for one in readings}


def test_a_class_has_it_of_each_pupil_and_it_moves_with_events_and_what_is_taken_back(hub: Hub) -> None:
    her, him = anna.hub_id(hub), anna.hub_id(hub, anna.BO)
    before = {"DAN": "2026-11-23T07:00:00.000000Z", "MAT": "2026-11-20T09:09:00.000000Z"}
    assert of_class(hub, lone(hub)) == of_class(hub, lone(hub)) == {her: before, him: {}}
    assert of_class(hub, mats(hub), "5.A MAT")[her] == {"MAT": before["MAT"]}
    assert of_class(hub, lone(hub), subject="DAN")[her] == {"DAN": before["DAN"]}
    assert of_class(hub, lone(hub), indicator="attendance")[her] == {}
    platform = hub.supplier("opgaver", "cloudevents", subject="MAT")
    today = anna.event("activity.item_answered", "11-24T11:00", item_id="ny", correct=None)
    anna.send(hub, platform, [today])
    assert of_class(hub, lone(hub))[her] == before | {"MAT": "2026-11-24T10:00:00.000000Z"}
    anna.send(hub, platform, [{**today, "op": "retract"}])
    assert of_class(hub, lone(hub))[her] == before
