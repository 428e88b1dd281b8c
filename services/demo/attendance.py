"""Attendance of the invented school: the files of its administrative system, with the corrections of the same day (domain 2.3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import msgspec

from contracts.csvfile import BOM
from contracts.dates import SECOND, Micros, local_instant, rfc3339
from contracts.privacy import UNILOGIN
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.people import Pupil, pupils
from services.demo.plan import SKOVBAKKEN, School
from services.demo.telling import EVENT_HEADERS, Delivery

SKOLEADM: Final = "skoleadm"
ABSENT: Final = frozenset("SLU")
TWICE_FROM: Final = 7
"""The lowest grade that is registered at the end of the day too."""
_HEADERS: Final = MappingProxyType({"Content-Type": "text/csv"})
_HOURS: Final = 3_600 * SECOND
MORNING, NOON, AFTERNOON, CLOSING = time(8, 20), time(12, 10), time(14, 15), time(14, 40)
LEFT: Final = 0.02
"""The share of those present whose parents fetch them before the day ends."""


@dataclass(frozen=True)
class Noted:
    """Codes of one pupil's day. morning: as first noted. start: as it stands from noon. end: of the end of the day."""

    morning: str
    start: str
    end: str


@lru_cache(maxsize=10_000)
def noted(pupil: Pupil, day: date) -> Noted:
    """Unlawful becomes illness when the parents write, and late when the pupil turns up after the file was made."""
    chance = dice("attendance", day, pupil.key)
    morning = start = ""
    if chance.random() < pupil.away:
        start = chance.choices("SLU", (60, 22, 18))[0]
        morning = "U" if start == "S" and chance.random() < 0.35 else start
    elif chance.random() < 0.025:
        start = "F"
        morning = "U" if chance.random() < 0.25 else "F"
    stays = chance.random()
    end = (start if stays < 0.85 else "") if start in ABSENT else ("S" if stays < 0.015 else "")
    return Noted(morning, start, end)


def present(pupil: Pupil, day: date) -> bool:
    return noted(pupil, day).start not in ABSENT


def files(day: date, school: School = SKOVBAKKEN) -> list[Delivery]:
    """The exports of a school day: the start of the day, corrections at noon, and the end of the day of the oldest. Some come late."""
    if not is_school(day):
        return []
    everybody = pupils(school, day)
    oldest = [pupil for pupil in everybody if pupil.grade >= TWICE_FROM]
    delay = dice("morning file", day, school.index).choice((0,) * 11 + (2 * _HOURS,))
    told = [
        _file(day, school, MORNING, delay, "start", [(pupil, noted(pupil, day).morning) for pupil in everybody]),
        _file(day, school, NOON, 0, "start", [(pupil, noted(pupil, day).start) for pupil in everybody]),
    ]
    if oldest:
        both = [(one, f"{noted(one, day).start};{noted(one, day).end}") for one in oldest]
        told.append(_file(day, school, AFTERNOON, 0, "start;slut", both))
    return told


def left_early(day: date, school: School = SKOVBAKKEN) -> Iterator[Delivery]:
    """The register's own events of the day's end, in our own types, since the export has no code for it."""
    gone = [pupil for pupil in pupils(school, day) if is_school(day) and _left(pupil, day)]
    if gone:
        at = local_instant(datetime.combine(day, CLOSING))
        body = msgspec.json.encode([_event(pupil, day, at) for pupil in gone])
        yield Delivery(at + 5 * SECOND, SKOLEADM, "/events", EVENT_HEADERS, body, len(gone))


def _left(pupil: Pupil, day: date) -> bool:
    told = noted(pupil, day)
    return told.start == told.end == "" and dice("left", day, pupil.key).random() < LEFT


def _event(pupil: Pupil, day: date, at: Micros) -> dict[str, object]:
    slot = "end" if pupil.grade >= TWICE_FROM else "start"
    return {
        "specversion": "1.0", "id": named("left", pupil.key, day), "source": f"https://skoleadm.example/{pupil.institution}",
        "type": "dk.fremgang.attendance.registered.v1", "subject": f"{UNILOGIN}:{pupil.unilogin}", "time": rfc3339(at),
        "institution": pupil.institution, "datacontenttype": "application/json",
        "data": {"date": day.isoformat(), "slot": slot, "status": "left_early", "minutes_missed": 45},
    }  # fmt: skip


def _file(day: date, school: School, exported: time, delay: Micros, columns: str, codes: Iterable[tuple[Pupil, str]]) -> Delivery:
    rows = [f"{pupil.unilogin};{day:%d-%m-%Y};{pupil.group};{code};{school.number}" for pupil, code in codes]
    body = BOM + "\r\n".join((f"unilogin;dato;klasse;{columns};institution", *rows, ""))
    as_of = local_instant(datetime.combine(day, exported))
    query = {"as_of": rfc3339(as_of), "complete": "true"}
    return Delivery(as_of + delay + 5 * SECOND, SKOLEADM, "/files/attendance_csv", _HEADERS, body.encode(), len(rows), query)
