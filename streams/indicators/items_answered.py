"""I3 Items answered: distinct answers per finished school day (domain 4.5). An answer is a fact: two reports of it are one."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from operator import add

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams.invented import answered, by_date
from streams.keyed import joined


def measure(facts: Sequence[Fact]) -> Summary:
    """Local date -> answers."""
    return dict(Counter(local_date(fact.content["at"]).isoformat() for fact in facts))


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, add)


def read(given: Given) -> Answer:
    answers, window = given.whole, given.window
    n = sum(count for day, count in answers.items() if window.first.isoformat() <= day < window.last.isoformat())
    today = answers.get(window.last.isoformat(), 0)
    reason = _lacks(given)
    return Answer(
        value=None if reason else Fraction(n, len(window.finished)),
        n=n,
        reason=reason,
        today=(Fraction(today), today) if today else None,
        details={"days": len(window.finished)},
    )


def _lacks(given: Given) -> str | None:
    if not given.whole:
        return "no_items"
    return None if given.window.finished else "no_finished_days"


def _answers(day: str, count: int) -> list[Fact]:
    return [answered(f"{day} 09:{minute:02}", f"item-{minute}", correct=True) for minute in range(count)]


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None) -> Example:
    """Friday 2026-11-20, so Monday to Thursday are finished."""
    return Example(says, by_date(facts), date(2026, 11, 20), "W5", value, n, reason)


EXAMPLES = (
    _example("Ten answers over four finished days are 2.5 a day", *_answers("2026-11-16", 4), *_answers("2026-11-18", 6), value=2.5, n=10),
    _example("Answers of today stand apart", *_answers("2026-11-16", 4), *_answers("2026-11-20", 30), value=1.0, n=4),
    _example("Answers of today alone: none yet on the finished days", *_answers("2026-11-20", 3), value=0.0, n=0),
    _example("Nothing answered is not nought answered: there may be no material", value=None, n=0, reason="no_items"),
    _example(
        "The same item twice is two answers",
        answered("2026-11-16 09:00", "a", correct=False), answered("2026-11-16 09:01", "a", correct=True), value=0.5, n=2,
    ),
    _example("An answer without a verdict is an answer", answered("2026-11-16 09:00", "a", correct=None), value=0.2, n=1),
    _example("A tie is rounded to the even digit: 5 of 4 days, 1.25, is 1.2", *_answers("2026-11-19", 5), value=1.2, n=5),
    Example(
        "A weekend's answers count in the sum, and the weekend is no school day",
        by_date((*_answers("2026-11-20", 4), *_answers("2026-11-21", 8))), date(2026, 11, 23), "W5", 3.0, 12,
    ),
    Example(
        "An answer at 23:59 belongs to its day, one at midnight to the next",
        by_date((answered("2026-11-19 23:59", "a", correct=True), answered("2026-11-20 00:00", "b", correct=True))),
        date(2026, 11, 20), "W5", 0.2, 1,
    ),
)  # fmt: skip

INDICATOR = Indicator(
    id="I3",
    name="items-answered",
    version=1,
    title=Texts("Besvarede opgaver", "Items answered"),
    formula=Texts(
        "Antal besvarelser på periodens afsluttede dage, delt med antallet af afsluttede skoledage.",
        "The number of answers on the finished days of the window, divided by the number of finished school days.",
    ),
    unseen=Texts(
        "Opgaver på papir og i materialer, der ikke er tilkoblet, ses ikke, og heller ikke, hvor store eller svære opgaverne er.",
        "Tasks on paper and in materials that are not connected are not seen, nor how long or difficult the tasks are.",
    ),
    explanation=Texts(
        "{value} besvarede opgaver pr. skoledag: besvarelser i alt {n}, delt med afsluttede skoledage {days}.",
        "{value} tasks answered per school day: answers in all {n}, divided by finished school days {days}.",
    ),
    reasons={
        "no_items": Texts(
            "Ingen tilkoblede materialer har fortalt om besvarede opgaver i perioden. Det betyder ikke, at eleven intet har lavet.",
            "No connected material has told of answered tasks in the window. It does not mean that the pupil has done nothing.",
        ),
        "no_finished_days": Texts(
            "Perioden har endnu ingen afsluttet skoledag at dele med.", "The window has no finished school day yet to divide by."
        ),
    },
    unit="items_per_day",
    decimals=1,
    windows=("W5",),
    kinds=("activity.item_answered",),
    per_subject=True,
    minimum=Texts("Mindst én besvaret opgave i perioden.", "At least one answered task in the window."),
    tasks=("T1",),
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
    distributed=True,
)
