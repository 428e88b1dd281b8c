"""I13 Motivation, as pupils say themselves in local check-ins (domain 4.5).

Which answers count is in `streams.checkins`. The value is the median on a scale from 1 to 5. What a pupil would not answer is not read at
all, and nothing is said of today alone. Who reads it counts: only answers of which the child was told that this reader would see them
(design 6).
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Texts
from streams import checkins
from streams.invented import by_date, self_report
from streams.quartiles import quartiles

DIMENSION: Final = "motivation"
LEAST_ANSWERS: Final = 3


def is_answer(fact: Fact) -> bool:
    """Of motivation, and answered."""
    return bool(fact.content["dimension"] == DIMENSION and checkins.is_answered(fact.content))


def read(given: Given) -> Answer:
    counted = checkins.counted(given)
    n, enough = len(counted), len(counted) >= LEAST_ANSWERS
    low, middle, high = quartiles(sorted(Fraction(share) for *_, share in counted)) if enough else (Fraction(0),) * 3
    return Answer(
        value=checkins.on_five(middle) if enough else None,
        n=n,
        reason=None if enough else "too_few_answers",
        interval=(checkins.on_five(low), checkins.on_five(high)) if enough else None,
        details=checkins.source(counted),
        counted=checkins.rests_on(given),
    )


def _said(when: str, *values: int | None, run: str = "", told: Sequence[str] = ("pupil", "teachers")) -> list[Fact]:
    """Answers of one run on a scale from 1 to 5."""
    return [self_report(when, f"item-{k}", value, run=run or when, told=told) for k, value in enumerate(values)]


def _example(
    says: str, *facts: Sequence[Fact], value: float | None, n: int, reason: str | None = None, interval: tuple[float, float] | None = None
) -> Example:
    """Monday 2026-11-23, as the pupil reads it; the last 20 school days began on Tuesday 2026-10-27."""
    told = by_date([fact for some in facts for fact in some])
    return Example(says, told, date(2026, 11, 23), "Y", value, n, reason, interval=interval)


_WEEKLY: Final = [fact for week in ("02", "09", "16", "23") for fact in _said(f"2026-11-{week} 08:30", 3)]
"""Four runs of one answer, 3 each."""

EXAMPLES = (
    _example("The one in the middle of 2, 3 and 5 is 3", _said("2026-11-17 08:30", 2, 5, 3), value=3.0, n=3, interval=(2.5, 4.0)),
    _example("Of four the middle lies between two", _said("2026-11-17 08:30", 2, 5, 3, 4), value=3.5, n=4, interval=(2.8, 4.2)),
    _example("Two answers are too few", _said("2026-11-17 08:30", 2, 5), value=None, n=2, reason="too_few_answers"),
    _example("What was not answered is no answer", _said("2026-11-17 08:30", 2, 5, None), value=None, n=2, reason="too_few_answers"),
    _example("Nothing said is nothing known", value=None, n=0, reason="too_few_answers"),
    _example("Other scales come to the same: 0 to 10",
             [self_report("2026-11-17 08:30", f"item-{k}", value, scale=(0, 10)) for k, value in enumerate((0, 5, 5))], value=3.0, n=3),
    _example("An item that is worded the other way round is turned by its source",
             [self_report("2026-11-17 08:30", f"item-{k}", 5, normalised=0.0) for k in range(3)], value=1.0, n=3),
    _example("Other dimensions are not motivation", _said("2026-11-17 08:30", 2, 5),
             [self_report("2026-11-17 08:30", "calm", 1, dimension="calm")], value=None, n=2, reason="too_few_answers"),
    _example("Of monthly runs the last four count", *(_said(f"2026-{month}-12 08:30", 5, 5) for month in ("08", "09")),
             *(_said(f"2026-{month} 08:30", 2) for month in ("10-01", "10-12", "11-02", "11-16")), value=2.0, n=4),
    _example("Of weekly runs all of the last 20 school days count: the fifth last too", _said("2026-10-27 08:30", 1, 1, 1, 1, 1),
             _WEEKLY, value=1.0, n=9),
    _example("And what is older than both does not", _said("2026-10-26 08:30", 1, 1, 1, 1, 1), _WEEKLY, value=3.0, n=4),
    _example("A run of many days is as old as its newest answer", _said("2026-09-01 08:30", 1, 1, 1, run="long"),
             [self_report("2026-11-20 08:30", "late", 1, run="long")], _WEEKLY, value=2.0, n=8),
    _example("Runs of two check-ins are two, though they have one name", _said("2026-08-20 08:30", 1, 1, 1, 1, run="1"),
             [self_report(f"2026-11-{day} 08:30", "a", 4, run=run, instrument="other") for day, run in (("17", "1"), ("18", "2"))],
             [self_report(f"2026-10-0{day} 08:30", "a", 4, run=str(day), instrument="third") for day in (1, 2)], value=4.0, n=4),
    _example("An answer that the child was told the pupil would not see is not counted for the pupil", _said("2026-11-17 08:30", 2, 2),
             _said("2026-11-18 08:30", 5, 5, 5, told=("home_class_teacher",)), value=None, n=2, reason="too_few_answers"),
    _example("A weekend's answers count", _said("2026-11-21 10:00", 4, 4, 4), value=4.0, n=3),
    _example("The summer before is another school year", _said("2026-07-31 10:00", 4, 4, 4), value=None, n=0, reason="too_few_answers"),
)  # fmt: skip

INDICATOR = Indicator(
    id="I13",
    name="motivation",
    version=2,
    title=Texts("Motivation, elevens egne svar", "Motivation, the pupil's own answers"),
    formula=Texts(
        "Det midterste af elevens egne svar om motivation, vist på en skala fra 1 til 5: svarene fra skoleårets seneste fire runder og fra "
        "de seneste 20 skoledage. Kun svar, som eleven fik at vide, at læseren her ville se.",
        "The middle one of the pupil's own answers on motivation, shown on a scale from 1 to 5: the answers of the school year's last four "
        "runs and of the last 20 school days. Only answers that the child was told this reader would see.",
    ),
    unseen=Texts(
        "Elevens egne svar, ikke en måling. Hvorfor eleven svarer sådan, hvad eleven ikke ville svare på, og svar, som kun andre må se, "
        "ses ikke.",
        "The pupil's own answers, not a measurement. Why the pupil answers so, what the pupil would not answer, and answers for others to "
        "see, are not seen.",
    ),
    explanation=Texts(
        "Elevens egne svar, ikke en måling: det midterste af {n} svar er {value} på en skala fra 1 til 5. Svarene er fra {runs} runder, "
        "den første {since}. Spørg eleven, før du drager konklusioner af dem.",
        "The pupil's own answers, not a measurement: the middle one of {n} answers is {value} on a scale from 1 to 5. The answers are from "
        "{runs} runs, the first on {since}. Ask the pupil before you conclude anything from them.",
    ),
    reasons={
        "too_few_answers": Texts(
            "Der er færre end 3 svar, som du kan se (her: {n}), og så få siger for lidt. At svare er frivilligt.",
            "There are fewer than 3 answers that you can see (here: {n}), and so few say too little. To answer is voluntary.",
        ),
    },
    interval=Texts("Kvartilerne: den midterste halvdel af svarene ligger derimellem.", "The quartiles: the middle half of the answers."),
    unit="scale_1_to_5",
    decimals=1,
    windows=("Y",),
    kinds=("wellbeing.self_report",),
    takes=is_answer,
    self_report=True,
    per_subject=False,
    minimum=Texts("Mindst 3 svar.", "At least 3 answers."),
    tasks=("T1", "T2"),
    zero={},
    measure=checkins.answers,
    combine=checkins.combine,
    read=read,
    examples=EXAMPLES,
)
