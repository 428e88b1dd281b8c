"""The independent oracle against the product and against mutants of it (design 8).

The product agrees with the 20 cells worked out by hand, and with the oracle over a month of the invented school; every seeded mutant of an
indicator disagrees with one of them.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import awkward
import pytest
from contract import indicator_examples as kit
from contract.indicator_mutants import Mutant, planted, sown
from invented import AUGUST, NOW, SUBJECTS, TODAY, fed, requests, sent
from oracle import hand
from oracle.batch import WINDOWS, Oracle
from oracle.compare import is_bare
from oracle.measures import Cell
from oracle.people import pupil
from rosters import Person, SchoolClass, package
from through import Key, Through, cells

from connectors.attendance_csv import CONNECTOR as ATTENDANCE
from connectors.calendar_csv import CONNECTOR as CALENDAR
from connectors.cloudevents import CONNECTOR as CLOUDEVENTS
from connectors.identity_links_csv import CONNECTOR as LINKS
from connectors.oneroster_csv import CONNECTOR as ONEROSTER
from connectors.xapi import CONNECTOR as XAPI
from contracts.dates import instant, moment
from contracts.facts import Facts, SheetKey
from contracts.indicator import Indicator
from services.demo import school

Json = dict[str, Any]
CELLS = {cell["name"]: cell for cell in hand.hand_cells()}
COMPUTED = [name for name in kit.names() if not kit.beside(name).get("oracle")]
"""All but those whose own test says why the oracle does not compute them: of several versions of one, all but one."""


def delivered(cell: Json) -> dict[SheetKey, Facts]:
    """A hand-worked cell's input through the product's doors."""
    through = Through(hand.SCHOOL)
    received = instant(f"{cell['today']}T20:00:00+00:00")
    name, pupil_of = cell.get("class", "5.A"), [Person("e1", "student", cell["pupil"])]
    places = [SchoolClass(name, name, cell.get("grade", 5), pupil_of)]
    places += [SchoolClass(one, one, None, pupil_of, "scheduled", dates={"e1": _dates(*span)}) for one, *span in cell.get("holds", [])]
    through.take(ONEROSTER, through.registered("skole"), package(hand.SCHOOL, places), received, as_of=AUGUST)
    if links := cell.get("links"):
        body = "\n".join(["skema_fra;id_fra;skema_til;id_til", *(";".join([*left, *right]) for left, right in links)])
        through.take(LINKS, through.registered("links"), body.encode(), received, as_of=AUGUST)
    if days := cell.get("calendar"):
        rows = [f"{hand.SCHOOL};{date.fromisoformat(day):%d-%m-%Y};{'ja' if is_school else 'nej'}" for day, is_school in days.items()]
        through.take(
            CALENDAR, through.registered("kalender"), "\n".join(["institution;dato;skoledag", *rows]).encode(), received, as_of=AUGUST
        )
    maths = through.registered("xapi-supplier", tool="matematik-x", subject="MAT", schemes={hand.HOME: "unilogin"})
    for statement in hand.statements(cell):
        through.take(XAPI, maths, json.dumps(statement).encode(), received)
    if events := cell.get("cloudevents"):
        by = through.registered("event-supplier", tool="laes-let", subject="MAT")
        through.take(CLOUDEVENTS, by, json.dumps([_event(one) for one in events]).encode(), received)
    for file in cell.get("attendance", []):
        for body, whole in _files(file["rows"]):
            query = {"as_of": file["as_of"], "complete": str(file["complete"] and whole).lower()}
            through.take(ATTENDANCE, through.registered("attendance-supplier"), body.encode(), received, **query)
    return through.sheets()


def _dates(first: str | None, last: str | None) -> tuple[str, str]:
    """As OneRoster has them: the end is the first day on which it does not hold."""
    return first or "", str(date.fromisoformat(last) + timedelta(days=1)) if last else ""


def _event(told: Json) -> Json:
    """With the whole type, and `at` where its model has one."""
    timed = told["type"] in ("activity.session", "activity.media_played")
    data = told.get("data", {}) | ({"at": told["time"]} if timed else {})
    return told | {"type": f"dk.fremgang.{told['type']}.v1", "data": data}


def _files(rows: Sequence[str]) -> list[tuple[str, bool]]:
    """The oracle's row for each slot as the files that schools export, and whether each tells of both ends of the day it names.

    Where only the end is told, the start stands blank in a file that is not complete.
    """
    if rows[0].endswith("andel"):
        return [("\n".join(["unilogin;dato;fravaer;aarsag", *(f"{row};{'S' * (not row.endswith(';0'))}" for row in rows[1:])]), True)]
    days: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows[1:]:
        who, day, slot, code = row.split(";")
        days.setdefault((who, day), {})[slot] = code
    shapes: dict[tuple[str, ...], list[str]] = {}
    for (who, day), slots in days.items():
        shapes.setdefault(tuple(sorted(slots)), []).append(f"{who};{day};{slots.get('start', '')};{slots.get('slut', '')}")
    heads = {shape: "unilogin;dato;start" + ";slut" * ("slut" in shape) for shape in shapes}
    return [("\n".join([heads[shape], *_cut(rows, shape)]), "start" in shape) for shape, rows in sorted(shapes.items())]


def _cut(rows: Sequence[str], shape: tuple[str, ...]) -> list[str]:
    """Without the column that the file does not have."""
    return [row if "slut" in shape else row.removesuffix(";") for row in rows]


@cache
def facts_of(name: str) -> dict[SheetKey, Facts]:
    return delivered(CELLS[name])


def served(name: str, indicators: Sequence[Indicator]) -> Cell | None:
    cell = CELLS[name]
    subjects = [cell["subject"]] if cell["subject"] else []
    frameworks = [cell["framework"]] if "framework" in cell else []
    today = date.fromisoformat(cell["today"])
    return cells(facts_of(name), indicators, [cell["pupil"]], subjects, today, frameworks=frameworks).get(hand.key(cell))


@pytest.mark.parametrize("name", sorted(CELLS))
def test_the_product_gives_the_cells_worked_out_by_hand(name: str) -> None:
    assert served(name, [kit.declared(name) for name in COMPUTED]) == hand.expected(CELLS[name])


@cache
def invented_school() -> tuple[dict[SheetKey, Facts], dict[Key, Cell]]:
    """The sheets of a month of the invented school, and what the oracle says of it."""
    through, told = Through(school.INSTITUTION), sent()
    for connector, asked in requests(told):
        through.ask(connector, asked)
    return through.sheets(), fed(told).cells(subjects=SUBJECTS)


@cache
def awkward_class() -> tuple[dict[SheetKey, Facts], dict[Key, Cell]]:
    """The same of pupils who do what is awkward to count, in two tools."""
    through, received = Through(awkward.SCHOOL), instant(NOW)
    oracle = Oracle(TODAY, moment(received))
    people, (first, last) = {name: Person(f"e{name}", "student", name) for name in awkward.PUPILS}, (awkward.DAYS[12], awkward.DAYS[24])
    classes = [SchoolClass(name, name, grade, [people[name]]) for name, grade in awkward.PUPILS.items()]
    days = _dates(str(first), str(last))
    holds = {name: awkward.HOLD.format(name) for name in people}
    classes += [SchoolClass(hold, hold, None, [people[name]], "scheduled", dates={people[name].id: days}) for name, hold in holds.items()]
    through.take(ONEROSTER, through.registered("skole"), package(awkward.SCHOOL, classes), received, as_of=AUGUST)
    for name, grade in awkward.PUPILS.items():
        places = [(awkward.SCHOOL, name, grade, None, None), (awkward.SCHOOL, holds[name], None, first, last)]
        oracle.roster([pupil(name, [("unilogin", name)], places)])
    for seed, tool in enumerate(("laes-let", "skriv-let")):
        told = awkward.events(seed, moment(received))
        for at in range(0, len(told), 400):
            body = json.dumps(told[at : at + 400]).encode()
            through.take(CLOUDEVENTS, through.registered(tool, subject="DAN"), body, received)
        oracle.cloudevents([one | {"type": one["type"][12:-3]} for one in told], tool, tool, "DAN", awkward.SCHOOL)
    return through.sheets(), oracle.cells(subjects=SUBJECTS)


WORLDS = {
    "the invented school": (invented_school, [one.unilogin for one in school.pupils(day=TODAY)]),
    "the awkward class": (awkward_class, list(awkward.PUPILS)),
}


def differences(world: str, indicators: Sequence[Indicator]) -> list[tuple[Key, Cell, Cell]]:
    """The cells in which product and oracle differ, with both."""
    made, names = WORLDS[world]
    sheets, expected = made()
    frameworks = sorted({subject.partition(" ")[2] for _, _, subject, _ in expected if subject and " " in subject})
    got = cells(sheets, indicators, names, SUBJECTS, TODAY, frameworks=frameworks)
    return [
        (key, told, expected[key]) for key, told in got.items() if told != expected[key] and not (is_bare(told) and is_bare(expected[key]))
    ]


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_the_product_gives_the_oracles_cells(world: str) -> None:
    _, expected = WORLDS[world][0]()
    valued = Counter(key[1] for key, told in expected.items() if told.value is not None)
    print(f"{world}: {len(expected)} cells, not null: {dict(valued)}")
    assert set(valued) == set(WINDOWS)
    assert differences(world, [kit.declared(name) for name in COMPUTED]) == []


def test_an_indicator_that_the_oracle_does_not_compute_says_so() -> None:
    print(f"not computed another way: {sorted(set(kit.names()) - set(COMPUTED)) or 'none'}")
    assert sorted(kit.declared(name).name for name in COMPUTED) == sorted(WINDOWS)


KNOWN = [mutant for mutant in sown() if mutant.module in COMPUTED]


@pytest.mark.parametrize("mutant", KNOWN, ids=[f"{one.module}: {one.says}" for one in KNOWN])
def test_the_oracle_catches_the_mutant(mutant: Mutant) -> None:
    indicator = planted(mutant)
    by_hand = [
        name for name, cell in CELLS.items() if cell["indicator"] == indicator.name and served(name, [indicator]) != hand.expected(cell)
    ]
    assert by_hand or any(differences(world, [indicator]) for world in WORLDS), "the mutant agrees with the oracle everywhere"


def test_the_cells_worked_out_by_hand_are_twenty() -> None:
    assert len(CELLS) >= 20
    assert all(datetime.fromisoformat(cell["today"]) and len(cell["working"]) > 20 for cell in CELLS.values())
