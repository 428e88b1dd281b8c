"""What registrations of attendance say of a local date (domain 2.3): whether and how long a pupil was there, never why not.

Grades 0-6 are registered at the start of the day, and that decides the day. Grades 7-10 are registered at the start and at the end, half a
day each; where only one of the two is known, it counts as the half day that it is. Where no roster tells the grade, the start decides.
A source that has only days tells the whole day; any slot of the date outranks it. Late and left early are present.
"""

from collections.abc import Iterable
from typing import Final

from contracts.facts import Content, Fact
from streams.keyed import joined

WHOLE: Final = 1_000_000
"""A day, and absent all of a slot, in millionths."""
TWO_SLOTS_FROM: Final = 7
"""The lowest grade that is registered twice a day."""
HALF: Final = WHOLE // 2

KINDS: Final = ("attendance.registered", "attendance.day_total")

Slots = dict[str, int]
"""`start`, `end` or `day` -> absent, in millionths."""


def by_day(facts: Iterable[Fact]) -> dict[str, Slots]:
    """Local date -> slots."""
    days: dict[str, Slots] = {}
    for fact in facts:
        days[fact.content["date"]] = either(days.get(fact.content["date"], {}), _told(fact.content))
    return days


def _told(content: Content) -> Slots:
    if "slot" in content:
        return {content["slot"]: WHOLE if content["status"] == "absent" else 0}
    return {"day": content["absent_fraction"]}


def either(one: Slots, other: Slots) -> Slots:
    """Of two words on one slot (a pupil of two schools) the one that tells of presence."""
    return joined(one, other, min)


def weighed(told: Slots, grade: int | None) -> tuple[int, int] | None:
    """How much of a day is registered and how much of it was absence, in millionths of the day; None where that is not known."""
    slots = [told[slot] for slot in ("start", "end") if slot in told]
    if not slots:
        return (WHOLE, told["day"]) if "day" in told else None
    if grade is not None and grade >= TWO_SLOTS_FROM:
        return HALF * len(slots), sum(slots) // 2
    return (WHOLE, told["start"]) if "start" in told else None


def is_present(told: Slots, grade: int | None) -> bool:
    """Known to have been there, for some of the day at least."""
    known = weighed(told, grade)
    return known is not None and known[1] < known[0]
