"""What SkoleGrunddata says of a school is what OneRoster says of it; its newest export alone says it, in whatever order they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from delivering import KEY, folded, roster
from hypothesis import given
from proving import choices, law, seeds
from rosters import Person, SchoolClass, package
from unit import skolegrunddata as xml
from unit.posting import RECEIVED, registration

from connectors.oneroster_csv import CONNECTOR as ONEROSTER
from connectors.skolegrunddata import CONNECTOR as SKOLEGRUNDDATA
from contracts.connector import Connector, Published, Request
from contracts.envelope import encode
from contracts.privacy import Identity
from contracts.seal import Origin, seal
from streams.roster import Roster

pytestmark = pytest.mark.quick

SCHOOL, DAY = "101001", date(2026, 11, 24)
BY = registration(SCHOOL)
KINDS = {"homeroom": "Hovedgruppe", "scheduled": "Hold"}


@dataclass(frozen=True)
class Export:
    """A school as it was at an hour of the day before."""

    classes: tuple[SchoolClass, ...]
    hour: int

    @property
    def as_of(self) -> str:
        return f"2026-11-23T{self.hour:02}:00:00+01:00"


def invented(random: Random, hour: int) -> Export:
    """Home classes and one hold; some pupils are not there, some have no Unilogin yet; a teacher may teach both."""
    pupils = [Person(f"e{n}", "student", f"elev{n:04}" if n % 5 else None) for n in range(random.randint(2, 9)) if random.random() < 0.8]
    teachers = [Person(f"t{n}", "teacher", f"lone{n:04}") for n in range(2)]
    split = random.randint(0, len(pupils))
    home = [("5A", 5, pupils[:split]), ("6B", 6, pupils[split:])]
    classes = [SchoolClass(name, name, grade, [teachers[k], *there]) for k, (name, grade, there) in enumerate(home)]
    hold = SchoolClass("MAT", "MAT", None, [teachers[1], *random.sample(pupils, len(pupils) // 2)], "scheduled")
    return Export((*classes, hold), hour)


def document(export: Export) -> bytes:
    """The same as `package`, in the other format; a pupil's home class is their first."""
    groups = [
        xml.group(one.id, KINDS[one.kind], "" if one.grade is None else f"<GroupLevel>{one.grade}</GroupLevel>") for one in export.classes
    ]
    there: dict[str, list[str]] = {}
    for one in export.classes:
        for person in one.people:
            there.setdefault(person.id, []).append(one.id)
    people = {person.id: person for one in export.classes for person in one.people}
    records = [_record(person, there[person.id]) for person in people.values()]
    return xml.document(xml.institution(*groups, *records), at=export.as_of).encode()


def _record(person: Person, groups: Sequence[str]) -> str:
    others = "".join(f"<GroupId>{name}</GroupId>" for name in groups)
    login = xml.login(person.unilogin or "")
    if person.role == "teacher":
        return xml.person(login, f"<Employee><Role>Lærer</Role>{others}</Employee>", local=person.id)
    return xml.person(login, f"<Student><Role>Elev</Role><MainGroupId>{groups[0]}</MainGroupId>{others}</Student>", local=person.id)


def said(connector: Connector, body: bytes, as_of: str) -> list[bytes]:
    """Its records, sealed as intake seals them."""
    request = Request(body, {}, {"as_of": as_of}, "POST", RECEIVED, BY, lambda: str(uuid4()))
    told = connector.translate(request)
    assert [item.kind for item in told.items if not isinstance(item, Published)] == [
        item.kind for item in told.items if item.kind in {"institution", "org", "session", "course"}
    ]
    drafts = [draft for item in told.items if isinstance(item, Published) for draft in item.drafts] + list(told.derived)
    origin = Origin(BY.supplier, connector.name, 0, RECEIVED)
    return [encode(seal(draft, origin, "row", "1/1", KEY, draft.time or RECEIVED)) for draft in drafts]


def told(known: Roster) -> Mapping[str, Any]:
    """Who is where, by what the school calls it, whatever the format."""
    groups = {
        (group.name, group.kind, group.grade): (known.pupils(name, DAY), _teachers(known, name)) for name, group in known.groups.items()
    }
    people = sorted({person for pupils, teachers in groups.values() for person in (*pupils, *teachers)})
    return {
        "groups": groups,
        "grades": {person: known.grade(person, DAY) for person in people},
        "homes": [known.home(p, DAY) for p in people],
    }


def _teachers(known: Roster, group: str) -> list[str]:
    return sorted({known.person(member.leading) for member in known.members[group] if member.role == "teacher" and member.on(DAY)})


@law(20, 300, shrink=False)
@given(seed=seeds)
def test_both_formats_say_the_same_of_a_school(seed: int) -> None:
    export = invented(Random(seed), 9)
    one = roster(folded(said(SKOLEGRUNDDATA, document(export), export.as_of)).sheets)
    other = roster(folded(said(ONEROSTER, package(SCHOOL, export.classes), export.as_of)).sheets)
    assert told(one) == told(other)
    assert len(told(one)["groups"]) == 3
    unilogins = {KEY.seal(Identity("unilogin", person.unilogin)) for c in export.classes for person in c.people if person.unilogin}
    assert {one.named(name) for name in unilogins} == {other.named(name) for name in unilogins}


@law(12, 300, shrink=False)
@given(seed=seeds, choice=choices)
def test_the_newest_export_alone_says_what_all_of_them_say_in_any_order(seed: int, choice: int) -> None:
    random = Random(seed)
    exports = [invented(random, 6 + k) for k in range(random.randint(2, 4))]
    newest = exports[-1]
    alone = told(roster(folded(said(SKOLEGRUNDDATA, document(newest), newest.as_of)).sheets))
    records = [record for export in exports for record in said(SKOLEGRUNDDATA, document(export), export.as_of)]
    shuffled = Random(choice).sample([*records, *records[::3]], len(records) + len(records[::3]))
    assert told(roster(folded(shuffled, lambda: Random(choice).randint(1, 40)).sheets)) == alone
    older = [replace(export, hour=export.hour - 6) for export in exports[:-1]]
    assert told(roster(folded([r for e in (newest, *older) for r in said(SKOLEGRUNDDATA, document(e), e.as_of)]).sheets)) == alone
