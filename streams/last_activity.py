"""When a pupil last did something in a school subject, in a connected material (domain 4.5, extra facts).

It is measured and put together as an indicator is, since a class has it of each pupil, but it says when, not how much, and stands beside
the indicators. The end of a session that was left (a time-out, or abandoned) is the tool's own word, told when that was noticed.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from contracts.dates import Micros
from contracts.facts import Fact
from contracts.indicator import Answer, Given, Indicator, Summary, Texts

NEVER: Final = 0
LEFT: Final = ("timeout", "abandoned")


def is_activity(fact: Fact) -> bool:
    return fact.content.get("end_reason") not in LEFT


def measure(facts: Sequence[Fact]) -> Summary:
    """The latest instant."""
    return max(fact.content["at"] for fact in facts)


def combine(one: Micros, other: Micros) -> Micros:
    return max(one, other)


def read(given: Given) -> Answer:
    return Answer(Fraction(given.whole) if given.whole else None, n=int(bool(given.whole)), reason=None if given.whole else "never")


LAST_ACTIVITY: Final = Indicator(
    id="",
    name="last-activity",
    version=1,
    title=Texts("Senest i gang", "Last active"),
    formula=Texts(
        "Hvornår eleven i skoleåret senest lavede noget i et tilkoblet digitalt materiale, for hvert fag.",
        "When in the school year the pupil last did something in a connected digital material, for each subject.",
    ),
    unseen=Texts(
        "Arbejde på papir, mundtligt arbejde og materialer, der ikke er tilkoblet, ses ikke.",
        "Paper work, oral work and materials that are not connected are not seen.",
    ),
    explanation=Texts("Senest i gang.", "Last active."),
    reasons={"never": Texts("Der er ikke set noget i skoleåret.", "Nothing has been seen in the school year.")},
    unit="instant",
    decimals=0,
    windows=("Y",),
    kinds=("activity.item_answered", "activity.resource_viewed", "activity.media_played", "activity.session"),
    takes=is_activity,
    per_subject=True,
    minimum=Texts("Ingen.", "None."),
    tasks=("T1", "T2"),
    zero=NEVER,
    measure=measure,
    combine=combine,
    read=read,
    examples=(),
)
