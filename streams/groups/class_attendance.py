"""G2 Class attendance: the mean of the pupils' percents, each weighted by the pupil's registered days: the ministry's method (domain 2.3,
4.6).

It is worked out of the percents as the class view shows them, so that who sees the class can do it again by hand.
"""

from fractions import Fraction

from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member
from contracts.indicator import Summary, Texts
from streams.quartiles import quartiles


def measure(member: Member) -> Summary:
    """[percent, registered days] of each pupil who has a percent."""
    return [] if member.value is None else [[member.value, member.n]]


def combine(one: Summary, other: Summary) -> Summary:
    return sorted(one + other)


def read(summary: Summary) -> GroupAnswer:
    if not summary:
        return GroupAnswer(None, 0, "no_values")
    percents = [percent for percent, _ in summary]
    low, _, high = quartiles(percents)
    mean = Fraction(sum(percent * days for percent, days in summary)) / sum(days for _, days in summary)
    return GroupAnswer(mean, len(summary), quartiles=(low, high), alike=percents[0] == percents[-1])


def _member(percent: str, days: int) -> Member:
    return Member(Fraction(percent), days)


_UNKNOWN = Member(None, 4)

EXAMPLES = (
    GroupExample(
        "Ten days at 90 % and twenty at 60 % are 70 %, not 75 %",
        (_member("90", 10), _member("60", 20)), 70.0, 2, quartiles=(67.5, 82.5),
    ),
    GroupExample(
        "A pupil with too few days has no percent and does not count",
        (_member("100", 20), _member("95", 20), _UNKNOWN, _member("80", 20)), 91.7, 3, quartiles=(87.5, 97.5),
    ),
    GroupExample("One pupil is that pupil's percent", (_member("83.3", 6),), 83.3, 1, quartiles=(83.3, 83.3)),
    GroupExample("The whole class there all the time is 100 %", (_member("100", 20),) * 3, 100.0, 3, quartiles=(100.0, 100.0)),
    GroupExample(
        "A tie is rounded to the even digit: 95.25 is 95.2",
        (_member("95.5", 10), _member("95", 10)), 95.2, 2, quartiles=(95.1, 95.4),
    ),
    GroupExample("Nobody with a percent is no percent of the class", (_UNKNOWN, _UNKNOWN), None, 0, "no_values"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G2",
    name="class-attendance",
    version=1,
    title=Texts("Klassens fremmøde", "Attendance of the class"),
    formula=Texts(
        "Gennemsnittet af elevernes fremmødeprocenter, hvor hver procent vægter med elevens registrerede dage i perioden.",
        "The mean of the pupils' attendance percents, each weighted by the pupil's registered days of the window.",
    ),
    unseen=Texts(
        "Elever med for få registrerede dage har ingen procent og er ikke med. Hvem der er i gruppen, er som i dag, også for dage før en "
        "elev kom til.",
        "Pupils with too few registered days have no percent and are not in it. Who is in the group is as of today, also for days before a "
        "pupil joined it.",
    ),
    explanation=Texts(
        "Fremmøde {value} %: gennemsnittet for {n} af {pupils} elever, vægtet med deres registrerede dage. Den midterste halvdel af "
        "eleverne ligger mellem {low} og {high} %.",
        "Attendance {value} %: the mean of {n} of {pupils} pupils, weighted by their registered days. The middle half of the pupils is "
        "between {low} and {high} %.",
    ),
    reasons={
        "no_values": Texts(
            "Ingen af gruppens elever har nok registrerede dage i perioden til en procent.",
            "None of the group's pupils has enough registered days in the window for a percent.",
        ),
    },
    minimum=Texts("Mindst én elev med en fremmødeprocent.", "At least one pupil with an attendance percent."),
    tasks=("T3", "T4"),
    of=lambda indicator: indicator.name == "attendance",
    zero=[],
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
