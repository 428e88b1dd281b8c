"""The independent oracle of design 8: everything that was sent, read in one go, and every number worked out from it.

It imports nothing of the product and keeps no state between questions but what it was fed. Where a definition leaves a case open,
the choice stands in the docstring of the function that makes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import product
from typing import Any, TypeVar

from oracle import checkins, cloudevents, registers, statements
from oracle.aims import goals_reached
from oracle.assigned import on_time_submission, open_overdue, owed
from oracle.at_school import active_days, punctuality, there
from oracle.changes import goals_moved, result_change
from oracle.days import Days
from oracle.levels import NEWEST_DAYS, motivation, result_level, wellbeing
from oracle.measures import (
    Cell,
    Share,
    Window,
    active_minutes,
    attendance,
    attendance_by_day,
    first_try_correctness,
    items_answered,
)
from oracle.people import People, Pupil
from oracle.sent import (
    Aggregate,
    Answer,
    Assignment,
    DayTotal,
    GoalPlan,
    HandIn,
    Identity,
    Marking,
    Report,
    Result,
    SelfAnswer,
    Slot,
    Standing,
    spelt,
)
from oracle.statements import Channel

I1, I3, I4, I11 = "active-minutes", "items-answered", "first-try-correctness", "attendance"
I2, I5, I12, I13 = "active-days", "result-level", "punctuality", "motivation"
I6, I7, I8, I9, I10 = "result-change", "goals-reached", "goals-moved", "on-time-submission", "open-overdue"
SAID = {I13: motivation} | {
    f"wellbeing-{dimension}": partial(wellbeing, dimension) for dimension in ("social", "academic", "support", "calm")
}
"""What pupils say of themselves."""
WINDOWS: dict[str, tuple[str, ...]] = {
    I1: ("W5", "W20"),
    I3: ("W5",),
    I4: ("W20",),
    I11: ("W20", "Q", "Y"),
    I2: ("W20",),
    I5: ("W20",),
    I12: ("W20",),
    I6: ("W40",),
    I8: ("Y",),
    I9: ("W20",),
    I10: ("Y",),
    I7: ("Y",),
    **dict.fromkeys(SAID, ("Y",)),
}
PER_SUBJECT = {I1: active_minutes, I3: items_answered, I4: first_try_correctness, I5: result_level}
UNASSIGNED = "unassigned"
GROUP = "group"
"""In place of a scheme, where something is said of a group."""
NO_ACTIVITY = (Slot, DayTotal, SelfAnswer, Assignment, HandIn, Standing, GoalPlan, Marking)

K = TypeVar("K", bound=Hashable)
Key = tuple[str, str, str | None, str]
"""(pupil key, indicator, subject or None, window); the subject with its framework (`series`) where each has a cell of its own."""


def series(subject: str, framework: str) -> str:
    """What one framework says in a subject."""
    return f"{subject} {framework}"


def newest(reports: Iterable[Report]) -> Report:
    """The highest order; of equals a retraction, then what was fed last."""
    return max(enumerate(reports), key=lambda one: (one[1].order, one[1].content is None, one[0]))[1]


def one_each(reports: Iterable[tuple[K, Report]]) -> list[Report]:
    """Of the reports under one key the newest."""
    grouped = defaultdict[K, list[Report]](list)
    for key, report in reports:
        grouped[key].append(report)
    return [newest(same) for same in grouped.values()]


def fact(report: Report) -> tuple[object, ...]:
    """What makes two reports of a pupil the same fact (domain 4.2): dated, and the report's own id where the source numbers nothing."""
    what = report.content
    match what:
        case Slot() | DayTotal():
            return (report.institution, what.day, what.slot if isinstance(what, Slot) else "")
        case Answer() if what.attempt is not None and what.attempt_no is not None:
            return (report.institution, report.day, what.tool, what.attempt, what.item, what.attempt_no)
        case Result() if what.attempt_no is not None:
            return (report.institution, what.tool, what.activity, what.attempt_no)
        case Marking() | GoalPlan() | SelfAnswer() | Assignment() | HandIn() | Standing() | Aggregate():
            return (report.institution, *what.key)
    return report.id


