"""I8 Goals moved: how many goals rose in the last 20 school days, minus how many fell (domain 4.5).

A goal moved where its last level is another than the one before the 20 school days: the last one marked earlier in the school year, or
not started where nobody had marked it. Each framework has a reading of its own, so a change of the curriculum moves no goal of either
(domain 2.4). A goal is taken as the teacher marks it; where no teacher has marked it in the school year, as a material does, else as
the pupil does: two who see it differently do not move it. Nothing is said of today alone.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams.invented import FRAMEWORK, by_date, marked
from streams.keyed import digest, joined

LAST_DAYS: Final = 20
NOT_STARTED: Final = 0
MARKERS: Final = ("teacher", "tool", "pupil")
"""Whose marking goes first."""


def measure(facts: Sequence[Fact]) -> Summary:
    """Marking -> [instant, goal, whose it is by `MARKERS`, level]."""
    return {digest(fact.key): _marking(fact) for fact in facts}


def _marking(fact: Fact) -> list[Any]:
    told = fact.content
    return [told["marked_at"], digest(told["goal_id"]), MARKERS.index(told["marked_by"]), told["level"]]


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, max)


def read(given: Given) -> Answer:
    since = next(iter(given.window.school_days[-LAST_DAYS:]), given.window.last)
    before: dict[str, int] = {}
    now: dict[str, int] = {}
    for at, goal, _, level in sorted(_counted(given.whole)):
        levels = before if local_date(at) < since else now
        levels[goal] = level
    moves = [level - before.get(goal, NOT_STARTED) for goal, level in now.items()]
    up, down = sum(move > 0 for move in moves), sum(move < 0 for move in moves)
    return Answer(
        value=Fraction(up - down) if moves else None,
        n=len(moves),
        reason=None if moves else "no_markings",
        details={"up": up, "down": down, "same": len(moves) - up - down, "since": str(since)},
    )


def _counted(markings: Summary) -> list[Any]:
    """Of each goal those of whoever goes first of all who marked it."""
    first: dict[str, int] = {}
    for _, goal, marker, _ in markings.values():
        first[goal] = min(marker, first.get(goal, marker))
    return [marking for marking in markings.values() if marking[2] == first[marking[1]]]


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None) -> Example:
    """Monday 2026-11-23: the last 20 school days began on Tuesday 2026-10-27."""
    return Example(says, by_date(facts), date(2026, 11, 23), "Y", value, n, reason, framework=FRAMEWORK)


def _on(day: str, goal: str, level: int, by: str = "teacher") -> Fact:
    """At noon of a date of 2026."""
    return marked(f"2026-{day} 12:00", goal, level, by)


_A_UP: Final = (_on("10-01", "a", 1), _on("11-10", "a", 2))
"""One goal that rose."""

EXAMPLES = (
    _example("A goal that was marked higher than before moved", *_A_UP, value=1, n=1),
    _example("One that was marked lower moved the other way", *_A_UP, _on("10-01", "b", 3), _on("11-10", "b", 2), value=0, n=2),
    _example("More may fall than rise", _on("10-01", "b", 3), _on("11-10", "b", 1), value=-1, n=1),
    _example("The same level again is no move", *_A_UP, _on("10-02", "b", 2), _on("11-11", "b", 2), value=1, n=2),
    _example("Two levels are one move", _on("10-01", "a", 1), _on("11-10", "a", 3), value=1, n=1),
    _example("The level before is the last one then, not the lowest", _on("09-01", "a", 1), _on("10-01", "a", 3),
             _on("11-10", "a", 2), value=-1, n=1),
    _example("The level now is the last one, not the highest", *_A_UP, _on("11-12", "a", 1), value=0, n=1),
    _example("A goal that nobody had marked had not been started", _on("11-10", "a", 1), value=1, n=1),
    _example("And where it still is not, it did not move", _on("11-10", "a", 0), value=0, n=1),
    _example("Without a marking in the 20 school days nothing is known", _on("10-01", "a", 1), value=None, n=0, reason="no_markings"),
    _example("The first of the 20 school days is among them", _on("10-26", "a", 2), marked("2026-10-27 08:00", "a", 3), value=1, n=1),
    _example("The school day before is not", _on("10-26", "a", 2), value=None, n=0, reason="no_markings"),
    _example("Local midnight begins the day", marked("2026-10-26 23:59", "a", 3), marked("2026-10-27 00:00", "a", 2), value=-1, n=1),
    _example("So is today, and a weekend", marked("2026-11-23 08:00", "a", 1), _on("11-21", "b", 1), value=2, n=2),
    _example("A weekend before them is the time before", _on("10-25", "a", 3), _on("10-28", "a", 2), value=-1, n=1),
    _example("Last school year's markings are not looked at", _on("06-20", "a", 2), _on("11-10", "a", 1), value=1, n=1),
    _example("What the pupil thinks of a goal that the teacher marked does not move it", *_A_UP, _on("11-12", "a", 0, by="pupil"),
             _on("11-12", "a", 1, by="tool"), value=1, n=1),
    _example("Nor where the teacher marked it earlier alone", _on("10-01", "b", 1), _on("11-12", "b", 3, by="tool"),
             value=None, n=0, reason="no_markings"),
    _example("Where no teacher did, a material's markings count, before the pupil's own", _on("10-01", "a", 3, by="tool"),
             _on("11-12", "a", 2, by="tool"), _on("11-13", "a", 3, by="pupil"), value=-1, n=1),
    _example("Else the pupil's", _on("11-12", "a", 2, by="pupil"), value=1, n=1),
    _example("What is marked in the framework that follows moves nothing", *_A_UP, _on("10-02", "b", 2),
             marked("2026-11-12 12:00", "b", 3, framework="fagplan-2027"), value=1, n=1),
)  # fmt: skip

INDICATOR = Indicator(
    id="I8",
    name="goals-moved",
    version=2,
    title=Texts("Mål, der har flyttet sig", "Goals moved"),
    formula=Texts(
        "Antallet af mål, der i de seneste 20 skoledage er markeret på et højere niveau end før, minus antallet, der er markeret på et "
        "lavere. Et mål uden en tidligere markering i skoleåret regnes fra “ikke påbegyndt”. Lærerens markeringer af et mål går forud for "
        "et materiales, og de for elevens egne. Hver ramme af mål tæller for sig.",
        "The number of goals marked at a higher level in the last 20 school days than before, minus the number marked at a lower one. A "
        "goal with no earlier marking in the school year counts from “not started”. A teacher's markings of a goal go before a material's, "
        "and those before the pupil's own. Each framework of goals counts apart.",
    ),
    unseen=Texts(
        "Mål, som ingen har markeret, ses ikke, og heller ikke, om eleven kunne noget, før det blev markeret, eller hvor store målene er.",
        "Goals that nobody has marked are not seen, nor whether the pupil could do something before it was marked, nor how large the goals "
        "are.",
    ),
    explanation=Texts(
        "Siden {since} er {up} mål flyttet op og {down} ned; forskellen er {value}. Markeret uden at flytte sig: {same}.",
        "Since {since} goals moved up: {up}, and down: {down}; the difference is {value}. Marked without moving: {same}.",
    ),
    reasons={
        "no_markings": Texts(
            "Ingen mål er markeret i de seneste 20 skoledage. Det siger ikke, at ingen har flyttet sig.",
            "No goals were marked in the last 20 school days. That does not say that none moved.",
        ),
    },
    unit="goals",
    decimals=0,
    windows=("Y",),
    kinds=("curriculum.goal_marked",),
    per_subject=True,
    per_framework=True,
    minimum=Texts("Mindst ét mål markeret i de seneste 20 skoledage.", "At least one goal marked in the last 20 school days."),
    tasks=("T1", "T2"),
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
