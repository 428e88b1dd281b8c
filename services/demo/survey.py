"""What was published of the invented schools' classes from the national well-being survey: their learning platform tells it, as it stands,
each Monday. No answer of a pupil is in it, nor anything of a class of few (folkeskoleloven § 56 b). Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from contracts.dates import local_instant
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.plan import School
from services.demo.telling import Said, on_platform

_TOLD: Final = time(7, 45)
_AUTUMN: Final = 8
"""The month from which on a survey of the same spring is published."""
_YOUNGEST: Final = 5
"""The lowest grade that was among those asked the year before: the survey's four indicators are of grades 4 to 9 (domain 2.6)."""
_USUAL: Final = {"social": 3.9, "academic": 3.7, "support": 3.2, "calm": 3.7, "general": 3.6}


def survey(day: date, school: School) -> Iterator[Said]:
    """Of the newest two surveys."""
    if not is_school(day) or day.weekday() != 0:
        return
    newest = day.year if day.month >= _AUTUMN else day.year - 1
    for group, pupils in school.classes.items():
        if int(group.partition(".")[0]) >= _YOUNGEST:
            for year in (newest - 1, newest):
                yield from _published(school, group, pupils, year, day)


def _published(school: School, group: str, pupils: int, year: int, day: date) -> Iterator[Said]:
    at = local_instant(datetime.combine(day, _TOLD))
    for indicator, usual in _USUAL.items():
        chance = dice("survey", school.number, group, year, indicator)
        mean = round(min(5.0, max(1.0, chance.gauss(usual, 0.2))), 1)
        data = {"year": year, "level": "class", "indicator": indicator, "mean": mean, "n": pupils - chance.randint(0, 3)}
        name = named("survey", school.number, group, year, indicator, day)
        yield on_platform(school.number, at, "wellbeing.aggregate_published", f"group:{group}", data, name)
