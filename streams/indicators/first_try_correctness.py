"""I4 First-try correctness: the share of items right at the first try of the window (domain 4.5).

The first try is the earliest answer to an item in the window; of two at the same instant the one that the source gave the lower number,
one without a number first, then the one with the smaller digest of its natural key. A first try without a verdict stays the first try and
is left out of the share.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from contracts.dates import local_date
from contracts.facts import Content, Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams.invented import answered, by_date
from streams.keyed import digest, joined
from streams.rounding import rounded
from streams.wilson import wilson

LEAST_ITEMS: Final = 20
LEAST_DATES: Final = 2
VERDICTS: Final = {True: "right", False: "wrong", None: "unknown"}


def measure(facts: Sequence[Fact]) -> Summary:
    """Item -> its earliest answer, as [instant, number of the attempt or 0, digest of its key, verdict], and after it the item's goals, for
    what is read of groups."""
    tries: dict[str, Any] = {}
    for fact in facts:
        told = fact.content
        tried = [told["at"], told.get("attempt_no", 0), digest(fact.key), VERDICTS[told.get("correct")], *_goals(told)]
        item = digest(told["tool"], told["item_id"])
        tries[item] = min(tried, tries.get(item, tried))
    return tries


def _goals(told: Content) -> list[str]:
    return sorted(map(digest, told.get("goal_ids", ())))


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, min)


def read(given: Given) -> Answer:
    known = _known(given.whole)
    right, n, dates = _right(known), len(known), len({local_date(at) for at, *_ in known})
    reason = "too_few_items" if n < LEAST_ITEMS else "too_few_days" if dates < LEAST_DATES else None
    low, high = wilson(right, n) if n else (0.0, 1.0)
    return Answer(
        value=None if reason else Fraction(100 * right, n),
        n=n,
        reason=reason,
        interval=None if reason else (100 * low, 100 * high),
        today=_today(given.today),
        details={
            "right": right,
            "dates": dates,
            "unknown": len(given.whole) - n,
            "low": rounded(100 * low, 1),
            "high": rounded(100 * high, 1),
        },
    )


def _known(tries: Summary) -> list[Any]:
    """The first tries that have a verdict."""
    return [tried for tried in tries.values() if tried[3] != "unknown"]


def _right(known: Sequence[Any]) -> int:
    return sum(verdict == "right" for _, _, _, verdict, *_ in known)


def _today(tries: Summary) -> tuple[Fraction, int] | None:
    """The first tries of today, whatever was tried before; no minimum."""
    known = _known(tries)
    return (Fraction(100 * _right(known), len(known)), len(known)) if known else None


_TODAY: Final = date(2026, 11, 23)


def _tries(right: int, wrong: int, *, days: Sequence[str] = ("2026-11-19", "2026-11-20"), first: int = 0) -> list[Fact]:
    """Items of their own, the first ones right, dealt out over the days."""
    return [
        answered(f"{days[k % len(days)]} 09:{k // 60:02}:{k % 60:02}", f"item-{k}", correct=k < first + right)
        for k in range(first, first + right + wrong)
    ]


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None) -> Example:
    """Monday 2026-11-23: the window W20 began on Tuesday 2026-10-27."""
    return Example(says, by_date(facts), _TODAY, "W20", value, n, reason)


EXAMPLES = (
    _example("34 of 46 right are 73.9 %, today included", *_tries(34, 12, days=("2026-11-20", "2026-11-23")), value=73.9, n=46),
    _example("20 items from two dates are enough", *_tries(15, 5), value=75.0, n=20),
    _example("19 items are too few", *_tries(15, 4), value=None, n=19, reason="too_few_items"),
    _example("20 items of one date are too few dates", *_tries(15, 5, days=("2026-11-19",)), value=None, n=20, reason="too_few_days"),
    _example(
        "What is right at the second try was wrong at the first, also days later",
        *_tries(15, 5), *(answered("2026-11-23 10:00", f"item-{k}", correct=True) for k in range(20)), value=75.0, n=20,
    ),
    _example(
        "Also minutes later",
        *_tries(15, 5), *(answered("2026-11-20 10:00", f"item-{k}", correct=True) for k in range(20)), value=75.0, n=20,
    ),
    _example(
        "The earliest answer is the first, however late it came",
        *_tries(15, 5), *(answered("2026-11-18 10:00", f"item-{k}", correct=False) for k in range(5)), value=50.0, n=20,
    ),
    _example(
        "Of two answers at one instant the source's number tells the first",
        *_tries(15, 0),
        *(answered("2026-11-20 10:00", f"numbered-{k}", correct=no == 2, attempt_no=no) for k in range(10) for no in (2, 1)),
        value=60.0, n=25,
    ),
    _example(
        "A first try without a verdict is the first try, and left out",
        *_tries(15, 6), answered("2026-11-18 10:00", "item-0", correct=None), value=70.0, n=20,
    ),
    _example(
        "The same item number in two tools is two items",
        *_tries(15, 5), answered("2026-11-18 10:00", "item-0", correct=False, tool="dansk-y"), value=71.4, n=21,
    ),
    _example(
        "The goals that an item is for change nothing",
        *_tries(14, 5), answered("2026-11-20 10:00", "of-two", correct=True, goals=("a", "b")), value=75.0, n=20,
    ),
    _example("A weekend's answers count", *_tries(10, 10, days=("2026-11-20", "2026-11-21")), value=50.0, n=20),
    _example(
        "What was answered before the window is not in it, nor is what it says of an item",
        *_tries(20, 0), *(answered("2026-10-26 10:00", f"item-{k}", correct=False) for k in range(20)), value=100.0, n=20,
    ),
    _example("The window's first day is in it", *_tries(18, 6, days=("2026-10-27", "2026-11-23")), value=75.0, n=24),
)  # fmt: skip

INDICATOR = Indicator(
    id="I4",
    name="first-try-correctness",
    version=1,
    title=Texts("Rigtige i første forsøg", "Right at first try"),
    formula=Texts(
        "Andelen af opgaver, hvis første besvarelse i perioden var rigtig, af de opgaver, hvis første besvarelse blev bedømt rigtig eller "
        "forkert.",
        "The share of tasks whose first answer in the window was right, of the tasks whose first answer was judged right or wrong.",
    ),
    unseen=Texts(
        "Opgavernes sværhedsgrad, hjælp undervejs og opgaver, der ikke rettes automatisk, ses ikke. Forsøg før perioden kendes ikke.",
        "How difficult the tasks are, help on the way and tasks that are not corrected automatically are not seen. Tries before the window "
        "are not known.",
    ),
    explanation=Texts(
        "{value} % rigtige i første forsøg: {right} af {n} opgaver, besvaret på {dates} datoer. Med så mange opgaver kan tallet rimeligvis "
        "ligge mellem {low} og {high} %. Opgaver uden bedømmelse er ikke talt med: {unknown}. Opgaver er forskelligt svære; sammenlign "
        "ikke elever.",
        "{value} % right at first try: {right} of {n} tasks, answered on {dates} dates. With so many tasks the number may well lie between "
        "{low} and {high} %. Tasks without a verdict are left out: {unknown}. Tasks differ in difficulty; do not compare pupils.",
    ),
    reasons={
        "too_few_items": Texts(
            "Færre end 20 opgaver er bedømt i første forsøg i perioden (her: {n}), så en procent ville sige for lidt.",
            "Fewer than 20 tasks were judged at first try in the window (here: {n}), so a percentage would say too little.",
        ),
        "too_few_days": Texts(
            "Alle opgaver er besvaret på samme dag, og én dag siger for lidt.",
            "All tasks were answered on the same day, and one day says too little.",
        ),
    },
    interval=Texts(
        "Wilsons 95 %-interval: med så mange opgaver kan tallet rimeligvis ligge derimellem.",
        "The 95 % interval of Wilson: with so many tasks the number may well lie between its ends.",
    ),
    unit="percent",
    decimals=1,
    windows=("W20",),
    kinds=("activity.item_answered",),
    per_subject=True,
    minimum=Texts("Mindst 20 bedømte opgaver fra mindst 2 datoer.", "At least 20 judged tasks from at least 2 dates."),
    tasks=("T1", "T2"),
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
    distributed=True,
)
