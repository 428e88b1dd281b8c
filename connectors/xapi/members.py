"""Members that a statement may lack, read off as what an event takes of them."""

from typing import Any

from msgspec import UNSET, UnsetType

from connectors.xapi import forms
from connectors.xapi.check import Checked
from connectors.xapi.statement import Activity, Extensions, Result, Score, Statement, listed
from contracts.dates import Micros, moment

LONGEST_ID = 500
_NONE: Extensions = {}


def extensions(holder: Any) -> Extensions:
    return _NONE if holder is UNSET or holder.extensions is UNSET else holder.extensions


def is_id(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_ID


def seconds(value: object) -> float | None:
    """A number of seconds that a day holds; anything else may stand in an extension and is not taken."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= forms.LONGEST else None


def duration(result: Result | UnsetType) -> float | None:
    """How long it took, in seconds, up to a day."""
    if isinstance(result, UnsetType) or isinstance(result.duration, UnsetType):
        return None
    return seconds(forms.duration(result.duration))


def at(checked: Checked, received: Micros) -> Any:
    """When it happened: the statement's time, else that of its receipt."""
    return moment(received if checked.time is None else checked.time)


def has_category(said: Statement, profile: str) -> bool:
    if isinstance(said.context, UnsetType) or isinstance(said.context.context_activities, UnsetType):
        return False
    return any(activity.id == profile for activity in listed(said.context.context_activities.category))


def type_of(target: object) -> str:
    """The type of the activity, empty where none is told."""
    definition = target.definition if isinstance(target, Activity) else UNSET
    return "" if isinstance(definition, UnsetType) or isinstance(definition.type, UnsetType) else definition.type


def session(said: Statement, target: Activity, name: str) -> str:
    """The session that the extension `name` tells; where it tells none, the registration, else the activity itself."""
    told = extensions(said.context).get(name)
    if is_id(told):
        return str(told)
    registration = UNSET if isinstance(said.context, UnsetType) else said.context.registration
    return target.id if isinstance(registration, UnsetType) else registration


def share(score: Score) -> float | None:
    """The share of the points by domain 1.4: scaled; else raw between min and max; else raw of max where there is no min; else nobody
    knows. It may be below 0 (scaled, or raw without a min) and, as far as numbers go, without bounds."""
    low, high = score.min, score.max
    if not isinstance(score.scaled, UnsetType):
        return score.scaled
    if isinstance(score.raw, UnsetType) or isinstance(high, UnsetType):
        return None
    if not isinstance(low, UnsetType):
        return (score.raw - low) / (high - low)
    return score.raw / high if high > 0 else None


def within(value: float | None, low: float, high: float) -> float | None:
    """The value where it is between the bounds; NaN is not."""
    return value if value is not None and low <= value <= high else None
