"""G3 On-time share: of all that the pupils of a group had to hand in, the share that came by the deadline (domain 4.6).

What is due for a pupil, and whether it came in time, is as for I9; a pupil for whom too little was due for a share of their own counts here
with what there was. Every hand-in that was due weighs the same, so a pupil with more of them weighs more.
"""

from datetime import date
from fractions import Fraction
from typing import Final

from contracts.dates import local_date
from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member, Part
from contracts.indicator import Given, Summary, Texts, Window
from streams import assignments
from streams.invented import published, submitted
from streams.keyed import joined

LEAST_DUE: Final = 3
PLACES: Final = ("on_time", "late", "missing")


def measure(member: Member) -> Summary:
    """Pupil -> assignment -> [when it was due, how it was handed in]: of what was due before today."""
    if member.given is None:
        return {}
    last, owed = member.given.window.last, assignments.due(member.given)
    past = {name: [one.at, _place(one)] for name, one in owed.items() if local_date(one.at) < last}
    return {member.pupil: past} if past else {}


def _place(one: assignments.Due) -> str:
    return "on_time" if one.on_time else "missing" if one.handed is None else "late"


def combine(one: Summary, other: Summary) -> Summary:
    """Of what is due for a pupil in two subjects the later deadline holds."""
    return joined(one, other, lambda here, there: joined(here, there, max))


def read(summary: Summary) -> GroupAnswer:
    pupils = [[place for _, place in owed.values()] for owed in summary.values()]
    all_owed = [place for owed in pupils for place in owed]
    n, due = len(pupils), len(all_owed)
    details = {"assignments": len({name for owed in summary.values() for name in owed}), "due": due}
    if due < LEAST_DUE:
        return GroupAnswer(None, n, "too_few_due", details=details)
    parts = tuple(
        Part(place, Fraction(100 * many, due), many, sum(place in owed for owed in pupils))
        for place in PLACES
        if (many := all_owed.count(place))
    )
    shares = {Fraction(owed.count("on_time"), len(owed)) for owed in pupils}
    largest = Fraction(max(map(len, pupils)), due)
    return GroupAnswer(
        Fraction(100 * all_owed.count("on_time"), due), n, alike=len(shares) == 1, parts=parts, largest=largest, details=details
    )


_WINDOW: Final = Window("W20", date(2026, 10, 27), date(2026, 11, 23), ())
_DUE: Final = [published(f"2026-11-{day} 12:00", name) for name, day in (("a", "06"), ("b", "13"), ("c", "20"), ("d", "23"))]


def _member(pupil: str, *handed: tuple[str, str], due: str = "abc", excused: str = "") -> Member:
    """handed: assignment and day of November; a is due on the 6th, b on the 13th, c on the 20th, d on the 23rd, which is today."""
    own = assignments.measure([submitted(f"2026-11-{day} 11:00", name) for name, day in handed])
    given = assignments.measure([fact for fact in _DUE if fact.content["assignment_id"] in due])
    off = {name: {"excused": 1} for name in assignments.measure([fact for fact in _DUE if fact.content["assignment_id"] in excused])}
    whole = assignments.combine(own, off)
    return Member(None, 0, pupil=pupil, given=Given(whole, {}, _WINDOW, lambda _: None, {"g_class": given}, lambda *_: True))


EXAMPLES = (
    GroupExample(
        "Of two pupils with three due one handed in all in time, the other one late and one not at all: four of six",
        (_member("p", ("a", "05"), ("b", "12"), ("c", "20")), _member("q", ("a", "06"), ("b", "14"))),
        66.7, 2, parts=(("on_time", 66.7, 4, 2), ("late", 16.7, 1, 1), ("missing", 16.7, 1, 1)),
    ),
    GroupExample(
        "A pupil for whom one was due counts with that one",
        (_member("p", ("a", "05"), ("b", "12"), ("c", "20")), _member("q", due="a")),
        75.0, 2, parts=(("on_time", 75.0, 3, 1), ("missing", 25.0, 1, 1)),
    ),
    GroupExample(
        "Two in all are too few", (_member("p", ("a", "05"), due="a"), _member("q", ("a", "05"), due="a")), None, 2, "too_few_due",
    ),
    GroupExample(
        "An excused pupil owes nothing of it",
        (_member("p", ("a", "05"), ("b", "12"), excused="c"), _member("q", ("a", "05"))),
        60.0, 2, parts=(("on_time", 60.0, 3, 2), ("missing", 40.0, 2, 1)),
    ),
    GroupExample(
        "What is due today counts from tomorrow on", (_member("p", ("a", "05"), ("d", "22"), due="abcd"),),
        33.3, 1, parts=(("on_time", 33.3, 1, 1), ("missing", 66.7, 2, 1)),
    ),
    GroupExample(
        "For whom nothing was due is not counted", (_member("p", ("a", "05"), ("b", "12"), ("c", "20")), _member("q", due="")),
        100.0, 1, parts=(("on_time", 100.0, 3, 1),),
    ),
    GroupExample(
        "One pupil in two subjects is one pupil",
        (_member("p", ("a", "05"), due="ab"), _member("p", ("c", "20"), due="c")),
        66.7, 1, parts=(("on_time", 66.7, 2, 1), ("missing", 33.3, 1, 1)),
    ),
    GroupExample("Nothing was due", (_member("p", due=""), _member("q", due="")), None, 0, "too_few_due"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G3",
    name="on-time-share",
    version=1,
    title=Texts("Afleveret til tiden, gruppen", "Handed in on time, the group"),
    formula=Texts(
        "Andelen af alle afleveringer med frist i perioden, som gruppens elever afleverede senest ved fristen, som den nu er kendt. Hver "
        "aflevering vægter lige meget. Frivillige opgaver og opgaver, som en elev er fritaget for, er ikke med, og heller ikke det, der "
        "var givet til en gruppe, som eleven ikke var i på fristens dato.",
        "The share of all hand-ins due in the window that the group's pupils handed in by the deadline as it is now known. Each hand-in "
        "weighs the same. Optional assignments and those from which a pupil is excused are not in it, nor what was given to a group that "
        "the pupil was not in on the date of the deadline.",
    ),
    unseen=Texts(
        "Afleveringer uden om de tilkoblede systemer, for eksempel på papir, ses ikke, og heller ikke hvorfor noget kom for sent. En "
        "opgave med frist i dag tæller fra i morgen. Hvem der er i gruppen, er som i dag.",
        "Hand-ins outside the connected systems, on paper for example, are not seen, nor why something came late. An assignment due today "
        "counts from tomorrow on. Who is in the group is as of today.",
    ),
    explanation=Texts(
        "{value} % af det, gruppens elever skulle aflevere, kom til tiden. {n} af {pupils} elever havde noget at aflevere.",
        "{value} % of what the group's pupils had to hand in came by the deadline. {n} of {pupils} pupils had something to hand in.",
    ),
    reasons={
        "too_few_due": Texts(
            "Gruppens elever havde færre end 3 afleveringer med frist i perioden, så en procent ville sige for lidt.",
            "Fewer than 3 hand-ins of the group's pupils were due in the window, so a percentage would say too little.",
        ),
    },
    minimum=Texts("Mindst 3 afleveringer med frist i perioden.", "At least 3 hand-ins due in the window."),
    tasks=("T3", "T4"),
    of=lambda indicator: indicator.name == "on-time-submission",
    all_subjects=True,
    into=True,
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
