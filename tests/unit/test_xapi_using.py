"""Views and sessions that statements tell (domain 1.3, 4.2, 4.3)."""

from typing import Any

import pytest
from xapi_requests import ADL, RECEIVED, VIDEO, draft, statement

from contracts.dates import moment
from contracts.events import ResourceViewed, Session

pytestmark = pytest.mark.quick

VIEWS = (
    ADL + "experienced",
    "https://w3id.org/xapi/acrossx/verbs/viewed",
    "http://id.tincanapi.com/verb/viewed",
    "http://activitystrea.ms/schema/1.0/read",
    "http://activitystrea.ms/schema/1.0/watch",
    "http://activitystrea.ms/watch",
)
SESSION_ID = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
REGISTRATION = "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
DEFINED = {"category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]}


@pytest.mark.parametrize("verb", VIEWS)
@pytest.mark.parametrize(
    ("told", "active"),
    [(..., None), ({}, None), ({"duration": "PT4M30S"}, 270.0), ({"duration": "P1D"}, 86_400.0), ({"duration": "P2D"}, None)],
)
def test_what_was_viewed_and_for_how_long(verb: str, told: Any, active: float | None) -> None:
    drafted = draft(statement(verb={"id": verb}, result=told))
    assert drafted.model is ResourceViewed
    assert (drafted.data["resource_id"], drafted.data["active_seconds"]) == ("https://matematik-x.dk/opgaver/17", active)


def test_interacted_is_a_view_where_it_says_how_long() -> None:
    drafted = draft(statement(verb={"id": ADL + "interacted"}, result={"duration": "PT1M"}))
    assert (drafted.model, drafted.data["active_seconds"]) == (ResourceViewed, 60.0)


@pytest.mark.parametrize(
    ("verb", "type_", "kind"),
    [
        (VIEWS[0], None, "page"),
        (VIEWS[3], None, "page"),
        (VIEWS[4], None, "video"),
        (VIEWS[5], "https://x.dk/t/anything", "video"),
        (VIEWS[0], "https://w3id.org/xapi/acrossx/activities/video", "video"),
        (VIEWS[0], VIDEO + "/activity-type/video", "video"),
        (VIEWS[0], "http://adlnet.gov/expapi/activities/media", "video"),
        (VIEWS[0], "http://id.tincanapi.com/activitytype/book", "book"),
        (VIEWS[3], "http://id.tincanapi.com/activitytype/chapter/", "book"),
        (VIEWS[0], "http://adlnet.gov/expapi/activities/assessment", "exercise"),
        (VIEWS[0], "http://adlnet.gov/expapi/activities/cmi.interaction", "exercise"),
        (VIEWS[0], "https://x.dk/types#Quiz", "exercise"),
        (VIEWS[0], "https://x.dk/types/bookshelf", "page"),
        (VIEWS[0], "urn:anna", "page"),
    ],
)
def test_the_kind_of_what_was_viewed(verb: str, type_: str | None, kind: str) -> None:
    definition = {} if type_ is None else {"definition": {"type": type_}}
    assert draft(statement(verb={"id": verb}, object={"id": "https://x.dk/1", **definition})).data["resource_kind"] == kind


@pytest.mark.parametrize(
    ("verb", "kind", "why"),
    [
        (ADL + "initialized", "started", None),
        (ADL + "launched", "started", None),
        (ADL + "terminated", "ended", "ended"),
        (ADL + "exited", "ended", "ended"),
        (ABANDONED, "ended", "abandoned"),
    ],
)
def test_sessions_start_and_end(verb: str, kind: str, why: str | None) -> None:
    drafted = draft(statement(verb={"id": verb}))
    assert drafted.model is Session
    assert (drafted.data["kind"], drafted.data.get("end_reason")) == (kind, why)
    assert drafted.data["at"] == moment(drafted.time or 0)


@pytest.mark.parametrize(
    ("duration", "lasted"), [("PT20M56S", 1_256.0), ("PT0S", 0.0), ("PT24H", 86_400.0), ("PT24H1S", None), ("P1M", None)]
)
@pytest.mark.parametrize("verb", [ADL + "terminated", ADL + "exited", ABANDONED])
def test_how_long_a_session_was(verb: str, duration: str, lasted: float | None) -> None:
    assert draft(statement(verb={"id": verb}, result={"duration": duration})).data["lasted"] == lasted


def test_a_start_has_no_length() -> None:
    assert "lasted" not in draft(statement(verb={"id": ADL + "initialized"}, result={"duration": "PT1M"})).data


@pytest.mark.parametrize(
    ("context", "session"),
    [
        ({"extensions": {SESSION_ID: "s-1"}, "registration": REGISTRATION}, "s-1"),
        ({"extensions": {SESSION_ID: 7}, "registration": REGISTRATION}, REGISTRATION),
        ({"extensions": {SESSION_ID: ""}, "registration": REGISTRATION}, REGISTRATION),
        ({"extensions": {SESSION_ID: "s" * 501}}, "https://matematik-x.dk/opgaver/17"),
        ({"extensions": {VIDEO + "/extensions/session-id": "film"}}, "https://matematik-x.dk/opgaver/17"),
        ({}, "https://matematik-x.dk/opgaver/17"),
    ],
)
@pytest.mark.parametrize("verb", [ADL + "initialized", ADL + "terminated", ABANDONED])
def test_the_session_is_that_of_cmi5_or_else_the_registration(verb: str, context: dict[str, Any], session: str) -> None:
    assert draft(statement(verb={"id": verb}, context=context)).data["session"] == session


def test_what_cmi5_defines_is_told_as_any_other_session() -> None:
    context = {"contextActivities": DEFINED, "extensions": {SESSION_ID: "s-1"}, "registration": REGISTRATION}
    started = draft(statement(verb={"id": ADL + "initialized"}, context=context)).data
    ended = draft(statement(verb={"id": ABANDONED}, context=context, result={"duration": "PT12M"})).data
    assert (started["session"], started["kind"]) == ("s-1", "started")
    assert (ended["session"], ended["kind"], ended["end_reason"], ended["lasted"]) == ("s-1", "ended", "abandoned", 720.0)


def test_a_session_without_a_time_is_at_its_receipt() -> None:
    drafted = draft(statement(verb={"id": ADL + "exited"}, timestamp=...))
    assert (drafted.time, drafted.data["at"]) == (None, moment(RECEIVED))
