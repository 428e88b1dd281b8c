"""G1 Distribution: median and quartiles of an indicator over the pupils of a group (domain 4.6), each pupil's value as the class view shows
it."""

from fractions import Fraction

from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member
from contracts.indicator import Summary, Texts
from streams.quartiles import quartiles


def measure(member: Member) -> Summary:
    """The value of each pupil who has one."""
    return [] if member.value is None else [member.value]


def combine(one: Summary, other: Summary) -> Summary:
    return sorted(one + other)


def read(summary: Summary) -> GroupAnswer:
    if not summary:
        return GroupAnswer(None, 0, "no_values")
    low, middle, high = quartiles(summary)
    return GroupAnswer(middle, len(summary), quartiles=(low, high), alike=summary[0] == summary[-1])


def _members(*values: str) -> tuple[Member, ...]:
    return tuple(Member(Fraction(value) if value else None, 20) for value in values)


EXAMPLES = (
    GroupExample("Of five the third is the median, the second and fourth the quartiles", _members("10", "50", "20", "40", "30"),
                 30.0, 5, quartiles=(20.0, 40.0)),
    GroupExample("Of four the median is between the second and the third", _members("1", "2", "4", "8"), 3.0, 4, quartiles=(1.8, 5.0)),
    GroupExample("Who has no value is not counted as nought", _members("", "60", "", "80", "70"), 70.0, 3, quartiles=(65.0, 75.0)),
    GroupExample("Nought is a value", _members("0", "0", "0", "6"), 0.0, 4, quartiles=(0.0, 1.5)),
    GroupExample("How much a pupil's value counts does not weigh", (Member(Fraction(90), 400), *_members("50", "60")),
                 60.0, 3, quartiles=(55.0, 75.0)),
    GroupExample("One pupil is that pupil's value", _members("", "7.5"), 7.5, 1, quartiles=(7.5, 7.5)),
    GroupExample("Nobody with a value is no median", _members("", ""), None, 0, "no_values"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G1",
    name="distribution",
    version=1,
    title=Texts("Fordeling", "Distribution"),
    formula=Texts(
        "Medianen og kvartilerne af elevernes tal: halvdelen ligger på medianen eller derunder, og den midterste halvdel ligger mellem "
        "kvartilerne. Mellem to elever deles der forholdsmæssigt.",
        "The median and the quartiles of the pupils' values: half are at the median or below, and the middle half is between the "
        "quartiles. Between two pupils it is divided in proportion.",
    ),
    unseen=Texts(
        "Elever uden et tal i perioden er ikke med, og ingen elevs plads i rækken vises. Hvem der er i gruppen, er som i dag.",
        "Pupils without a value in the window are not in it, and no pupil's place in the row is shown. Who is in the group is as of today.",
    ),
    explanation=Texts(
        "Medianen for {n} af {pupils} elever er {value}; den midterste halvdel ligger mellem {low} og {high}.",
        "The median of {n} of {pupils} pupils is {value}; the middle half is between {low} and {high}.",
    ),
    reasons={
        "no_values": Texts(
            "Ingen af gruppens elever har et tal i perioden.",
            "None of the group's pupils has a value in the window.",
        ),
    },
    minimum=Texts("Mindst én elev med et tal.", "At least one pupil with a value."),
    tasks=("T3", "T4"),
    of=lambda indicator: indicator.distributed,
    zero=[],
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
