"""When a source is declared to deliver."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any


@dataclass(frozen=True)
class Cadence:
    """expected_by: local time by which it has delivered on a school day. weekdays: only on those of these (ISO 8601, 1 is Monday); none:
    on each. stale_after: school days that it may let pass before it is stale."""

    expected_by: time
    weekdays: frozenset[int] = frozenset()
    stale_after: int = 0

    @classmethod
    def by(cls, expected_by: str) -> "Cadence":
        """expected_by: `HH:MM`."""
        return cls(time.fromisoformat(expected_by))

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Cadence":
        """told: the content of a `source.cadence`, of either version."""
        return cls(time.fromisoformat(told["expected_by"]), frozenset(told.get("weekdays", ())), told["stale_after"])

    def delivers(self, day: date) -> bool:
        return not self.weekdays or day.isoweekday() in self.weekdays
