"""I6 Result change: the result level of the last 20 school days minus that of the 20 before, where it is more than chance (domain 4.5).

An activity that was tried in both parts counts in each, by its best result there; what a result says is in `streams.results`. The
change is shown where it is at least twice its standard error, that of the difference of two means (Welch 1947, variances unpooled). All is
whole numbers and fractions of them, so that a change of exactly twice its error is told from one just below.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams.errors import ERRORS, around
from streams.invented import by_date, scored
from streams.keyed import joined
from streams.results import Shares, best, better, error, is_final, known, percent
from streams.rounding import plain

PART: Final = 20
"""School days of each part."""
LEAST_ACTIVITIES: Final = 3
"""In each part."""


def measure(facts: Sequence[Fact]) -> Summary:
    """Local date -> activity -> its best share, in millionths."""
    days: dict[str, list[Fact]] = {}
    for fact in facts:
        days.setdefault(local_date(fact.content["at"]).isoformat(), []).append(fact)
    return {day: best(told) for day, told in days.items()}


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, better)


def read(given: Given) -> Answer:
    before, now = _parts(given)
    n = len(before) + len(now)
    if min(len(before), len(now)) < LEAST_ACTIVITIES:
        return Answer(None, n, "too_few_results")
    change = percent(now) - percent(before)
    squared = error(before) + error(now)
    if change**2 < ERRORS**2 * squared:
        return Answer(None, n, "within_chance")
    means = {"was": plain(percent(before)), "is": plain(percent(now))}
    return Answer(change, n, interval=around(change, squared, -100, 100), details={"before": len(before), "now": len(now)} | means)


def _parts(given: Given) -> tuple[list[int], list[int]]:
    """The best shares of the activities of the days before, and of those of the last school days."""
    since = next(iter(given.window.school_days[-PART:]), given.window.last).isoformat()
    before: Shares = {}
    now: Shares = {}
    for day, shares in given.whole.items():
        if day < since:
            before = better(before, shares)
        else:
            now = better(now, shares)
    return known(before), known(now)


def _each(day: str, *shares: float) -> list[Fact]:
    """Results of one date, each of an activity of its own."""
    return [scored(f"{day} 10:{k:02}", f"{day}-{k}", share) for k, share in enumerate(shares)]


_BEFORE: Final = _each("2026-10-08", 0.4, 0.5, 0.6)
"""50 % in three activities; the square of the standard error is 33 1/3."""
_NOW: Final = _each("2026-11-12", 0.7, 0.8, 0.9)
"""80 %, the error as before."""
_ALIKE: Final = _each("2026-10-08", 0.5, 0.5, 0.5)
"""50 % without any error."""


def _example(
    says: str, *facts: Sequence[Fact], value: float | None, n: int, reason: str | None = None, interval: tuple[float, float] | None = None
) -> Example:
    """Monday 2026-11-23: the last 20 school days began on Tuesday 2026-10-27, the 20 before on Tuesday 2026-09-29."""
    told = by_date([fact for some in facts for fact in some])
    return Example(says, told, date(2026, 11, 23), "W40", value, n, reason, interval=interval)


EXAMPLES = (
    _example("From 50 to 80 % are 30 percentage points", _BEFORE, _NOW, value=30.0, n=6, interval=(13.7, 46.3)),
    _example("From 80 to 50 % are as many down", _each("2026-10-08", 0.7, 0.8, 0.9), _each("2026-11-12", 0.4, 0.5, 0.6), value=-30.0, n=6),
    _example("Two activities before are too few", _BEFORE[1:], _NOW, value=None, n=5, reason="too_few_results"),
    _example("Two activities now are too few", _BEFORE, _NOW[1:], value=None, n=5, reason="too_few_results"),
    _example("Ten points may well be chance", _BEFORE, _each("2026-11-12", 0.5, 0.6, 0.7), value=None, n=6, reason="within_chance"),
    _example("So may ten points down", _BEFORE, _each("2026-11-12", 0.3, 0.4, 0.5), value=None, n=6, reason="within_chance"),
    _example("Twice the standard error is enough: 20 points, the error 10", _ALIKE, _each("2026-11-12", 0.6, 0.6, 0.9), value=20.0, n=6,
             interval=(0.0, 40.0)),
    _example("A little less is not: 19 points", _ALIKE, _each("2026-11-12", 0.59, 0.59, 0.89), value=None, n=6, reason="within_chance"),
    _example("The error of what was before counts as much", _each("2026-10-08", 0.4, 0.4, 0.7), _each("2026-11-12", 0.69, 0.69, 0.69),
             value=None, n=6, reason="within_chance"),
    _example("Where all results are alike, none is chance: no change is nought", _each("2026-10-08", 1, 1, 1), _each("2026-11-12", 1, 1, 1),
             value=0.0, n=6),
    _example("More results make a smaller change sure: 0.5 and 0.6 on average, eight of each", _each("2026-10-08", *[0.45, 0.55] * 4),
             _each("2026-11-12", *[0.55, 0.65] * 4), value=10.0, n=16),
    _example("The first of the last 20 school days is among them", _BEFORE, _NOW[1:], _each("2026-10-27", 0.75), value=31.7, n=6),
    _example("The school day before is not", _BEFORE, _NOW, _each("2026-10-26", 0.5), value=30.0, n=7),
    _example("Nor is a weekend before them", _BEFORE, _NOW, _each("2026-10-25", 0.5), value=30.0, n=7),
    _example("The first of the 20 before is in the window", _BEFORE[1:], _each("2026-09-29", 0.4), _NOW, value=30.0, n=6),
    _example("The day before that is not", _BEFORE, _each("2026-09-28", 1), _NOW, value=30.0, n=6),
    _example("So is today, and a weekend's results count", _BEFORE, _NOW[1:], _each("2026-11-23", 0.8), _each("2026-11-21", 0.9),
             value=35.0, n=7),
    _example("Of a part's attempts the best counts, whichever came last", _BEFORE, [scored("2026-10-09 10:00", "2026-10-08-0", 0.1)], _NOW,
             [scored("2026-11-13 10:00", "2026-11-12-0", 0.1), scored("2026-11-13 10:01", "2026-11-12-1", 0.95)], value=35.0, n=6),
    _example("Also where the better attempt is days older", _BEFORE, _NOW, [scored("2026-10-29 10:00", "2026-11-12-0", 0.8)],
             value=33.3, n=6),
    _example("An activity tried in both parts counts in each, by its best there", _BEFORE, _NOW,
             [scored("2026-11-10 10:00", "2026-10-08-0", 0.8), scored("2026-10-09 10:00", "2026-11-12-1", 0.5)], value=30.0, n=8),
    _example("A result that is not final does not count", _BEFORE, _NOW, [scored("2026-11-12 12:00", "d", 0.1, state="partial")],
             value=30.0, n=6),
    _example("Nor does one that no percent can be made of", _BEFORE, _NOW[1:], [scored("2026-11-12 12:00", "d", None, points=(7, None))],
             value=None, n=5, reason="too_few_results"),
    _example("The same number in two tools is two activities", _BEFORE, _NOW, [scored("2026-11-12 12:00", "2026-11-12-0", 0.8, tool="y")],
             value=30.0, n=7),
)  # fmt: skip

INDICATOR = Indicator(
    id="I6",
    name="result-change",
    version=2,
    title=Texts("Ændring i resultater", "Result change"),
    formula=Texts(
        "Resultatniveauet i de seneste 20 skoledage minus niveauet i de 20 skoledage før, i procentpoint; i hver periode gennemsnittet af "
        "det bedste endelige resultat af hver aktivitet. Vises kun, når ændringen er mindst det dobbelte af sin standardfejl.",
        "The result level of the last 20 school days minus that of the 20 school days before, in percentage points; in each part the mean "
        "of the best final result of each activity. Shown only where the change is at least twice its standard error.",
    ),
    unseen=Texts(
        "Om aktiviteterne er blevet sværere eller lettere, ses ikke, og heller ikke, hvad eleven kan vise på andre måder. Resultater uden "
        "en kendt skala og resultater, der ikke er endelige, er ikke talt med.",
        "Whether the activities have become harder or easier is not seen, nor what the pupil can show in other ways. Results without a "
        "known scale and results that are not final are left out.",
    ),
    explanation=Texts(
        "Ændret med {value} procentpoint: fra {was} % (gennemsnit af {before} aktiviteter i de 20 skoledage før) til {is} % ({now} "
        "aktiviteter i de seneste 20 skoledage). Aktiviteterne kan være blevet sværere eller lettere.",
        "Changed by {value} percentage points: from {was} % (the mean of {before} activities in the 20 school days before) to {is} % "
        "({now} activities in the last 20 school days). The activities may have become harder or easier.",
    ),
    reasons={
        "too_few_results": Texts(
            "Der er færre end 3 aktiviteter med et endeligt resultat med en kendt skala i de seneste 20 skoledage eller i de 20 før (her i "
            "alt: {n}), så en ændring ville sige for lidt.",
            "There are fewer than 3 activities with a final result with a known scale in the last 20 school days or in the 20 before (here "
            "in all: {n}), so a change would say too little.",
        ),
        "within_chance": Texts(
            "Forskellen på de seneste 20 skoledage og de 20 før er ikke større, end at den let kan være tilfældig (resultater i alt: {n}), "
            "så den vises ikke.",
            "The difference between the last 20 school days and the 20 before is no larger than chance may well make it (results in all: "
            "{n}), so it is not shown.",
        ),
    },
    interval=Texts(
        "To gange ændringens standardfejl til hver side. Ligger nul udenfor eller på kanten, vises ændringen.",
        "Twice the standard error of the change to each side. The change is shown where nought lies outside or at the edge.",
    ),
    unit="percentage_points",
    decimals=1,
    windows=("W40",),
    kinds=("result.scored",),
    takes=is_final,
    per_subject=True,
    minimum=Texts(
        "Mindst 3 aktiviteter med et endeligt resultat i hver af de to perioder og en ændring på mindst det dobbelte af sin standardfejl.",
        "At least 3 activities with a final result in each of the two parts, and a change of at least twice its standard error.",
    ),
    tasks=("T2", "T3"),
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
