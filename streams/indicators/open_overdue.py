"""I10 Open overdue: how many assignments of the school year are past their deadline and still not handed in (domain 4.5).

What is due for a pupil, and when, is in `streams.assignments`. What is due today is not overdue before tomorrow. An assignment that was
handed in late is not open.
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


def read(given: Given) -> Answer:
    past = {name: one for name, one in assignments.due(given).items() if local_date(one.at) < given.window.last}
    still = {name: one for name, one in past.items() if one.handed is None}
    return Answer(
        value=Fraction(len(still)) if past else None,
        n=len(past),
        reason=None if past else "nothing_due",
        details={"open": len(still)},
        counted=assignments.counted(still),
    )


_CLASS: Final = "g_class"
_LEFT: Final = "g_left"
_MOVED: Final = date(2026, 11, 12)
"""On it the pupil came to the class; the day before was the last in the one that was left."""


def _member(group: str, day: date) -> bool:
    return (day < _MOVED) if group == _LEFT else day >= _MOVED


def _example(says: str, *facts: Fact, value: float | None, n: int, given: Sequence[Fact] = (), left: Sequence[Fact] = ()) -> Example:
    """Monday 2026-11-23 of the school year that began on 1 August. given: to the class; left: to the one before."""
    reason = None if n else "nothing_due"
    groups = {_CLASS: given, _LEFT: left}
    return Example(says, by_date(facts), date(2026, 11, 23), "Y", value, n, reason, groups=groups, member=_member)


_THREE: Final = [published(f"2026-11-{day} 12:00", name) for name, day in (("a", "13"), ("b", "18"), ("c", "22"))]

EXAMPLES = (
    _example("Of three due one was handed in: two are open", submitted("2026-11-12 11:00", "a"), given=_THREE, value=2, n=3),
    _example("Handed in late is not open", submitted("2026-11-20 11:00", "a"), given=_THREE, value=2, n=3),
    _example("All handed in is none open, which is a number", *(submitted("2026-11-12 11:00", name) for name in "abc"), given=_THREE,
             value=0, n=3),
    _example("Nothing due is no number", submitted("2026-11-12 11:00", "a"), given=[published("2026-11-24 12:00", "a")], value=None, n=0),
    _example("What is due today is not overdue yet", given=[*_THREE, published("2026-11-23 00:00", "d")], value=3, n=3),
    _example("A hand-in on a weekend closes it", submitted("2026-11-22 11:00", "c"), given=_THREE, value=2, n=3),
    _example("The year's first day is in it, the day before is not",
             left=[published(due, name, when="2026-06-20 08:00") for name, due in (("d", "2026-08-01 00:00"), ("e", "2026-07-31 23:59"))],
             value=1, n=1),
    _example("Optional, excused and without a due date is not due", state("2026-11-10 10:00", "b", "excused"),
             given=[*_THREE, published("2026-11-17 12:00", "d", optional=True), published(None, "e")], value=2, n=2),
    _example("Nor is it excused by being returned", state("2026-11-19 10:00", "b", "returned"), given=_THREE, value=3, n=3),
    _example("Feedback without a hand-in does not close it", state("2026-11-19 10:00", "b", "feedback_given"), given=_THREE, value=3, n=3),
    _example("Of the class that was left what was due there before", submitted("2026-11-10 11:00", "p"),
             left=[published(f"2026-11-{day} 12:00", name) for name, day in (("p", "10"), ("q", "11"), ("r", "12"))], given=_THREE,
             value=4, n=5),
    _example("All subjects are one number", given=[*_THREE, published("2026-11-17 12:00", "d", subject="DAN")], value=4, n=4),
)  # fmt: skip

INDICATOR = Indicator(
    id="I10",
    name="open-overdue",
    version=1,
    title=Texts("Åbne opgaver over fristen", "Overdue and still open"),
    formula=Texts(
        "Antallet af opgaver i skoleåret, hvis afleveringsfrist er passeret, og som eleven ikke har afleveret. Med er de opgaver, der er "
        "givet til klasser og hold, som eleven var i på fristens dato, men ikke frivillige opgaver og opgaver, som eleven er fritaget for.",
        "The number of the school year's assignments that are past their deadline and that the pupil has not handed in. Counted are those "
        "given to classes and groups that the pupil was in on the date of the deadline, but not optional ones, nor those from which the "
        "pupil is excused.",
    ),
    unseen=Texts(
        "Opgaver og afleveringer uden om de tilkoblede systemer, for eksempel på papir, ses ikke, og heller ikke hvorfor noget mangler. En "
        "opgave med frist i dag tæller fra i morgen.",
        "Assignments and hand-ins outside the connected systems, on paper for example, are not seen, nor why something is missing. An "
        "assignment due today counts from tomorrow on.",
    ),
    explanation=Texts(
        "Ikke afleveret: {open}. Så mange opgaver har haft frist i skoleåret: {n}.",
        "Not handed in: {open}. So many assignments have been due in the school year: {n}.",
    ),
    reasons={
        "nothing_due": Texts(
            "Ingen opgave har haft afleveringsfrist i skoleåret, så der er intet at tælle.",
            "No assignment has been due in the school year, so there is nothing to count.",
        ),
    },
    unit="assignments",
    decimals=0,
    windows=("Y",),
    kinds=assignments.KINDS,
    takes=assignments.counts,
    all_kept=True,
    per_subject=False,
    minimum=Texts("Mindst én opgave, hvis frist er passeret.", "At least one assignment past its deadline."),
    tasks=("T1", "T2"),
    zero={},
    measure=assignments.measure,
    combine=assignments.combine,
    read=read,
    examples=EXAMPLES,
)
