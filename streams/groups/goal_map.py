"""G5 Goal map: of each goal how many pupils of a group are at each level, from not started to reached (domain 4.6).

Of a pupil the latest marking of the school year counts, of each that marks by itself: what the teacher, the pupil and a material say of a
goal are never one (as I7 shows them apart).
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member, Name, Split
from contracts.indicator import Given, Summary, Texts, Window
from streams.invented import at
from streams.keyed import digest, joined

LEVELS: Final = (0, 1, 2, 3)
"""Not started, working, nearly, reached."""
MARKERS: Final = ("teacher", "pupil", "tool")
EVERYBODY: Final = ""


def measure(member: Member) -> Summary:
    """Goal -> who marked it -> the number of pupils at each level; and "" -> the pupils in whom any is marked."""
    if member.given is None:
        return {}
    first = member.given.window.first
    goals = {goal: _placed(marks, first) for goal, marks in member.given.whole.items()}
    known = {goal: placed for goal, placed in goals.items() if placed}
    return {EVERYBODY: {EVERYBODY: [1]}, **known} if known else {}


def _placed(marks: Mapping[str, Any], first: date) -> dict[str, list[int]]:
    """Who marked it since a date -> 1 at the level of the latest marking."""
    return {who: [int(level == mark) for level in LEVELS] for who, (when, mark) in marks.items() if local_date(when) >= first}


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, lambda here, there: joined(here, there, _added))


def _added(one: list[int], other: list[int]) -> list[int]:
    return [here + there for here, there in zip(one, other, strict=True)]


def read(summary: Summary) -> GroupAnswer:
    if not summary:
        return GroupAnswer(None, 0, "not_marked")
    goals = {goal: marks for goal, marks in sorted(summary.items()) if goal != EVERYBODY}
    splits = tuple(
        Split(goal, who, {str(level): pupils for level, pupils in enumerate(marks[who])})
        for goal, marks in goals.items()
        for who in MARKERS
        if who in marks
    )
    return GroupAnswer(Fraction(len(goals)), summary[EVERYBODY][EVERYBODY][0], splits=splits)


def names(fact: Fact) -> Mapping[str, Name]:
    framework, goal = fact.content["framework_id"], fact.content["goal_id"]
    return {digest(framework, goal): Name(goal, framework)}


_YEAR: Final = Window("Y", date(2026, 8, 1), date(2026, 11, 23), ())


def _member(**goals: Mapping[str, tuple[str, int]]) -> Member:
    """goals: goal -> who marked it -> the day of the latest marking, and its level."""
    whole = {goal: {who: [at(f"{day} 12:00"), level] for who, (day, level) in marks.items()} for goal, marks in goals.items()}
    return Member(None, 0, given=Given(whole, {}, _YEAR, lambda _: None))


def _by_teacher(level: int, day: str = "2026-10-05") -> Mapping[str, tuple[str, int]]:
    return {"teacher": (day, level)}


EXAMPLES = (
    GroupExample(
        "Of three pupils one is nearly there and two have reached it",
        (_member(a=_by_teacher(2)), _member(a=_by_teacher(3)), _member(a=_by_teacher(3))),
        1.0, 3, splits=(("a", "teacher", (0, 0, 1, 2)),),
    ),
    GroupExample(
        "Each goal by itself, and who is not marked in one is at no level of it",
        (_member(a=_by_teacher(0), b=_by_teacher(1)), _member(b=_by_teacher(2)), _member()),
        2.0, 2, splits=(("a", "teacher", (1, 0, 0, 0)), ("b", "teacher", (0, 1, 1, 0))),
    ),
    GroupExample(
        "The teacher's word, the pupil's own and a material's stand apart, in that order",
        (_member(a={"tool": ("2026-11-20", 3), "pupil": ("2026-11-19", 2), "teacher": ("2026-09-01", 1)}), _member(a=_by_teacher(1))),
        1.0, 2, splits=(("a", "teacher", (0, 2, 0, 0)), ("a", "pupil", (0, 0, 1, 0)), ("a", "tool", (0, 0, 0, 1))),
    ),
    GroupExample(
        "What was marked last school year is not on the map",
        (_member(a=_by_teacher(3, "2026-06-20"), b=_by_teacher(3, "2026-08-01")), _member(a=_by_teacher(3, "2026-07-31"))),
        1.0, 1, splits=(("b", "teacher", (0, 0, 0, 1)),),
    ),
    GroupExample("A group in which no goal is marked", (_member(), _member(a=_by_teacher(3, "2026-06-20"))), None, 0, "not_marked"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G5",
    name="goal-map",
    version=1,
    title=Texts("Målkort", "Goal map"),
    formula=Texts(
        "For hvert mål antallet af elever på hvert trin: 0 ikke begyndt, 1 i gang, 2 næsten, 3 nået. Den seneste markering i skoleåret "
        "tæller for hver elev; lærerens, elevens egen og et materiales markeringer står hver for sig. Tallet er antallet af mål.",
        "For each goal the number of pupils at each level: 0 not started, 1 working on it, 2 nearly, 3 reached. The latest marking of the "
        "school year counts for each pupil; the teacher's, the pupil's own and a material's markings stand apart. The value is the number "
        "of goals.",
    ),
    unseen=Texts(
        "Elever, der ikke er markeret i et mål, er ikke med i det, og planlagte mål, som ingen er markeret i, er ikke på kortet. Hvad en "
        "markering bygger på, ses ikke. Hvem der er i gruppen, er som i dag.",
        "Pupils who are not marked in a goal are not in it, and planned goals in which nobody is marked are not on the map. What a marking "
        "rests on is not seen. Who is in the group is as of today.",
    ),
    explanation=Texts(
        "Mål er markeret i skoleåret hos {n} af {pupils} elever. For hvert mål vises, hvor mange elever der er på hvert trin.",
        "Goals are marked this school year in {n} of {pupils} pupils. Of each goal it is shown how many pupils are at each level.",
    ),
    reasons={
        "not_marked": Texts(
            "Ingen mål er markeret i skoleåret hos gruppens elever.",
            "No goal has been marked this school year in any pupil of the group.",
        ),
    },
    minimum=Texts("Mindst ét mål markeret hos mindst én elev.", "At least one goal marked in at least one pupil."),
    tasks=("T3", "T4"),
    of=lambda indicator: indicator.name == "goals-reached",
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
    names=names,
)
