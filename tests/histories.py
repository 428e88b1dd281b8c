"""Whole histories of a class, as its senders send them: statements, attendance files, rosters, links, calendars, for laws.

One hypothesis integer seeds a generator, so a history of hundreds of facts costs one draw. Every history holds every trap of `ALWAYS`
and some of the others; `traps` counts them. A `Unit` is one item as its sender has it, with the moment at which the hub gets it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from itertools import chain
from random import Random
from string import ascii_lowercase
from typing import Any, Final
from uuid import UUID

import standing

from connectors.xapi import verbs as v
from contracts.connector import Draft, Registration
from contracts.dates import COPENHAGEN, DAY, Micros, moment, rfc3339, start_of
from contracts.events import Group, Membership, ResourceViewed, RosterIdentity, Session, Snapshot
from contracts.files import school_subject
from contracts.privacy import GroupRef, Identity, Person, RowRef

HOUR: Final = DAY // 24
FIRST: Final = date(2026, 10, 19)
TODAY: Final = date(2026, 11, 24)
DATES: Final = tuple(FIRST + timedelta(days=k) for k in range((TODAY - FIRST).days))
MOMENTS: Final = tuple(start_of(FIRST + timedelta(days=k)) + 18 * HOUR for k in (*range(0, 37, 5), 36))
"""When the hub receives: each sender delivers every fifth day, so that most of what it sends is days late."""
SCHOOL, OTHER = "101001", "202002"
UNILOGIN: Final = "https://idp.unilogin.dk"
OWN: Final = "https://dansk-y.dk"

_SCHEMES = {UNILOGIN: "unilogin"}
_XAPI = frozenset({"xapi"})
MATHS = Registration("matematik-x", _XAPI, frozenset({SCHOOL}), "Matematik X", "MAT", _SCHEMES)
EXPORT = Registration("matematik-x-export", _XAPI, frozenset({SCHOOL}), "Matematik X", "MAT", _SCHEMES, rank=1)
DANISH = Registration("dansk-y", _XAPI, frozenset({SCHOOL, OTHER}), "Dansk Y", "DAN")
SYSTEM = Registration("skolesystem", frozenset(), frozenset({SCHOOL, OTHER}), "Skolesystem")
SECOND = Registration("fravaer-z", frozenset(), frozenset({SCHOOL}), "Fravær Z")

ALWAYS: Final = (
    "answer", "media", "event", "attendance", "non_school_day", "late", "duplicate", "correction", "timeless", "timeless_again",
    "void_after", "void_before", "void_timeless", "void_again", "uncovered", "retraction", "retraction_before", "two_channels",
    "own_ids_of_second_channel", "tie", "dispute", "failed", "too_late", "in_future", "not_used", "snapshot", "linked_late",
    "calendar_change", "two_schools", *standing.TRAPS,
)  # fmt: skip
"""In every history."""
SOMETIMES: Final = ("unlinked", "relinked", "claimed_twice", "dropped", "came_back")
"""In some of a set of histories."""


@dataclass(frozen=True)
class Unit:
    """One item as it is sent. door: which connector. name: what must not occur twice in a request.
    undated: its time is that of its first receipt, which `again` says this is not. derived: what a complete file says beside its rows."""

    door: str
    by: Registration
    received: Micros
    told: Any
    name: str = ""
    as_of: Micros = 0
    undated: bool = False
    again: bool = False
    derived: tuple[Draft, ...] = ()


@dataclass
class History:
    units: list[Unit]
    traps: Counter[str]
    people: list["Pupil"]


@dataclass(frozen=True)
class Pupil:
    number: int
    unilogin: Identity
    local: Identity
    own: Identity


@dataclass
class _Class:
    random: Random
    units: list[Unit] = field(default_factory=list)
    traps: Counter[str] = field(default_factory=Counter)
    pupils: list[Pupil] = field(default_factory=list)

    def send(self, unit: Unit, *traps: str) -> Unit:
        self.units.append(unit)
        self.traps.update(traps)
        return unit

    def time(self, day: date | None = None) -> Micros:
        """Mostly of a school's morning, sometimes around midnight, so that dates, nights and the change of clocks are met."""
        on = day or self.random.choice(DATES)
        minutes = self.random.choice((0, 1, 150, 1_439)) if self.random.random() < 0.1 else self.random.randrange(480, 900)
        return start_of(on) + minutes * 60_000_000 + self.random.randrange(60_000_000)

    def time_of(self, days: Sequence[date]) -> Micros:
        return self.time(self.random.choice(days))


