"""I9 On-time submission: the share of the assignments due that were handed in by the deadline (domain 4.5).

What is due for a pupil, and when, is in `streams.assignments`. An assignment is in the window in which its due date as now known is. One
that is due today is told apart, and counts from tomorrow on: until then it may still be handed in. What was never handed in is not on time.
"""

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Texts
from streams import assignments
from streams.invented import by_date, published, state, submitted

LEAST_DUE: Final = 3


def read(given: Given) -> Answer:
    owed = assignments.due(given)
    past = [one for one in owed.values() if local_date(one.at) < given.window.last]
    today = [one for one in owed.values() if local_date(one.at) == given.window.last]
    enough = len(past) >= LEAST_DUE
    on_time, handed = sum(one.on_time for one in past), sum(one.handed is not None for one in past)
    return Answer(
        value=_percent(past) if enough else None,
        n=len(past),
        reason=None if enough else "too_few_due",
        today=(_percent(today), len(today)) if today else None,
        details={"on_time": on_time, "late": handed - on_time, "missing": len(past) - handed},
        counted=assignments.counted(owed),
    )


def _percent(owed: Collection[assignments.Due]) -> Fraction:
    return Fraction(100 * sum(one.on_time for one in owed), len(owed))


_CLASS: Final = "g_class"
_HOLD: Final = "g_hold"
_LEFT: Final = "g_left"
_MOVED: Final = date(2026, 11, 12)
"""On it the pupil came to the class; the day before was the last in the one that was left."""


def _member(group: str, day: date) -> bool:
    return group == _HOLD or (day < _MOVED if group == _LEFT else day >= _MOVED if group == _CLASS else False)


def _example(
    says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None, given: Sequence[Fact] = (), **groups: Sequence[Fact]
) -> Example:
    """Monday 2026-11-23: the window W20 began on Tuesday 2026-10-27. given: to a group that the pupil is in all the time."""
    said = {_HOLD: [*given, *groups.get("hold", ())], _CLASS: groups.get("to_class", ()), _LEFT: groups.get("to_left", ())}
    return Example(says, by_date(facts), date(2026, 11, 23), "W20", value, n, reason, groups=said, member=_member)


_FOUR: Final = [published(f"2026-11-{day} 12:00", name) for name, day in (("a", "06"), ("b", "13"), ("c", "18"), ("d", "20"))]
_THREE_IN: Final = [submitted(f"2026-11-{day} 11:00", name) for name, day in (("a", "06"), ("b", "12"), ("c", "18"))]

