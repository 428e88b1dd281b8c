"""The files of a history: registrations with their corrections, and who is who: rosters, links, the school's calendar."""

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random
from typing import Final

from statements import answer
from units import DANISH, OTHER, OWN, SCHOOL, SECOND, SYSTEM, WEEKS, Class, Pupil, Unit, Weeks, drafted

from contracts.connector import Draft, Registration
from contracts.dates import HOUR, Micros, start_of
from contracts.events import Group, Membership, RosterIdentity, Snapshot
from contracts.files import school_subject
from contracts.privacy import GroupRef, Person, RowRef

HOLD: Final = "dansk"
"""A class's name and this is the name of its hold."""


def _row(c: Class, by: Registration, pupil: Pupil, day: date, codes: Sequence[str], as_of: Micros, later: int = 0) -> Unit:
    told = (SCHOOL, pupil.unilogin.value, f"{day:%d-%m-%Y}", *codes)
    return Unit("attendance_csv", by, c.arrival(as_of, later), told, f"{pupil.unilogin.value}|{day}", as_of)


def _codes(random: Random) -> tuple[str, str]:
    return random.choice("FFFFFFFSLU"), random.choice("FFFFFFFSLU")


def attendance(c: Class) -> None:
    school_days = [day for day in c.weeks.dates if day.weekday() < 5][-14:]
    for day in school_days:
        for pupil in c.pupils:
            codes, as_of = _codes(c.random), start_of(day) + 9 * HOUR
            c.send(_row(c, SYSTEM, pupil, day, codes, as_of, c.random.choice((0, 0, 2))), "attendance")
            if c.random.random() < 0.2:
                c.send(_row(c, SYSTEM, pupil, day, _codes(c.random), as_of + 5 * HOUR), "correction")
    for k, pupil in enumerate(c.pupils * 2):
        day = school_days[k]
        same = next(one for one in c.units if one.door == "attendance_csv" and one.name == f"{pupil.unilogin.value}|{day}")
        codes = same.told[3:] if k < len(c.pupils) else _codes(c.random)
        c.send(_row(c, SECOND, pupil, day, codes, same.as_of), "tie" if k < len(c.pupils) else "dispute")
    c.send(_row(c, SYSTEM, c.pupils[0], school_days[0], ("X", ""), start_of(c.weeks.today) + 9 * HOUR), "failed")


Dates = dict[str, date]
"""`valid_from` and `valid_to` of a membership, as far as they are told."""


def _member(pupil: Pupil, school: str, group: str, kind: str, dates: Dates, as_of: Micros) -> Draft:
    told = {
        "group_id": GroupRef(school, group), "group_kind": kind, "role": "pupil", "row_id": RowRef(school, f"{group}-{pupil.number}"),
        **dates,
    }  # fmt: skip
    return Draft(Membership, pupil.unilogin, school, told, f"member|{school}|{group}|{pupil.local.value}", as_of, as_of)


def _named(pupil: Pupil, school: str, as_of: Micros) -> list[Draft]:
    """The two identities that a roster knows of a pupil."""
    person, rows = Person(pupil.unilogin), []
    for identity in (pupil.unilogin, pupil.local):
        named = {"scheme": identity.scheme, "identity": identity, "basis": "roster", "person": person}
        report = f"identity|{school}|{identity.scheme}|{pupil.local.value}"
        rows.append(Draft(RosterIdentity, pupil.unilogin, school, named, report, as_of, as_of))
    return rows


def _group(school: str, group: str, kind: str, grade: int | None, as_of: Micros) -> Draft:
    named = {"source_id": group, "name": group, "kind": kind} | ({} if grade is None else {"grade_level": grade})
    return Draft(Group, GroupRef(school, group), school, named, f"group|{school}|{group}", as_of, as_of)


