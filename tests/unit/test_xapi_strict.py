"""Domain 1.1, line by line: what gives 400, and what must not be refused."""

import json
from typing import Any

import pytest
from xapi_requests import ADL, AGENT, OWN, VIDEO, draft, faults, statement, translated

from connectors.xapi.verbs import MODELS, PLAYER
from contracts.errors import Refused

pytestmark = pytest.mark.quick

MAIL = {"mbox": "mailto:anna@skole.example"}
GROUP = {"objectType": "Group", "member": [AGENT]}
REF = {"objectType": "StatementRef", "id": "9e13cefd-53d3-4eac-b5ed-2cf6693903bb"}
SUB = {"objectType": "SubStatement", "actor": AGENT, "verb": {"id": ADL + "answered"}, "object": {"id": "https://x.dk/1"}}
FILE = {
    "usageType": "https://x.dk/usage", "display": {"da": "Fil"}, "contentType": "image/png", "length": 3, "sha2": "ab" * 32,
    "fileUrl": "https://x.dk/1.png",
}  # fmt: skip


def activity(**definition: Any) -> dict[str, Any]:
    return {"id": "https://x.dk/1", "definition": definition}


def without(told: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in told.items() if member != name}


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    # null anywhere except inside extensions
    "null in a statement": (statement(result=None), "null_value", "/result"),
    "null in an actor": (statement(actor={**AGENT, "name": None}), "null_value", "/actor/name"),
    "null in a verb": (statement(verb={"id": ADL + "answered", "display": {"da": None}}), "null_value", "/verb/display/*"),
    "null in an object": (statement(object={"id": None}), "null_value", "/object/id"),
    "null objectType": (statement(object={"id": "https://x.dk/1", "objectType": None}), "null_value", "/object/objectType"),
    "null for extensions": (statement(context={"extensions": None}), "null_value", "/context/extensions"),
    "null in a list": (statement(actor={"objectType": "Group", "member": [None]}), "null_value", "/actor/member/0"),
    # wrong JSON type
    "string for boolean": (statement(result={"success": "true"}), "wrong_type", "/result/success"),
    "number for boolean": (statement(result={"completion": 1}), "wrong_type", "/result/completion"),
    "string for number": (statement(result={"score": {"scaled": "0.5"}}), "wrong_type", "/result/score/scaled"),
    "boolean for number": (statement(result={"score": {"raw": True}}), "wrong_type", "/result/score/raw"),
    "number for string": (statement(result={"response": 7}), "wrong_type", "/result/response"),
    "string for object": (statement(verb="answered"), "wrong_type", "/verb"),
    "list for object": (statement(actor=[AGENT]), "wrong_type", "/actor"),
    "object for list": (statement(attachments=FILE), "wrong_type", "/attachments"),
    "list for extensions": (statement(result={"extensions": []}), "wrong_type", "/result/extensions"),
    "string for the object": (statement(object="https://x.dk/1"), "wrong_type", "/object"),
    "number for objectType": (statement(object={"id": "https://x.dk/1", "objectType": 1}), "wrong_type", "/object/objectType"),
    # required members
    "no actor": (statement(actor=...), "missing_member", ""),
    "no verb": (statement(verb=...), "missing_member", ""),
    "no object": (statement(object=...), "missing_member", ""),
    "no verb id": (statement(verb={}), "missing_member", "/verb"),
    "no activity id": (statement(object={}), "missing_member", "/object"),
    "no home page": (statement(actor={"account": {"name": "a"}}), "missing_member", "/actor/account"),
    "no account name": (statement(actor={"account": {"homePage": "https://x.dk"}}), "missing_member", "/actor/account"),
    # wrong case of a key or of an enumerated value
    "key in another case": ({**statement(actor=...), "Actor": AGENT}, "unknown_member", ""),
    "nested key in another case": (statement(result={"Success": True}), "unknown_member", "/result"),
    "mboxSha1sum": (statement(actor={"mboxSha1sum": "ab" * 20}), "unknown_member", "/actor"),
    "actor type in another case": (statement(actor={**AGENT, "objectType": "agent"}), "value_invalid", "/actor/objectType"),
    "object type in another case": (
        statement(object={"id": "https://x.dk/1", "objectType": "activity"}), "value_invalid", "/object/objectType",
    ),
    "interaction type in another case": (
        statement(object=activity(interactionType="Choice")), "value_invalid", "/object/definition/interactionType",
    ),
    # unknown keys
    "unknown key": (statement(extra=1), "unknown_member", ""),
    "unknown key in a definition": (statement(object=activity(iban=1)), "unknown_member", "/object/definition"),
    "unknown key in a score": (statement(result={"score": {"percent": 1}}), "unknown_member", "/result/score"),
    "unknown key in a reference": (statement(object={**REF, "version": "1.0.0"}), "unknown_member", "/object"),
    # IRIs
    "verb without scheme": (statement(verb={"id": "answered"}), "iri_invalid", "/verb/id"),
    "activity without scheme": (statement(object={"id": "x.dk/1"}), "iri_invalid", "/object/id"),
    "activity with a space": (statement(object={"id": "https://x.dk/a b"}), "iri_invalid", "/object/id"),
    "activity type": (statement(object=activity(type="question")), "iri_invalid", "/object/definition/type"),
    "moreInfo": (statement(object=activity(moreInfo="x")), "iri_invalid", "/object/definition/moreInfo"),
    "home page": (statement(actor={"account": {"homePage": "x.dk", "name": "a"}}), "iri_invalid", "/actor/account/homePage"),
    "openid": (statement(actor={"openid": "anna"}), "iri_invalid", "/actor/openid"),
    "extension of a result": (statement(result={"extensions": {"time": 1}}), "iri_invalid", "/result/extensions"),
    "extension of a context": (statement(context={"extensions": {"time": 1}}), "iri_invalid", "/context/extensions"),
    "extension of a definition": (statement(object=activity(extensions={"a": 1})), "iri_invalid", "/object/definition/extensions"),
    "context activity": (
        statement(context={"contextActivities": {"parent": [{"id": "5.A"}]}}), "iri_invalid", "/context/contextActivities/parent/0/id",
    ),
    "usage type": (statement(attachments=[{**FILE, "usageType": "x"}]), "iri_invalid", "/attachments/0/usageType"),
    "fileUrl": (statement(attachments=[{**FILE, "fileUrl": "x"}]), "iri_invalid", "/attachments/0/fileUrl"),
    # UUID
    "id": (statement(id="17"), "uuid_invalid", "/id"),
    "id with braces": (statement(id="{8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b01}"), "uuid_invalid", "/id"),
    "id with a letter": (statement(id="8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b0g"), "uuid_invalid", "/id"),
    "id with a line end": (statement(id="8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b01\n"), "uuid_invalid", "/id"),
    "id no string": (statement(id=17), "wrong_type", "/id"),
    "registration": (statement(context={"registration": "1"}), "uuid_invalid", "/context/registration"),
    "reference": (statement(object={**REF, "id": "1"}), "uuid_invalid", "/object/id"),
    "context statement": (statement(context={"statement": {**REF, "id": "1"}}), "uuid_invalid", "/context/statement/id"),
    # mailto, mbox_sha1sum
    "mbox without scheme": (statement(actor={"mbox": "anna@skole.example"}), "agent_invalid", "/actor/mbox"),
    "mbox without at": (statement(actor={"mbox": "mailto:anna"}), "agent_invalid", "/actor/mbox"),
    "sha1": (statement(actor={"mbox_sha1sum": "ab" * 19}), "agent_invalid", "/actor/mbox_sha1sum"),
    "account name empty": (statement(actor={"account": {"homePage": "https://x.dk", "name": " "}}), "agent_invalid", "/actor/account/name"),
    # language tags
    "language of a verb": (statement(verb={"id": ADL + "answered", "display": {"en_GB": "a"}}), "language_invalid", "/verb/display"),
    "language of a name": (statement(object=activity(name={"": "a"})), "language_invalid", "/object/definition/name"),
    "context language": (statement(context={"language": "dansk!"}), "language_invalid", "/context/language"),
    # durations
    "duration in words": (statement(result={"duration": "4 min"}), "duration_invalid", "/result/duration"),
    "duration without parts": (statement(result={"duration": "PT"}), "duration_invalid", "/result/duration"),
    "negative duration": (statement(result={"duration": "-PT4S"}), "duration_invalid", "/result/duration"),
    "duration in lower case": (statement(result={"duration": "pt4s"}), "duration_invalid", "/result/duration"),
    # timestamps
    "timestamp without time": (statement(timestamp="2026-11-23"), "timestamp_invalid", "/timestamp"),
    "timestamp in words": (statement(timestamp="yesterday"), "timestamp_invalid", "/timestamp"),
    "30 February": (statement(timestamp="2026-02-30T08:00:00Z"), "timestamp_invalid", "/timestamp"),
    "hour 25": (statement(timestamp="2026-02-20T25:00:00Z"), "timestamp_invalid", "/timestamp"),
    "offset -00": (statement(timestamp="2026-11-23T08:15:00-00"), "timestamp_invalid", "/timestamp"),
    "offset -0000": (statement(timestamp="2026-11-23T08:15:00-0000"), "timestamp_invalid", "/timestamp"),
    "offset -00:00": (statement(timestamp="2026-11-23T08:15:00-00:00"), "timestamp_invalid", "/timestamp"),
    "offset of 25 hours": (statement(timestamp="2026-11-23T08:15:00+25:00"), "timestamp_invalid", "/timestamp"),
    "year 1": (statement(timestamp="0001-01-01T00:00:00+14:00"), "timestamp_invalid", "/timestamp"),
    "stored": (statement(stored="now"), "timestamp_invalid", "/stored"),
    # versions
    "version 0.95": (statement(version="0.95"), "version_unsupported", "/version"),
    "version 1.1.0": (statement(version="1.1.0"), "version_unsupported", "/version"),
    "version 2.0.0": (statement(version="2.0.0"), "version_unsupported", "/version"),
    # more or fewer than one identifier
    "no identifier": (statement(actor={"name": "Anna"}), "agent_invalid", "/actor"),
    "two identifiers": (statement(actor={**AGENT, **MAIL}), "agent_invalid", "/actor"),
    "two of a group": (statement(actor={**GROUP, **AGENT, **MAIL}), "agent_invalid", "/actor"),
    "two of a member": (statement(actor={**GROUP, "member": [{**AGENT, **MAIL}]}), "agent_invalid", "/actor/member/0"),
    "two of an instructor": (statement(context={"instructor": {**AGENT, **MAIL}}), "agent_invalid", "/context/instructor"),
    "none of an authority": (statement(authority={}), "agent_invalid", "/authority"),
    "none of an object": (statement(object={"objectType": "Agent"}), "agent_invalid", "/object"),
    # groups
    "anonymous group without member": (statement(actor={"objectType": "Group"}), "agent_invalid", "/actor"),
    "anonymous group of nobody": (statement(actor={"objectType": "Group", "member": []}), "agent_invalid", "/actor"),
    "group in a group": (statement(actor={**GROUP, "member": [{**GROUP, **MAIL}]}), "agent_invalid", "/actor/member/0"),
    "member of an agent": (statement(actor={**AGENT, "member": [MAIL]}), "unknown_member", "/actor"),
    "team that is no group": (statement(context={"team": AGENT}), "agent_invalid", "/context/team"),
    "authority of three": (statement(authority={"objectType": "Group", "member": [AGENT, MAIL, AGENT]}), "agent_invalid", "/authority"),
    # context
    "revision of an agent": (
        statement(object={"objectType": "Agent", **MAIL}, context={"revision": "1"}), "unknown_member", "/context/revision",
    ),
    "platform of a reference": (statement(object=REF, context={"platform": "web"}), "unknown_member", "/context/platform"),
    "another context place": (statement(context={"contextActivities": {"sibling": []}}), "unknown_member", "/context/contextActivities"),
    "context statement that is none": (
        statement(context={"statement": {"objectType": "Activity", "id": REF["id"]}}), "value_invalid", "/context/statement/objectType",
    ),
    # scores
    "scaled above 1": (statement(result={"score": {"scaled": 1.01}}), "score_invalid", "/result/score"),
    "scaled below -1": (statement(result={"score": {"scaled": -1.01}}), "score_invalid", "/result/score"),
    "min equals max": (statement(result={"score": {"min": 4, "max": 4}}), "score_invalid", "/result/score"),
    "min above max": (statement(result={"score": {"min": 5, "max": 4}}), "score_invalid", "/result/score"),
    "raw above max": (statement(result={"score": {"raw": 5, "max": 4}}), "score_invalid", "/result/score"),
    "raw below min": (statement(result={"score": {"raw": -1, "min": 0}}), "score_invalid", "/result/score"),
    # interactions
    "pattern without interaction type": (
        statement(object=activity(correctResponsesPattern=["a"])), "missing_member", "/object/definition",
    ),
    "choices without interaction type": (statement(object=activity(choices=[{"id": "a"}])), "missing_member", "/object/definition"),
    "unknown interaction type": (
        statement(object=activity(interactionType="essay", correctResponsesPattern=["a"])), "value_invalid",
        "/object/definition/interactionType",
    ),
    "choices of one id": (
        statement(object=activity(interactionType="choice", choices=[{"id": "a"}, {"id": "a"}])), "value_invalid",
        "/object/definition/choices",
    ),
    # SubStatements
    **{
        f"{member} in a SubStatement": (statement(object={**SUB, member: value}), "unknown_member", "/object")
        for member, value in (("id", REF["id"]), ("stored", "2026-11-23T08:15:00Z"), ("version", "1.0.0"), ("authority", AGENT))
    },
    "SubStatement in a SubStatement": (statement(object={**SUB, "object": SUB}), "value_invalid", "/object/object/objectType"),
    "bad actor in a SubStatement": (statement(object={**SUB, "actor": {}}), "agent_invalid", "/object/actor"),
    "bad time in a SubStatement": (statement(object={**SUB, "timestamp": "now"}), "timestamp_invalid", "/object/timestamp"),
    # attachments
    "attachment without fileUrl": (statement(attachments=[without(FILE, "fileUrl")]), "missing_member", "/attachments/0"),
    "attachment without display": (statement(attachments=[without(FILE, "display")]), "missing_member", "/attachments/0"),
    "attachment hash": (statement(attachments=[{**FILE, "sha2": "x"}]), "value_invalid", "/attachments/0/sha2"),
    "attachment length": (statement(attachments=[{**FILE, "length": -1}]), "value_invalid", "/attachments/0/length"),
    "attachment content type": (statement(attachments=[{**FILE, "contentType": "png"}]), "value_invalid", "/attachments/0/contentType"),
    "signature that is no JWS": (
        statement(attachments=[{**FILE, "usageType": "http://adlnet.gov/expapi/attachments/signature"}]), "value_invalid",
        "/attachments/0/contentType",
    ),
    # voiding
    "voiding an activity": (statement(verb={"id": ADL + "voided"}), "value_invalid", "/object/objectType"),
    # the hub's own extensions
    "institution no text": (statement(context={"extensions": {OWN + "institution": 1}}), "value_invalid", ""),
    "institution of another": (statement(context={"extensions": {OWN + "institution": "999999"}}), "institution_not_registered", ""),
    "subject in lower case": (statement(context={"extensions": {OWN + "subject": "mat"}}), "value_invalid", ""),
    "attempt empty": (statement(context={"extensions": {OWN + "attempt": ""}}), "value_invalid", ""),
    "attempt-no 0": (statement(context={"extensions": {OWN + "attempt-no": 0}}), "value_invalid", ""),
    "attempt-no true": (statement(context={"extensions": {OWN + "attempt-no": True}}), "value_invalid", ""),
    "attempt-no null": (statement(context={"extensions": {OWN + "attempt-no": None}}), "value_invalid", ""),
    "own extension in what is not used": (
        statement(verb={"id": ADL + "viewed"}, context={"extensions": {OWN + "subject": 1}}), "value_invalid", "",
    ),
    # not a statement
    "not an object": ("statement", "wrong_type", ""),  # type: ignore[dict-item] # no object is what is tried
    # CPR
    "CPR in a name": (statement(actor={**AGENT, "name": "Anna 010110-4321"}), "national_identifier_present", "/actor/name"),
    "CPR in an IRI": (statement(object={"id": "https://x.dk/0101104321"}), "national_identifier_present", "/object/id"),
    "CPR in a key": (
        statement(result={"extensions": {"https://x.dk/010110-4321": 1}}), "national_identifier_present", "/result/extensions",
    ),
    "CPR URL-encoded": (statement(object={"id": "https://x.dk/010110%204321"}), "national_identifier_present", "/object/id"),
    "CPR in base64": (statement(result={"response": "MDEwMTEwLTQzMjE="}), "national_identifier_present", "/result/response"),
}  # fmt: skip


