"""G6 Weak spots: the goals in which the least share of a group's first tries was right; of tasks whose goal no source tells, the tasks
(domain 4.6).

The first tries are those of I4: a pupil's earliest answer to a task in the window. A task that is for several goals counts in each. A spot
is shown from 30 answers of 5 pupils on, also to who sees the pupils; no pupil is named, and what is not shown is not said to be strong.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from contracts.facts import Fact
from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member, Name, Part
from contracts.indicator import Given, Summary, Texts, Window
from streams.keyed import digest, joined
from streams.wilson import wilson

LEAST_ANSWERS: Final = 30
LEAST_PUPILS: Final = 5
MOST_SHOWN: Final = 5
ALL: Final = ""


def measure(member: Member) -> Summary:
    """Goal, or task without one, and "" for all tasks -> [right, judged first tries, pupils]."""
    known = [] if member.given is None else [(item, one) for item, one in member.given.whole.items() if one[3] != "unknown"]
    spots: dict[str, list[int]] = {}
    for item, (_, _, _, verdict, *goals) in known:
        for spot in (ALL, *(goals or [item])):
            right, n, _ = spots.get(spot, (0, 0, 1))
            spots[spot] = [right + (verdict == "right"), n + 1, 1]
    return spots


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, lambda here, there: [this + that for this, that in zip(here, there, strict=True)])


def read(summary: Summary) -> GroupAnswer:
    right, n, pupils = summary.get(ALL, (0, 0, 0))
    spots = [(spot, *told) for spot, told in summary.items() if spot != ALL and told[1] >= LEAST_ANSWERS and told[2] >= LEAST_PUPILS]
    if not spots:
        return GroupAnswer(None, pupils, "too_few_answers")
    parts = tuple(Part(spot, Fraction(100 * of, most), most, who, _interval(of, most)) for spot, of, most, who in _lowest(spots))
    return GroupAnswer(Fraction(100 * right, n), pupils, parts=parts)


def _lowest(spots: list[tuple[str, int, int, int]]) -> list[tuple[str, int, int, int]]:
    """Of equal shares that of more answers first, then by key."""
    return sorted(spots, key=lambda one: (Fraction(one[1], one[2]), -one[2], one[0]))[:MOST_SHOWN]


def _interval(right: int, n: int) -> tuple[float, float]:
    low, high = wilson(right, n)
    return 100 * low, 100 * high


def names(fact: Fact) -> Mapping[str, Name]:
    told = fact.content
    goals = {digest(goal): Name(goal, None) for goal in told.get("goal_ids", ())}
    return {digest(told["tool"], told["item_id"]): Name(told["item_id"], told["tool"]), **goals}


_WINDOW: Final = Window("W20", date(2026, 10, 27), date(2026, 11, 23), ())


def _member(**goals: tuple[int, int]) -> Member:
    """goals: goal -> how many of its tasks were right at first try, and how many wrong."""
    tries = [[verdict, goal] for goal, told in goals.items() for verdict, n in zip(("right", "wrong"), told, strict=True) for _ in range(n)]
    return _of({f"task-{k}": one for k, one in enumerate(tries)})


def _of(tries: Mapping[str, list[str]]) -> Member:
    """tries: task -> the verdict of its first try, and its goals."""
    whole: dict[str, Any] = {task: [0, 0, task, *one] for task, one in tries.items()}
    return Member(None, 0, given=Given(whole, {}, _WINDOW, lambda _: None))


_SEVEN: Final = {f"goal-{k}": (k, 6 - k) for k in range(7)}
_UNTOLD: Final = _of({f"task-{k}": ["right" if k < 3 else "wrong"] for k in range(6)})

EXAMPLES = (
    GroupExample(
        "Of 30 answers of five pupils to tasks of one goal 15 are right, of those of another 20",
        (_member(a=(3, 3), b=(4, 2)),) * 5, 58.3, 5, parts=(("a", 50.0, 30, 5), ("b", 66.7, 30, 5)),
    ),
    GroupExample("29 answers are too few", (*(_member(a=(3, 3)),) * 4, _member(a=(3, 2))), None, 5, "too_few_answers"),
    GroupExample("So are 40 of four pupils", (_member(a=(5, 5)),) * 4, None, 4, "too_few_answers"),
    GroupExample(
        "Who answered nothing of a goal is not one of its five pupils",
        (*(_member(a=(4, 4)),) * 4, _member(b=(9, 0))), None, 5, "too_few_answers",
    ),
    GroupExample(
        "The five lowest are shown, the lowest first",
        (_member(**_SEVEN),) * 5, 50.0, 5,
        parts=(("goal-0", 0.0, 30, 5), ("goal-1", 16.7, 30, 5), ("goal-2", 33.3, 30, 5), ("goal-3", 50.0, 30, 5), ("goal-4", 66.7, 30, 5)),
    ),
    GroupExample(
        "Of equals the one of more answers stands first",
        (_member(a=(3, 3), b=(4, 4)),) * 5, 50.0, 5, parts=(("b", 50.0, 40, 5), ("a", 50.0, 30, 5)),
    ),
    GroupExample(
        "A task for two goals counts in both, once in the share of all, and is no spot of its own",
        (_of({f"task-{k}": ["right" if k else "wrong", "a", "b"] for k in range(6)}),) * 30,
        83.3, 30, parts=(("a", 83.3, 180, 30), ("b", 83.3, 180, 30)),
    ),
    GroupExample(
        "A task whose goal is not told is a spot of its own, which 30 pupils reach",
        (_UNTOLD,) * 30, 50.0, 30,
        parts=(("task-3", 0.0, 30, 30), ("task-4", 0.0, 30, 30), ("task-5", 0.0, 30, 30), ("task-0", 100.0, 30, 30),
               ("task-1", 100.0, 30, 30)),
    ),
    GroupExample(
        "What was not judged is neither right nor wrong",
        (_of({f"task-{k}": [("right", "wrong", "unknown")[k % 3], "a"] for k in range(18)}),) * 5, 50.0, 5, parts=(("a", 50.0, 60, 5),),
    ),
    GroupExample("A group that answered nothing", (_member(), _member()), None, 0, "too_few_answers"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G6",
    name="weak-spots",
    version=1,
    title=Texts("Svage punkter", "Weak spots"),
    formula=Texts(
        "Andelen af alle elevernes bedømte første forsøg i perioden, som var rigtige; og de op til fem mål, hvor andelen er lavest. En "
        "opgave, hvis mål kilden ikke oplyser, står for sig selv. Et mål eller en opgave vises fra 30 svar fra mindst 5 elever.",
        "The share of all the pupils' judged first tries of the window that were right; and the up to five goals in which the share is "
        "lowest. A task whose goal the source does not tell stands for itself. A goal or a task is shown from 30 answers by 5 pupils on.",
    ),
    unseen=Texts(
        "Hvor svære opgaverne er, ses ikke, så et lavt tal kan være svære opgaver. Mål, som få har svaret på, er ikke med, og en opgave "
        "uden oplyst mål kræver 30 elever, da en elev tæller én gang i den. Intervallet regner svarene for uafhængige.",
        "How difficult the tasks are is not seen, so a low number may be difficult tasks. Goals that few have answered are not in it, and "
        "a task without a told goal needs 30 pupils, since a pupil counts once in it. The interval takes the answers for independent.",
    ),
    explanation=Texts(
        "{value} % rigtige i første forsøg hos {n} af {pupils} elever. De mål og opgaver, hvor andelen er lavest, er vist med antal svar "
        "og usikkerhed.",
        "{value} % right at first try in {n} of {pupils} pupils. The goals and tasks in which the share is lowest are shown with their "
        "numbers of answers and uncertainty.",
    ),
    reasons={
        "too_few_answers": Texts(
            "Intet mål og ingen opgave har 30 bedømte første forsøg fra mindst 5 elever i perioden.",
            "No goal and no task has 30 judged first tries by at least 5 pupils in the window.",
        ),
    },
    minimum=Texts("30 bedømte første forsøg fra mindst 5 elever.", "30 judged first tries by at least 5 pupils."),
    tasks=("T3",),
    of=lambda indicator: indicator.name == "first-try-correctness",
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
    names=names,
)
