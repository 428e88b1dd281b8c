"""Who comes and who moves in a school year: each month from September to June one pupil goes over to the class beside, one comes new."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

MOVES_ON, COMES_ON = 10, 20
"""Days of the month."""
MONTHS: Final = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6)
_AUGUST: Final = 8


@dataclass(frozen=True, slots=True)
class Change:
    """index: its place in a school year. moves: somebody changes class; else somebody comes."""

    index: int
    month: int
    moves: bool

    def on(self, year: int) -> date:
        """The first day on which it holds. year: in which the school year begins."""
        return date(year + (self.month < _AUGUST), self.month, MOVES_ON if self.moves else COMES_ON)


ALL: Final = tuple(Change(2 * at + after, month, after == 0) for at, month in enumerate(MONTHS) for after in (0, 1))


def begins_in(day: date) -> int:
    """The year in which the school year of a day begins."""
    return day.year - (day.month < _AUGUST)


@lru_cache(maxsize=4096)
def came(day: date) -> int:
    """How many of the changes of its school year hold on a day."""
    return sum(change.on(begins_in(day)) <= day for change in ALL)


def is_change(day: date) -> bool:
    """Whether a school's roster is another than the day before; a year begins with the classes as they were planned."""
    return (day.month, day.day) == (_AUGUST, 1) or any(change.on(begins_in(day)) == day for change in ALL)
