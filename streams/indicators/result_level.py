"""I5 Result level: the mean of the best results of the window, of each activity one, in percent of what could be had (domain 4.5).

A result counts in the window in which it happened; what it says of its activity is in `streams.results`.
"""

from datetime import date
from typing import Final

from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Texts
from streams.errors import around
from streams.invented import by_date, scored
from streams.results import best, better, error, is_final, known, percent

LEAST_ACTIVITIES: Final = 3


def read(given: Given) -> Answer:
    shares = known(given.whole)
    n, today = len(shares), known(given.today)
    enough = n >= LEAST_ACTIVITIES
    return Answer(
        value=percent(shares) if enough else None,
        n=n,
        reason=None if enough else "too_few_results",
        interval=around(percent(shares), error(shares), 0, 100) if enough else None,
        today=(percent(today), len(today)) if today else None,
        details={"unknown": len(given.whole) - n},
    )


_TODAY: Final = date(2026, 11, 23)
_THREE: Final = (scored("2026-11-02 10:00", "a", 0.5), scored("2026-11-12 10:00", "b", 0.8), scored("2026-11-20 10:00", "c", 0.95))
"""75 % in three activities."""


def _example(
    says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None, interval: tuple[float, float] | None = None
) -> Example:
    """Monday 2026-11-23: the window W20 began on Tuesday 2026-10-27."""
    return Example(says, by_date(facts), _TODAY, "W20", value, n, reason, interval=interval)


EXAMPLES = (
    _example("Half, 80 and 95 % are 75 % on average, give or take twice the error of 13.2", *_THREE, value=75.0, n=3,
             interval=(48.5, 100.0)),
    _example("Where all are alike it is as sure as it can be", *(scored("2026-11-20 10:00", name, 0.6) for name in "abc"), value=60.0, n=3,
             interval=(60.0, 60.0)),
    _example("Five that differ little: give or take 8.9", *(scored("2026-11-20 10:00", name, share) for name, share in
             (("a", 0.4), ("b", 0.6), ("c", 0.4), ("d", 0.6), ("e", 0.5))), value=50.0, n=5, interval=(41.1, 58.9)),
    _example("Two activities are too few", *_THREE[1:], value=None, n=2, reason="too_few_results"),
    _example("Of several attempts the best counts, whichever came last", *_THREE, scored("2026-11-20 11:00", "c", 0.2), value=75.0, n=3),
    _example("Also where the better attempt is days older", *_THREE, scored("2026-10-29 11:00", "c", 1.0), value=76.7, n=3),
    _example("An attempt before the window is not in it", *_THREE, scored("2026-10-26 11:00", "a", 1.0), value=75.0, n=3),
    _example("The window's first day is in it", *_THREE, scored("2026-10-27 08:00", "d", 0.35), value=65.0, n=4),
    _example("So is today", *_THREE, scored("2026-11-23 08:00", "d", 0.55), value=70.0, n=4),
    _example("Extra credit counts as all of it, and less than nothing as nothing",
             *_THREE, scored("2026-11-19 09:00", "d", 1.2), scored("2026-11-19 10:00", "e", -0.5), value=65.0, n=5),
    _example("A result that is not final does not count, though it were the best",
             *_THREE, scored("2026-11-20 09:00", "a", 1.0, state="partial"), scored("2026-11-20 09:00", "d", 0.1, state="partial"),
             value=75.0, n=3),
    _example("Points of a maximum are a share where the source tells none: 3 of 4",
             *_THREE[:2], scored("2026-11-20 09:00", "d", None, points=(3, 4)), value=68.3, n=3),
    _example("Of a maximum of 0 no percent can be made, whatever the source says", *_THREE,
             scored("2026-11-20 09:00", "d", 1.0, points=(0, 0)), scored("2026-11-20 09:30", "e", None, points=(0, 0)), value=75.0, n=3),
    _example("Points without a maximum say nothing", *_THREE[1:], scored("2026-11-20 09:00", "d", None, points=(7, None)),
             value=None, n=2, reason="too_few_results"),
    _example("Passed without points says nothing", *_THREE[1:], scored("2026-11-20 09:00", "d", None),
             value=None, n=2, reason="too_few_results"),
    _example("An attempt that says nothing takes nothing from one that does", *_THREE, scored("2026-11-20 12:00", "c", None),
             value=75.0, n=3),
    _example("Nought is a result", *_THREE, scored("2026-11-18 12:00", "d", 0.0), value=56.2, n=4),
    _example("A weekend's results count", *_THREE[:2], scored("2026-11-21 12:00", "d", 0.2), value=50.0, n=3),
    _example("The same number in two tools is two activities", *_THREE, scored("2026-11-20 10:00", "c", 0.55, tool="dansk-y"),
             value=70.0, n=4),
    _example("Each activity weighs the same, however many points it has", *_THREE[:2],
             scored("2026-11-20 10:00", "d", None, points=(200, 1_000)), value=50.0, n=3),
)  # fmt: skip

INDICATOR = Indicator(
    id="I5",
    name="result-level",
    version=2,
    title=Texts("Resultatniveau", "Result level"),
    formula=Texts(
        "Gennemsnittet af elevens resultater i perioden i procent af det højest mulige: af hver aktivitet det bedste endelige resultat, "
        "alle aktiviteter lige meget.",
        "The mean of the pupil's results in the window in percent of the highest possible: of each activity the best final result, all "
        "activities equally.",
    ),
    unseen=Texts(
        "Hvor svære aktiviteterne er, og hvad eleven kan vise på andre måder, ses ikke. Resultater uden en kendt skala og resultater, der "
        "ikke er endelige, er ikke talt med.",
        "How difficult the activities are, and what the pupil can show in other ways, is not seen. Results without a known scale and "
        "results that are not final are left out.",
    ),
    explanation=Texts(
        "{value} % af det højest mulige i gennemsnit af {n} aktiviteter, hvor det bedste endelige resultat af hver tæller. Aktiviteter med "
        "resultater uden en kendt skala er ikke talt med: {unknown}.",
        "{value} % of the highest possible, the mean of {n} activities, where the best final result of each counts. Activities with "
        "results without a known scale are left out: {unknown}.",
    ),
    reasons={
        "too_few_results": Texts(
            "Færre end 3 aktiviteter har et endeligt resultat med en kendt skala i perioden (her: {n}), så et gennemsnit ville sige for "
            "lidt. Aktiviteter med resultater uden en kendt skala: {unknown}.",
            "Fewer than 3 activities have a final result with a known scale in the window (here: {n}), so a mean would say too little. "
            "Activities with results without a known scale: {unknown}.",
        ),
    },
    interval=Texts(
        "To gange gennemsnittets standardfejl til hver side: jo færre aktiviteter, og jo mere de er forskellige, jo bredere.",
        "Twice the standard error of the mean to each side: the fewer the activities, and the more they differ, the wider.",
    ),
    unit="percent",
    decimals=1,
    windows=("W20",),
    kinds=("result.scored",),
    takes=is_final,
    per_subject=True,
    minimum=Texts("Mindst 3 aktiviteter med et endeligt resultat.", "At least 3 activities with a final result."),
    tasks=("T1", "T2", "T3"),
    zero={},
    measure=best,
    combine=better,
    read=read,
    examples=EXAMPLES,
    distributed=True,
)
