"""I99 Different items: how many items were answered at all in the window, each once. A stranger's, added by the README's words."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams.invented import answered, by_date
from streams.keyed import digest, joined


def measure(facts: Sequence[Fact]) -> Summary:
    """Item -> the last local date on which it was answered."""
    dates: dict[str, str] = {}
    for fact in sorted(facts, key=lambda one: one.content["at"]):
        dates[digest(fact.content["tool"], fact.content["item_id"])] = local_date(fact.content["at"]).isoformat()
    return dates


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, max)


def read(given: Given) -> Answer:
    n, today = len(given.whole), len(given.today)
    if not n:
        return Answer(None, 0, "no_items")
    return Answer(Fraction(n), n, today=(Fraction(today), today) if today else None)


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None) -> Example:
    """Friday 2026-11-20."""
    return Example(says, by_date(facts), date(2026, 11, 20), "W5", value, n, reason)


EXAMPLES = (
    _example("Nothing answered tells nothing", value=None, n=0, reason="no_items"),
    _example(
        "The same item on two dates is one",
        answered("2026-11-16 09:00", "a", correct=False), answered("2026-11-20 09:00", "a", correct=True), value=1, n=1,
    ),
    _example(
        "The same number in two tools is two items",
        answered("2026-11-17 09:00", "a", correct=True), answered("2026-11-17 09:00", "a", correct=True, tool="dansk-y"), value=2, n=2,
    ),
    _example("An answer without a verdict is an answer", answered("2026-11-17 09:00", "a", correct=None), value=1, n=1),
    Example(
        "A weekend's items count",
        by_date((answered("2026-11-21 09:00", "a", correct=True), answered("2026-11-23 09:00", "b", correct=False))),
        date(2026, 11, 23), "W5", 2, 2,
    ),
)  # fmt: skip

INDICATOR = Indicator(
    id="I99",
    name="different-items",
    version=1,
    title=Texts("Forskellige opgaver", "Different items"),
    formula=Texts("Antallet af forskellige opgaver med en besvarelse i perioden.", "The number of different items answered in the window."),
    unseen=Texts("Opgaver på papir ses ikke.", "Tasks on paper are not seen."),
    explanation=Texts("{value} forskellige opgaver er besvaret.", "{value} different items were answered."),
    reasons={"no_items": Texts("Ingen har fortalt om besvarede opgaver.", "Nobody has told of answered tasks.")},
    unit="items",
    decimals=0,
    windows=("W5",),
    kinds=("activity.item_answered",),
    per_subject=True,
    minimum=Texts("Mindst én besvaret opgave.", "At least one answered task."),
    tasks=("T1",),
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
