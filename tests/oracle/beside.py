"""When a pupil was last active in each subject (domain 4.5, extra facts), from what was sent."""

from __future__ import annotations

from oracle.batch import Oracle
from oracle.sent import Answer, PlayerEvent, SessionEdge, Viewing


def last_active(oracle: Oracle) -> dict[str, dict[str, int]]:
    """Pupil key -> subject -> the latest instant of anything that the pupil did in it; being found to have left is none of it."""
    found: dict[str, dict[str, int]] = {}
    for pupil, reports in oracle.facts().items():
        for report in reports:
            what = report.content
            left = isinstance(what, SessionEdge) and what.left
            if isinstance(what, Answer | PlayerEvent | Viewing | SessionEdge) and report.day <= oracle.today and not left:
                latest = found.setdefault(pupil, {})
                latest[what.subject] = max(what.at, latest.get(what.subject, 0))
    return found
