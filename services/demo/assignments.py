"""Assignments of the invented schools: their learning platform tells what classes are given, and what pupils hand in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from contracts.dates import SECOND, Micros, local_date, local_instant, rfc3339
from contracts.privacy import UNILOGIN
from services.demo.attendance import present
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.people import Pupil, of_class, teachers
from services.demo.plan import SUBJECTS, School
from services.demo.telling import Said, later, on_platform

_PLAN: Final = MappingProxyType({0: ("DAN", 3), 1: ("MAT", 3), 2: ("DAN", 6), 3: ("MAT", 5)})
"""Weekday -> of which subject an assignment is given, and in how many days it is due."""
_GIVEN, _DUE, _TOLD, _EXCUSED, _ANSWERED = time(8, 5), time(20, 0), time(7, 30), time(21, 0), time(14, 0)
_LONGEST: Final = timedelta(days=11)
"""After an assignment was given, until nobody hands it in any more."""
_POSTPONED, _WITHDRAWN, _OPTIONAL = 0.1, 0.04, 0.08
_FORGETS, _AGAIN, _IS_EXCUSED, _WRITES_BACK = 0.1, 0.05, 0.6, 0.8
_HOURS: Final = 3600
_AN_HOUR: Final = _HOURS * SECOND


@dataclass(frozen=True, slots=True)
class _Task:
    """group: as the roster calls it. postponed: on the morning after it was due, by two days. withdrawn: on the morning after."""

    school: School
    place: str
    group: str
    subject: str
    given: date
    due: date
    optional: bool
    postponed: bool
    withdrawn: bool

    @property
    def id(self) -> str:
        return f"{self.place}-{self.subject}-{self.given:%V-%u}"


@lru_cache(maxsize=1024)
def _given(school: School, day: date) -> tuple[_Task, ...]:
    """Those that a school's classes are given on a date."""
    if not is_school(day) or day.weekday() not in _PLAN:
        return ()
    subject, days = _PLAN[day.weekday()]
    holds = {hold for one in teachers(school) for hold in one.holds}
    return tuple(_task(school, place, (place, subject) in holds, subject, day, days) for place in school.classes)


def _task(school: School, place: str, is_hold: bool, subject: str, day: date, days: int) -> _Task:
    chance = dice("assignment", day, school.index, place, subject)
    optional, postponed, withdrawn = (chance.random() < share for share in (_OPTIONAL, _POSTPONED, _WITHDRAWN))
    group = f"{place} {subject}" if is_hold else place
    return _Task(school, place, group, subject, day, day + timedelta(days=days), optional, postponed, withdrawn)


def _at(day: date, clock: time) -> Micros:
    return local_instant(datetime.combine(day, clock))


def assignments(day: date, school: School) -> Iterator[Said]:
    """What is said of assignments on a date: given, put off and withdrawn by the teacher; handed in and excused from, pupil by pupil."""
    for back in range(_LONGEST.days + 1):
        for task in _given(school, day - timedelta(days=back)):
            yield from _of_teacher(task, day)
            if not task.withdrawn:
                yield from _of_pupils(task, day)


def _of_teacher(task: _Task, day: date) -> Iterator[Said]:
    if day == task.given:
        yield _published(task, _at(day, _GIVEN), task.due)
    if task.withdrawn and day == task.given + timedelta(days=1):
        yield _published(task, _at(day, _TOLD), task.due, op="retract")
    elif task.postponed and day == task.due + timedelta(days=1):
        yield _published(task, _at(day, _TOLD), task.due + timedelta(days=2))


def _published(task: _Task, at: Micros, due: date, op: str = "assert") -> Said:
    data = {
        "assignment_id": task.id, "title": f"{SUBJECTS[task.subject]}, uge {task.given:%V}", "subject_code": task.subject,
        "assigned_at": rfc3339(_at(task.given, _GIVEN)), "due_at": rfc3339(_at(due, _DUE)), "optional": task.optional,
    }  # fmt: skip
    name = named("assignment", task.school.number, task.id, task.given, due)
    return on_platform(task.school.number, at, "assignment.published", f"group:{task.group}", data, name, op)


def _of_pupils(task: _Task, day: date) -> Iterator[Said]:
    for pupil in of_class(task.place, task.school, day):
        for number, at in _handed_in(task, pupil):
            if local_date(at) == day:
                data = {"assignment_id": task.id, "submission_no": number, "submitted_at": rfc3339(at)}
                yield _of_pupil(task, pupil, at, "assignment.submitted", data, number)
        if day == task.due and not present(pupil, day) and dice("excused", task.id, pupil.key).random() < _IS_EXCUSED:
            excused = {"assignment_id": task.id, "state": "excused"}
            yield _of_pupil(task, pupil, _at(day, _EXCUSED), "assignment.state", excused, "excused")


def feedback(day: date, school: School) -> Iterator[Said]:
    """What a teacher has written back on a date, in the days after an assignment was due, of what was handed in by then."""
    for back in range(_LONGEST.days + 1):
        for task in _given(school, day - timedelta(days=back)):
            for pupil in () if task.withdrawn else of_class(task.place, school, day):
                chance = dice("feedback", task.given, task.id, pupil.key)
                at = later(_at(task.due + timedelta(days=chance.randint(1, 4)), _ANSWERED), chance.uniform(0, 7200))
                handed = next(_handed_in(task, pupil), None)
                if local_date(at) == day and handed and handed[1] < at and chance.random() < _WRITES_BACK:
                    data = {"assignment_id": task.id, "state": "feedback_given", "feedback_at": rfc3339(at)}
                    yield _of_pupil(task, pupil, at, "assignment.state", data, "feedback")


def _handed_in(task: _Task, pupil: Pupil) -> Iterator[tuple[int, Micros]]:
    """Mostly some hours before it is due, at times days before or after; at times never, or again."""
    chance = dice("hand-in", task.given, task.id, pupil.key)
    if chance.random() < (2 if task.optional else 1) * _FORGETS:
        return
    at = later(_at(task.due, _DUE), -chance.triangular(-50, 60, 5) * _HOURS)
    yield 1, max(at, _at(task.given, _GIVEN) + _AN_HOUR)
    if chance.random() < _AGAIN:
        yield 2, later(max(at, _at(task.given, _GIVEN) + _AN_HOUR), chance.uniform(1, 20) * _HOURS)


def _of_pupil(task: _Task, pupil: Pupil, at: Micros, kind: str, data: dict[str, Any], what: object) -> Said:
    name = named(kind, task.given, task.id, pupil.key, what)
    return on_platform(task.school.number, at, kind, f"{UNILOGIN}:{pupil.unilogin}", data, name)
