"""Whole histories of a class, as its senders send them: statements, attendance files, rosters, links, calendars, for laws.

One hypothesis integer seeds a generator, so a history of hundreds of facts costs one draw. Every history holds every trap of `ALWAYS`
and some of the others; `traps` counts them. A `Unit` is one item as its sender has it, with the moment at which the hub gets it.
"""

from dataclasses import replace
from functools import partial
from itertools import chain
from random import Random
from string import ascii_lowercase
from typing import Final

import school_files as files
import standing
import statements
from units import DANISH, MATHS, OWN, SCHOOL, SYSTEM, WEEKS, Class, History, Pupil, Weeks, again, drafted

from contracts.connector import Draft
from contracts.dates import moment, start_of
from contracts.events import ResourceViewed, Session
from contracts.privacy import Identity

ALWAYS: Final = (
    "answer", "media", "event", "attendance", "non_school_day", "late", "duplicate", "correction", "timeless", "timeless_again",
    "void_after", "void_before", "void_timeless", "void_again", "uncovered", "retraction", "retraction_before", "two_channels",
    "own_ids_of_second_channel", "tie", "dispute", "failed", "too_late", "in_future", "not_used", "snapshot", "linked_late",
    "calendar_change", "two_schools", "roster", "moved", "practised", *standing.TRAPS,
)  # fmt: skip
"""In every history."""
SOMETIMES: Final = ("unlinked", "relinked", "claimed_twice", "dropped", "came_back")
"""In some of a set of histories."""


def _events(c: Class, each: int) -> None:
    """Sessions and pages, corrected and taken back by their reports' order."""
    for n in range(each * len(c.pupils)):
        pupil, at = c.pupils[n % len(c.pupils)], c.time()
        told = {"tool": "Dansk Y", "subject_code": "DAN"}
        if n % 2:
            page = told | {"resource_id": "side", "resource_kind": "page", "active_seconds": float(c.random.randrange(1, 1_200))}
            draft = Draft(ResourceViewed, pupil.own, SCHOOL, page, f"page-{n}", at, 1)
        else:
            kind, name = c.random.choice(("started", "ended")), c.random.choice("xyz")
            draft = Draft(Session, pupil.own, SCHOOL, told | {"session": name, "kind": kind, "at": moment(at)}, f"session-{n}", at, 1)
        unit = c.send(drafted("events", DANISH, c.arrival(at, n % 2), draft), "event")
        if n % 4 == 3:
            changed = Draft(draft.model, draft.subject, SCHOOL, {**draft.data, "active_seconds": 33.3}, draft.report, at, 2)
            c.send(replace(unit, told=(changed,)), "correction")
        if n % 5 == 4:
            back = Draft(draft.model, draft.subject, SCHOOL, draft.data, draft.report, at, 3, "retract")
            before = n % 2 and unit.received > c.weeks.moments[0]
            received = c.weeks.moments[c.weeks.moments.index(unit.received) - 1] if before else c.weeks.moments[-1]
            c.send(replace(unit, told=(back,), received=received), "retraction_before" if before else "retraction")


def _standing(c: Class) -> None:
    for pupil in c.pupils:
        for make in (standing.results, standing.reports, standing.beside):
            for draft, trap in make(c.random, pupil.own, SCHOOL, str(pupil.number), c.time):
                c.send(drafted("events", DANISH, c.arrival(draft.time, c.random.randrange(2)), draft), trap)


def _weeks_apart(c: Class) -> None:
    """Of the first days, before the last 20 school days, and of the last."""
    for pupil in c.pupils:
        early, late = (partial(c.time_of, days) for days in (c.weeks.dates[:8], c.weeks.dates[-12:]))
        name, whose = str(pupil.number), (pupil.own, pupil.unilogin)
        for draft, trap in chain(
            standing.tries(c.random, pupil.own, SCHOOL, name, early, late),
            standing.goals(c.random, whose, SCHOOL, name, early, late),
            standing.wellbeing(c.random, whose, SCHOOL, name, early, late),
        ):
            by = DANISH if draft.subject == pupil.own else MATHS
            c.send(drafted("events", by, c.arrival(draft.time, c.random.randrange(2)), draft), trap)


def _of_the_class(c: Class) -> None:
    random, until = Random(c.pupils[0].own.value), start_of(c.weeks.dates[-1])
    of_class = chain(standing.given(random, "5.A", SCHOOL, until), standing.planned(random, "5.A", SCHOOL, until))
    of_hold = standing.given(random, f"5.A {files.HOLD}", SCHOOL, until)
    told = [(SYSTEM, *one) for one in chain(of_class, of_hold)]
    for pupil in c.pupils:
        told += [(DANISH, *one) for one in standing.handed_in(random, pupil.own, SCHOOL, str(pupil.number), until)]
    for by, draft, trap in told:
        c.send(drafted("events", by, c.arrival(draft.time, random.randrange(2)), draft), trap)


def _duplicates(c: Class) -> None:
    for unit in c.random.sample(c.units, len(c.units) // 6):
        later = min(c.weeks.moments.index(unit.received) + c.random.randrange(3), len(c.weeks.moments) - 1)
        c.send(again(unit, c.weeks.moments[later]), "duplicate")


def history(seed: int, weeks: Weeks = WEEKS) -> History:
    """The history of a seed; the same for the same seed, but for its dates."""
    random = Random(seed)
    c = Class(random, weeks)
    for k in range(random.randint(2, 4)):
        name = "".join(random.choices(ascii_lowercase, k=9))
        local, own = Identity("local:" + SCHOOL, f"lok-{name}"), Identity(OWN, f"bruger-{name}")
        c.pupils.append(Pupil(k, Identity("unilogin", f"elev{k}{name}"), local, own))
    each = 200 // len(c.pupils) - 24
    files.rosters(c)
    files.linked(c)
    files.calendar(c)
    files.attendance(c)
    statements.statements(c, each * 3 // 4)
    _events(c, each // 4 + 3)
    _standing(c)
    statements.practised(c)
    statements.voids(c)
    statements.undated(c)
    statements.second_channel(c)
    statements.refused(c)
    _weeks_apart(c)
    _of_the_class(c)
    _duplicates(c)
    c.traps.pop("", None)
    return History(c.units, c.traps, c.pupils)