def arrival(at: Micros, later: int = 0) -> Micros:
    """The first moment of receipt after a time, or one of those that follow."""
    return MOMENTS[min(bisect_left(MOMENTS, at) + later, len(MOMENTS) - 1)]


# statements


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _actor(by: Registration, pupil: Pupil) -> dict[str, Any]:
    page, name = (OWN, pupil.own.value) if by is DANISH else (UNILOGIN, pupil.unilogin.value)
    return {"account": {"homePage": page, "name": name}}


def _statement(c: _Class, by: Registration, pupil: Pupil, verb: str, object_: str, at: Micros | None, **told: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"id": _uuid(c.random), "actor": _actor(by, pupil), "verb": {"id": verb}, "object": {"id": object_}}
    if at is not None:
        said["timestamp"] = c.random.choice((rfc3339(at), moment(at).astimezone(COPENHAGEN).isoformat()))
    school = told.pop("school", SCHOOL)
    own = {v.INSTITUTION: school} if by is DANISH else {}
    said["context"] = {"extensions": own | told.pop("context", {})}
    return said | told


def _sent(said: dict[str, Any], by: Registration, received: Micros, *, undated: bool = False) -> Unit:
    return Unit("xapi", by, received, said, said["id"], undated=undated)


def answer(c: _Class, by: Registration, pupil: Pupil, at: Micros | None, received: Micros, **context: Any) -> Unit:
    school = context.pop("school", SCHOOL)
    item = f"https://opgaver.example/{c.random.randrange(30)}"
    result = {"success": c.random.random() < 0.7, "duration": f"PT{c.random.randrange(5, 90)}S"}
    said = _statement(c, by, pupil, v.ANSWERED, item, at, result=result, context=context, school=school)
    return _sent(said, by, received, undated=at is None)


def media(c: _Class, by: Registration, pupil: Pupil, at: Micros) -> Unit:
    verb = f"{v.VIDEO}/verbs/{c.random.choice(('played', 'played', 'paused', 'seeked'))}"
    film = f"https://film.example/{c.random.randrange(4)}"
    result = {"extensions": {v.TIME: c.random.randrange(600)}}
    context = {v.SESSION_ID: c.random.choice("abc"), v.LENGTH: 600}
    return _sent(_statement(c, by, pupil, verb, film, at, result=result, context=context), by, arrival(at))


def void(c: _Class, target: Unit, received: Micros) -> Unit:
    said = {
        "id": _uuid(c.random), "actor": target.told["actor"], "verb": {"id": v.VOIDED},
        "object": {"objectType": "StatementRef", "id": target.name},
    }  # fmt: skip
    return _sent(said, target.by, received, undated=True)


def again(unit: Unit, received: Micros) -> Unit:
    return replace(unit, received=received, again=unit.undated)


def _statements(c: _Class, each: int) -> None:
    for pupil in c.pupils:
        for _ in range(each):
            at, by = c.time(), c.random.choice((MATHS, DANISH))
            late = c.random.choice((0, 0, 0, 1, 2))
            made = media(c, by, pupil, at) if c.random.random() < 0.4 else answer(c, by, pupil, at, arrival(at, late))
            c.send(made, "media" if "/video/" in made.told["verb"]["id"] else "answer")
            c.traps["late"] += made.received - at > 3 * DAY
            c.traps["non_school_day"] += moment(at).weekday() >= 5


