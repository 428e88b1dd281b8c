"""What streams while somebody looks: a steady trickle over the school at any hour of any day, beside the day's own plan.

Time is cut into slots of 2.5 s, and each slot has its answer, so the same slot always tells the same reports.
"""

from collections.abc import Iterator
from typing import Final

from contracts.dates import SECOND, Micros
from services.demo import telling
from services.demo.dice import dice, named
from services.demo.people import Pupil, of_class
from services.demo.telling import Delivery, Said, bundled

SLOT: Final = 5 * SECOND // 2
TURNS: Final = (
    ("5.A", "MAT"), ("6.B", "MAT"), ("5.A", "DAN"), ("8.C", "MAT"), ("5.A", "MAT"), ("8.C", "DAN"), ("5.A", "DAN"), ("6.B", "DAN"),
)  # fmt: skip
"""Who answers in which subject, slot by slot."""
BLOCK: Final = 120
"""Slots for which the same pupils work: 5 minutes."""
MINUTE: Final = 24
ITEMS: Final = range(40_000, 45_000)


def trickle(since: Micros, until: Micros, turn: int = 0, pace: int = 1) -> list[Delivery]:
    """What happens after `since` and not after `until`. turn: told apart from other turns over the same time, played before.
    pace: how many times as long a slot is, where the day is played faster, so that a day is never fuller than by the clock."""
    long = SLOT * pace
    return bundled(until, (one for slot in range(since // long + 1, until // long + 1) for one in in_slot(slot, turn, pace)))


def in_slot(slot: int, turn: int = 0, pace: int = 1) -> Iterator[Said]:
    """An answer; and at the pace of life films and sessions too, of which a day that is played faster has enough by its plan."""
    yield _answer(slot, turn, pace)
    if pace == 1:
        yield from _film(slot, turn)
        yield from _session(slot, turn)


def _answer(slot: int, turn: int, pace: int) -> Said:
    group, subject = TURNS[slot % len(TURNS)]
    chance, at = dice("slot", slot, turn, pace), slot * SLOT * pace
    pupil = chance.choice(_active(group, slot))
    right, item, seconds = chance.random() < pupil.skill, f"øv-{chance.choice(ITEMS)}", chance.uniform(5, 60)
    if subject == "MAT":
        return telling.answered(pupil, at, item, right, seconds, "slot", slot, turn, pace)
    return telling.word(pupil, at, item, right, seconds, named("slot", slot, turn, pace), 1)


def _active(group: str, slot: int) -> list[Pupil]:
    """The few of a class who work in this block."""
    return dice("active", group, slot // BLOCK).sample([pupil for pupil in of_class(group) if pupil.zeal >= 0.5], 4)


def _film(slot: int, turn: int) -> Iterator[Said]:
    """Each minute a pupil of 5.A watches half a minute of a film."""
    minute, within = divmod(slot, MINUTE)
    pupil = dice("film", minute).choice(_active("5.A", slot))
    if within == 3:
        yield telling.player(pupil, slot * SLOT, "played", minute % 500, 0, "slot", minute, turn)
    elif within == 15:
        yield telling.player(pupil, slot * SLOT, "paused", minute % 500, 30, "slot", minute, turn)


def _session(slot: int, turn: int) -> Iterator[Said]:
    """In each block the first of the active of 5.A works in ordleg all through it."""
    block, within = divmod(slot, BLOCK)
    pupil, name = _active("5.A", slot)[0], named("block", block, turn)
    if within == 0:
        yield telling.session(pupil, slot * SLOT, "started", name)
    elif within == BLOCK - 1:
        yield telling.session(pupil, slot * SLOT, "ended", name, "ended")
