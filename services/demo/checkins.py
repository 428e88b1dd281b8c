"""The weekly check-in of the invented schools: a local tool asks how school is going, and tells the hub by a signed webhook."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from random import Random
from types import MappingProxyType
from typing import Any, Final

import msgspec

from contracts.dates import Micros, local_instant, rfc3339
from contracts.privacy import UNILOGIN
from services.demo.attendance import present
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.people import Pupil, pupils
from services.demo.plan import SKOVBAKKEN, School
from services.demo.practice import share
from services.demo.telling import Delivery, later

TRIVSELSTJEK: Final = "trivselstjek"
PATH: Final = "/webhooks/wellbeing_checkin"
MESSAGE: Final = "webhook-id"
"""The header by which a sender knows that a request is to be signed, at each attempt anew."""
YOUNGEST: Final = 4
"""The lowest grade that is asked."""
TAKES_PART, DECLINES, TWICE = 0.93, 0.06, 0.03
_ITEMS: Final = (("lyst-1", "motivation", False), ("lyst-2", "motivation", False), ("kedsomhed-1", "motivation", True),
                 ("venner-1", "social", False), ("kan-selv-1", "academic", False), ("hjaelp-1", "support", False),
                 ("larm-1", "calm", True))  # fmt: skip
"""Question, what it is about, and whether a low number is the good one."""
_AGAIN: Final = 40
"""Seconds after which a message whose answer was lost is sent again."""


@dataclass(frozen=True)
class _Asked:
    """One pupil's run of a week."""

    pupil: Pupil
    day: date
    at: Micros


def checkins(day: date, school: School = SKOVBAKKEN) -> Iterator[Delivery]:
    """A class is asked on one weekday, in the morning, of those who are there; a question may be skipped."""
    groups = list(school.classes)
    for pupil in pupils(school, day):
        chance = dice("check-in", day, pupil.key)
        asked = is_school(day) and groups.index(pupil.group) % 5 == day.weekday() and pupil.grade >= YOUNGEST
        if asked and present(pupil, day) and chance.random() < TAKES_PART:
            at = later(local_instant(datetime.combine(day, time(9, 40))), chance.uniform(0, 900))
            yield from _messages(_Asked(pupil, day, at), chance)


def _messages(asked: _Asked, chance: Random) -> Iterator[Delivery]:
    headers = {"Content-Type": "application/json", MESSAGE: named("check-in", asked.pupil.key, asked.day)}
    document = _document(asked, chance)
    once = Delivery(
        later(asked.at, 2), TRIVSELSTJEK, PATH, MappingProxyType(headers), msgspec.json.encode(document), len(document["data"]["answers"])
    )
    yield once
    if chance.random() < TWICE:
        yield replace(once, due=later(once.due, _AGAIN))


def _document(asked: _Asked, chance: Random) -> dict[str, Any]:
    year, week, _ = asked.day.isocalendar()
    answers = [_answer(asked.pupil, item, dimension, reverse, chance) for item, dimension, reverse in _ITEMS]
    data = {
        "pupil": {"scheme": UNILOGIN, "value": asked.pupil.unilogin}, "institution": asked.pupil.institution,
        "instrument": {"id": "ugens-tjek", "version": "2"}, "run": f"{year}-uge{week:02}", "visibility": ["pupil", "home_class_teacher"],
        "answers": answers,
    }  # fmt: skip
    return {"type": "checkin.answered", "timestamp": rfc3339(asked.at), "data": data}


def _answer(pupil: Pupil, item: str, dimension: str, reverse: bool, chance: Random) -> dict[str, Any]:
    """Around what the pupil mostly says, which has nothing to do with how able they are."""
    usual = 1 + 4 * share(dice("mood", pupil.key).gauss(0.6, 0.7))
    value = min(5, max(1, round(chance.gauss(usual, 0.8))))
    told: dict[str, Any] = {"item": item, "dimension": dimension, "scale": {"min": 1, "max": 5}}
    if chance.random() < DECLINES:
        return told | {"declined": True}
    return told | {"value": 6 - value, "reversed": True} if reverse else told | {"value": value}
