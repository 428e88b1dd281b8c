"""I11 Attendance: the share of registered school days on which the pupil was present (domain 2.3, 4.5).

How a day is registered is in `streams.presence`. Registrations of dates that are no school days are not
looked at, and the cause of absence is not read at all.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams import presence
from streams.invented import by_date, day_total, registered
from streams.keyed import joined
from streams.rounding import plain

LEAST_DAYS: Final = 5


def measure(facts: Sequence[Fact]) -> Summary:
    """Local date -> slots."""
    return presence.by_day(facts)


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, presence.either)


def _days(given: Given) -> dict[date, tuple[int, int]]:
    """The registered school days of the window, as `presence.weighed` has them."""
    registered = {day: slots for day in given.window.school_days if (slots := given.whole.get(day.isoformat()))}
    return {day: known for day, slots in registered.items() if (known := presence.weighed(slots, given.grade(day)))}


def read(given: Given) -> Answer:
    days = _days(given)
    whole, absent = sum(of for of, _ in days.values()), sum(away for _, away in days.values())
    enough = len(days) >= LEAST_DAYS
    return Answer(
        value=_percent(whole, absent) if enough else None,
        n=len(days),
        reason=None if enough else "too_few_days",
        today=(_percent(*days[given.window.last]), 1) if given.window.last in days else None,
        details={
            "present": plain(Fraction(whole - absent, presence.WHOLE)),
            "registered": plain(Fraction(whole, presence.WHOLE)),
            "unknown": sum(day not in days for day in given.window.finished),
        },
    )


def _percent(registered: int, absent: int) -> Fraction:
    return Fraction(100 * (registered - absent), registered)


_WEEK: Final = ("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None, grade: int | None = 5) -> Example:
    """Monday 2026-11-23, four weeks in which one week and perhaps today is registered."""
    return Example(says, by_date(facts), date(2026, 11, 23), "W20", value, n, reason, grade)


def _starts(*statuses: str) -> list[Fact]:
    return [registered(day, "start", status) for day, status in zip((*_WEEK, "2026-11-23"), statuses, strict=False)]


def _ends(*statuses: str) -> list[Fact]:
    return [registered(day, "end", status) for day, status in zip((*_WEEK, "2026-11-23"), statuses, strict=False)]


_HERE: Final = ("present",) * 5

EXAMPLES = (
    _example("One day of five away is 80 %", *_starts("absent", *_HERE[1:]), value=80.0, n=5),
    _example("Four registered days are too few", *_starts(*_HERE[1:]), value=None, n=4, reason="too_few_days"),
    _example("Today counts once it is registered: 5 of 6", *_starts(*_HERE, "absent"), value=83.3, n=6),
    _example(
        "Late and left early are present", *_starts("late", "left_early", "late", "present", "present"), value=100.0, n=5,
    ),
    _example(
        "Grades 0-6: the start of the day decides", *_starts(*_HERE), *_ends("absent", "absent"), value=100.0, n=5, grade=6,
    ),
    _example(
        "Grades 7-10: half a day for each slot, 4 of 5", *_starts(*_HERE), *_ends("absent", "absent", *_HERE[2:]), value=80.0, n=5, grade=7,
    ),
    _example(
        "Grades 7-10: a slot that is not registered is unknown, 3.5 of 4", *_starts(*_HERE), *_ends("present", "absent", "present"),
        value=87.5, n=5, grade=9,
    ),
    _example("Grades 0-6: an end alone tells nothing of the day", *_ends(*_HERE), value=None, n=0, reason="too_few_days"),
    _example("Where the grade is not known, the start decides", *_starts(*_HERE), *_ends(*["absent"] * 5), value=100.0, n=5, grade=None),
    _example(
        "Slots outrank the day's total", *_starts("absent", "absent", *_HERE[2:]), day_total(_WEEK[0], 0), day_total(_WEEK[2], 0),
        value=60.0, n=5,
    ),
    _example(
        "A total of half a day is half a day",
        *(day_total(day, presence.WHOLE // 2 if day == _WEEK[0] else 0) for day in _WEEK), value=90.0, n=5,
    ),
    _example(
        "A day that is no school day is not looked at", *_starts(*_HERE), registered("2026-11-21", "start", "absent"), value=100.0, n=5,
    ),
    Example(
        "Three of the fifteen school days among twenty dates away are exactly 80 %",
        by_date(registered(f"2026-11-{day:02}", "start", "absent" if day in {2, 3, 4} else "present") for day in range(1, 21)),
        date(2026, 11, 23), "W20", 80.0, 15, grade=3,
    ),
    Example(
        "A quarter begins with its first date: September is not in it",
        by_date((registered("2026-09-30", "start", "absent"), *_starts(*_HERE))),
        date(2026, 11, 23), "Q", 100.0, 5,
    ),
)  # fmt: skip

INDICATOR = Indicator(
    id="I11",
    name="attendance",
    version=1,
    title=Texts("Fremmøde", "Attendance"),
    formula=Texts(
        "Andelen af registrerede skoledage, hvor eleven var til stede: 0.-6. klasse efter dagens start, 7.-10. klasse en halv dag ved "
        "start og en halv ved slut.",
        "The share of registered school days on which the pupil was present: grades 0-6 by the start of the day, grades 7-10 half a day at "
        "the start and half at the end.",
    ),
    unseen=Texts(
        "Hvorfor eleven var væk, ses ikke, og heller ikke dage, som ingen har registreret, eller timer midt på dagen.",
        "Why the pupil was away is not seen, nor days that nobody registered, nor lessons in the middle of the day.",
    ),
    explanation=Texts(
        "Til stede {present} af {registered} registrerede dage ({value} %). Dage med registrering: {n}. Skoledage uden registrering er "
        "ikke talt med: {unknown}.",
        "Present {present} of {registered} registered days ({value} %). Days with a registration: {n}. School days without one are left "
        "out: {unknown}.",
    ),
    reasons={
        "too_few_days": Texts(
            "Færre end 5 skoledage er registreret i perioden (her: {n}), så en procent ville sige for lidt.",
            "Fewer than 5 school days are registered in the window (here: {n}), so a percentage would say too little.",
        ),
    },
    unit="percent",
    decimals=1,
    windows=("W20", "Q", "Y"),
    kinds=presence.KINDS,
    per_subject=False,
    minimum=Texts("Mindst 5 registrerede skoledage.", "At least 5 registered school days."),
    tasks=("T1", "T2", "T4"),
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
