"""Goals that statements say are reached: which verbs, and of which framework (domain 4.3, no. 8)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from xapi_requests import ADL, OWN, RECEIVED, draft, faults, statement, translated

from contracts.connector import NotUsed
from contracts.dates import moment
from contracts.events import GoalMarked

pytestmark = pytest.mark.quick

FRAMEWORK, GOAL = "https://maal.example/2019", "https://maal.example/2019/mat-7"
VERBS = [f"{ADL}mastered", f"{ADL}achieved", "https://w3id.org/xapi/tla/verbs/achieved"]


def goal(verb: str = VERBS[0], framework: Any = FRAMEWORK, **changed: Any) -> dict[str, Any]:
    told = {} if framework is ... else {"context": {"extensions": {OWN + "framework": framework}}}
    return statement(verb={"id": verb}, object={"id": GOAL}, **told, **changed)


@pytest.mark.parametrize("verb", VERBS)
def test_a_goal_of_a_framework_is_marked_as_reached_by_the_tool(verb: str) -> None:
    drafted = draft(goal(verb))
    assert drafted.model is GoalMarked
    assert drafted.data == {
        "framework_id": FRAMEWORK, "goal_id": GOAL, "level": 3, "marked_by": "tool", "subject_code": "MAT",
        "marked_at": datetime(2026, 11, 23, 8, 15, 0, 123456, UTC),
    }  # fmt: skip


def test_where_no_time_is_told_it_is_marked_when_it_is_received() -> None:
    drafted = draft(goal(timestamp=...))
    assert (drafted.time, drafted.data["marked_at"]) == (None, moment(RECEIVED))


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_of_no_framework_is_counted_and_not_used(verb: str) -> None:
    (only,) = translated(goal(verb, ...)).items
    assert isinstance(only, NotUsed)
    assert (only.kind, only.reason) == (verb.rsplit("/", 1)[1], "no_framework")


@pytest.mark.parametrize("wrong", ["", 7, ["https://maal.example/2019"], "x" * 501])
def test_a_framework_is_a_text(wrong: Any) -> None:
    assert faults(goal(framework=wrong)) == [("value_invalid", "/context/extensions/https:~1~1fremgang.dk~1xapi~1extensions~1framework")]
