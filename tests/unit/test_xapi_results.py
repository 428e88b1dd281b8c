"""Results that statements tell: which verbs, what of the score, when there is none (domain 1.3, 1.4, 4.2, 4.3)."""

from typing import Any

import pytest
from xapi_requests import ADL, OWN, VIDEO, draft, statement, translated

from contracts.connector import NotUsed
from contracts.events import MediaPlayed, Scored

pytestmark = pytest.mark.quick

CMI5 = "https://w3id.org/xapi/cmi5/context/categories/"


def result(verb: str = "scored", told: Any = ..., **changed: Any) -> Any:
    drafted = draft(statement(verb={"id": ADL + verb}, result=told, **changed))
    assert drafted.model is Scored
    return drafted.data


def reason(verb: str, told: Any, **changed: Any) -> str:
    (only,) = translated(statement(verb={"id": ADL + verb}, result=told, **changed)).items
    assert isinstance(only, NotUsed)
    assert only.kind == verb
    return only.reason


@pytest.mark.parametrize(
    ("score", "fraction", "given", "most"),
    [
        ({"scaled": 0.8, "raw": 4, "min": 0, "max": 10}, 0.8, 4.0, 10.0),
        ({"scaled": -0.5}, -0.5, None, None),
        ({"raw": 3, "min": 1, "max": 5}, 0.5, 3.0, 5.0),
        ({"raw": 3, "max": 4}, 0.75, 3.0, 4.0),
        ({"raw": -1, "max": 4}, -0.25, -1.0, 4.0),
        ({"raw": 17}, None, 17.0, None),
        ({"raw": 17, "min": 0}, None, 17.0, None),
        ({"raw": 0, "max": 0}, None, 0.0, 0.0),
        ({"raw": -3, "max": -1}, None, -3.0, -1.0),
        ({"raw": -1e9, "max": 1}, None, -1e9, 1.0),
        ({"raw": 1e308, "min": -1e308, "max": 1.5e308, "scaled": 0.5}, 0.5, None, None),
    ],
)
def test_the_score(score: dict[str, float], fraction: float | None, given: float | None, most: float | None) -> None:
    told = result(told={"score": score})
    assert (told["score_fraction"], told["score_given"], told["score_max"], told["passed"]) == (fraction, given, most, None)


@pytest.mark.parametrize(
    ("verb", "success", "passed"),
    [
        ("passed", ..., True),
        ("passed", False, True),
        ("failed", ..., False),
        ("failed", True, False),
        ("scored", True, True),
        ("completed", False, False),
    ],
)
def test_whether_it_was_passed_the_verb_first(verb: str, success: Any, passed: bool) -> None:
    assert result(verb, ... if success is ... else {"success": success})["passed"] is passed


@pytest.mark.parametrize(
    ("verb", "completion", "state"),
    [
        ("scored", ..., "final"),
        ("scored", True, "final"),
        ("scored", False, "partial"),
        ("passed", False, "partial"),
        ("completed", False, "final"),
    ],
)
def test_more_is_to_come_where_it_says_so(verb: str, completion: Any, state: str) -> None:
    told = {"score": {"scaled": 1}} | ({} if completion is ... else {"completion": completion})
    assert result(verb, told)["state"] == state


@pytest.mark.parametrize("verb", ["completed", "scored"])
@pytest.mark.parametrize(
    "told",
    [
        ..., {}, {"completion": True}, {"duration": "PT5M"}, {"score": {}}, {"score": {"min": 0, "max": 4}}, {"response": "a"},
        {"score": {"raw": 1e10}}, {"score": {"raw": 1e308, "min": -1e308, "max": 1.5e308}},
    ],
)  # fmt: skip
def test_without_a_result_it_says_why_it_is_not_used(verb: str, told: Any) -> None:
    assert reason(verb, told) == "no_result"


def test_what_a_result_holds_and_no_more() -> None:
    told = result(
        "passed",
        {"score": {"scaled": 0.5}, "response": "Anna", "duration": "PT5M", "extensions": {"https://x.dk/e": 1}},
        object={"id": "https://x.dk/1", "definition": {"name": {"da": "Annas brøker"}}},
        context={"extensions": {OWN + "attempt": "a", OWN + "attempt-no": 3}, "registration": "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11"},
    )
    assert {name: value for name, value in told.items() if value is not None} == {
        "tool": "Matematik X",
        "subject_code": "MAT",
        "activity_id": "https://x.dk/1",
        "score_fraction": 0.5,
        "passed": True,
        "attempt_no": 3,
        "state": "final",
    }


def test_a_registration_numbers_no_attempt() -> None:
    assert result("passed", context={"registration": "5f0c7a52-6f5e-4b5e-9d0e-3a6f0b8d4c11"})["attempt_no"] is None


def test_in_cmi5_passed_is_the_result_and_completed_beside_it_is_none() -> None:
    """cmi5: a score stands on passed and failed only."""
    context = {"contextActivities": {"category": [{"id": CMI5 + "cmi5"}, {"id": CMI5 + "moveon"}]}}
    assert result("passed", {"success": True, "score": {"scaled": 0.9}}, context=context)["score_fraction"] == 0.9
    assert reason("completed", {"completion": True, "duration": "PT5M"}, context=context) == "no_result"


def test_completed_in_the_video_profile_is_a_player_s_whatever_its_score() -> None:
    context = {"contextActivities": {"category": [{"id": VIDEO}]}}
    assert draft(statement(verb={"id": ADL + "completed"}, result={"score": {"scaled": 1}}, context=context)).model is MediaPlayed