def _own(told: dict[str, Any]) -> str:
    """The pointer of the own extension that a case is about."""
    name: str
    (name,) = told["context"]["extensions"]
    return "/context/extensions/" + name.replace("/", "~1")


@pytest.mark.parametrize("case", WRONG)
def test_what_gives_400(case: str) -> None:
    told, reason, pointer = WRONG[case]
    if not pointer and isinstance(told, dict) and OWN in json.dumps(told):
        pointer = _own(told)
    assert faults(told) == [(reason, pointer)]
    assert faults([statement(id=...), told]) == [(reason, "/1" + pointer)]


NEWER = (
    *(ADL + name for name in ("scored", "passed", "failed", "completed", "experienced", "initialized", "launched", "terminated", "exited")),
    *("https://w3id.org/xapi/adl/verbs/abandoned", "https://w3id.org/xapi/acrossx/verbs/viewed", "http://id.tincanapi.com/verb/viewed"),
    *("http://activitystrea.ms/schema/1.0/read", "http://activitystrea.ms/schema/1.0/watch", "http://activitystrea.ms/watch"),
    *(ADL + name for name in ("interacted", "mastered", "achieved")),
    "https://w3id.org/xapi/tla/verbs/achieved",
)
"""Every verb that is used beside answers, players and voids."""
OF_ANY_VERB = [case for case, (told, _, _) in WRONG.items() if isinstance(told, dict) and told.get("verb") == {"id": ADL + "answered"}]


