"""What was due for a pupil, for G4: in one summary when each assignment is due, when it was handed in, and whether feedback was given.

What is due for a pupil, and when, is in `streams.assignments`, as for I9; what is due today is in it. It stands in no pupil's readings,
which have I9 and I10.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Texts
from streams import assignments
from streams.invented import by_date, published, state, submitted


def takes(fact: Fact) -> bool:
    return assignments.counts(fact) or assignments.is_feedback(fact)


def read(given: Given) -> Answer:
    owed = assignments.due(given)
    today = sum(local_date(one.at) == given.window.last for one in owed.values())
    return Answer(
        value=Fraction(len(owed)) if owed else None,
        n=len(owed),
        reason=None if owed else "nothing_due",
        today=(Fraction(today), today) if today else None,
        details={"feedback": sum("feedback" in given.whole.get(name, ()) for name in owed)},
        counted=assignments.counted(owed),
    )


_CLASS: Final = "g_class"


def _example(says: str, *facts: Fact, value: float | None, n: int, given: Sequence[Fact] = ()) -> Example:
    """Monday 2026-11-23: the window W20 began on Tuesday 2026-10-27. given: to a group that the pupil is in all the time."""
    reason = None if n else "nothing_due"
    return Example(says, by_date(facts), date(2026, 11, 23), "W20", value, n, reason, groups={_CLASS: given}, member=lambda *_: True)


_THREE: Final = [published(f"2026-11-{day} 12:00", name) for name, day in (("a", "13"), ("b", "18"), ("c", "22"))]

EXAMPLES = (
    _example("Three were due, one of them handed in", submitted("2026-11-12 11:00", "a"), given=_THREE, value=3, n=3),
    _example("What is due today is due", given=[*_THREE, published("2026-11-23 20:00", "d")], value=4, n=4),
    _example("What is due tomorrow is not yet", given=[*_THREE, published("2026-11-24 00:00", "d")], value=3, n=3),
    _example("Excused and optional is not due", state("2026-11-10 10:00", "b", "excused"),
             given=[*_THREE, published("2026-11-17 12:00", "d", optional=True)], value=2, n=2),
    _example("Feedback changes nothing of what was due", state("2026-11-19 10:00", "b", "feedback_given"),
             submitted("2026-11-21 11:00", "c"), given=_THREE, value=3, n=3),
    _example("What was due before the window is not in it", given=[*_THREE, published("2026-10-26 23:59", "d", when="2026-10-20 08:00")],
             value=3, n=3),
    _example("Nothing given is nothing due", submitted("2026-11-12 11:00", "a"), value=None, n=0),
)  # fmt: skip

INDICATOR = Indicator(
    id="G4",
    name="assignments-due",
    version=1,
    title=Texts("Opgaver med frist", "Assignments due"),
    formula=Texts(
        "Antallet af opgaver, der er givet eleven med afleveringsfrist i perioden, i dag iberegnet; ikke frivillige opgaver og opgaver, "
        "som eleven er fritaget for. Bruges kun til gruppens tal, opgave for opgave.",
        "The number of assignments given to the pupil that are due in the window, today's among them; not optional ones, nor those from "
        "which the pupil is excused. Used only for what is told of groups, assignment by assignment.",
    ),
    unseen=Texts(
        "Opgaver og afleveringer uden om de tilkoblede systemer, for eksempel på papir, ses ikke.",
        "Assignments and hand-ins outside the connected systems, on paper for example, are not seen.",
    ),
    explanation=Texts(
        "{n} opgaver havde afleveringsfrist i perioden; feedback er givet på {feedback}.",
        "{n} assignments were due in the window; feedback is given on {feedback}.",
    ),
    reasons={
        "nothing_due": Texts(
            "Ingen opgaver havde afleveringsfrist for eleven i perioden.", "No assignments were due for the pupil in the window."
        ),
    },
    unit="assignments",
    decimals=0,
    windows=("W20",),
    kinds=assignments.KINDS,
    takes=takes,
    all_kept=True,
    per_subject=True,
    minimum=Texts("Mindst én opgave med afleveringsfrist i perioden.", "At least one assignment due in the window."),
    tasks=("T3", "T4"),
    zero={},
    measure=assignments.measure,
    combine=assignments.combine,
    read=read,
    examples=EXAMPLES,
    of_groups_alone=True,
)  # fmt: skip
