"""I2 Active days: on how many of the days at school the pupil worked digitally in the subject (domain 4.5).

A day counts as one of work by an item answered, or by 3 minutes of time (`streams.active`). Days at school are the finished school days on
which the pupil is registered as there, for some of the day at least (`streams.presence`); a day of which nobody told is none, nor is one
that the pupil was away and worked at home. Today is not over, and stands apart.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from contracts.dates import local_date
from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Summary, Texts
from streams import active, presence
from streams.intervals import length
from streams.invented import answered, by_date, day_total, registered, session, viewed
from streams.keyed import joined

LEAST_DAYS: Final = 10
LEAST_TIME: Final = 3 * active.MINUTE


def measure(facts: Sequence[Fact]) -> Summary:
    """worked: local dates of work -> 1. spans, marks: as `streams.active`, but for dates of work, which need no time. slots: local date ->
    slots."""
    time = active.measure([fact for fact in facts if fact.kind in active.KINDS])
    worked = {local_date(fact.content["at"]).isoformat() for fact in facts if fact.kind == "activity.item_answered"}
    worked |= {day for day, spans in time["spans"].items() if length(spans) >= LEAST_TIME}
    spans = {day: spans for day, spans in time["spans"].items() if day not in worked}
    slots = presence.by_day([fact for fact in facts if fact.kind in presence.KINDS])
    return {"worked": dict.fromkeys(sorted(worked), 1), "spans": spans, "marks": time["marks"], "slots": slots}


def combine(one: Summary, other: Summary) -> Summary:
    return {
        "worked": {**one["worked"], **other["worked"]},
        **active.combine(one, other),
        "slots": joined(one["slots"], other["slots"], presence.either),
    }


def read(given: Given) -> Answer:
    worked = _worked(given.whole)
    slots, window = given.whole["slots"], given.window
    registered = ((day, slots[day.isoformat()]) for day in window.school_days if day.isoformat() in slots)
    there = {day for day, told in registered if presence.is_present(told, given.grade(day))}
    days = [day for day in window.finished if day in there]
    n, today = len(days), window.last
    reason = "too_few_days" if n < LEAST_DAYS else None
    return Answer(
        value=None if reason else Fraction(100 * sum(day in worked for day in days), n),
        n=n,
        reason=reason,
        today=(Fraction(100 * (today in worked)), 1) if today in there else None,
        details={"worked": sum(day in worked for day in days)},
    )


def _worked(summary: Summary) -> set[date]:
    time = {day for day, spans in active.days(summary).items() if length(spans) >= LEAST_TIME}
    return time | {date.fromisoformat(day) for day in summary["worked"]}


_DAYS: Final = tuple(f"2026-11-{day:02}" for day in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20))
"""Ten school days, two weeks."""


def _here(*but: str, days: Sequence[str] = _DAYS) -> list[Fact]:
    """Present on these days, but not on some."""
    return [registered(day, "start", "present") for day in days if day not in but]


def _item(day: str) -> Fact:
    return answered(f"{day} 09:00", "a", correct=None)


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None, grade: int | None = 5) -> Example:
    """Monday 2026-11-23; the window W20 began on Tuesday 2026-10-27."""
    return Example(says, by_date(facts), date(2026, 11, 23), "W20", value, n, reason, grade)


EXAMPLES = (
    _example("Items on two of ten days at school are 20 %", *_here(), *map(_item, _DAYS[:2]), value=20.0, n=10),
    _example("Nothing done on ten days at school is 0 %", *_here(), viewed(f"{_DAYS[0]} 09:00", 60), value=0.0, n=10),
    _example("Nine days at school are too few", *_here(_DAYS[0]), *map(_item, _DAYS), value=None, n=9, reason="too_few_days"),
    _example("Three minutes are a day of work", *_here(), viewed(f"{_DAYS[0]} 09:00", 180), value=10.0, n=10),
    _example("Less is not", *_here(), viewed(f"{_DAYS[0]} 09:00", 179), value=0.0, n=10),
    _example("Minutes of one day add up", *_here(), viewed(f"{_DAYS[0]} 09:00", 120), viewed(f"{_DAYS[0]} 11:00", 60), value=10.0, n=10),
    _example("Those of two days do not", *_here(), viewed(f"{_DAYS[0]} 09:00", 120), viewed(f"{_DAYS[1]} 11:00", 60), value=0.0, n=10),
    _example("Two devices at the same time are one time", *_here(), viewed(f"{_DAYS[0]} 09:02", 120),
             session(f"{_DAYS[0]} 09:00", "started"), session(f"{_DAYS[0]} 09:02", "ended"), value=0.0, n=10),
    _example("A session is time, also over midnight, on the day that it began", *_here(), session(f"{_DAYS[0]} 23:58", "started"),
             session(f"{_DAYS[1]} 00:02", "ended"), value=10.0, n=10),
    _example("A day of both is one day", *_here(), _item(_DAYS[0]), viewed(f"{_DAYS[0]} 11:00", 600), value=10.0, n=10),
    _example("Work at home on a day away is no day at school", *_here(_DAYS[0]), registered(_DAYS[0], "start", "absent"), _item(_DAYS[0]),
             registered("2026-11-06", "start", "present"), value=0.0, n=10),
    _example("A day that nobody registered is no day at school", *_here(), _item("2026-11-06"), value=0.0, n=10),
    _example("To be late is to be there", *_here(_DAYS[0]), registered(_DAYS[0], "start", "late"), _item(_DAYS[0]), value=10.0, n=10),
    _example("Half a day there is a day at school in grade 8", *_here(), registered("2026-11-06", "start", "absent"),
             registered("2026-11-06", "end", "present"), _item("2026-11-06"), value=9.1, n=11, grade=8),
    _example("In grade 6 the start decides", *_here(), registered("2026-11-06", "start", "absent"),
             registered("2026-11-06", "end", "present"), _item("2026-11-06"), value=0.0, n=10, grade=6),
    _example("A source of whole days tells it too", *_here(_DAYS[0]), day_total(_DAYS[0], 500_000), _item(_DAYS[0]), value=10.0, n=10),
    _example("A weekend is no school day, whatever is told of it", *_here(), registered("2026-11-21", "start", "present"),
             _item("2026-11-21"), value=0.0, n=10),
    _example("Today stands apart", *_here(), registered("2026-11-23", "start", "present"), _item("2026-11-23"), value=0.0, n=10),
    _example("The window's first day is in it, the day before is not", *_here(_DAYS[0]), registered("2026-10-27", "start", "present"),
             _item("2026-10-27"), registered("2026-10-26", "start", "present"), _item("2026-10-26"), value=10.0, n=10),
)  # fmt: skip

INDICATOR = Indicator(
    id="I2",
    name="active-days",
    version=1,
    title=Texts("Aktive dage", "Active days"),
    formula=Texts(
        "Andelen af periodens afsluttede skoledage med eleven i skole, hvor eleven har besvaret mindst én opgave eller været aktiv i "
        "mindst 3 minutter i tilkoblede digitale materialer i faget.",
        "The share of the finished school days of the window with the pupil at school on which the pupil answered at least one task or was "
        "active for at least 3 minutes in connected digital materials in the subject.",
    ),
    unseen=Texts(
        "Arbejde på papir, mundtligt arbejde og materialer, der ikke er tilkoblet, ses ikke, og heller ikke, hvilke dage faget er på "
        "skemaet. Dage, hvor ingen har registreret fremmødet, og arbejde på dage, hvor eleven var væk, er ikke talt med.",
        "Work on paper, oral work and materials that are not connected are not seen, nor on which days the subject is taught. Days of "
        "which nobody registered the attendance, and work on days that the pupil was away, are left out.",
    ),
    explanation=Texts(
        "Digitalt arbejde i faget på {worked} af {n} dage i skole ({value} %). Faget er sjældent på skemaet hver dag, og arbejde på papir "
        "og mundtligt arbejde ses ikke.",
        "Digital work in the subject on {worked} of {n} days at school ({value} %). A subject is seldom taught every day, and paper and "
        "oral work are not seen.",
    ),
    reasons={
        "too_few_days": Texts(
            "Der er færre end 10 afsluttede skoledage i perioden, hvor eleven er registreret som til stede (her: {n}), så en procentdel "
            "ville sige for lidt.",
            "There are fewer than 10 finished school days in the window on which the pupil is registered as present (here: {n}), so a "
            "percentage would say too little.",
        ),
    },
    unit="percent",
    decimals=1,
    windows=("W20",),
    kinds=("activity.item_answered", *active.KINDS, *presence.KINDS),
    per_subject=True,
    minimum=Texts("Mindst 10 afsluttede skoledage med eleven i skole.", "At least 10 finished school days with the pupil at school."),
    tasks=("T1", "T2"),
    zero={"worked": {}, "slots": {}, **active.ZERO},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
    distributed=True,
)
