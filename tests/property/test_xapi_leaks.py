"""Nothing that is not on the list leaves the connector: random extensions, names and texts never come out (R2.3)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xapi_requests import ADL, AGENT, VIDEO, statement, translated

from connectors.xapi.verbs import BY_PROFILE, MASTERS, MODELS, OBJECTIVE
from contracts.connector import NotUsed, Published

pytestmark = pytest.mark.quick

MARK = "hemmelig"
marked = st.text(st.characters(codec="utf-8"), max_size=20).map(lambda text: f"{MARK}{text}")
keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789/#-", max_size=20).map(lambda text: f"https://{MARK}.example/{text}")
leaves = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | marked
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(marked, inner, max_size=3), max_leaves=8)
extensions = st.dictionaries(keys, values, min_size=1, max_size=4)
verbs = st.sampled_from([*sorted(MODELS), ADL + "voided"])
types = st.sampled_from([VIDEO + "/activity-type/video", "http://adlnet.gov/expapi/activities/assessment", f"https://{MARK}.example/type"])
CMI5_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"


def _said(verb: str, told: dict[str, Any], text: str, type_: str) -> dict[str, Any]:
    target: dict[str, Any] = {
        "id": "https://x.dk/1",
        "definition": {"type": type_, "name": {"da": text}, "description": {"da": text}, "extensions": told},
    }
    if verb == ADL + "voided":
        target = {"objectType": "StatementRef", "id": "9e13cefd-53d3-4eac-b5ed-2cf6693903bb"}
    context: dict[str, Any] = {
        "extensions": {**told, CMI5_SESSION: "session-1"},
        "instructor": {**AGENT, "name": text},
        "team": {"objectType": "Group", **AGENT, "name": text},
        "contextActivities": {
            "parent": {"id": "https://x.dk/goal", "definition": {"type": OBJECTIVE, "name": {"da": text}, "extensions": told}},
            "other": [{"id": f"https://{MARK}.example/plan"}],
            "category": [{"id": f"https://{MARK}.example/profile", "definition": {"type": OBJECTIVE}}],
        },
    }
    return statement(
        actor={**AGENT, "name": text},
        verb={"id": verb, "display": {"da": text}},
        object=target,
        result={"response": text, "extensions": told, "success": True, "duration": "PT1M", "score": {"raw": 1, "max": 2}},
        context=context,
    )


@settings(max_examples=300, deadline=None)
@given(verb=verbs, told=extensions, text=marked, type_=types)
def test_what_is_not_listed_never_comes_out(verb: str, told: dict[str, Any], text: str, type_: str) -> None:
    translation = translated(msgspec.json.encode(_said(verb, told, text, type_)))
    for item in translation.items:
        if isinstance(item, NotUsed):
            assert verb in BY_PROFILE | MASTERS
            assert MARK not in repr(item)
            continue
        assert isinstance(item, Published)
        assert MARK not in repr((item.drafts, item.claim, item.voids, item.kind))
        assert all(set(draft.data) <= set(draft.model.__struct_fields__) for draft in item.drafts)
    assert MARK not in repr(translation.answer)