class Oracle:
    """Feed it what was sent, in any order; then ask for `cells`. `as_of` is when everything was received that is not said to be else."""

    def __init__(self, today: date, as_of: datetime) -> None:
        self.today, self.as_of = today, as_of
        self.days, self.people = Days(), People()
        self._statements = defaultdict[str, list[tuple[dict[str, Any], Channel, datetime]]](list)
        self._reports: list[Report] = []

    def xapi(
        self,
        statements: Iterable[dict[str, Any]],
        institution: str,
        subject_code: str | None,
        tool: str,
        supplier: str,
        schemes: Mapping[str, str],
        received: datetime | None = None,
    ) -> None:
        """xAPI statements; `schemes`: an account's home page -> the scheme of its names."""
        channel = Channel(supplier, institution, tool, subject_code or UNASSIGNED, dict(schemes))
        self._statements[supplier] += [(one, channel, received or self.as_of) for one in statements]

    def attendance(
        self,
        csv_text: str,
        as_of: datetime,
        institution: str,
        complete: bool,
        supplier: str,
        scheme: str = "unilogin",
        columns: Mapping[str, str] | None = None,
    ) -> None:
        """A school system's export, decoded; `columns` names columns that `registers.COLUMNS` does not know."""
        self._reports += registers.reports(csv_text, as_of, institution, supplier, complete, scheme, dict(columns or {}))

    def cloudevents(
        self,
        events: Iterable[dict[str, Any]],
        supplier: str,
        tool: str = "",
        subject_code: str | None = None,
        institution: str = "",
        received: datetime | None = None,
    ) -> None:
        """Structured CloudEvents; tool, subject and institution where an event does not say its own."""
        channel = Channel(supplier, institution, tool, subject_code or UNASSIGNED)
        self._reports += cloudevents.reports(list(events), channel, received or self.as_of)

    def checkins(self, messages: Iterable[dict[str, Any]], supplier: str, institution: str) -> None:
        """A check-in tool's messages, as it sends them."""
        channel = Channel(supplier, institution, "", UNASSIGNED)
        self._reports += [report for message in messages for report in checkins.reports(message, channel)]

    def roster(self, pupils: Iterable[Pupil]) -> None:
        """Pupils (`oracle.people.pupil` makes them from plain values); one told of again is replaced."""
        self.people.pupils |= {one.key: one for one in pupils}

    def links(self, pairs: Iterable[tuple[Identity, Identity]], institution: str | None = None) -> None:
        """institution: the school that they are sent of; None for every school."""
        self.people.links += [(spelt(*left), spelt(*right), institution) for left, right in pairs]

    def calendar(self, institution: str, school_days: Mapping[date, bool]) -> None:
        self.days.by_institution.setdefault(institution, {}).update(school_days)

    def standing(self) -> list[Report]:
        """Each report once, none taken back."""
        said = [report for sent in self._statements.values() for report in statements.reports(sent)] + self._reports
        return [one for one in one_each((one.id, one) for one in said) if one.content is not None]

    def of_groups(self) -> list[Report]:
        """What is known of groups, each fact once."""
        return one_each(((one.identity, fact(one)), one) for one in self.standing() if one.identity[0] == GROUP)

    def facts(self) -> dict[str, list[Report]]:
        """Pupil key -> what is known of the pupil, each fact once, at schools they were in."""
        owners, known = self.people.owners(), defaultdict[str, list[Report]](list)
        for report in self.standing():
            owner = owners.get(report.identity)
            if owner is not None and self.people.pupils[owner].enrolled(report.institution, report.day):
                known[owner].append(report)
        return {key: one_each((fact(report), report) for report in reports) for key, reports in known.items()}

    @staticmethod
    def frameworks(facts: Mapping[str, Sequence[Report]], of_groups: Iterable[Report]) -> list[str]:
        """Of goals that anybody was marked in or that were planned."""
        told = [one.content for one in (*(one for mine in facts.values() for one in mine), *of_groups)]
        return sorted({one.framework for one in told if isinstance(one, Marking | GoalPlan)})

    def cells(
        self,
        pupils: Iterable[str] | None = None,
        windows: Mapping[str, Sequence[str]] = WINDOWS,
        subjects: Iterable[str] | None = None,
        audience: Iterable[str] = ("pupil",),
    ) -> dict[Key, Cell]:
        """Every cell of these pupils (all); subjects: those in which the pupil has any activity at all, unless given. audience: what the
        reader is to the pupil, in the words of check-ins."""
        facts, of_groups = self.facts(), self.of_groups()
        frameworks = self.frameworks(facts, of_groups)
        cells: dict[Key, Cell] = {}
        for key in self.people.pupils if pupils is None else pupils:
            pupil = self.people.pupils[key]
            of_pupil = facts.get(key, [])
            cells |= self._activity(pupil, of_pupil, windows, subjects) | self._attendance(pupil, of_pupil, windows)
            cells |= self._handed_in(pupil, of_pupil, of_groups, windows, subjects)
            cells |= self._goals(pupil, of_pupil, of_groups, windows, subjects, frameworks)
            cells |= self._late(pupil, of_pupil, windows) | self._said(pupil, of_pupil, windows, set(audience))
        return cells

    def _window(self, pupil: Pupil, name: str) -> Window:
        home = pupil.home(self.today)
        first = self.days.start(home, self.today, name)
        return Window(first, self.today, tuple(self.days.finished(home, first, self.today)))

    def _activity(
        self, pupil: Pupil, facts: list[Report], windows: Mapping[str, Sequence[str]], subjects: Iterable[str] | None
    ) -> dict[Key, Cell]:
        records = [one.content for one in facts if one.content is not None and not isinstance(one.content, NO_ACTIVITY)]
        asked = sorted({one.subject for one in records}) if subjects is None else list(subjects)
        cells = {
            (pupil.key, name, subject, window): measure(records, subject, self._window(pupil, window))
            for name, measure in PER_SUBJECT.items()
            for window in windows.get(name, ())
            for subject in asked
        }
        newest = self.days.first_of_last(pupil.home(self.today), self.today, NEWEST_DAYS)
        cells |= {
            (pupil.key, I6, subject, window): result_change(records, subject, self._window(pupil, window), newest)
            for window in windows.get(I6, ())
            for subject in asked
        }
        shares = self._shares(pupil, facts, Slot | DayTotal)
        for subject, name in ((subject, name) for subject in asked for name in windows.get(I2, ())):
            window = self._window(pupil, name)
            at_school = there(shares, self._school_days(pupil, window))
            cells[pupil.key, I2, subject, name] = active_days(
                [one for one in records if not isinstance(one, Result)], subject, window, at_school
            )
        return cells

    def _handed_in(
        self, pupil: Pupil, facts: list[Report], of_groups: list[Report], windows: Mapping[str, Sequence[str]],
        subjects: Iterable[str] | None,
    ) -> dict[Key, Cell]:  # fmt: skip
        """What is dated after today has not come yet."""
        of_now = [one for one in of_groups if one.day <= self.today]
        given = [((one.institution, one.identity[1]), one.content) for one in of_now if isinstance(one.content, Assignment)]
        own, cells = [one.content for one in facts if one.day <= self.today], dict[Key, Cell]()
        asked = sorted({what.subject for _, what in given}) if subjects is None else list(subjects)
        for name, subject in ((name, subject) for name in windows.get(I9, ()) for subject in asked):
            window = self._window(pupil, name)
            due = owed([one for one in given if one[1].subject == subject], own, pupil.in_group, window)
            cells[pupil.key, I9, subject, name] = on_time_submission(due, window)
        for name in windows.get(I10, ()):
            window = self._window(pupil, name)
            cells[pupil.key, I10, None, name] = open_overdue(owed(given, own, pupil.in_group, window), window)
        return cells

    def _goals(
        self, pupil: Pupil, facts: list[Report], of_groups: list[Report], windows: Mapping[str, Sequence[str]],
        subjects: Iterable[str] | None, frameworks: Sequence[str],
    ) -> dict[Key, Cell]:  # fmt: skip
        """Planned is what the groups of today plan. What one framework holds is nothing to another."""
        mine = [one for one in of_groups if one.day <= self.today and pupil.in_group((one.institution, one.identity[1]), self.today)]
        plans = [one.content for one in mine if isinstance(one.content, GoalPlan)]
        marks = [one.content for one in facts if isinstance(one.content, Marking)]
        asked = sorted({one.subject for one in (*marks, *plans)}) if subjects is None else list(subjects)
        newest, cells = self.days.first_of_last(pupil.home(self.today), self.today, NEWEST_DAYS), dict[Key, Cell]()
        for place in product(asked, frameworks):
            marked = [one for one in marks if (one.subject, one.framework) == place]
            planned = [one for one in plans if (one.subject, one.framework) == place]
            for name in windows.get(I7, ()):
                cells[pupil.key, I7, series(*place), name] = goals_reached(marked, planned, self._window(pupil, name))
            for name in windows.get(I8, ()):
                cells[pupil.key, I8, series(*place), name] = goals_moved(marked, self._window(pupil, name), newest)
        return cells

    def _school_days(self, pupil: Pupil, window: Window) -> list[date]:
        """Those of the window, today included if it is one."""
        now = [window.today] if self.days.is_school_day(pupil.home(self.today), window.today) else []
        return [*window.finished, *now]

    def _late(self, pupil: Pupil, facts: list[Report], windows: Mapping[str, Sequence[str]]) -> dict[Key, Cell]:
        shares = self._shares(pupil, facts, Slot)
        slots = [one.content for one in facts if isinstance(one.content, Slot)]
        late, cells = {one.day for one in slots if one.late}, dict[Key, Cell]()
        for name in windows.get(I12, ()):
            window = self._window(pupil, name)
            registered = any(window.holds(one.day) for one in slots)
            at_school = there(shares, self._school_days(pupil, window))
            cells[pupil.key, I12, None, name] = punctuality(at_school, late, registered, window)
        return cells

    def _said(self, pupil: Pupil, facts: list[Report], windows: Mapping[str, Sequence[str]], audience: set[str]) -> dict[Key, Cell]:
        first = self.days.first_of_last(pupil.home(self.today), self.today, NEWEST_DAYS)
        said = [one.content for one in facts]
        return {
            (pupil.key, indicator, None, name): measure(said, audience, self._window(pupil, name), first)
            for indicator, measure in SAID.items()
            for name in windows.get(indicator, ())
        }

    def _shares(self, pupil: Pupil, facts: list[Report], kinds: Any) -> dict[date, Share]:
        """By institution, as registered there; a date registered at two schools counts as at the pupil's home school."""
        home = pupil.home(self.today)
        shares: dict[date, Share] = {}
        for school in sorted({one.institution for one in facts}, key=lambda name: name == home):
            here = [one.content for one in facts if one.institution == school and isinstance(one.content, kinds)]
            shares |= attendance_by_day(here, partial(pupil.grade, school))
        return shares

    def _attendance(self, pupil: Pupil, facts: list[Report], windows: Mapping[str, Sequence[str]]) -> dict[Key, Cell]:
        home, shares = pupil.home(self.today), self._shares(pupil, facts, Slot | DayTotal)
        return {
            (pupil.key, I11, None, window): attendance(shares, self._window(pupil, window), lambda day: self.days.is_school_day(home, day))
            for window in windows.get(I11, ())
        }