def _roster(c: Class, school: str, group: str, grade: int, pupils: Sequence[Pupil], day: date) -> None:
    """One complete file: a class, and a hold that one half of it leaves in the fourth week, when the other half comes to it."""
    as_of, hold = start_of(day) + 7 * HOUR, f"{group} {HOLD}"
    data = {"source": SYSTEM.supplier, "scope": "roster"}
    snapshot = (Draft(Snapshot, school_subject(school), school, data, "snapshot|" + school, as_of, as_of),)
    rows = [_group(school, group, "class", grade, as_of), _group(school, hold, "hold", None, as_of)]
    for pupil in pupils:
        moved = {"valid_from": c.weeks.day(22)} if pupil.number % 2 else {"valid_to": c.weeks.day(21)}
        rows += [_member(pupil, school, group, "class", {}, as_of), _member(pupil, school, hold, "hold", moved, as_of)]
        rows += _named(pupil, school, as_of)
    for row in rows:
        c.send(drafted("roster", SYSTEM, c.arrival(as_of), row, as_of=as_of, derived=snapshot), "roster")
    c.traps["snapshot"] += 1
    c.traps["moved"] += len(pupils)


def rosters(c: Class) -> None:
    """The school sends three complete files; a pupil is missing in the second, and perhaps back in the third."""
    returns, drops = c.random.random() < 0.6, c.random.random() < 0.8
    _roster(c, SCHOOL, "5.A", 5, c.pupils, c.weeks.first)
    _roster(c, SCHOOL, "5.A", 5, [p for k, p in enumerate(c.pupils) if not (drops and k == 1)], c.weeks.dates[14])
    _roster(c, SCHOOL, "5.A", 5, [p for k, p in enumerate(c.pupils) if not (drops and k == 1) or returns], c.weeks.dates[25])
    c.traps["dropped" if drops and not returns else "came_back" if drops else ""] += 1
    _roster(c, OTHER, "8.B", 8, c.pupils[:1], c.weeks.dates[10])
    for _ in range(4):
        at = c.time()
        c.send(answer(c, DANISH, c.pupils[0], at, c.arrival(at), school=OTHER), "two_schools")


def links(by: Registration, pairs: Iterable[tuple[Pupil, Pupil]], day: date, weeks: Weeks = WEEKS) -> list[Unit]:
    """A complete link file: the material's own id of one pupil is another's, who should be the same."""
    as_of = start_of(day) + 8 * HOUR
    told = [(SCHOOL, OWN, own.own.value, "unilogin", known.unilogin.value) for own, known in pairs]
    return [Unit("identity_links_csv", by, weeks.arrival(as_of), row, row[2], as_of) for row in told]


def linked(c: Class) -> None:
    all_of = [(pupil, pupil) for pupil in c.pupils]
    unlinked, relinked, twice = (c.random.random() < p for p in (0.7, 0.5, 0.3))
    c.units += links(DANISH, all_of, c.weeks.dates[11], c.weeks)
    c.traps["linked_late"] += 1
    if unlinked:
        c.units += links(DANISH, all_of[1:], c.weeks.dates[18], c.weeks)
    if unlinked and relinked:
        c.units += links(DANISH, all_of, c.weeks.dates[27], c.weeks)
    if twice:
        c.units += links(SYSTEM, [(c.pupils[-1], c.pupils[0])], c.weeks.dates[20], c.weeks)
    c.traps.update({"unlinked": unlinked and not relinked, "relinked": unlinked and relinked, "claimed_twice": twice})


def calendar(c: Class) -> None:
    """The school's own, then with a day off and a Saturday at school."""
    changed = {c.random.choice([day for day in c.weeks.dates if day.weekday() < 5]): "nej", c.weeks.day(33): "ja"}
    for day, known in ((c.weeks.first, {}), (c.weeks.dates[21], changed)):
        as_of = start_of(day) + 6 * HOUR
        for one in (*c.weeks.dates, c.weeks.today):
            told = (SCHOOL, f"{one:%d-%m-%Y}", known.get(one, "ja" if one.weekday() < 5 else "nej"))
            c.send(Unit("calendar_csv", SYSTEM, c.arrival(as_of), told, str(one), as_of), *(["calendar_change"] if one in known else []))
