"""I12 Punctuality: on how many of the days at school the pupil came late or left early (domain 4.5).

Read from registrations of the day's start and end alone: a source that has only whole days cannot tell of lateness, so its days do not
count as punctual ones. A day that counts is one on which the pupil is registered as there (`streams.presence`). Whether a school that
registers who is there also notes who is late cannot be known from one pupil's registrations; the texts say so.
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

LEAST_DAYS: Final = 10
UNPUNCTUAL: Final = ("late", "left_early")


def measure(facts: Sequence[Fact]) -> Summary:
    """slots: local date -> slots. late: local dates with lateness or early leaving -> 1."""
    late = (fact.content["date"] for fact in facts if fact.content["status"] in UNPUNCTUAL)
    return {"slots": presence.by_day(facts), "late": dict.fromkeys(late, 1)}


def combine(one: Summary, other: Summary) -> Summary:
    return {"slots": joined(one["slots"], other["slots"], presence.either), "late": {**one["late"], **other["late"]}}


def read(given: Given) -> Answer:
    slots = given.whole["slots"]
    days = [day for day in given.window.school_days if presence.is_present(slots.get(day.isoformat(), {}), given.grade(day))]
    late = [day for day in days if day.isoformat() in given.whole["late"]]
    n, today = len(days), given.window.last
    reason = "not_registered" if not slots else "too_few_days" if n < LEAST_DAYS else None
    return Answer(
        value=None if reason else Fraction(100 * len(late), n),
        n=n,
        reason=reason,
        today=(Fraction(100 * (today in late)), 1) if today in days else None,
        details={"late": len(late)},
    )


_DAYS: Final = tuple(f"2026-11-{day:02}" for day in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20))
"""Ten school days, two weeks."""


def _example(says: str, *facts: Fact, value: float | None, n: int, reason: str | None = None, grade: int | None = 5) -> Example:
    """Monday 2026-11-23; the window W20 began on Tuesday 2026-10-27."""
    return Example(says, by_date(facts), date(2026, 11, 23), "W20", value, n, reason, grade)


def _here(*but: str, slot: str = "start", days: Sequence[str] = _DAYS) -> list[Fact]:
    """Present at a slot of these days, but not on some."""
    return [registered(day, slot, "present") for day in days if day not in but]


EXAMPLES = (
    _example("Late on one of ten days is 10 %", *_here(_DAYS[0]), registered(_DAYS[0], "start", "late"), value=10.0, n=10),
    _example("Never late is 0 %", *_here(), value=0.0, n=10),
    _example("Nine days are too few", *_here(_DAYS[0]), value=None, n=9, reason="too_few_days"),
    _example("To leave early counts as to come late", *_here(), registered(_DAYS[3], "end", "left_early"), value=10.0, n=10),
    _example("Late and away early on one day is one day", *_here(_DAYS[3]), registered(_DAYS[3], "start", "late"),
             registered(_DAYS[3], "end", "left_early"), value=10.0, n=10),
    _example("A day away is neither punctual nor late", *_here(_DAYS[0]), registered(_DAYS[0], "start", "absent"),
             registered("2026-11-06", "start", "late"), value=10.0, n=10),
    _example("In grade 5 the start decides whether the pupil was there at all", *_here(), registered("2026-11-06", "start", "absent"),
             registered("2026-11-06", "end", "left_early"), value=0.0, n=10),
    _example("In grade 8 half a day is a day at school", *_here(), registered("2026-11-06", "start", "absent"),
             registered("2026-11-06", "end", "left_early"), value=9.1, n=11, grade=8),
    _example("To be away for half a day is not to leave early", *_here(), *_here(slot="end", days=_DAYS[1:]),
             registered(_DAYS[0], "end", "absent"), value=0.0, n=10, grade=8),
    _example("Where only the end is told, as in grade 7, it is enough", *_here(_DAYS[0], slot="end"),
             registered(_DAYS[0], "end", "left_early"), value=10.0, n=10, grade=7),
    _example("Days of which only the whole is told say nothing of lateness", *_here(_DAYS[9]), day_total(_DAYS[9], 0),
             day_total("2026-11-06", 0), value=None, n=9, reason="too_few_days"),
    _example("A school that tells only whole days does not register lateness", *(day_total(day, 0) for day in _DAYS),
             value=None, n=0, reason="not_registered"),
    _example("Registrations of a weekend are not looked at", *_here(), registered("2026-11-21", "start", "late"), value=0.0, n=10),
    _example("Today counts", *_here(), registered("2026-11-23", "start", "late"), value=9.1, n=11),
    _example("The window's first day counts, the day before it does not", *_here(_DAYS[0]), registered("2026-10-27", "start", "late"),
             registered("2026-10-26", "start", "late"), value=10.0, n=10),
)  # fmt: skip

INDICATOR = Indicator(
    id="I12",
    name="punctuality",
    version=1,
    title=Texts("Kom for sent eller gik før tid", "Came late or left early"),
    formula=Texts(
        "Andelen af dagene med eleven i skole, hvor eleven er registreret som kommet for sent eller gået før tid. Kun dage, hvor skolen "
        "har registreret dagens start eller slut.",
        "The share of the days with the pupil at school on which the pupil is registered as having come late or left early. Only days of "
        "which the school registered the start or the end.",
    ),
    unseen=Texts(
        "Om skolen noterer det, hver gang nogen kommer for sent, ses ikke: at intet er noteret, betyder ikke, at eleven altid kom "
        "til tiden. Skoler, der kun fortæller om hele dage, kan ikke fortælle om det. Hvorfor eleven kom for sent, og hvor meget, ses "
        "ikke.",
        "Whether the school notes it each time that somebody is late is not seen: nothing noted is not the same as always on time. Schools "
        "that tell only of whole days cannot tell of it. Why the pupil was late, and how much, is not seen.",
    ),
    explanation=Texts(
        "Noteret som kommet for sent eller gået før tid på {late} af {n} dage i skole ({value} %). Om skolen noterer det hver gang, ses "
        "ikke.",
        "Noted as having come late or left early on {late} of {n} days at school ({value} %). Whether the school notes it each time is not "
        "seen.",
    ),
    reasons={
        "too_few_days": Texts(
            "Der er færre end 10 dage i perioden, hvor eleven er registreret som til stede ved dagens start eller slut (her: {n}), så en "
            "procent ville sige for lidt.",
            "There are fewer than 10 days in the window on which the pupil is registered as present at the start or the end (here: {n}), "
            "so a percentage would say too little.",
        ),
        "not_registered": Texts(
            "Skolen har ikke registreret dagens start eller slut i perioden, så det kan ikke ses, om nogen kommer for sent.",
            "The school has not registered the start or the end of a day in the window, so whether anybody is late cannot be seen.",
        ),
    },
    unit="percent",
    decimals=1,
    windows=("W20",),
    kinds=("attendance.registered",),
    per_subject=False,
    minimum=Texts("Mindst 10 registrerede dage med eleven i skole.", "At least 10 registered days with the pupil at school."),
    tasks=("T2",),
    zero={"slots": {}, "late": {}},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
