"""G7 Well-being: the mean of what pupils of a group say of themselves in local check-ins, in each dimension (domain 4.6).

It is of 5 pupils or more for whoever reads it, also for who sees the pupils (R7.1), and of answers of which the child was told that this
reader would see them (design 6). Each pupil counts once, with the value that stands on the pupil's own page. What was published of the
group from the national survey stands beside it and is never part of it: of that survey no hub knows a pupil's answer (folkeskoleloven
§ 56 b).
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from contracts.facts import Fact
from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member, Published
from contracts.indicator import Summary, Texts
from streams import small
from streams.errors import root

MILLIONTHS: Final = 1_000_000
PREFIX: Final = "wellbeing-"


def measure(member: Member) -> Summary:
    """The value of each pupil who has one."""
    return [] if member.value is None else [member.value]


def combine(one: Summary, other: Summary) -> Summary:
    return sorted(one + other)


def read(summary: Summary) -> GroupAnswer:
    n = len(summary)
    if n < small.LEAST:
        return GroupAnswer(None, n, "too_few_pupils")
    mean = Fraction(sum(summary)) / n
    return GroupAnswer(mean, n, alike=summary[0] == summary[-1], error=_error(summary, mean))


def _error(values: Sequence[Fraction], mean: Fraction) -> Fraction:
    """The standard error of the mean: the root of the sample's variance over n."""
    n = len(values)
    return root(Fraction(sum((value - mean) ** 2 for value in values)) / ((n - 1) * n))


def published(of: str, said: Sequence[Fact]) -> Published | None:
    """The newest of the national survey in the dimension of the same name."""
    found = [one.content for one in said if one.kind == "wellbeing.aggregate_published" and PREFIX + one.content["indicator"] == of]
    if not found:
        return None
    told = max(found, key=lambda content: int(content["year"]))
    return Published(told["survey"], told["year"], told["level"], Fraction(told["mean"], MILLIONTHS), told["n"])


def _members(*values: str) -> tuple[Member, ...]:
    return tuple(Member(Fraction(value) if value else None, 4) for value in values)


EXAMPLES = (
    GroupExample("Of 2, 3, 3, 4 and 4 the mean is 3.2, and its standard error 0.37", _members("2", "3", "4", "3", "4"),
                 3.2, 5, error=0.4),
    GroupExample("Four pupils are too few, whoever asks", _members("2", "3", "4", "3"), None, 4, "too_few_pupils"),
    GroupExample("Who said too little has no value and is not counted", _members("2", "", "4", "3", "", "5"), None, 4, "too_few_pupils"),
    GroupExample("Each pupil counts once, however much each said", (Member(Fraction(5), 40), *_members("1", "1", "1", "1")),
                 1.8, 5, error=0.8),
    GroupExample("Half are at the lowest and half at the highest", _members("1", "5", "1", "5", "1", "5"), 3.0, 6, error=0.9),
    GroupExample("An error of 0.15 is exactly that, and is told as the even 0.2", _members(*["3.45", "2.55"] * 5), 3.0, 10, error=0.2),
    GroupExample("Where all say the same there is no error", _members("3.3", "3.3", "3.3", "3.3", "3.3"), 3.3, 5, error=0.0),
    GroupExample("Nobody said anything", _members("", ""), None, 0, "too_few_pupils"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G7",
    name="wellbeing",
    version=1,
    title=Texts("Trivsel, elevernes egne svar", "Well-being, the pupils' own answers"),
    formula=Texts(
        "Gennemsnittet af elevernes egne tal i lokale tjek, på en skala fra 1 til 5, og dets standardfejl. Hver elev tæller én gang. Kun "
        "svar, som eleven fik at vide, at læseren her ville se. Det, der er offentliggjort om gruppen fra den nationale trivselsmåling, "
        "står ved siden af og indgår ikke.",
        "The mean of the pupils' own values in local check-ins, on a scale from 1 to 5, and its standard error. Each pupil counts once. "
        "Only answers that the child was told this reader would see. What was published of the group from the national survey stands "
        "beside it and is no part of it.",
    ),
    unseen=Texts(
        "Elever, som ikke ville svare, svarede for lidt eller svarede for andre, er ikke med, så tallet er ikke hele gruppens. Det er ikke "
        "en måling. Et gennemsnit af få svinger: se standardfejlen, før to tal sammenlignes.",
        "Pupils who would not answer, answered too little, or answered for others to see, are not in it, so the number is not the whole "
        "group's. It is not a measurement. A mean of few varies: look at the standard error before you compare two.",
    ),
    explanation=Texts(
        "Elevernes egne svar i lokale tjek er i gennemsnit {value} på en skala fra 1 til 5 for {n} af {pupils} elever; standardfejlen er "
        "{error}.",
        "The pupils' own answers in local check-ins are {value} on average on a scale from 1 to 5, of {n} of {pupils} pupils; the standard "
        "error is {error}.",
    ),
    reasons={
        "too_few_pupils": Texts(
            "Færre end 5 elever har svaret nok til, at gruppens tal kan vises uden at sige noget om den enkelte.",
            "Fewer than 5 pupils have answered enough for the group's value to be shown without telling of one of them.",
        ),
    },
    minimum=Texts("Mindst 5 elever med et tal, for alle læsere.", "At least 5 pupils with a value, for every reader."),
    tasks=("T3", "T4"),
    of=lambda indicator: indicator.self_report,
    self_reports=True,
    published=published,
    zero=[],
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
