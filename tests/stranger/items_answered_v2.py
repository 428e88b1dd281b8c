"""I3 Items answered, version 2: an item answered several times on a day counts once. A stranger's change, made by the README's words."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams.invented import answered, by_date
from streams.keyed import digest, joined


def measure(facts: Sequence[Fact]) -> Summary:
    """Local date -> the items answered on it, sorted."""
    items: dict[str, list[str]] = {}
    for fact in facts:
        day, item = local_date(fact.content["at"]).isoformat(), digest(fact.content["tool"], fact.content["item_id"])
        items[day] = sorted({*items.get(day, ()), item})
    return items


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, lambda here, there: sorted({*here, *there}))


def read(given: Given) -> Answer:
    items, window = given.whole, given.window
    n = sum(len(told) for day, told in items.items() if window.first.isoformat() <= day < window.last.isoformat())
    today = len(items.get(window.last.isoformat(), ()))
    reason = "no_items" if not items else None if window.finished else "no_finished_days"
    return Answer(
        value=None if reason else Fraction(n, len(window.finished)),
        n=n,
        reason=reason,
        today=(Fraction(today), today) if today else None,
        details={"days": len(window.finished)},
    )


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None) -> Example:
    """Friday 2026-11-20, so Monday to Thursday are finished."""
    return Example(says, by_date(facts), date(2026, 11, 20), "W5", value, n, reason)


EXAMPLES = (
    _example("Nothing answered tells nothing", value=None, n=0, reason="no_items"),
    _example(
        "The same item twice on a day is one",
        answered("2026-11-16 09:00", "a", correct=False), answered("2026-11-16 09:01", "a", correct=True), value=0.2, n=1,
    ),
    _example(
        "And on two days two",
        answered("2026-11-16 09:00", "a", correct=False), answered("2026-11-17 09:01", "a", correct=True), value=0.5, n=2,
    ),
    _example(
        "The same number in two tools is two items",
        answered("2026-11-17 09:00", "a", correct=True), answered("2026-11-17 09:00", "a", correct=True, tool="dansk-y"), value=0.5, n=2,
    ),
    _example("What is answered today stands apart", answered("2026-11-20 08:00", "a", correct=None), value=0.0, n=0),
    Example(
        "A weekend's items count in the sum",
        by_date((answered("2026-11-21 09:00", "a", correct=True), answered("2026-11-20 09:00", "b", correct=False))),
        date(2026, 11, 23), "W5", 0.5, 2,
    ),
)  # fmt: skip

INDICATOR = Indicator(
    id="I3",
    name="items-answered",
    version=2,
    title=Texts("Besvarede opgaver", "Items answered"),
    formula=Texts(
        "Antal forskellige opgaver, der er besvaret på hver af periodens afsluttede dage, delt med antallet af afsluttede skoledage.",
        "The number of different items answered on each finished day of the window, divided by the number of finished school days.",
    ),
    unseen=Texts("Opgaver på papir ses ikke.", "Tasks on paper are not seen."),
    explanation=Texts(
        "{value} forskellige opgaver pr. skoledag: i alt {n}, delt med afsluttede skoledage {days}.",
        "{value} different items per school day: {n} in all, divided by finished school days {days}.",
    ),
    reasons={
        "no_items": Texts("Ingen har fortalt om besvarede opgaver.", "Nobody has told of answered tasks."),
        "no_finished_days": Texts("Perioden har endnu ingen afsluttet skoledag.", "The window has no finished school day yet."),
    },
    unit="items_per_day",
    decimals=1,
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
    distributed=True,
)