EXAMPLES = (
    _example("Three of four in time are 75 %, though the last was never handed in", *_THREE_IN, given=_FOUR, value=75.0, n=4),
    _example("Two assignments due are too few", *_THREE_IN, given=_FOUR[:2], value=None, n=2, reason="too_few_due"),
    _example("The due instant itself is in time", *_THREE_IN, submitted("2026-11-20 12:00", "d"), given=_FOUR, value=100.0, n=4),
    _example("A minute later is not", *_THREE_IN, submitted("2026-11-20 12:01", "d"), given=_FOUR, value=75.0, n=4),
    _example("Of several hand-ins the first counts, whatever its number", *_THREE_IN, submitted("2026-11-20 18:00", "d"),
             submitted("2026-11-20 11:00", "d", 2), given=_FOUR, value=100.0, n=4),
    _example("Handed in before the window, due in it", submitted("2026-10-20 09:00", "a"), *_THREE_IN[1:], given=_FOUR, value=75.0, n=4),
    _example("Given before the window, and due on its first day", *_THREE_IN, submitted("2026-10-26 09:00", "early"),
             given=[*_FOUR, published("2026-10-27 08:00", "early", when="2026-10-05 08:00")], value=80.0, n=5),
    _example("Due the day before the window is not in it", *_THREE_IN,
             given=[*_FOUR, published("2026-10-26 23:59", "old", when="2026-10-05 08:00")], value=75.0, n=4),
    _example("What is due today counts from tomorrow on", *_THREE_IN, given=[*_FOUR, published("2026-11-23 08:00", "e")], value=75.0, n=4),
    _example("What is due tomorrow is not due", *_THREE_IN, given=[*_FOUR, published("2026-11-24 08:00", "soon")], value=75.0, n=4),
    _example("An excused assignment is not due", *_THREE_IN, state("2026-11-19 10:00", "d", "excused"), given=_FOUR, value=100.0, n=3),
    _example("Nor is one from which the pupil was excused long before", *_THREE_IN, state("2026-10-01 10:00", "d", "excused"),
             given=_FOUR, value=100.0, n=3),
    _example("Other states say nothing of it", *_THREE_IN, state("2026-11-19 10:00", "d", "returned"),
             state("2026-11-19 10:00", "a", "not_submitted"), given=_FOUR, value=75.0, n=4),
    _example("An optional assignment is not due", *_THREE_IN, given=[*_FOUR, published("2026-11-17 12:00", "e", optional=True)],
             value=75.0, n=4),
    _example("What has no due date is never due", *_THREE_IN, given=[*_FOUR, published(None, "e")], value=75.0, n=4),
    _example("A hand-in of what nobody gave counts nowhere", *_THREE_IN, submitted("2026-11-18 10:00", "x"), given=_FOUR, value=75.0, n=4),
    _example("The same id a year before was another assignment", *_THREE_IN, submitted("2025-11-20 11:00", "d"), given=_FOUR,
             value=75.0, n=4),
    _example("Handed in on a weekend, due on one", *_THREE_IN, submitted("2026-11-21 20:00", "e"),
             given=[*_FOUR, published("2026-11-22 23:00", "e")], value=80.0, n=5),
    _example("Of the class that was left counts what was due before, of the new one what was due since", *_THREE_IN,
             to_left=_FOUR, to_class=[published(f"2026-11-{day} 12:00", name) for name, day in (("p", "11"), ("q", "12"), ("c", "18"))],
             value=66.7, n=3),
    _example("Given to two groups of the pupil it is due once, on the later date", *_THREE_IN, submitted("2026-11-20 14:00", "d"),
             given=_FOUR, to_class=[published("2026-11-20 15:00", "d")], value=100.0, n=4),
    _example("And to be done where the later says so", *_THREE_IN, hold=[published("2026-11-20 11:00", "d", optional=True)],
             given=_FOUR[:3], to_class=[published("2026-11-20 12:00", "d")], value=75.0, n=4),
    _example("Nothing given is nothing known", *_THREE_IN, value=None, n=0, reason="too_few_due"),
)  # fmt: skip

INDICATOR = Indicator(
    id="I9",
    name="on-time-submission",
    version=1,
    title=Texts("Afleveret til tiden", "Handed in on time"),
    formula=Texts(
        "Andelen af de opgaver med afleveringsfrist i perioden, som eleven afleverede senest ved fristen, som den nu er kendt. Med er de "
        "opgaver, der er givet til klasser og hold, som eleven var i på fristens dato, men ikke frivillige opgaver og opgaver, som eleven "
        "er fritaget for.",
        "The share of the assignments due in the window that the pupil handed in by the deadline as it is now known. Counted are those "
        "given to classes and groups that the pupil was in on the date of the deadline, but not optional ones, nor those from which the "
        "pupil is excused.",
    ),
    unseen=Texts(
        "Opgaver og afleveringer uden om de tilkoblede systemer, for eksempel på papir, ses ikke, og heller ikke hvorfor noget kom for "
        "sent. En opgave med frist i dag tæller fra i morgen.",
        "Assignments and hand-ins outside the connected systems, on paper for example, are not seen, nor why something came late. An "
        "assignment due today counts from tomorrow on.",
    ),
    explanation=Texts(
        "{on_time} af {n} opgaver afleveret til tiden ({value} %). Afleveret for sent: {late}. Ikke afleveret: {missing}.",
        "{on_time} of {n} assignments handed in by the deadline ({value} %). Handed in late: {late}. Not handed in: {missing}.",
    ),
    reasons={
        "too_few_due": Texts(
            "Færre end 3 opgaver havde afleveringsfrist i perioden (her: {n}), så en procent ville sige for lidt. Afleveret til tiden: "
            "{on_time}.",
            "Fewer than 3 assignments were due in the window (here: {n}), so a percentage would say too little. Handed in by the deadline: "
            "{on_time}.",
        ),
    },
    unit="percent",
    decimals=1,
    windows=("W20",),
    kinds=assignments.KINDS,
    takes=assignments.counts,
    all_kept=True,
    per_subject=True,
    minimum=Texts("Mindst 3 opgaver med afleveringsfrist i perioden.", "At least 3 assignments due in the window."),
    tasks=("T1", "T2"),
    zero={},
    measure=assignments.measure,
    combine=assignments.combine,
    read=read,
    examples=EXAMPLES,
    distributed=True,
)  # fmt: skip
