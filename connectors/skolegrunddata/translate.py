"""An export of SkoleGrunddata to items: one for each institution, group, person and membership, and the word that it was complete."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from connectors.skolegrunddata import document, items
from connectors.skolegrunddata.document import Element
from connectors.skolegrunddata.groups import Groups, levels
from connectors.skolegrunddata.memberships import Memberships
from connectors.skolegrunddata.people import People
from contracts import files
from contracts.connector import Item, NotUsed, Registration, Request, Translation
from contracts.dates import DAY, Micros, local_date, school_year, written_instant
from contracts.errors import Fault, Refused
from contracts.kinds import FUTURE_HOURS
from contracts.privacy import Identity

SCOPE: Final = "skolegrunddata"
MOST_FAULTS: Final = 20
_NUMBER = re.compile(r"[0-9A-ZÆØÅ]{6}")
_YEAR = re.compile(r"20[0-9]{2}-20[0-9]{2}")


def translate(request: Request) -> Translation:
    """Faults of the document refuse it; faults of a group, a person or a membership are its own, and the others go on."""
    files.parameters(request, ("as_of", "force"))
    files.flag(request, "force")
    root = document.opened(request.body)
    as_of = exported(root, request.received)
    schools = institutions(root, request.registration)
    year, sources = _year(root, as_of), frozenset(_source(one) for one in root.all("ImportSource"))
    told: list[Item] = []
    pupils: dict[str, frozenset[Identity]] = {}
    for school, institution in schools.items():
        records = institution.all("InstitutionPerson")
        memberships = Memberships(Groups(school, year, as_of, levels(records)), People(school, as_of, sources))
        told += _items(institution, memberships)
        pupils[school] = frozenset(memberships.pupils)
    return Translation(tuple(told), derived=files.snapshots(schools, request.registration, SCOPE, as_of), pupils=pupils)


def _items(institution: Element, memberships: Memberships) -> Iterator[Item]:
    """In the order in which they lean on each other."""
    groups, people = memberships.groups, memberships.people
    yield NotUsed("institution", "object_not_used", institution=groups.school)
    for one in institution.all("Group"):
        yield items.item("group", one, groups.school, partial(groups.read, one))
    yield from people.items(institution.all("InstitutionPerson"))
    yield from memberships.items()


def exported(root: Element, received: Micros) -> Micros:
    """exportDateTime: the order of all that the document says; Danish time where it names no offset."""
    written = root.attributes.get("exportDateTime", "")
    if not written:
        raise root.fault("missing_member", "@exportDateTime", "exportDateTime")
    try:
        at = written_instant(written)
    except ValueError:
        raise root.fault("timestamp_invalid", "@exportDateTime") from None
    if at > received + FUTURE_HOURS * DAY // 24:
        raise root.fault("event_in_future", "@exportDateTime")
    return at


def institutions(root: Element, registration: Registration) -> Mapping[str, Element]:
    """By number. Refuses the document where one is not the credential's: nothing of another school's people is looked at."""
    found: dict[str, Element] = {}
    faults: list[Fault] = []
    for one in root.all("Institution"):
        number = one.needed("InstitutionNumber")
        if reason := _unusable(number, found, registration):
            faults.append(Fault(reason, one.where("InstitutionNumber")))
        found[number] = one
        faults += _repeated(one)
    if not found:
        raise root.fault("missing_member", "Institution", "Institution")
    if faults:
        raise Refused(faults[:MOST_FAULTS])
    return found


def _unusable(number: str, found: Mapping[str, Element], registration: Registration) -> str:
    """Six characters, letters among them: never a number (domain 2.1)."""
    if not _NUMBER.fullmatch(number):
        return "value_invalid"
    if number in found:
        return "id_repeated"
    return "" if number in registration.institutions else "institution_not_registered"


def _repeated(institution: Element) -> Iterator[Fault]:
    """A GroupId is one group's within its institution."""
    seen: set[str] = set()
    for one in (child for group in institution.all("Group") for child in group.all("GroupId") if child.text):
        if one.text in seen:
            yield Fault("id_repeated", one.where())
        seen.add(one.text)


def _source(source: Element) -> str:
    if not (name := source.attributes.get("source", "")):
        raise source.fault("missing_member", "@source", "source")
    return name


def _year(root: Element, as_of: Micros) -> str:
    """The newest school year that a source names, else that of the export."""
    years = []
    for source in root.all("ImportSource"):
        if written := source.attributes.get("schoolYear") or source.attributes.get("schoolyear"):
            if not _YEAR.fullmatch(written) or int(written[5:]) != int(written[:4]) + 1:
                raise source.fault("value_invalid", "@schoolYear", "YYYY-YYYY")
            years.append(written)
    return max(years, default=school_year(local_date(as_of)))
