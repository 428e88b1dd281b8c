"""What histories hold of school years' sheets: results tried again, corrected and taken back; goals marked by who may, of one pupil by two
names; what pupils say of themselves, run by run, also by two names; assignments that a class is given, put off and taken back, and what its
pupils hand in."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from random import Random
from typing import Any

from msgspec.structs import replace

from contracts.connector import Draft
from contracts.dates import DAY, Micros, local_date, moment
from contracts.events import (
    ActivitySummary,
    AssignmentPublished,
    AssignmentState,
    AssignmentSubmitted,
    GoalMarked,
    GoalPlanned,
    Graded,
    NoteLinked,
    Scored,
    SelfReport,
    TestResult,
)
from contracts.privacy import GroupRef, Identity

Told = tuple[Draft, str]
"""A draft and the trap that it is."""
TRAPS = (
    "result",
    "attempt_again",
    "result_corrected",
    "result_taken_back",
    "self_report",
    "declined",
    "self_report_corrected",
    "several_runs",
    "tried_weeks_later",
    "goal",
    "goal_again",
    "goal_corrected",
    "goal_taken_back",
    "goal_by_two_identities",
    "well_being",
    "well_being_declined",
    "well_being_corrected",
    "well_being_taken_back",
    "assignment",
    "put_off",
    "assignment_taken_back",
    "handed_in",
    "handed_in_again",
    "hand_in_taken_back",
    "excused",
    "state",
    "goal_planned",
    "note",
    "test",
    "grade",
    "summary",
    "told_beside_corrected",
    "told_beside_taken_back",
)


def results(random: Random, whose: Identity, school: str, name: str, time: Callable[[], Micros]) -> Iterator[Told]:
    """Of five activities, numbered and not; one attempt is corrected and one is taken back."""
    for n in range(8):
        said = {
            "tool": "Dansk Y",
            "subject_code": "DAN",
            "activity_id": f"act-{n % 5}",
            "score_fraction": random.choice((0.1, 0.4, 0.75, 1.1)),
        }
        said |= {"attempt_no": 1 + n // 5} if n % 2 else {}
        said |= random.choice(({}, {}, {"state": "partial"}, {"score_fraction": None, "score_given": 3.0, "score_max": 0.0}))
        draft = Draft(Scored, whose, school, said, f"result-{name}-{n}", time(), 1)
        yield draft, "attempt_again" if n >= 5 else "result"
        if n == 2:
            yield replace(draft, data={**said, "score_fraction": 0.9, "state": "final"}, order=2), "result_corrected"
        if n == 6:
            yield replace(draft, order=2, op="retract"), "result_taken_back"


def tries(
    random: Random, whose: Identity, school: str, name: str, early: Callable[[], Micros], late: Callable[[], Micros]
) -> Iterator[Told]:
    """Four activities tried weeks apart, badly and then well; of the later tries one is corrected and one is taken back."""
    for n in range(8):
        share = 0.1 * random.randrange(2) if n < 4 else 1 - 0.1 * random.randrange(2)
        said = {"tool": "Engelsk Z", "subject_code": "ENG", "activity_id": f"try-{n % 4}", "score_fraction": share}
        draft = Draft(Scored, whose, school, said, f"try-{name}-{n}", (early if n < 4 else late)(), 1)
        yield draft, "result" if n < 4 else "tried_weeks_later"
        if n == 5:
            yield replace(draft, data={**said, "score_fraction": 0.8}, order=2), "result_corrected"
        if n == 6:
            yield replace(draft, order=2, op="retract"), "result_taken_back"


def goals(
    random: Random, whose: Sequence[Identity], school: str, name: str, early: Callable[[], Micros], late: Callable[[], Micros]
) -> Iterator[Told]:
    """Five goals marked early and again, each time of the pupil by another name; one marking is told by both, with two levels."""
    for n in range(12):
        at = (early if n < 5 else late)()
        said = {"framework_id": random.choice(("maal", "maal", "fagplan")), "goal_id": f"goal-{n % 5}", "level": random.randrange(4)}
        said |= {"marked_by": random.choice(("teacher", "teacher", "tool", "pupil")), "marked_at": moment(at), "subject_code": "DAN"}
        draft = Draft(GoalMarked, whose[n % 2], school, said, f"goal-{name}-{n}", at, 1)
        yield draft, "goal" if n < 5 else "goal_again"
        if n == 6:
            yield replace(draft, data={**said, "level": 3}, order=2), "goal_corrected"
        if n == 7:
            yield replace(draft, order=2, op="retract"), "goal_taken_back"
        if n == 8:
            other = {**said, "level": random.randrange(4)}
            yield replace(draft, subject=whose[1], data=other, report=f"goal-{name}-other"), "goal_by_two_identities"


def reports(random: Random, whose: Identity, school: str, name: str, time: Callable[[], Micros]) -> Iterator[Told]:
    """Six runs of two questions, some declined; the pupil thinks better of one."""
    for n in range(12):
        said = {
            "instrument_id": "tjek", "instrument_version": "1", "run": f"run-{n // 2}", "item_id": f"q{n % 2}", "dimension": "motivation",
            "scale_min": 1, "scale_max": 5, "visibility": random.choice((("pupil",), ("pupil", "teachers"), ("home_class_teacher",))),
        }  # fmt: skip
        said |= {"declined": True} if n == 3 else {"value": random.randint(1, 5)}
        draft = Draft(SelfReport, whose, school, said, f"said-{name}-{n}", time(), 1)
        yield draft, "declined" if n == 3 else "several_runs" if n >= 2 else "self_report"
        if n == 4:
            yield replace(draft, data={**said, "value": random.randint(1, 5)}, order=2), "self_report_corrected"


def wellbeing(
    random: Random, whose: Sequence[Identity], school: str, name: str, early: Callable[[], Micros], late: Callable[[], Micros]
) -> Iterator[Told]:
    """Two questions in each of four dimensions, asked of the pupil by two names in five runs, early and late."""
    for n, (run, dimension, item) in enumerate(product(range(5), ("social", "academic", "support", "calm"), "ab")):
        said = {
            "instrument_id": "trivsel", "instrument_version": "1", "run": f"run-{run}", "item_id": f"{dimension}-{item}",
            "dimension": dimension, "scale_min": 1, "scale_max": random.choice((5, 7)),
            "visibility": random.choice((("pupil",), ("pupil", "teachers"), ("home_class_teacher",))),
        }  # fmt: skip
        says, will_not = {**said, "value": random.randint(1, 5)}, {**said, "declined": True}
        declines = random.random() < 0.3
        draft = Draft(
            SelfReport, whose[run % 2], school, will_not if declines else says, f"says-{name}-{n}", (early if run < 2 else late)(), 1
        )
        yield draft, "well_being_declined" if declines else "well_being"
        if n % 5 == 0:
            yield replace(draft, data=says if declines else will_not, order=2), "well_being_corrected"
        if n % 7 == 0:
            yield replace(draft, order=3, op="retract"), "well_being_taken_back"


def beside(random: Random, whose: Identity, school: str, name: str, time: Callable[[], Micros]) -> Iterator[Told]:
    """What stands beside indicators: links to notes, tests, grades, a tool's own counts. Of each one is corrected and one is taken back."""
    for n in range(3):
        at = time()
        note = {"note_id": f"note-{n}", "kind": "note", "title": "Samtale", "href": f"https://noter.example/{n}", "author_role": "teacher"}
        test = {
            "test_id": f"test-{n}", "test_kind": "national", "subject_code": "MAT", "grade": 5, "taken_on": local_date(at),
            "scale_id": "faerdighed", "value": float(random.randrange(50)),
        }  # fmt: skip
        grade = {"code": random.choice(("-3", "00", "02", "12")), "kind": "standpunkt", "term": f"t{n}", "subject_code": "MAT"}
        used: dict[str, Any] = {
            "tool": "Dansk Y", "subject_code": "DAN", "metric": "minutes", "value": random.randrange(60),
            "period_start": moment(at - DAY // 24), "period_end": moment(at),
        }  # fmt: skip
        for model, trap, said, other in (
            (NoteLinked, "note", note, {"title": "Samtale med hjemmet"}), (TestResult, "test", test, {"value": 51.5}),
            (Graded, "grade", grade, {"code": "10"}), (ActivitySummary, "summary", used, {"value": 61}),
        ):  # fmt: skip
            draft = Draft(model, whose, school, said, f"{trap}-{name}-{n}", at, 1)
            yield draft, trap
            if n == 1:
                yield replace(draft, data={**said, **other}, order=2), "told_beside_corrected"
            if n == 2:
                yield replace(draft, order=2, op="retract"), "told_beside_taken_back"


GIVEN = 8
"""Assignments of a history, each due within the last two weeks of it."""


def given(random: Random, group: str, school: str, until: Micros) -> Iterator[Told]:
    """To a class; two are put off, one after it was due, and one is taken back."""
    ref = GroupRef(school, group)
    for n in range(GIVEN):
        due = until - random.randrange(14 * 24) * DAY // 24
        said = {
            "assignment_id": f"opg-{n}", "title": "Opgave", "assigned_at": moment(due - 5 * DAY), "due_at": moment(due), "group_id": ref,
            "optional": n == 7, "subject_code": random.choice(("MAT", "MAT", "DAN")),
        }  # fmt: skip
        draft = Draft(AssignmentPublished, ref, school, said, f"given-{group}-{n}", due - 5 * DAY, 1)
        yield draft, "assignment"
        if n in (1, 2):
            yield (
                replace(draft, data={**said, "due_at": moment(due + (1 - n) * DAY + 2 * DAY)}, time=due + (1 - n) * DAY, order=2),
                "put_off",
            )
        if n == 3:
            yield replace(draft, order=2, op="retract"), "assignment_taken_back"


def handed_in(random: Random, whose: Identity, school: str, name: str, until: Micros) -> Iterator[Told]:
    """Some twice, one taken back; the pupil is excused from one."""
    for n in range(GIVEN):
        at = until - random.randrange(16 * 24) * DAY // 24
        for number in range(1, {4: 3, 5: 2}.get(n) or random.choice((1, 2, 2, 3))):
            said = {"assignment_id": f"opg-{n}", "submitted_at": moment(at), "submission_no": number}
            draft = Draft(AssignmentSubmitted, whose, school, said, f"in-{name}-{n}-{number}", at, 1)
            yield draft, "handed_in_again" if number > 1 else "handed_in"
            if n == 5:
                yield replace(draft, order=2, op="retract"), "hand_in_taken_back"
            at += random.randrange(1, 48) * DAY // 24
    for n, state in ((6, "excused"), (4, "returned"), (5, "feedback_given"), (3, "not_submitted")):
        said = {"assignment_id": f"opg-{n}", "state": state} | ({"feedback_at": moment(until)} if state == "feedback_given" else {})
        yield Draft(AssignmentState, whose, school, said, f"{state}-{name}", until, 1), "excused" if n == 6 else "state"


def planned(random: Random, group: str, school: str, until: Micros) -> Iterator[Told]:
    """Goals of a class, some of them marked; one is planned for two periods."""
    ref = GroupRef(school, group)
    for n, period in ((0, "efterår"), (1, "efterår"), (1, "året"), (2, "efterår"), (7, "året")):
        aim = {"framework_id": "maal", "goal_id": f"goal-{n}", "subject_code": "DAN", "period": period}
        yield Draft(GoalPlanned, ref, school, aim, f"plan-{n}-{period}", until - random.randrange(10, 20) * DAY, 1), "goal_planned"
