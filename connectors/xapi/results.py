"""What a statement says of how an activity went: scored, passed, failed, completed (domain 1.3, 1.4, 4.3)."""

from typing import Any

from msgspec import UnsetType

from connectors.xapi import verbs as v
from connectors.xapi.members import extensions, share, within
from connectors.xapi.statement import Activity, Result, Statement

_MOST_POINTS = 1e9
_LARGEST_SHARE = 1_000.0


def scored(said: Statement, target: Activity) -> dict[str, Any] | None:
    """The result, or None where the statement says that something ended and not how."""
    result = said.result
    told = {"passed": v.RESULTS[said.verb.id]} if isinstance(result, UnsetType) else _result(said.verb.id, result)
    if all(value is None for value in told.values()):
        return None
    return told | {
        "activity_id": target.id,
        "attempt_no": extensions(said.context).get(v.ATTEMPT_NO),
        "state": "partial" if _is_partial(said.verb.id, result) else "final",
    }


def _result(verb: str, result: Result) -> dict[str, Any]:
    """What passed and failed say themselves outranks `success`; a range without a score says nothing."""
    passed = v.RESULTS[verb]
    if passed is None and not isinstance(result.success, UnsetType):
        passed = result.success
    score = result.score
    if isinstance(score, UnsetType):
        return {"passed": passed}
    given = _points(score.raw)
    return {
        "passed": passed,
        "score_fraction": within(share(score), -_LARGEST_SHARE, _LARGEST_SHARE),
        "score_given": given,
        "score_max": None if given is None else _points(score.max),
    }


def _points(value: float | UnsetType) -> float | None:
    return None if isinstance(value, UnsetType) else within(value, -_MOST_POINTS, _MOST_POINTS)


def _is_partial(verb: str, result: Result | UnsetType) -> bool:
    """`completion` false says that more is to come, unless the verb says that it is over."""
    return verb != v.COMPLETED and not isinstance(result, UnsetType) and result.completion is False
