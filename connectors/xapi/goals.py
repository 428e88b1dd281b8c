"""What a statement says of goals of the curriculum: that a competency was mastered or achieved (domain 4.3, no. 8), and which an item is
for.

A marked goal is one of a framework (CASE 1.0), for which xAPI has no member: where the statement's extension names none, it may as well be
of a badge, and is not used. The goals of an item are the objectives among the activities around it, of whatever framework.
"""

from typing import Any, Final

from msgspec import UnsetType

from connectors.xapi import verbs as v
from connectors.xapi.check import Checked
from connectors.xapi.members import at, extensions, is_id, type_of
from connectors.xapi.statement import Activity, Statement, listed
from contracts.dates import Micros

REACHED: Final = 3


def marked(checked: Checked, target: Activity, received: Micros) -> dict[str, Any] | None:
    """The marking, made by the tool; None where no framework is told."""
    framework = extensions(checked.statement.context).get(v.FRAMEWORK)
    if framework is None:
        return None
    return {
        "framework_id": framework, "goal_id": target.id, "level": REACHED, "marked_by": "tool", "marked_at": at(checked, received),
    }  # fmt: skip


def objectives(said: Statement) -> list[str]:
    """The ids of the activities of the type objective (ADL vocabulary) to which a statement is related, sorted."""
    if isinstance(said.context, UnsetType) or isinstance(said.context.context_activities, UnsetType):
        return []
    told = said.context.context_activities
    related = (*listed(told.parent), *listed(told.grouping), *listed(told.other))
    return sorted({one.id for one in related if type_of(one) == v.OBJECTIVE and is_id(one.id)})
