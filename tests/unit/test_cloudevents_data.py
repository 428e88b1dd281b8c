"""cloudevents: the data of each type by its model, and what is particular to some (domain 4.2)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.events_sent import ANNA, ANSWER, REPORT, TIME, event, refused, sent, single, wrong
from unit.posting import SCHOOL, registration

from contracts.connector import Failed
from contracts.events import AssignmentPublished, Membership, RosterIdentity
from contracts.kinds import KINDS
from contracts.privacy import GroupRef, Identity

pytestmark = pytest.mark.quick


def without(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in data.items() if field != name}


canary = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10).map("canary".__add__)
values = st.recursive(canary | st.integers() | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def test_a_national_aggregate_is_never_said_of_a_pupil() -> None:
    data = {"year": 2026, "level": "class", "indicator": "social", "mean": 4.1, "n": 21}
    assert wrong("wellbeing.aggregate_published", data) == (422, "subject_invalid", "/subject")
    assert wrong("wellbeing.aggregate_published", {**data, "n": 4}, subject="group:c5a")[1:] == ("value_invalid", "/data/n")


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("activity.item_answered", {}, ("missing_member", "/data")),
        ("activity.item_answered", {**ANSWER, "navn": "Anna"}, ("unknown_member", "/data")),
        ("activity.item_answered", {"item_id": None}, ("null_value", "/data/item_id")),
        ("activity.item_answered", {"item_id": 7}, ("wrong_type", "/data/item_id")),
        ("activity.item_answered", {**ANSWER, "correct": "ja"}, ("wrong_type", "/data/correct")),
        ("activity.item_answered", {**ANSWER, "score_fraction": 1.1}, ("value_invalid", "/data/score_fraction")),
        ("activity.item_answered", {**ANSWER, "hints": 10**300}, ("value_invalid", "/data/hints")),
        ("activity.item_answered", {**ANSWER, "goal_ids": ["a", 1]}, ("wrong_type", "/data/goal_ids/1")),
        ("activity.item_answered", {**ANSWER, "subject_code": "matematik"}, ("value_invalid", "/data/subject_code")),
        ("activity.item_answered", {**ANSWER, "tool": "Matematik X"}, ("value_invalid", "/data/tool")),
        ("activity.item_answered", {**ANSWER, "tool": None}, ("value_invalid", "/data/tool")),
        ("activity.session", {"session": "s", "kind": "started", "at": "i går"}, ("timestamp_invalid", "/data/at")),
        ("activity.session", {"session": "s", "kind": "started", "at": "2026-11-23T08:15:00"}, ("value_invalid", "/data/at")),
        ("activity.session", {"session": "s", "kind": "started", "at": "0001-01-01T00:00:00+14:00"}, ("timestamp_invalid", "/data/at")),
        ("wellbeing.self_report", {**REPORT, "value": 10**300}, ("value_invalid", "/data/value")),
        ("wellbeing.self_report", {**REPORT, "visibility": []}, ("visibility_missing", "/data/visibility")),
        ("wellbeing.self_report", {**REPORT, "visibility": None}, ("visibility_missing", "/data/visibility")),
        ("wellbeing.self_report", without(REPORT, "visibility"), ("visibility_missing", "/data/visibility")),
        ("wellbeing.self_report", {**REPORT, "visibility": ["head"]}, ("value_invalid", "/data/visibility/0")),
        ("wellbeing.self_report", {**REPORT, "value": 6}, ("value_invalid", "/data/value")),
        ("wellbeing.self_report", {**REPORT, "declined": True}, ("value_invalid", "/data/value")),
        ("wellbeing.self_report", without(REPORT, "value"), ("missing_member", "/data/value")),
        ("wellbeing.self_report", {**REPORT, "scale_max": 1}, ("value_invalid", "/data/scale_max")),
        ("attendance.day_total", {"date": "2026-11-23", "absent_fraction": 0.25}, ("value_invalid", "/data/absent_fraction")),
        ("attendance.registered", {"date": "23-11-2026", "slot": "start", "status": "absent"}, ("timestamp_invalid", "/data/date")),
        ("result.grade", {"code": 2, "kind": "term", "term": "t"}, ("wrong_type", "/data/code")),
        ("result.grade", {"code": "2", "kind": "term", "term": "t"}, ("value_invalid", "/data/code")),
        (
            "note.linked",
            {"note_id": "n", "kind": "note", "title": "t", "href": "http://x", "author_role": "r"},
            ("value_invalid", "/data/href"),
        ),
    ],
)
def test_data_that_does_not_fit_its_model(name: str, data: dict[str, Any], told: tuple[str, str]) -> None:
    assert wrong(name, data) == (422, *told)


@pytest.mark.parametrize("instrument", ["national", "National-trivsel-2026", "DCUM-2026", "trivsel-national", " national"])
def test_a_pupils_answer_to_the_national_survey_is_not_taken(instrument: str) -> None:
    told = wrong("wellbeing.self_report", {**REPORT, "instrument_id": instrument})
    assert told == (422, "survey_individual_forbidden", "/data/instrument_id")
    assert wrong("wellbeing.self_report", {**REPORT, "survey": "national"})[1] == "survey_individual_forbidden"


def test_a_local_check_in_is() -> None:
    assert single("wellbeing.self_report", REPORT).data["visibility"] == ["teachers"]


def test_a_link_says_one_more_identity_of_the_subjects_pupil() -> None:
    draft = single("roster.identity", {"identity": "ordleg:K-1"})
    assert (draft.model, draft.subject) == (RosterIdentity, ANNA)
    assert draft.data == {"identity": Identity("ordleg", "K-1"), "scheme": "ordleg", "basis": "link"}
    same = {"identity": "<https://idp.unilogin.dk>bodi5678", "scheme": "unilogin", "basis": "link"}
    assert single("roster.identity", same).data["identity"] == Identity("unilogin", "bodi5678")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, ("value_invalid", "/data/identity")),
        ({"identity": "K-1"}, ("value_invalid", "/data/identity")),
        ({"identity": 7}, ("value_invalid", "/data/identity")),
        ({"identity": "Unilogin:ANNA1234"}, ("value_invalid", "/data/identity")),
        ({"identity": "p_" + "a" * 26}, ("value_invalid", "/data/identity")),
        ({"identity": "ordleg:K-1", "basis": "roster"}, ("value_invalid", "/data/basis")),
        ({"identity": "ordleg:K-1", "person": "s_" + "a" * 26}, ("unknown_member", "/data/person")),
        ({"identity": "ordleg:K-1", "scheme": "unilogin"}, ("value_invalid", "/data/scheme")),
    ],
)
def test_links_that_are_none(data: dict[str, Any], told: tuple[str, str]) -> None:
    assert wrong("roster.identity", data) == (422, *told)


MEMBER = {"group_kind": "class", "role": "pupil", "row_id": "m1"}
GIVEN = {"assignment_id": "opg-1", "title": "Boganmeldelse", "assigned_at": TIME}


def test_a_group_in_the_data_is_the_rosters() -> None:
    member = single("roster.membership", {**MEMBER, "group_id": "c5a"})
    assert (member.model, member.data["group_id"]) == (Membership, GroupRef(SCHOOL, "c5a"))
    assert "subject_code" not in member.data
    given_ = single("assignment.published", GIVEN, subject="group:c5a")
    assert (given_.model, given_.data["group_id"]) == (AssignmentPublished, GroupRef(SCHOOL, "c5a"))
    assert wrong("assignment.published", {**GIVEN, "group_id": "c6b"}, subject="group:c5a")[1:] == ("value_invalid", "/data/group_id")


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ({}, ("missing_member", "/data")),
        ({"group_id": None}, ("null_value", "/data/group_id")),
        ({"group_id": 5}, ("wrong_type", "/data/group_id")),
        ({"group_id": " "}, ("value_invalid", "/data/group_id")),
    ],
)
def test_groups_that_are_none(group: dict[str, Any], told: tuple[str, str]) -> None:
    assert wrong("roster.membership", {**MEMBER, **group}) == (422, *told)


def test_a_roster_group_and_a_cadence_take_what_they_leave_out_from_the_event() -> None:
    group = single("roster.group", {"name": "5.A ordhold", "kind": "hold"}, subject="group:c5a")
    assert group.data == {"source_id": "c5a", "name": "5.A ordhold", "kind": "hold"}
    assert single("source.cadence", {"expected_by": "15:00"}, subject=None).data["source"] == "skolesystem"
    assert wrong("source.cadence", {"expected_by": "15:00", "source": "another"}, subject=None)[1:] == ("value_invalid", "/data/source")


@given(st.dictionaries(canary, values, min_size=1, max_size=4))
def test_data_that_no_model_lists_is_refused(extra: dict[str, Any]) -> None:
    assert wrong(data={**ANSWER, **extra}) == (422, "unknown_member", "/data")


@pytest.mark.parametrize("name", [kind for kind in KINDS if ".roster." in kind])
def test_who_belongs_where_is_told_only_by_those_who_may(name: str) -> None:
    """Else a supplier could make anybody a teacher of any class."""
    plain = registration(tool="Ordleg")
    told = refused(event(type=name, data={}), by=plain)
    assert told == (422, "roster_not_granted", "/type")
    (item,) = sent([event(type=name, data={})], by=plain).items
    assert isinstance(item, Failed)
    assert item.reason == "roster_not_granted"