def _voids(c: _Class) -> None:
    """After and before their targets, of what has no time, a second time, and of one of two words on the same try."""
    early = DATES[:20]
    for k in range(3):
        pupil, at = c.random.choice(c.pupils), c.time(c.random.choice(early))
        after = c.send(answer(c, MATHS, pupil, at, arrival(at)), "answer")
        told = c.send(void(c, after, arrival(at, 1)), "void_after")
        c.send(again(told, arrival(at, 2)), "void_again")
        before = c.send(answer(c, DANISH, pupil, at, arrival(at, 2)), "answer")
        c.send(void(c, before, arrival(at, k % 2)), "void_before")
    for k in range(2):
        tried = {v.ATTEMPT: f"try-{k}", v.ATTEMPT_NO: 1}
        pupil, at = c.random.choice(c.pupils), c.time(c.random.choice(early))
        first = c.send(answer(c, MATHS, pupil, at, arrival(at), **tried), "answer")
        second = answer(c, MATHS, pupil, at + 60_000_000, arrival(at, 1), **tried)
        second.told["object"] = first.told["object"]
        second.told["result"] = first.told["result"] | {"success": not first.told["result"]["success"]}
        c.send(second, "answer", "correction")
        c.send(void(c, second, arrival(at, c.random.choice((0, 2)))), "uncovered")


def _undated(c: _Class) -> None:
    for k in range(4):
        received = c.random.choice(MOMENTS[1:-2])
        told = c.send(answer(c, MATHS, c.random.choice(c.pupils), None, received), "timeless")
        c.send(again(told, MOMENTS[-2]), "timeless_again")
        if k % 2:
            c.send(void(c, told, c.random.choice((MOMENTS[0], MOMENTS[-1]))), "void_timeless")


def _second_channel(c: _Class) -> None:
    for k in range(6):
        tried = {v.ATTEMPT: f"both-{k}", v.ATTEMPT_NO: 1}
        pupil, at = c.random.choice(c.pupils), c.time()
        one = c.send(answer(c, MATHS, pupil, at, arrival(at), **tried), "answer")
        other = answer(c, EXPORT, pupil, at, arrival(at, 1), **tried)
        other.told["object"] = one.told["object"]
        c.send(other, "two_channels")
        c.send(answer(c, EXPORT, c.random.choice(c.pupils), c.time(), MOMENTS[-1]), "own_ids_of_second_channel")


def _refused(c: _Class) -> None:
    """Items that are accounted for and are no facts."""
    pupil, at = c.pupils[0], c.time()
    for _ in range(3):
        preferred = _statement(c, MATHS, pupil, f"{v.ADL}preferred", "https://sider.example/1", at)
        c.send(_sent(preferred, MATHS, arrival(at)), "not_used")
    c.send(answer(c, MATHS, pupil, start_of(FIRST) - 140 * DAY, MOMENTS[2]), "too_late")
    c.send(answer(c, MATHS, pupil, MOMENTS[1] + 2 * DAY, MOMENTS[1]), "in_future")


# files and drafts


def _row(by: Registration, pupil: Pupil, day: date, codes: Sequence[str], as_of: Micros, later: int = 0) -> Unit:
    told = (SCHOOL, pupil.unilogin.value, f"{day:%d-%m-%Y}", *codes)
    return Unit("attendance_csv", by, arrival(as_of, later), told, f"{pupil.unilogin.value}|{day}", as_of)


def _codes(random: Random) -> tuple[str, str]:
    return random.choice("FFFSLU"), random.choice("FFFSLU")


def _attendance(c: _Class) -> None:
    school_days = [day for day in DATES if day.weekday() < 5][-14:]
    for day in school_days:
        for pupil in c.pupils:
            codes, as_of = _codes(c.random), start_of(day) + 9 * HOUR
            c.send(_row(SYSTEM, pupil, day, codes, as_of, c.random.choice((0, 0, 2))), "attendance")
            if c.random.random() < 0.2:
                c.send(_row(SYSTEM, pupil, day, _codes(c.random), as_of + 5 * HOUR), "correction")
    for k, pupil in enumerate(c.pupils * 2):
        day = school_days[k]
        same = next(one for one in c.units if one.door == "attendance_csv" and one.name == f"{pupil.unilogin.value}|{day}")
        codes = same.told[3:] if k < len(c.pupils) else _codes(c.random)
        c.send(_row(SECOND, pupil, day, codes, same.as_of), "tie" if k < len(c.pupils) else "dispute")
    c.send(_row(SYSTEM, c.pupils[0], school_days[0], ("X", ""), start_of(TODAY) + 9 * HOUR), "failed")


def _draft(door: str, by: Registration, received: Micros, *drafts: Draft, as_of: Micros = 0, derived: tuple[Draft, ...] = ()) -> Unit:
    return Unit(door, by, received, drafts, drafts[0].report, as_of, derived=derived)