@pytest.mark.parametrize("verb", NEWER)
def test_what_gives_400_gives_it_whatever_the_verb(verb: str) -> None:
    assert len(OF_ANY_VERB) > 90
    assert set(NEWER) == set(MODELS) - {ADL + "answered", *PLAYER}
    for case in OF_ANY_VERB:
        told, reason, pointer = WRONG[case]
        if not pointer and OWN in json.dumps(told):
            pointer = _own(told)
        assert faults([statement(id=...), {**told, "verb": {"id": verb}}]) == [(reason, "/1" + pointer)], case


@pytest.mark.parametrize("verb", NEWER)
def test_an_id_longer_than_the_hub_keeps_is_said_whatever_the_verb(verb: str) -> None:
    told = statement(verb={"id": verb}, object={"id": "https://x.dk/" + "a" * 500}, result={"success": True, "duration": "PT1M"})
    assert faults(told) == [("value_invalid", "/object/id")]


@pytest.mark.parametrize("verb", NEWER)
def test_no_value_of_another_s_extension_refuses_whatever_the_verb(verb: str) -> None:
    for value in (None, 7, "", "s" * 501, [1], {"a": None}, 10**300):
        for name in ("https://w3id.org/xapi/cmi5/context/extensions/sessionid", VIDEO + "/extensions/session-id", "https://x.dk/e"):
            assert faults(statement(verb={"id": verb}, context={"extensions": {name: value}}, result={"success": True})) == []


