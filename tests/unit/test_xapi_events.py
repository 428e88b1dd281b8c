"""Which event a statement becomes, of whom, where, and with what numbers (domain 1.4, 4.2, 4.3)."""

from dataclasses import replace
from typing import Any

import pytest
from xapi_requests import ADL, AGENT, OWN, RECEIVED, REGISTRATION, VIDEO, draft, faults, statement, translated

from connectors.xapi.verbs import KINDS
from contracts.connector import NotUsed, Published
from contracts.dates import moment
from contracts.events import ItemAnswered, MediaPlayed
from contracts.privacy import Identity

pytestmark = pytest.mark.quick

EXT = VIDEO + "/extensions/"
CATEGORY = {"contextActivities": {"category": [{"id": VIDEO}]}}
CMI5 = {"contextActivities": {"category": {"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}}}
VIDEO_OBJECT = {"id": "https://film.example/1", "definition": {"type": VIDEO + "/activity-type/video"}}


def item(told: dict[str, Any]) -> Any:
    (only,) = translated(told).items
    return only


@pytest.mark.parametrize(
    ("actor", "identity"),
    [
        (AGENT, Identity("https://matematik-x.dk", "elev-77")),
        ({"account": {"homePage": "https://idp.unilogin.dk", "name": "Anna1234"}}, Identity("unilogin", "Anna1234")),
        ({"mbox": "mailto:Anna@skole.example"}, Identity("mailto", "Anna@skole.example")),
        ({"mbox_sha1sum": "AB" * 20}, Identity("mbox_sha1sum", "AB" * 20)),
        ({"openid": "https://openid.example/anna"}, Identity("openid", "https://openid.example/anna")),
    ],
)
def test_whom_it_is_said_of(actor: dict[str, Any], identity: Identity) -> None:
    assert draft(statement(actor={"objectType": "Agent", "name": "Anna", **actor})).subject == identity


@pytest.mark.parametrize(
    ("score", "fraction"),
    [
        ({"scaled": 0.75, "raw": 1, "min": 0, "max": 4}, 0.75),
        ({"scaled": 0}, 0.0),
        ({"scaled": 1}, 1.0),
        ({"scaled": -0.5}, None),
        ({"scaled": -0.5, "raw": 3, "max": 4}, None),
        ({"raw": 3, "min": 1, "max": 5}, 0.5),
        ({"raw": 3, "max": 4}, 0.75),
        ({"raw": 3}, None),
        ({"raw": 3, "min": 0}, None),
        ({"raw": 0, "max": 0}, None),
        ({"raw": -1, "max": 4}, None),
        ({"min": 0, "max": 4}, None),
        ({"raw": 1e308, "min": -1e308, "max": 1.5e308}, None),
        ({}, None),
    ],
)
def test_the_share_of_the_points(score: dict[str, float], fraction: float | None) -> None:
    assert draft(statement(result={"score": score})).data["score_fraction"] == fraction


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("PT12.5S", 12.5),
        ("PT1M", 60.0),
        ("P1D", 86_400.0),
        ("PT0S", 0.0),
        ("PT0,25S", 0.25),
        ("PT24H0.1S", None),
        ("P1M", None),
        ("P1W", None),
    ],
)
def test_the_response_time(duration: str, seconds: float | None) -> None:
    assert draft(statement(result={"duration": duration})).data["response_seconds"] == seconds


@pytest.mark.parametrize("success", [True, False, None])
def test_whether_it_was_right(success: bool | None) -> None:
    result = {} if success is None else {"success": success}
    assert draft(statement(result=result)).data["correct"] is success


def test_an_answer_with_all_that_is_taken() -> None:
    context = {
        "registration": "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11",
        "extensions": {OWN + "attempt": "a-1", OWN + "attempt-no": 2, OWN + "subject": "DAN", OWN + "institution": "101001"},
    }
    told = draft(statement(context=context))
    assert told.model is ItemAnswered
    assert told.institution == "101001"
    assert (told.report, told.order, told.op) == ("8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b01", None, "assert")
    assert dict(told.data) == {
        "tool": "Matematik X",
        "subject_code": "DAN",
        "item_id": "https://matematik-x.dk/opgaver/17",
        "attempt": "a-1",
        "attempt_no": 2,
    }


def test_a_registration_is_no_attempt_number() -> None:
    told = draft(statement(context={"registration": "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11"}))
    assert told.data["attempt"] is None
    assert told.data["attempt_no"] is None


def test_where_a_statement_names_no_subject_or_school() -> None:
    assert draft(statement()).data["subject_code"] == "MAT"
    assert draft(statement()).institution == "101001"
    bare = replace(REGISTRATION, subject_code="unassigned")
    assert draft(statement(), registration=bare).data["subject_code"] == "unassigned"


@pytest.mark.parametrize(
    ("verb", "kind", "told", "position"),
    [
        (VIDEO + "/verbs/played", "played", {EXT + "time": 12}, 12.0),
        (VIDEO + "/verbs/paused", "paused", {EXT + "time": 80.5}, 80.5),
        (VIDEO + "/verbs/seeked", "seeked", {EXT + "time": 1, EXT + "time-from": 2, EXT + "time-to": 3}, 3.0),
        (VIDEO + "/verbs/seeked", "seeked", {EXT + "time": 1}, None),
        (ADL + "completed", "ended", {EXT + "time": 300}, 300.0),
        (ADL + "terminated", "ended", {}, None),
        (VIDEO + "/verbs/played", "played", {EXT + "time": "12"}, None),
        (VIDEO + "/verbs/played", "played", {EXT + "time": True}, None),
        (VIDEO + "/verbs/played", "played", {EXT + "time": -1}, None),
        (VIDEO + "/verbs/played", "played", {EXT + "time": 86_400.5}, None),
        (VIDEO + "/verbs/played", "played", {EXT + "time": 10**300}, None),
        (VIDEO + "/verbs/played", "played", {EXT + "time": [1]}, None),
    ],
)
def test_the_events_of_a_player(verb: str, kind: str, told: dict[str, Any], position: float | None) -> None:
    drafted = draft(statement(verb={"id": verb}, object=VIDEO_OBJECT, result={"extensions": told}))
    assert drafted.model is MediaPlayed
    assert (drafted.data["kind"], drafted.data["position"]) == (kind, position)
    assert drafted.data["at"] == moment(drafted.time or 0)
    assert drafted.data["resource_id"] == "https://film.example/1"


@pytest.mark.parametrize(
    ("context", "result", "length"),
    [
        ({EXT + "length": 300}, {}, 300.0),
        ({}, {EXT + "length": 301.5}, 301.5),
        ({EXT + "length": 1}, {EXT + "length": 2}, 1.0),
        ({}, {}, None),
    ],
)
def test_how_long_the_recording_is(context: dict[str, Any], result: dict[str, Any], length: float | None) -> None:
    told = statement(verb={"id": VIDEO + "/verbs/played"}, context={"extensions": context}, result={"extensions": result})
    assert draft(told).data["length"] == length


@pytest.mark.parametrize(
    ("context", "session"),
    [
        ({"extensions": {EXT + "session-id": "s-1"}, "registration": "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11"}, "s-1"),
        (
            {"extensions": {EXT + "session-id": 7}, "registration": "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11"},
            "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11",
        ),
        ({"extensions": {EXT + "session-id": "s" * 501}}, "https://matematik-x.dk/opgaver/17"),
        ({}, "https://matematik-x.dk/opgaver/17"),
    ],
)
def test_the_session_of_a_player(context: dict[str, Any], session: str) -> None:
    assert draft(statement(verb={"id": VIDEO + "/verbs/played"}, context=context)).data["session"] == session


@pytest.mark.parametrize("verb", ["completed", "terminated"])
def test_what_ends_is_a_player_only_in_the_video_profile(verb: str) -> None:
    plain = statement(verb={"id": ADL + verb}, result={"success": True})
    assert draft(plain).model is not MediaPlayed
    for of_video in ({**plain, "context": CATEGORY}, {**plain, "object": VIDEO_OBJECT}):
        assert (draft(of_video).model, draft(of_video).data["kind"]) == (MediaPlayed, "ended")


@pytest.mark.parametrize(
    ("told", "kind", "reason"),
    [
        (statement(verb={"id": ADL + "initialized"}, object=VIDEO_OBJECT), "initialized", "verb_not_used"),
        (statement(verb={"id": ADL + "launched"}, object=VIDEO_OBJECT), "launched", "verb_not_used"),
        (statement(verb={"id": ADL + "interacted"}, object=VIDEO_OBJECT, result={"duration": "PT1M"}), "interacted", "verb_not_used"),
        (statement(verb={"id": ADL + "interacted"}, context=CATEGORY, result={"duration": "PT1M"}), "interacted", "verb_not_used"),
        (statement(verb={"id": ADL + "interacted"}), "interacted", "verb_not_used"),
        (statement(verb={"id": ADL + "launched"}, context=CMI5), "launched", "verb_not_used"),
        (statement(verb={"id": "https://w3id.org/xapi/adl/verbs/satisfied"}, context=CMI5), "satisfied", "verb_not_used"),
        (statement(verb={"id": "https://w3id.org/xapi/adl/verbs/waived"}, context=CMI5), "waived", "verb_not_used"),
        (statement(verb={"id": ADL + "scored"}, object={"objectType": "Agent", **AGENT}), "scored", "object_not_used"),
        (statement(verb={"id": ADL + "exited"}, actor={"objectType": "Group", "member": [AGENT]}), "exited", "actor_not_a_pupil"),
        (statement(verb={"id": "http://id.tincanapi.com/verb/downloaded"}), "downloaded", "verb_not_used"),
        (statement(verb={"id": "https://x.dk/verbs/anna"}), "other", "verb_not_used"),
        (statement(verb={"id": ADL + "ANSWERED"}), "other", "verb_not_used"),
        (statement(object={"objectType": "Agent", **AGENT}), "answered", "object_not_used"),
        (statement(actor={"objectType": "Group", "member": [AGENT]}), "answered", "actor_not_a_pupil"),
        (statement(actor={"objectType": "Group", **AGENT}), "answered", "actor_not_a_pupil"),
    ],
)
def test_what_is_not_used(told: dict[str, Any], kind: str, reason: str) -> None:
    became = item(told)
    assert isinstance(became, NotUsed)
    assert (became.kind, became.reason) == (kind, reason)
    assert became.claim is not None
    assert kind in KINDS


def test_voiding_names_its_target_in_lower_case_and_drafts_nothing() -> None:
    target = {"objectType": "StatementRef", "id": "9E13CEFD-53D3-4EAC-B5ED-2CF6693903BB"}
    voided = item(statement(verb={"id": ADL + "voided"}, object=target))
    assert isinstance(voided, Published)
    assert (voided.kind, voided.drafts, voided.voids) == ("voided", (), "9e13cefd-53d3-4eac-b5ed-2cf6693903bb")


def test_a_statement_without_a_time_leaves_it_open() -> None:
    assert draft(statement(timestamp=...)).time is None
    played = draft(statement(timestamp=..., verb={"id": VIDEO + "/verbs/played"}))
    assert (played.time, played.data["at"]) == (None, moment(RECEIVED))


def test_an_item_id_longer_than_the_hub_keeps_is_said() -> None:
    assert faults(statement(object={"id": "https://x.dk/" + "a" * 500})) == [("value_invalid", "/object/id")]