def _events(c: _Class, each: int) -> None:
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
        unit = c.send(_draft("events", DANISH, arrival(at, n % 2), draft), "event")
        if n % 4 == 3:
            changed = Draft(draft.model, draft.subject, SCHOOL, {**draft.data, "active_seconds": 33.3}, draft.report, at, 2)
            c.send(replace(unit, told=(changed,)), "correction")
        if n % 5 == 4:
            back = Draft(draft.model, draft.subject, SCHOOL, draft.data, draft.report, at, 3, "retract")
            before = n % 2 and unit.received > MOMENTS[0]
            received = MOMENTS[MOMENTS.index(unit.received) - 1] if before else MOMENTS[-1]
            c.send(replace(unit, told=(back,), received=received), "retraction_before" if before else "retraction")


def _standing(c: _Class) -> None:
    for pupil in c.pupils:
        for make in (standing.results, standing.reports):
            for draft, trap in make(c.random, pupil.own, SCHOOL, str(pupil.number), c.time):
                c.send(_draft("events", DANISH, arrival(draft.time, c.random.randrange(2)), draft), trap)


def _weeks_apart(c: _Class) -> None:
    """Of the first days, before the last 20 school days, and of the last."""
    for pupil in c.pupils:
        early, late = (partial(c.time_of, days) for days in (DATES[:8], DATES[-12:]))
        name, whose = str(pupil.number), (pupil.own, pupil.unilogin)
        for draft, trap in chain(
            standing.tries(c.random, pupil.own, SCHOOL, name, early, late),
            standing.goals(c.random, whose, SCHOOL, name, early, late),
            standing.wellbeing(c.random, whose, SCHOOL, name, early, late),
        ):
            by = DANISH if draft.subject == pupil.own else MATHS
            c.send(_draft("events", by, arrival(draft.time, c.random.randrange(2)), draft), trap)


def _of_the_class(c: _Class) -> None:
    random, until = Random(c.pupils[0].own.value), start_of(DATES[-1])
    of_class = chain(standing.given(random, "5.A", SCHOOL, until), standing.planned(random, "5.A", SCHOOL, until))
    told = [(SYSTEM, *one) for one in of_class]
    for pupil in c.pupils:
        told += [(DANISH, *one) for one in standing.handed_in(random, pupil.own, SCHOOL, str(pupil.number), until)]
    for by, draft, trap in told:
        c.send(_draft("events", by, arrival(draft.time, random.randrange(2)), draft), trap)


# who is who


def _member(pupil: Pupil, school: str, group: str, as_of: Micros, snapshot: tuple[Draft, ...]) -> list[Unit]:
    person = Person(pupil.unilogin)
    told = {
        "group_id": GroupRef(school, group),
        "group_kind": "class",
        "role": "pupil",
        "row_id": RowRef(school, f"{group}-{pupil.number}"),
    }
    rows = [Draft(Membership, pupil.unilogin, school, told, f"member|{school}|{group}|{pupil.local.value}", as_of, as_of)]
    for identity in (pupil.unilogin, pupil.local):
        named = {"scheme": identity.scheme, "identity": identity, "basis": "roster", "person": person}
        report = f"identity|{school}|{identity.scheme}|{pupil.local.value}"
        rows.append(Draft(RosterIdentity, pupil.unilogin, school, named, report, as_of, as_of))
    return [_draft("roster", SYSTEM, arrival(as_of), row, as_of=as_of, derived=snapshot) for row in rows]


def _roster(c: _Class, school: str, group: str, grade: int, pupils: Iterable[Pupil], day: date) -> None:
    """One complete file."""
    as_of = start_of(day) + 7 * HOUR
    data = {"source": SYSTEM.supplier, "scope": "roster"}
    snapshot = (Draft(Snapshot, school_subject(school), school, data, "snapshot|" + school, as_of, as_of),)
    named = {"source_id": group, "name": group, "kind": "class", "grade_level": grade}
    made = Draft(Group, GroupRef(school, group), school, named, f"group|{school}|{group}", as_of, as_of)
    c.send(_draft("roster", SYSTEM, arrival(as_of), made, as_of=as_of, derived=snapshot), "snapshot")
    for pupil in pupils:
        for unit in _member(pupil, school, group, as_of, snapshot):
            c.send(unit)


