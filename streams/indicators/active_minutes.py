"""I1 Active minutes: time in connected digital materials per school day (domain 4.5); how it is told apart is in `streams.active`."""

from datetime import date
from fractions import Fraction
from typing import Final

from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Texts
from streams import active
from streams.intervals import length
from streams.invented import by_date, player, session, viewed
from streams.rounding import plain

LEAST_DAYS: Final = 3


def read(given: Given) -> Answer:
    time, window = active.days(given.whole), given.window
    finished = len(window.finished)
    spent = Fraction(sum(length(spans) for day, spans in time.items() if window.first <= day < window.last), active.MINUTE)
    n = sum(day in time for day in window.finished)
    today = time.get(window.last)
    return Answer(
        value=spent / finished if n >= LEAST_DAYS else None,
        n=n,
        reason=None if n >= LEAST_DAYS else "too_few_days",
        today=(Fraction(length(today), active.MINUTE), len(today)) if today else None,
        details={"minutes": plain(spent), "days": finished},
    )


_MONDAY, _TUESDAY, _WEDNESDAY = "2026-11-16", "2026-11-17", "2026-11-18"
_THREE_DAYS = (viewed(f"{_MONDAY} 09:00", 600), viewed(f"{_TUESDAY} 09:00", 600), viewed(f"{_WEDNESDAY} 09:00", 600))
"""10 minutes on each of three days."""


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None) -> Example:
    """Friday 2026-11-20, so Monday to Thursday are finished."""
    return Example(says, by_date(facts), date(2026, 11, 20), "W5", value, n, reason)


EXAMPLES = (
    _example("Ten minutes on three of four finished days are 7.5 a day", *_THREE_DAYS, value=7.5, n=3),
    _example("Two days are too few to speak of a day", *_THREE_DAYS[:2], value=None, n=2, reason="too_few_days"),
    _example(
        "Today is not yet a finished day, and neither its minutes nor itself count",
        *_THREE_DAYS, viewed("2026-11-20 10:00", 3_600), value=7.5, n=3,
    ),
    _example(
        "Two devices at the same time are one time: 09:00-09:10 and 09:05-09:15 are 15 minutes",
        *_THREE_DAYS, viewed(f"{_MONDAY} 09:05", 600), value=8.8, n=3,
    ),
    _example(
        "A recording counts from its start to the next event of its session",
        *_THREE_DAYS, player(f"{_MONDAY} 10:00", "played"), player(f"{_MONDAY} 10:12", "seeked"), player(f"{_MONDAY} 10:50", "paused"),
        value=10.5, n=3,
    ),
    _example(
        "Another session's event ends nothing: 5 minutes where none follows",
        *_THREE_DAYS, player(f"{_MONDAY} 10:00", "played"), player(f"{_MONDAY} 10:02", "paused", session="s2"), value=8.8, n=3,
    ),
    _example(
        "Where none follows, no more than the rest of the recording",
        *_THREE_DAYS, player(f"{_MONDAY} 10:00", "played", position=480, length=600), value=8.0, n=3,
    ),
    _example(
        "A recording left open counts 90 minutes",
        *_THREE_DAYS, player(f"{_MONDAY} 10:00", "played"), player(f"{_MONDAY} 14:00", "paused"), value=30.0, n=3,
    ),
    _example(
        "A session counts from its start to its end, 90 minutes at most",
        *_THREE_DAYS, session(f"{_MONDAY} 10:00", "started"), session(f"{_MONDAY} 12:30", "ended"), value=30.0, n=3,
    ),
    _example(
        "A session told to start twice and to end twice goes from the first start to the first end",
        *_THREE_DAYS, session(f"{_MONDAY} 10:00", "started"), session(f"{_MONDAY} 10:15", "started"), session(f"{_MONDAY} 10:30", "ended"),
        session(f"{_MONDAY} 10:50", "ended"), value=15.0, n=3,
    ),
    _example(
        "What is read within a session is within its time",
        *_THREE_DAYS, session(f"{_MONDAY} 08:45", "started"), session(f"{_MONDAY} 09:05", "ended"), value=10.0, n=3,
    ),
    _example(
        "A session over midnight belongs to the day that it began on",
        *_THREE_DAYS[:2], session("2026-11-19 23:50", "started"), session("2026-11-20 00:10", "ended"), value=10.0, n=3,
    ),
    _example(
        "So does a page: read from Thursday 23:50 to today 00:10, it is Thursday's alone",
        *_THREE_DAYS[:2], viewed("2026-11-20 00:10", 1_200), value=10.0, n=3,
    ),
    _example(
        "What is cut is cut after its start: from Thursday 23:00 for four hours is Thursday's",
        *_THREE_DAYS[:2], viewed("2026-11-20 03:00", 4 * 3_600), value=27.5, n=3,
    ),
    _example(
        "A session that is never seen to end counts 5 minutes, and so does one whose end comes nine hours later",
        *_THREE_DAYS, session(f"{_MONDAY} 10:00", "started", "a"),
        session(f"{_TUESDAY} 08:00", "started", "b"), session(f"{_TUESDAY} 17:00", "ended", "b"), value=10.0, n=3,
    ),
    _example(
        "What is done in those 5 minutes is not counted twice: 09:08 to 09:13, of which a page until 09:10",
        *_THREE_DAYS, session(f"{_MONDAY} 09:08", "started"), viewed(f"{_MONDAY} 09:10", 60), value=8.8, n=3,
    ),
    _example(
        "An end that nobody saw begin gives no time",
        *_THREE_DAYS, session(f"{_MONDAY} 11:00", "ended"), session(f"{_TUESDAY} 11:00", "ended", lasted=600), value=7.5, n=3,
    ),
    _example(
        "An abandoned session lasted as long as its end tells, from its start, though that was noticed the day after",
        *_THREE_DAYS, session(f"{_MONDAY} 10:00", "started"), session(f"{_TUESDAY} 10:00", "ended", lasted=720), value=10.5, n=3,
    ),
    _example(
        "An end that tells 12 minutes and came after 8 tells of 8, and what it tells counts 90 minutes at most",
        *_THREE_DAYS, session(f"{_MONDAY} 10:00", "started", "a"), session(f"{_MONDAY} 10:08", "ended", "a", lasted=720),
        session(f"{_TUESDAY} 10:00", "started", "b"), session(f"{_TUESDAY} 12:00", "ended", "b", lasted=7_200), value=32.0, n=3,
    ),
    _example(
        "What an end tells is told of the latest start before it; an earlier one was never seen to end",
        *_THREE_DAYS, session(f"{_MONDAY} 10:00", "started"), session(f"{_TUESDAY} 10:00", "started"),
        session(f"{_TUESDAY} 10:40", "ended", lasted=2_400), value=18.8, n=3,
    ),
    Example(
        "A weekend's minutes count in the sum; the weekend is no school day and not one of the three",
        by_date((viewed("2026-11-21 10:00", 2_400), *_THREE_DAYS[1:], viewed("2026-11-19 09:00", 600))),
        date(2026, 11, 23), "W5", 17.5, 3,
    ),
    Example(
        "A weekend does not make up for a day that is missing",
        by_date((viewed("2026-11-21 10:00", 2_400), *_THREE_DAYS[1:])), date(2026, 11, 23), "W5", None, 2, "too_few_days",
    ),
    _example(
        "A moment shows a day with activity, without time; how long is unknown shows nothing",
        *_THREE_DAYS[:2], player(f"{_WEDNESDAY} 10:00", "played", position=600, length=600), viewed("2026-11-19 10:00", None),
        value=5.0, n=3,
    ),
)  # fmt: skip