RIGHT: dict[str, dict[str, Any]] = {
    "any extension value": statement(result={"extensions": {"https://x.dk/e": {"a": [None, 1e300, {"b": False}], "": None}}}),
    "null as an extension value": statement(context={"extensions": {"https://x.dk/e": None}}),
    "huge number in an extension": statement(context={"extensions": {"https://x.dk/e": 10**300}}),
    "video extensions of other shapes": statement(
        verb={"id": VIDEO + "/verbs/played"},
        result={"extensions": {VIDEO + "/extensions/time": "12", VIDEO + "/extensions/length": None}},
        context={"extensions": {VIDEO + "/extensions/session-id": 7, VIDEO + "/extensions/length": [1]}},
    ),
    "a timestamp in the future": statement(timestamp="2099-01-01T00:00:00Z"),
    "a timestamp of 1970": statement(timestamp="1970-01-01T00:00:00Z"),
    "a timestamp without offset": statement(timestamp="2026-11-23T08:15:00"),
    "a timestamp with nanoseconds": statement(timestamp="2026-11-23T08:15:00.123456789Z"),
    "a timestamp to the minute": statement(timestamp="2026-11-23T08:15Z"),
    "offset +00:00": statement(timestamp="2026-11-23T08:15:00+00:00"),
    "offset +0100": statement(timestamp="2026-11-23T08:15:00+0100"),
    "offset -01": statement(timestamp="2026-11-23T08:15:00-01"),
    "durations finer than 0.01 s": statement(result={"duration": "PT1.23456S"}),
    "a duration of years": statement(result={"duration": "P1Y2M10DT2H30M"}),
    "a duration of weeks": statement(result={"duration": "P1W"}),
    "no timestamp": statement(timestamp=...),
    "no id": statement(id=...),
    "stored": statement(stored="2026-11-23T08:15:00Z"),
    "an authority": statement(authority=MAIL),
    "an authority of two": statement(authority={"objectType": "Group", "member": [AGENT, MAIL]}),
    "version 1.0": statement(version="1.0"),
    "version 1.0.0": statement(version="1.0.0"),
    "version 1.0.32": statement(version="1.0.32"),
    "an identified group without member": statement(actor={"objectType": "Group", **MAIL}),
    "an anonymous group": statement(actor=GROUP),
    "an agent as the object": statement(object={"objectType": "Agent", **MAIL}),
    "a reference as the object": statement(object=REF),
    "a SubStatement": statement(object={**SUB, "timestamp": "2030-01-01T00:00:00Z", "result": {"success": True}}),
    "a single context activity": statement(context={"contextActivities": {"parent": {"id": "https://x.dk/1"}}}),
    "revision and platform": statement(context={"revision": "1", "platform": "web", "language": "da-DK"}),
    "a language of every kind": statement(verb={"id": ADL + "answered", "display": {"zh-Hant-TW": "a", "i-klingon": "b", "de-1996": "c"}}),
    "a choice": statement(
        object=activity(interactionType="choice", correctResponsesPattern=["a"], choices=[{"id": "a", "description": {"da": "A"}}])
    ),
    "an attachment with fileUrl": statement(attachments=[FILE]),
    "an IRI of another scheme": statement(object={"id": "uuid://69d32ad5-3af5-4160-a995-87e09da6865c"}),
    "Danish letters in an IRI": statement(object={"id": "https://x.dk/læs/øvelse-å"}),
    "scaled -1": statement(result={"score": {"scaled": -1}}),
    "raw at its bound": statement(result={"score": {"raw": 4, "max": 4}}),
    "a score of max 0": statement(result={"score": {"raw": 0, "max": 0}}),
    "a registration in capitals": statement(context={"registration": "8F87CCDE-9C1D-4A5C-A3D3-6B6F0F5F0B01"}),
    "an empty result": statement(result={}),
    "an unknown verb": statement(verb={"id": "https://x.dk/verbs/danced"}),
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_must_not_be_refused(case: str) -> None:
    assert faults(RIGHT[case]) == []


def test_every_bad_statement_of_a_batch_is_named() -> None:
    batch = [statement(id=...), statement(id=..., actor={}), statement(id=...), statement(id=..., result=None)]
    assert faults(batch) == [("agent_invalid", "/1/actor"), ("null_value", "/3/result")]


def test_the_same_id_twice_in_a_batch_in_any_case() -> None:
    twice = [statement(), statement(id="8F87CCDE-9C1D-4A5C-A3D3-6B6F0F5F0B01"), statement(id=...)]
    assert faults(twice) == [("duplicate_id", "/1/id")]


@pytest.mark.parametrize("case", WRONG)
def test_no_fault_repeats_what_was_sent(case: str) -> None:
    told, _, _ = WRONG[case]
    marked = json.dumps(told).replace("Anna", "hemmelig").replace("elev-77", "hemmelig")
    with pytest.raises(Refused) as caught:
        translated(marked.encode())
    text = str(caught.value) + str(caught.value.faults)
    assert not any(secret in text for secret in ("hemmelig", "x.dk", "essay", "danced", "0101104321", "4 min", "yesterday", "iban"))


def test_a_time_without_offset_is_utc_and_keeps_its_microseconds() -> None:
    bare, utc, danish = (
        draft(statement(timestamp=f"2026-11-23T{text}")).time for text in ("08:15:00.123456", "08:15:00.123456Z", "09:15:00,1234567+01:00")
    )
    assert bare == utc == danish == 1_795_421_700_123_456
