"""G4 Assignments one by one: of how many pupils of a group each was due, and how many handed it in by the deadline, late or not, were given
feedback, or were excused (domain 4.6).

What is due for a pupil is as for I9, today's among it. An assignment is one, to however many of the pupils' groups it was given.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from contracts.facts import Fact
from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member, Name, Split
from contracts.indicator import Given, Summary, Texts, Window
from streams import assignments
from streams.invented import published, state, submitted
from streams.keyed import joined

EVERYBODY: Final = ""
COUNTS: Final = ("on_time", "late", "missing", "given", "excused")


def measure(member: Member) -> Summary:
    """Assignment -> the pupils by each of `COUNTS`; and "" -> the pupils for whom any was due, or would have been."""
    if member.given is None:
        return {}
    owed, own = assignments.due(member.given), member.given.whole
    told = {name: _counts(one, feedback="feedback" in own.get(name, ())) for name, one in owed.items()}
    told |= {name: [0, 0, 0, 0, 1] for name in assignments.let_off(member.given)}
    return {EVERYBODY: [1], **told} if told else {}


def _counts(one: assignments.Due, *, feedback: bool) -> list[int]:
    missing = one.handed is None
    return [int(one.on_time), int(not (one.on_time or missing)), int(missing), int(feedback), 0]


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, lambda here, there: [this + that for this, that in zip(here, there, strict=True)])


def read(summary: Summary) -> GroupAnswer:
    """An assignment from which all are excused is due for nobody."""
    tasks = {name: dict(zip(COUNTS, many, strict=True)) for name, many in sorted(summary.items()) if name != EVERYBODY}
    due = {name: many for name, many in tasks.items() if many["on_time"] + many["late"] + many["missing"]}
    if not due:
        return GroupAnswer(None, 0, "nothing_due")
    splits = tuple(one for name, many in due.items() for one in _splits(name, many))
    return GroupAnswer(Fraction(len(due)), summary[EVERYBODY][0], splits=splits)


def _splits(name: str, many: Mapping[str, int]) -> list[Split]:
    handed = {place: many[place] for place in ("late", "missing", "on_time")}
    due = sum(handed.values())
    feedback = Split(name, "feedback", {"given": many["given"], "not_given": due - many["given"]})
    excused = [Split(name, "excused", {"due": due, "excused": many["excused"]})] if many["excused"] else []
    return [Split(name, "handed_in", handed), feedback, *excused]


def names(fact: Fact) -> Mapping[str, Name]:
    if fact.kind != "assignment.published":
        return {}
    told = fact.content
    return {assignments.name(fact): Name(told["assignment_id"], None, told["title"], told["due_at"])}


_WINDOW: Final = Window("W20", date(2026, 10, 27), date(2026, 11, 23), ())
_DUE: Final = [published(f"2026-11-{day} 12:00", name) for name, day in (("a", "06"), ("b", "13"), ("c", "23"))]
_A, _B, _C = map(assignments.name, _DUE)


def _member(*handed: tuple[str, str], due: str = "a", feedback: str = "", excused: str = "") -> Member:
    """handed: assignment and day of November; a is due on the 6th, b on the 13th, c on the 23rd, which is today."""
    told = [submitted(f"2026-11-{day} 11:00", name) for name, day in handed]
    told += [state("2026-11-15 10:00", name, "feedback_given") for name in feedback]
    told += [state("2026-11-01 10:00", name, "excused") for name in excused]
    given = assignments.measure([fact for fact in _DUE if fact.content["assignment_id"] in due])
    return Member(None, 0, given=Given(assignments.measure(told), {}, _WINDOW, lambda _: None, {"g_class": given}, lambda *_: True))


EXAMPLES = (
    GroupExample(
        "Of four pupils two handed it in by the deadline, one late and one not at all; one has been given feedback",
        (_member(("a", "05"), feedback="a"), _member(("a", "06")), _member(("a", "07")), _member()),
        1.0, 4, splits=((_A, "handed_in", (1, 1, 2)), (_A, "feedback", (1, 3))),
    ),
    GroupExample(
        "Who is excused from it does not owe it, and is told apart",
        (_member(("a", "05"), excused="a"), _member(("a", "05")), _member()),
        1.0, 3, splits=((_A, "handed_in", (0, 1, 1)), (_A, "feedback", (0, 2)), (_A, "excused", (2, 1))),
    ),
    GroupExample(
        "Each by itself; of whom it was not due it is not counted",
        (_member(("b", "13"), due="ab", feedback="b"), _member(("a", "05"))),
        2.0, 2, splits=tuple(sorted([
            (_A, "handed_in", (0, 1, 1)), (_A, "feedback", (0, 2)), (_B, "handed_in", (0, 0, 1)), (_B, "feedback", (1, 0)),
        ], key=lambda one: one[0])),
    ),
    GroupExample(
        "What is due today is in it", (_member(("c", "20"), due="c"), _member(due="c")),
        1.0, 2, splits=((_C, "handed_in", (0, 1, 1)), (_C, "feedback", (0, 2))),
    ),
    GroupExample("What all are excused from is due for nobody", (_member(excused="a"), _member(excused="a")), None, 0, "nothing_due"),
    GroupExample("Nothing was due", (_member(due=""), _member(due="")), None, 0, "nothing_due"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G4",
    name="assignment-status",
    version=1,
    title=Texts("Opgave for opgave", "Assignment by assignment"),
    formula=Texts(
        "For hver opgave med frist i perioden: for hvor mange af gruppens elever den havde frist, og hvor mange af dem der afleverede til "
        "tiden, for sent eller ikke, hvor mange der har fået feedback, og hvor mange der er fritaget. Fristen er den, der nu er kendt.",
        "For each assignment due in the window: of how many of the group's pupils it was due, and how many of them handed it in by the "
        "deadline, late, or not at all, how many have been given feedback, and how many are excused. The deadline is the one now known.",
    ),
    unseen=Texts(
        "Afleveringer og feedback uden om de tilkoblede systemer, for eksempel på papir eller i timen, ses ikke, og heller ikke hvorfor "
        "noget mangler. Frivillige opgaver er ikke med. En opgave med frist i dag kan stadig nå at blive afleveret.",
        "Hand-ins and feedback outside the connected systems, on paper or in the lesson for example, are not seen, nor why something is "
        "missing. Optional assignments are not in it. What is due today may still be handed in.",
    ),
    explanation=Texts(
        "Af de opgaver, der havde frist i perioden, var mindst én givet til {n} af {pupils} elever.",
        "Of the assignments that were due in the window at least one was given to {n} of {pupils} pupils.",
    ),
    reasons={
        "nothing_due": Texts(
            "Ingen opgaver havde frist for gruppens elever i perioden.", "No assignments were due for the group's pupils in the window."
        ),
    },
    minimum=Texts("Mindst én opgave med frist i perioden.", "At least one assignment due in the window."),
    tasks=("T3", "T4"),
    of=lambda indicator: indicator.name == "assignments-due",
    names=names,
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
