"""I14 Well-being, as pupils say themselves in local check-ins: one indicator for each dimension (domain 4.5).

Which answers count is in `streams.checkins`, as for motivation. The value is their mean on a scale from 1 to 5, where the pupil answered at
least half of what was asked in the dimension, the national survey's own rule; of what the pupil would not answer it is read that it was
asked, and no more. These are never the answers of the national survey, which no hub may take (folkeskoleloven § 56 b). Who reads it counts:
only answers of which the child was told that this reader would see them (design 6).
"""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Final

from contracts.facts import Fact
from contracts.indicator import Answer, Example, Given, Indicator, Texts
from streams import checkins
from streams.errors import around, squared_error
from streams.invented import by_date, self_report

LEAST_ANSWERS: Final = 3
LEAST_PART: Final = Fraction(1, 2)
"""Of what was asked."""


_UNSEEN: Final = Texts(
    "Elevens egne svar i et lokalt tjek, ikke en måling og ikke den nationale trivselsmåling. Hvorfor eleven svarer sådan, og svar, som "
    "kun andre må se, ses ikke.",
    "The pupil's own answers in a local check-in, not a measurement and not the national survey. Why the pupil answers so, and answers for "
    "others to see, are not seen.",
)
_EXPLANATION: Final = Texts(
    "Elevens egne svar i et lokalt tjek, ikke en måling og ikke den nationale trivselsmåling: {n} svar på {asked} spørgsmål er i "
    "gennemsnit {value} på en skala fra 1 til 5. Svarene er fra {runs} runder, den første {since}. Spørg eleven, før du drager "
    "konklusioner af dem.",
    "The pupil's own answers in a local check-in, not a measurement and not the national survey: {n} answers to {asked} questions are "
    "{value} on average on a scale from 1 to 5. The answers are from {runs} runs, the first on {since}. Ask the pupil before you conclude "
    "anything from them.",
)
_REASONS: Final = {
    "too_few_answers": Texts(
        "Der er færre end 3 svar, som du kan se (her: {n}), og så få siger for lidt. At svare er frivilligt.",
        "There are fewer than 3 answers that you can see (here: {n}), and so few say too little. To answer is voluntary.",
    ),
    "mostly_unanswered": Texts(
        "Der er svar på færre end halvdelen af spørgsmålene (svar, som du kan se: {n}), så et gennemsnit ville sige for lidt. At svare er "
        "frivilligt.",
        "Fewer than half of the questions are answered (answers that you can see: {n}), so a mean would say too little. To answer is "
        "voluntary.",
    ),
}


def declared(dimension: str, title: Texts, topic: Texts) -> Indicator:
    """topic: what it is of, in the middle of a sentence."""
    return Indicator(
        id="I14",
        name=f"wellbeing-{dimension}",
        version=2,
        title=Texts(f"{title.da}, elevens egne svar", f"{title.en}, the pupil's own answers"),
        formula=_formula(topic),
        unseen=_UNSEEN,
        explanation=_EXPLANATION,
        reasons=_REASONS,
        interval=Texts(
            "To gange gennemsnittets standardfejl til hver side: jo færre svar, og jo mere de er forskellige, jo bredere.",
            "Twice the standard error of the mean to each side: the fewer the answers, and the more they differ, the wider.",
        ),
        unit="scale_1_to_5",
        decimals=1,
        windows=("Y",),
        kinds=("wellbeing.self_report",),
        takes=lambda fact: bool(fact.content["dimension"] == dimension),
        self_report=True,
        per_subject=False,
        minimum=Texts(
            "Mindst 3 svar, og på mindst halvdelen af spørgsmålene.", "At least 3 answers, and to at least half of the questions."
        ),
        tasks=("T2",),
        zero={},
        measure=checkins.answers,
        combine=checkins.combine,
        read=read,
        examples=_examples(dimension, "calm" if dimension == "social" else "social"),
    )


def _formula(topic: Texts) -> Texts:
    return Texts(
        f"Gennemsnittet af elevens egne svar om {topic.da} på en skala fra 1 til 5: svarene fra skoleårets seneste fire runder og fra de "
        "seneste 20 skoledage, når eleven har svaret på mindst halvdelen af det, der blev spurgt om. Kun svar, som eleven fik at vide, at "
        "læseren her ville se.",
        f"The mean of the pupil's own answers on {topic.en} on a scale from 1 to 5: the answers of the school year's last four runs and of "
        "the last 20 school days, where the pupil answered at least half of what was asked. Only answers that the child was told this "
        "reader would see.",
    )


