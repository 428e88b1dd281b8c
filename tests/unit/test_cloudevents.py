"""cloudevents: modes, attributes, whom an event is said of, batches (domain 1.12, 4.1)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.events_sent import ANNA, ANSWER, BATCH, CPR, ORDLEG, SEVERAL, STRUCTURED, TIME, event, refused, sent, single, wrong
from unit.posting import OTHER, SCHOOL, drafts, only_failed, outcomes, request

from connectors.cloudevents import CONNECTOR
from contracts.connector import Draft, Failed, Translation
from contracts.dates import instant
from contracts.errors import Refused
from contracts.events import ItemAnswered
from contracts.facts import VOID_ORDER
from contracts.kinds import KINDS
from contracts.privacy import GroupRef, Identity

pytestmark = pytest.mark.quick


def test_an_event_becomes_a_draft_of_its_model() -> None:
    assert single(order="7") == Draft(
        ItemAnswered, ANNA, SCHOOL, {"item_id": "ord-1", "correct": True, "tool": "Ordleg", "subject_code": "DAN"},
        "https://ordleg.example|e-1", instant(TIME), 7, "assert",
    )  # fmt: skip


def test_every_type_is_taken_but_the_hubs_own() -> None:
    assert {kind.model for kind in KINDS.values()} - CONNECTOR.emits == {
        KINDS["dk.fremgang.control.retraction.v1"].model, KINDS["dk.fremgang.source.snapshot.v1"].model,
    }  # fmt: skip
    for name in ("control.retraction", "source.snapshot", "intake.failed", "activity.dreamt"):
        assert wrong(name) == (422, "type_unknown", "/type")
    assert wrong(type="dk.fremgang.activity.item_answered.v2") == (422, "type_unknown", "/type")


def test_the_three_modes_tell_the_same() -> None:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "e-1",
        "ce_source": "https://ordleg.example",
        "ce_subject": "unilogin:anna1234",
        "ce_time": TIME,
    }
    body = json.dumps(ANSWER).encode()
    binary = CONNECTOR.translate(
        request(body, {}, ORDLEG, content_type="application/json", ce_type="dk.fremgang.activity.item_answered.v1", **headers)
    )
    assert drafts(binary) == drafts(sent(event(), STRUCTURED)) == drafts(sent([event()]))
    assert (binary.listed, sent(event(), STRUCTURED).listed, sent([event()]).listed) == (False, False, True)


def binary(body: bytes = b'{"item_id":"ord-1"}', **headers: str) -> Translation:
    told = {
        "ce_specversion": "1.0", "ce_id": "e-1", "ce_source": "s", "ce_type": "dk.fremgang.activity.item_answered.v1",
        "ce_subject": "unilogin:anna1234", **headers,
    }  # fmt: skip
    return CONNECTOR.translate(request(body, {}, ORDLEG, content_type="application/json", **{k: v for k, v in told.items() if v}))


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("ordleg:%C3%A6ble", Identity("ordleg", "æble")),
        ('"ordleg:a b"', Identity("ordleg", "a b")),
        ('"ordleg:a\\"b"', Identity("ordleg", 'a"b')),
        ("ordleg:100%25", Identity("ordleg", "100%")),
    ],
)
def test_header_values_are_unquoted_and_decoded(written: str, subject: Identity) -> None:
    assert drafts(binary(ce_subject=written))[0].subject == subject


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        ({"ce_subject": "%FF%FE"}, b"{}", (400, "header_invalid", "ce-subject")),
        ({"ce_specversion": "0.3"}, b"{}", (400, "version_unsupported", "ce-specversion")),
        ({"ce_id": ""}, b"{}", (400, "missing_member", "")),
        ({"ce_time": "i går"}, b"{}", (400, "timestamp_invalid", "ce-time")),
        ({"ce_type": "x"}, b"{}", (422, "type_unknown", "ce-type")),
        ({"ce_subject": CPR}, b"{}", (400, "national_identifier_present", "ce-subject")),
        ({"ce_x": CPR}, b"{}", (400, "national_identifier_present", "ce-x")),
        ({}, b'{"item_id":7}', (422, "wrong_type", "/item_id")),
        ({}, b'{"item_id":"' + CPR.encode() + b'"}', (400, "national_identifier_present", "/item_id")),
        ({}, b"[]", (400, "wrong_type", "")),
        ({}, b"{", (400, "not_json", "")),
    ],
)
def test_faults_of_binary_mode_point_at_headers_or_into_the_body(headers: dict[str, str], body: bytes, told: tuple[int, str, str]) -> None:
    with pytest.raises(Refused) as caught:
        binary(body, **headers)
    first = caught.value.faults[0]
    assert (caught.value.status, first.reason, first.pointer) == told


def test_plain_json_without_event_headers() -> None:
    assert refused(event(), "application/json") == (400, "header_invalid", "")


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("unilogin:ANNA1234", ANNA),
        ("ordleg:K:1:2", Identity("ordleg", "K:1:2")),
        ("local:101001:77:a", Identity("local:101001", "77:a")),
        ("oneroster:101001:u1", Identity("oneroster:101001", "u1")),
        ("<local:101001>77", Identity("local:101001", "77")),
        ("<https://ordleg.example:8443/a>K-1", Identity("https://ordleg.example:8443/a", "K-1")),
        ("<https://idp.unilogin.dk>Anna1234", ANNA),
        ("mailto:Anna@skole.example", Identity("mailto", "anna@skole.example")),
    ],
)
def test_a_pupil_is_scheme_and_value(written: str, subject: Identity) -> None:
    assert single(subject=written).subject == subject


@pytest.mark.parametrize(
    "written",
    [
        "anna1234",
        "unilogin:",
        ":anna1234",
        "https://ordleg.example/K-1",
        "<https://x>",
        "<>x",
        "group:c5a",
        "institution:101001",
        "local:77",
        "local:101001:",
        "unilogin: ",
        None,
    ],
)
def test_what_names_no_pupil(written: str | None) -> None:
    assert wrong(subject=written) == (422, "subject_invalid", "/subject")


def test_a_group_is_named_as_the_roster_does() -> None:
    data = {"framework_id": "fm", "goal_id": "g", "period": "uge 48"}
    assert single("curriculum.goal_planned", data, subject="group:5.A").subject == GroupRef(SCHOOL, "5.A")
    for written in ("unilogin:anna1234", "group:", "5.A", "group: "):
        assert wrong("curriculum.goal_planned", data, subject=written)[1:] == ("subject_invalid", "/subject")


@pytest.mark.parametrize("written", [None, "institution", "institution:101001"])
def test_an_institution_is_the_events_own(written: str | None) -> None:
    assert single("roster.calendar_day", {"date": "2026-12-24", "school_day": False}, subject=written).subject == "i_101001"


@pytest.mark.parametrize("written", ["institution:999999", "i_101001", "unilogin:anna1234"])
def test_another_institution_is_not(written: str) -> None:
    assert wrong("roster.calendar_day", {"date": "2026-12-24", "school_day": False}, subject=written)[1] == "subject_invalid"


def test_which_school() -> None:
    assert single(by=SEVERAL, institution=OTHER).institution == OTHER
    assert wrong(by=SEVERAL) == (422, "institution_missing", "/institution")
    assert wrong(by=SEVERAL, institution="999999") == (422, "institution_not_registered", "/institution")
    assert wrong(institution=101001) == (400, "wrong_type", "/institution")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"specversion": None}, (400, "missing_member", "")),
        ({"specversion": "0.3"}, (400, "version_unsupported", "/specversion")),
        ({"specversion": 1.0}, (400, "wrong_type", "/specversion")),
        ({"id": None}, (400, "missing_member", "")),
        ({"id": ""}, (400, "value_invalid", "/id")),
        ({"id": "x" * 501}, (400, "value_invalid", "/id")),
        ({"id": 7}, (400, "wrong_type", "/id")),
        ({"source": None}, (400, "missing_member", "")),
        ({"source": []}, (400, "wrong_type", "/source")),
        ({"type": None}, (400, "missing_member", "")),
        ({"type": {}}, (400, "wrong_type", "/type")),
        ({"subject": 7}, (400, "wrong_type", "/subject")),
        ({"op": "delete"}, (400, "value_invalid", "/op")),
        ({"op": 1}, (400, "value_invalid", "/op")),
        ({"time": "2026-11-23"}, (400, "timestamp_invalid", "/time")),
        ({"time": "2026-11-23T08:15:00"}, (400, "timestamp_invalid", "/time")),
        ({"time": "2026-13-23T08:15:00Z"}, (400, "timestamp_invalid", "/time")),
        ({"time": 1_700_000_000}, (400, "wrong_type", "/time")),
        ({"time": "0001-01-01T00:00:00+14:00"}, (400, "timestamp_invalid", "/time")),
        ({"time": "9999-12-31T23:59:59-14:00"}, (400, "timestamp_invalid", "/time")),
        ({"order": 1.5}, (400, "wrong_type", "/order")),
        ({"order": True}, (400, "wrong_type", "/order")),
        ({"order": -1}, (400, "value_invalid", "/order")),
        ({"order": "ni"}, (400, "value_invalid", "/order")),
        ({"order": VOID_ORDER}, (400, "value_invalid", "/order")),
        ({"order": str(10**30)}, (400, "value_invalid", "/order")),
        ({"data_base64": "e30="}, (400, "value_invalid", "/data_base64")),
        ({"datacontenttype": "text/xml"}, (400, "value_invalid", "/datacontenttype")),
        ({"data": []}, (400, "wrong_type", "/data")),
        ({"data": "{}"}, (400, "wrong_type", "/data")),
    ],
)
def test_attributes_that_are_wrong(changed: dict[str, Any], told: tuple[int, str, str]) -> None:
    document = event()
    document.update(changed)
    assert refused({name: value for name, value in document.items() if value is not None}) == told


def test_a_null_attribute_is_none_and_data_is_needed() -> None:
    assert single().order is None
    (draft,) = drafts(sent({**event(), "order": None, "dataschema": None, "institution": None}, STRUCTURED))
    assert draft == single()
    assert refused({**event(), "data": None}) == (400, "missing_member", "")


@pytest.mark.parametrize("written", [7, "7", "007"])
def test_order_is_a_whole_number_or_its_text(written: Any) -> None:
    assert single(order=written).order == 7


def test_a_time_that_is_left_out_is_the_datas_own_or_the_first_receipt() -> None:
    session = {"session": "s", "kind": "started", "at": "2026-11-23T09:15:00+01:00"}
    own = sent([event("activity.session", session, time=None)])
    assert [draft.time for draft in drafts(own)] == [instant("2026-11-23T08:15:00Z")]
    first, again = sent([event(time=None)]), sent([event(data={"item_id": "ord-2"}, time=None)])
    assert drafts(first)[0].time is None
    claims = [item.claim for one in (first, again) for item in one.items if not isinstance(item, Failed)]
    assert claims[0] == claims[1]
    assert claims[0] is not None
    assert claims[0][0] == drafts(first)[0].report


def test_a_retraction_names_its_fact_by_the_same_data() -> None:
    assert single(op="retract", order=2).op == "retract"
    assert wrong(op="retract", data={})[1:] == ("missing_member", "/data")


def test_a_batch_is_taken_event_by_event() -> None:
    translation = sent([event(), event(id="e-2", data={}), 7, event(id="e-3", type="x"), event(id="e-4")])
    assert outcomes(translation) == ["published", "missing_member", "wrong_type", "type_unknown", "published"]
    bad = [item for item in translation.items if isinstance(item, Failed)]
    assert [(item.kind, item.pointer) for item in bad] == [("activity.item_answered", "/1/data"), ("unknown", "/2"), ("unknown", "/3/type")]
    assert json.loads(bad[0].body) == event(id="e-2", data={})


@pytest.mark.parametrize(
    "changed",
    [
        {"id": CPR},
        {"subject": f"cpr:{CPR}"},
        {"extension": f"x {CPR}"},
        {"data": {**ANSWER, "navn": [{"cpr": "0101104321"}]}},
        {"data": {**ANSWER, CPR: 1}},
        {"dataschema": "https://x.dk/010110%2D4321"},
        {"traceparent": "MDEwMTEwLTQzMjE="},
        {CPR: 1},
    ],
)
def test_a_cpr_number_anywhere_fails_the_event_and_nothing_of_it_is_kept(changed: dict[str, Any]) -> None:
    item = only_failed(sent([{**event(), **changed}]))
    assert (item.reason, item.body, item.detail) == ("national_identifier_present", b"", "")
    assert "4321" not in repr(item)
    assert refused({**event(), **changed})[:2] == (400, "national_identifier_present")


@pytest.mark.parametrize(
    ("body", "media", "told"),
    [
        (b"", STRUCTURED, (400, "empty_body")),
        (b"  ", BATCH, (400, "empty_body")),
        (b"[]", BATCH, (400, "empty_body")),
        (b"{}", BATCH, (400, "wrong_type")),
        (b"[]", STRUCTURED, (400, "wrong_type")),
        (b"{", STRUCTURED, (400, "not_json")),
        (b'{"id":"a","id":"b"}', STRUCTURED, (400, "duplicate_key")),
        (b'{"a":NaN}', STRUCTURED, (400, "not_finite")),
        (b'{"a":"\xff"}', STRUCTURED, (400, "not_utf8")),
        (b"[" * 100 + b"]" * 100, BATCH, (400, "too_deep")),
        (json.dumps([{}] * 1001).encode(), BATCH, (413, "too_many_items")),
        (b"{}", "text/plain", (415, "content_type")),
        (b"{}", "application/cloudevents+xml", (415, "content_type")),
    ],
)
def test_requests_that_are_refused_whole(body: bytes, media: str, told: tuple[int, str]) -> None:
    with pytest.raises(Refused) as caught:
        CONNECTOR.translate(request(body, {}, ORDLEG, content_type=media))
    assert (caught.value.status, caught.value.faults[0].reason) == told


def test_a_parameter_that_is_unknown() -> None:
    with pytest.raises(Refused, match="unknown_parameter"):
        CONNECTOR.translate(request(b"{}", {"x": "1"}, ORDLEG, content_type=STRUCTURED))


canary = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10).map("canary".__add__)
values = st.recursive(canary | st.integers() | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(st.dictionaries(canary, values, min_size=1, max_size=4))
def test_extension_attributes_are_ignored_and_go_nowhere(extra: dict[str, Any]) -> None:
    translation = sent([{**event(), **extra}])
    assert drafts(translation) == [single()]
    assert "canary" not in repr(translation)
