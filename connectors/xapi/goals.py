"""What a statement says of a goal of the curriculum: that a competency was mastered or achieved (domain 4.3, no. 8).

A goal is one of a framework (CASE 1.0), for which xAPI has no member: where the statement's extension names none, it may as well be of a
badge, and is not used.
"""

from typing import Any, Final

from connectors.xapi import verbs as v
from connectors.xapi.check import Checked
from connectors.xapi.members import at, extensions
from connectors.xapi.statement import Activity
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
