"""The school days of an institution and the windows that count them (domain 4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from contracts.indicator import Window, WindowName

ONE = timedelta(days=1)
FURTHEST_BACK = 400
"""Days; a window that has not found its school days by then is as long as it is."""


@dataclass(frozen=True)
class Calendar:
    """An institution's dates: school day or not. A date it does not know is one from Monday to Friday, and said to be assumed."""

    days: Mapping[date, bool] = field(default_factory=dict)

    def is_school(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < 5)

    def window(self, name: WindowName, today: date) -> Window:
        first = self._first(name, today)
        span = [first + timedelta(days=offset) for offset in range((today - first).days + 1)]
        school = tuple(day for day in span if self.is_school(day))
        return Window(name, first, today, school, assumed=any(day not in self.days for day in span))

    def _first(self, name: WindowName, today: date) -> date:
        if name == "Q":
            return date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
        if name == "Y":
            return date(today.year if today.month >= 8 else today.year - 1, 8, 1)
        return self._back(today, int(name[1:]))

    def _back(self, today: date, count: int) -> date:
        """The date of the `count`-th last school day, today included."""
        day = today
        for _ in range(FURTHEST_BACK):
            count -= self.is_school(day)
            if count == 0:
                return day
            day -= ONE
        return day