INDICATOR = Indicator(
    id="I1",
    name="active-minutes",
    version=2,
    title=Texts("Aktive minutter", "Active minutes"),
    formula=Texts(
        "Minutter i tilkoblede digitale materialer på periodens afsluttede dage, hvor tid, der overlapper, tælles én gang, en film, "
        "side eller session højst tæller 90 minutter, og en film eller session, der ikke ses slutte, højst tæller 5, delt med antallet "
        "af afsluttede skoledage.",
        "Minutes in connected digital materials on the finished days of the window, where time that overlaps counts once, a film, page "
        "or session counts 90 minutes at most, and a film or session that is not seen to end counts 5 at most, divided by the number of "
        "finished school days.",
    ),
    unseen=Texts(
        "Arbejde på papir, mundtligt arbejde og materialer, der ikke er tilkoblet, ses ikke. Tid foran skærmen er ikke det samme som "
        "udbytte.",
        "Work on paper, oral work and materials that are not connected are not seen. Time at the screen is not the same as learning.",
    ),
    explanation=Texts(
        "{value} minutter pr. skoledag i tilkoblede digitale materialer: {minutes} minutter i alt, delt med {days} afsluttede skoledage. "
        "Skoledage med aktivitet: {n}. Arbejde på papir og mundtligt arbejde ses ikke.",
        "{value} minutes per school day in connected digital materials: {minutes} minutes in all, divided by {days} finished school days. "
        "School days with activity: {n}. Paper and oral work are not seen.",
    ),
    reasons={
        "too_few_days": Texts(
            "Der er aktivitet på færre end 3 afsluttede skoledage i perioden (her: {n}), så et gennemsnit pr. dag ville sige for lidt.",
            "There is activity on fewer than 3 finished school days of the window (here: {n}), so a mean per day would say too little.",
        ),
    },
    unit="minutes_per_day",
    decimals=1,
    windows=("W5", "W20"),
    kinds=active.KINDS,
    per_subject=True,
    minimum=Texts("Aktivitet på mindst 3 afsluttede skoledage.", "Activity on at least 3 finished school days."),
    tasks=("T1", "T3"),
    zero=active.ZERO,
    measure=active.measure,
    combine=active.combine,
    read=read,
    examples=EXAMPLES,
    distributed=True,
)
