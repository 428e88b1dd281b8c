"""What teachers of the invented schools note of pupils, as titles and links, and what pupils got in the national tests; their learning
platform tells both. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

from contracts.dates import Micros, local_instant
from contracts.privacy import UNILOGIN
from services.demo.changes import begins_in
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.people import Pupil, pupils
from services.demo.plan import School
from services.demo.telling import Said, later, on_platform

_WRITTEN, _EXPORTED = time(14, 30), time(6, 30)
_NOTED: Final = 0.03
"""The share of pupils of whom something is noted on a school day."""
_TITLES: Final = (
    ("note", "Aftale efter samtale med eleven"), ("note", "God dag i gruppearbejdet"), ("feedback", "Om den seneste aflevering"),
    ("portfolio", "Plakat om brøker"), ("meddelelsesbog", "Fokuspunkt: at læse højt"),
)  # fmt: skip
_TESTED: Final = MappingProxyType({"DAN": (2, 3, 4, 6, 8), "MAT": (2, 4, 6, 7, 8)})
"""Subject -> the grades that take the national test in it (domain 2.5)."""
_CATEGORIES: Final = ("klart under middel", "under middel", "middel", "over middel", "klart over middel")
_TUESDAY: Final = 1


def notes(day: date, school: School) -> Iterator[Said]:
    for pupil in pupils(school, day) if is_school(day) else ():
        chance = dice("note", day, pupil.key)
        if chance.random() < _NOTED:
            at, (kind, title) = _at(day, _WRITTEN, chance.uniform(0, 5400)), chance.choice(_TITLES)
            name = named("note", pupil.key, day)
            data = {
                "note_id": name,
                "kind": kind,
                "title": title,
                "href": f"https://opgaverum.example/noter/{name}",
                "author_role": "lærer",
            }
            yield _of(pupil, at, "note.linked", data, name)


def tests(day: date, school: School) -> Iterator[Said]:
    """The results of the school year's national tests, taken on the first Tuesday of October; on each Monday since all of them anew."""
    taken = _first_tuesday(date(begins_in(day), 10, 1))
    if day.weekday() != 0 or day <= taken or not is_school(day):
        return
    for pupil in pupils(school, day):
        for subject in (subject for subject, grades in _TESTED.items() if pupil.grade in grades):
            yield _of(pupil, _at(day, _EXPORTED), "test.result", _result(pupil, subject, taken), named("test", pupil.key, subject, day))


def _result(pupil: Pupil, subject: str, taken: date) -> dict[str, Any]:
    level = dice("test", pupil.key, subject, taken).gauss(5 * pupil.skill, 0.8)
    return {
        "test_id": f"faerdighedstest-{subject}-{pupil.grade}", "test_kind": "national", "subject_code": subject, "grade": pupil.grade,
        "taken_on": taken.isoformat(), "scale_id": "faerdighedstest", "category": _CATEGORIES[min(4, max(0, int(level)))],
    }  # fmt: skip


def _first_tuesday(first: date) -> date:
    return first + timedelta(days=(_TUESDAY - first.weekday()) % 7)


def _at(day: date, clock: time, seconds: float = 0) -> Micros:
    return later(local_instant(datetime.combine(day, clock)), seconds)


def _of(pupil: Pupil, at: Micros, kind: str, data: dict[str, Any], name: str) -> Said:
    return on_platform(pupil.institution, at, kind, f"{UNILOGIN}:{pupil.unilogin}", data, name)
