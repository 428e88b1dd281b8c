"""I7 Goals reached: how many goals of the school year are marked as reached (domain 4.5).

Of a goal the latest marking of the year counts, whoever made it; of two at one instant the higher. Where goals are planned this year
for a group that the pupil is in today, those are the goals that count, else all that are marked. Each framework has a reading of its
own: what was reached in one is not reached in that which replaces it (domain 2.4). A plan is of the school year that it is filed under,
also where it was told before that began.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from contracts.dates import local_date, school_year
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams.invented import FRAMEWORK as OLD
from streams.invented import by_date, marked, planned
from streams.keyed import digest, joined

REACHED: Final = 3
MARKERS: Final = ("teacher", "pupil", "tool")


def measure(facts: Sequence[Fact]) -> Summary:
    """Goal -> of a pupil's sheet who marked it: [instant, level] of the latest; of a group's the school year that it is planned for: 1."""
    told: dict[str, Any] = {}
    for fact in facts:
        goal = digest(fact.content["framework_id"], fact.content["goal_id"])
        told[goal] = joined(told.get(goal, {}), _said(fact), max)
    return told


def _said(fact: Fact) -> dict[str, Any]:
    told = fact.content
    if fact.kind == "curriculum.goal_marked":
        return {told["marked_by"]: [told["marked_at"], told["level"]]}
    return {told.get("school_year") or school_year(local_date(told["at"])): 1}


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, lambda here, there: joined(here, there, max))


def read(given: Given) -> Answer:
    marks, plan = _marks(given.whole, given.window.first), _planned(given)
    goals = set(plan) or set(marks)
    reached = _reached(marks, goals)
    today = _marks(given.today, given.window.last)
    return Answer(
        value=Fraction(reached) if marks else None,
        n=len(goals),
        reason=None if marks else "not_marked",
        today=(Fraction(_reached(today, set(today))), len(today)) if today else None,
        details={
            "reached": reached, "marked": len(marks), "planned": len(plan),
            **{who: _reached({goal: {who: told[who]} for goal, told in marks.items() if who in told}, goals) for who in MARKERS},
        },
        counted=frozenset([("", goal) for goal in marks] + [(group, goal) for goal, groups in plan.items() for group in groups]),
    )  # fmt: skip


def _marks(told: Summary, first: date) -> dict[str, dict[str, list[int]]]:
    """Goal -> who marked it: the latest marking, of those since a date."""
    since = {goal: {who: mark for who, mark in marks.items() if local_date(mark[0]) >= first} for goal, marks in told.items()}
    return {goal: marks for goal, marks in since.items() if marks}


def _reached(marks: dict[str, dict[str, list[int]]], goals: set[str]) -> int:
    return sum(max(told.values())[1] == REACHED for goal, told in marks.items() if goal in goals)


def _planned(given: Given) -> dict[str, list[str]]:
    """Goal -> the groups, of those that the pupil is in today, for which it is planned this year."""
    today, found = given.window.last, dict[str, list[str]]()
    for group, told in given.groups.items():
        for goal in (goal for goal, years in told.items() if school_year(today) in years and given.member(group, today)):
            found.setdefault(goal, []).append(group)
    return found


_CLASS: Final = "g_class"
_LEFT: Final = "g_left"
_NEW: Final = "fagplan-2027"


def _example(
    says: str, *facts: Fact, value: float | None, n: int, plan: Sequence[Fact] = (), left: Sequence[Fact] = (), framework: str = OLD
) -> Example:
    """Monday 2026-11-23 of the school year that began on 1 August. plan: of the class; left: of the one before, until 12 November."""
    return Example(
        says, by_date(facts), date(2026, 11, 23), "Y", value, n, "not_marked" if value is None else None,
        groups={_CLASS: plan, _LEFT: left}, framework=framework,
        member=lambda group, day: (day < date(2026, 11, 12)) == (group == _LEFT),
    )  # fmt: skip


_MARKS: Final = (marked("2026-09-10 12:00", "a", 3), marked("2026-10-05 12:00", "b", 2), marked("2026-11-20 12:00", "c", 3))
_PLAN: Final = [planned("2026-08-12 08:00", goal) for goal in "abcd"]
_NEW_MARKS: Final = (marked("2026-11-18 12:00", "a-2027", 3, framework=_NEW), marked("2026-11-20 12:00", "b-2027", 2, framework=_NEW))
_NEW_PLAN: Final = [planned("2026-10-26 08:00", goal, framework=_NEW) for goal in ("a-2027", "b-2027", "c-2027")]

EXAMPLES = (
    _example("Of four planned two are reached", *_MARKS, plan=_PLAN, value=2, n=4),
    _example("Without a plan those that are marked", *_MARKS, value=2, n=3),
    _example("Planned and not marked is not known", plan=_PLAN, value=None, n=4),
    _example("Nothing reached is a number", _MARKS[1], plan=_PLAN, value=0, n=4),
    _example("The latest marking counts, also where it is lower", *_MARKS, marked("2026-11-21 12:00", "a", 1), plan=_PLAN, value=1, n=4),
    _example("Of a day too", *_MARKS, marked("2026-11-20 09:00", "c", 1), plan=_PLAN, value=2, n=4),
    _example("Whoever made it", *_MARKS, marked("2026-10-06 12:00", "b", 3, by="pupil"), plan=_PLAN, value=3, n=4),
    _example("An older word of another counts no more", *_MARKS, marked("2026-10-04 12:00", "b", 3, by="tool"), plan=_PLAN, value=2, n=4),
    _example("At one instant the higher", *_MARKS, marked("2026-10-05 12:00", "b", 3, by="tool"), plan=_PLAN, value=3, n=4),
    _example("A goal that is not planned does not count beside those that are", *_MARKS, marked("2026-11-20 12:00", "e", 3),
             plan=_PLAN, value=2, n=4),
    _example("The plan of the class that was left is not the pupil's", *_MARKS, left=[planned("2026-08-12 08:00", "x")],
             plan=_PLAN[:2], value=1, n=2),
    _example("A plan told in June for this year is of this year", *_MARKS, value=2, n=4,
             plan=[planned("2026-06-20 08:00", goal, year="2026-2027") for goal in "abcd"]),
    _example("Last year's plan is not", *_MARKS, plan=[planned("2026-06-20 08:00", goal) for goal in "wxyz"], value=2, n=3),
    _example("Nor is what was marked last year", marked("2026-06-20 12:00", "d", 3), *_MARKS, plan=_PLAN, value=2, n=4),
    _example("A goal planned twice is one", *_MARKS, plan=[*_PLAN, planned("2026-10-12 08:00", "a", period="efterår")], value=2, n=4),
    _example("The same id in another framework is another goal", *_MARKS, marked("2026-11-20 12:00", "b", 3, framework=_NEW),
             plan=_PLAN, value=2, n=4),
    _example("What was reached in a framework is not reached in the one that follows it", *_MARKS, *_NEW_MARKS, plan=_NEW_PLAN,
             framework=_NEW, value=1, n=3),
    _example("And stays what it was, by its own plan, or none", *_MARKS, *_NEW_MARKS, plan=_NEW_PLAN, value=2, n=3),
    _example("A plan of the new goals alone is not known to be reached", *_MARKS, plan=[*_PLAN, *_NEW_PLAN], framework=_NEW, value=None,
             n=3),
    _example("A weekend's marking counts", *_MARKS, marked("2026-11-22 12:00", "d", 3), plan=_PLAN, value=3, n=4),
)  # fmt: skip

INDICATOR = Indicator(
    id="I7",
    name="goals-reached",
    version=2,
    title=Texts("Mål nået", "Goals reached"),
    formula=Texts(
        "Antallet af mål, der ved den seneste markering i skoleåret er nået, hvem der end markerede. Er der i år planlagt mål for klasser "
        "og hold, som eleven er i, tæller de mål; ellers alle mål, der er markeret. Hver ramme af mål tæller for sig: et mål, der er "
        "nået, er ikke nået i den ramme, der følger.",
        "The number of goals that are reached by their latest marking in the school year, whoever made it. Where goals are planned this "
        "year for classes and groups that the pupil is in, those goals count, else all that are marked. Each framework of goals counts "
        "apart: a goal that is reached is not reached in the framework that follows.",
    ),
    unseen=Texts(
        "Mål, som ingen har markeret i et tilkoblet system, og hvad en markering bygger på, ses ikke. Mål er ikke lige store.",
        "Goals that nobody has marked in a connected system, and what a marking rests on, are not seen. Goals are not of one size.",
    ),
    explanation=Texts(
        "Nået: {reached} af {n} mål. Planlagt i år for elevens klasser og hold: {planned} (0, hvor ingen plan er kendt). Markeret i år: "
        "{marked}. Nået efter lærerens seneste markering: {teacher}, efter elevens egen: {pupil}, efter et materiales: {tool}.",
        "Reached: {reached} of {n} goals. Planned this year for the pupil's classes and groups: {planned} (0 where no plan is known). "
        "Marked this year: {marked}. Reached by the teacher's latest marking: {teacher}, by the pupil's own: {pupil}, by a material's: "
        "{tool}.",
    ),
    reasons={
        "not_marked": Texts(
            "Ingen mål er markeret i skoleåret, så det vides ikke. Planlagt i år for elevens klasser og hold: {planned}.",
            "No goal has been marked in the school year, so it is not known. Planned this year for the pupil's classes and groups: "
            "{planned}.",
        ),
    },
    unit="goals",
    decimals=0,
    windows=("Y",),
    kinds=("curriculum.goal_marked", "curriculum.goal_planned"),
    all_kept=True,
    per_subject=True,
    per_framework=True,
    minimum=Texts("Mindst én markering i skoleåret.", "At least one marking in the school year."),
    tasks=("T1", "T2", "T4"),
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