def _rosters(c: _Class) -> None:
    """The school sends three complete files; a pupil is missing in the second, and perhaps back in the third."""
    returns, drops = c.random.random() < 0.6, c.random.random() < 0.8
    _roster(c, SCHOOL, "5.A", 5, c.pupils, FIRST)
    _roster(c, SCHOOL, "5.A", 5, [p for k, p in enumerate(c.pupils) if not (drops and k == 1)], DATES[14])
    _roster(c, SCHOOL, "5.A", 5, [p for k, p in enumerate(c.pupils) if not (drops and k == 1) or returns], DATES[25])
    c.traps["dropped" if drops and not returns else "came_back" if drops else ""] += 1
    _roster(c, OTHER, "8.B", 8, c.pupils[:1], DATES[10])
    for _ in range(4):
        at = c.time()
        c.send(answer(c, DANISH, c.pupils[0], at, arrival(at), school=OTHER), "two_schools")


def links(by: Registration, pairs: Iterable[tuple[Pupil, Pupil]], day: date) -> list[Unit]:
    """A complete link file: the material's own id of one pupil is another's, who should be the same."""
    as_of = start_of(day) + 8 * HOUR
    told = [(SCHOOL, OWN, own.own.value, "unilogin", known.unilogin.value) for own, known in pairs]
    return [Unit("identity_links_csv", by, arrival(as_of), row, row[2], as_of) for row in told]


def _linked(c: _Class) -> None:
    all_of = [(pupil, pupil) for pupil in c.pupils]
    unlinked, relinked, twice = (c.random.random() < p for p in (0.7, 0.5, 0.3))
    c.units += links(DANISH, all_of, DATES[11])
    c.traps["linked_late"] += 1
    if unlinked:
        c.units += links(DANISH, all_of[1:], DATES[18])
    if unlinked and relinked:
        c.units += links(DANISH, all_of, DATES[27])
    if twice:
        c.units += links(SYSTEM, [(c.pupils[-1], c.pupils[0])], DATES[20])
    c.traps.update({"unlinked": unlinked and not relinked, "relinked": unlinked and relinked, "claimed_twice": twice})


def _calendar(c: _Class) -> None:
    """The school's own, then with a day off and a Saturday at school."""
    changed = {c.random.choice([day for day in DATES if day.weekday() < 5]): "nej", date(2026, 11, 21): "ja"}
    for day, known in ((FIRST, {}), (DATES[21], changed)):
        as_of = start_of(day) + 6 * HOUR
        for one in (*DATES, TODAY):
            told = (SCHOOL, f"{one:%d-%m-%Y}", known.get(one, "ja" if one.weekday() < 5 else "nej"))
            c.send(Unit("calendar_csv", SYSTEM, arrival(as_of), told, str(one), as_of), *(["calendar_change"] if one in known else []))


def _duplicates(c: _Class) -> None:
    for unit in c.random.sample(c.units, len(c.units) // 6):
        later = min(MOMENTS.index(unit.received) + c.random.randrange(3), len(MOMENTS) - 1)
        c.send(again(unit, MOMENTS[later]), "duplicate")


def history(seed: int) -> History:
    """The history of a seed; the same for the same seed."""
    random = Random(seed)
    c = _Class(random)
    for k in range(random.randint(2, 4)):
        name = "".join(random.choices(ascii_lowercase, k=9))
        local, own = Identity("local:" + SCHOOL, f"lok-{name}"), Identity(OWN, f"bruger-{name}")
        c.pupils.append(Pupil(k, Identity("unilogin", f"elev{k}{name}"), local, own))
    each = 200 // len(c.pupils) - 24
    _rosters(c)
    _linked(c)
    _calendar(c)
    _attendance(c)
    _statements(c, each * 3 // 4)
    _events(c, each // 4 + 3)
    _standing(c)
    _voids(c)
    _undated(c)
    _second_channel(c)
    _refused(c)
    _weeks_apart(c)
    _of_the_class(c)
    _duplicates(c)
    c.traps.pop("", None)
    return History(c.units, c.traps, c.pupils)