def read(given: Given) -> Answer:
    counted = checkins.counted(given)
    said = [share for *_, share in counted if share != checkins.UNSAID]
    n, asked = len(said), len(counted)
    reason = "too_few_answers" if n < LEAST_ANSWERS else "mostly_unanswered" if n < LEAST_PART * asked else None
    mean = checkins.on_five(Fraction(sum(said), n)) if n else Fraction(0)
    return Answer(
        value=None if reason else mean,
        n=n,
        reason=reason,
        interval=None if reason else around(mean, checkins.of_five(squared_error(said)), 1, 5),
        details={"asked": asked, **checkins.source(counted)},
        counted=checkins.rests_on(given),
    )


def _example(
    says: str, *facts: Sequence[Fact], value: float | None, n: int, reason: str | None = None, interval: tuple[float, float] | None = None
) -> Example:
    """Monday 2026-11-23, as the pupil reads it; the last 20 school days began on Tuesday 2026-10-27."""
    told = by_date([fact for some in facts for fact in some])
    return Example(says, told, date(2026, 11, 23), "Y", value, n, reason, interval=interval)


def _said(
    dimension: str, when: str, *values: int | None, run: str = "", told: Sequence[str] = ("pupil", "teachers"), of: str = "item"
) -> list[Fact]:
    """Answers of one run on a scale from 1 to 5."""
    numbered = enumerate(values)
    return [self_report(f"2026-{when} 08:30", f"{of}-{k}", v, run=run or when, told=told, dimension=dimension) for k, v in numbered]


def _examples(dimension: str, other: str) -> tuple[Example, ...]:
    said: Callable[..., list[Fact]] = partial(_said, dimension)
    weekly = [fact for week in ("02", "09", "16", "23") for fact in said(f"11-{week}", 3)]
    return (
        _example("2, 3 and 5 are 3.3 on average, give or take twice the error of 0.9", said("11-17", 2, 5, 3), value=3.3, n=3,
                 interval=(1.6, 5.0)),
        _example("Two answers are too few", said("11-17", 2, 5), value=None, n=2, reason="too_few_answers"),
        _example("Three of six questions answered are half", said("11-17", 2, 5, 3, None, None, None), value=3.3, n=3),
        _example("Three of seven are less", said("11-17", 2, 5, 3, None, None, None, None), value=None, n=3, reason="mostly_unanswered"),
        _example("What was not answered is not the lowest answer", said("11-17", 4, 4, 4, None), value=4.0, n=3, interval=(4.0, 4.0)),
        _example("Half is half of all that counts, not of each run", said("11-16", 2, 2, 2, 2), said("11-17", None, None, None, 4),
                 value=2.4, n=5),
        _example("What was not answered in a run that does not count is not asked", said("08-20", *[None] * 9), *(
                 said(day, 4) for day in ("10-01", "10-08", "10-15", "10-20")), value=4.0, n=4),
        _example("A run in which nothing was answered is a run", said("08-20", 1), *(
                 said(day, 4, 4) for day in ("09-01", "09-10", "09-20")), said("10-01", None), value=4.0, n=6),
        _example("Nothing said is nothing known", value=None, n=0, reason="too_few_answers"),
        _example("Other scales come to the same: 0 to 10", [self_report("2026-11-17 08:30", f"item-{value}", value, scale=(0, 10),
                 dimension=dimension) for value in (0, 5, 9, 10)], value=3.4, n=4),
        _example("An item that is worded the other way round is turned by its source",
                 [self_report("2026-11-17 08:30", f"item-{k}", 5, normalised=0.0, dimension=dimension) for k in range(3)], value=1.0, n=3),
        _example("Other dimensions are not counted, nor asked", said("11-17", 2, 5, 3), _said(other, "11-17", 1, 1, 1, of="other"),
                 _said("motivation", "11-17", *[None] * 9, of="motivation"), value=3.3, n=3),
        _example("Of weekly runs all of the last 20 school days count: the fifth last too", said("10-27", 1, 1, 1, 1), weekly,
                 value=2.0, n=8),
        _example("And what is older than both does not", said("10-26", 1, 1, 1, 1, 1), weekly, value=3.0, n=4),
        _example("An answer that the child was told the pupil would not see is not counted for the pupil, nor asked",
                 said("11-17", 2, 2, 5), said("11-18", 5, *[None] * 9, told=("home_class_teacher",)), value=3.0, n=3),
        _example("A weekend's answers count", said("11-21", 4, 4, 4), value=4.0, n=3),
        _example("The summer before is another school year", said("07-31", 4, 4, 4), value=None, n=0, reason="too_few_answers"),
    )  # fmt: skip
