"""A OneRoster package to items: one for each row of the files that are read, and the word that it was complete."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import structs

from connectors.oneroster_csv import integrity, package
from connectors.oneroster_csv.enrollments import Enrollments
from connectors.oneroster_csv.groups import Groups
from connectors.oneroster_csv.users import Users
from contracts import csvfile, files
from contracts.connector import Item, NotUsed, Published, Registration, Request, Translation
from contracts.csvfile import Row
from contracts.privacy import Direct

SCOPE: Final = "oneroster_csv"


def translate(request: Request) -> Translation:
    """Faults of the package refuse it; faults of a row are that row's, and the others go on."""
    files.parameters(request, ("as_of", "force"))
    files.flag(request, "force")
    as_of = files.export_time(request)
    tables = package.opened(request.body)
    integrity.check(tables)
    schools: dict[str, str] = {}
    groups = Groups(schools, _rows(tables, "academicSessions"), as_of)
    users = Users(schools, _rows(tables, "roles"), as_of)
    enrollments = Enrollments(groups, users, as_of)
    read = list(_items(tables, schools, request.registration, groups, users, enrollments))
    items = tuple(_of_school(row, item, schools) for row, item in read)
    told = sorted(set(schools.values()))
    pupils = {school: frozenset(enrollments.pupils[school]) for school in told}
    return Translation(items, derived=files.snapshots(told, request.registration, SCOPE, as_of), pupils=pupils)


def _rows(tables: integrity.Tables, name: str) -> tuple[Row, ...]:
    return tables[name].rows if name in tables else ()


def _items(
    tables: integrity.Tables, schools: dict[str, str], registration: Registration, groups: Groups, users: Users, enrollments: Enrollments
) -> Iterator[tuple[Row, Item]]:
    """With their rows, in the order in which the files lean on each other."""
    yield from _each(tables, "orgs", "org", lambda row: _org(row, schools, registration))
    yield from users.items(tables["users"].rows)
    yield from _each(tables, "classes", "class", groups.read)
    yield from _each(tables, "enrollments", "enrollment", enrollments.read, enrollments.who)
    yield from _each(tables, "academicSessions", "session", lambda row: _unread(row, "session"))
    yield from _each(tables, "courses", "course", lambda row: _unread(row, "course"))


def _each(
    tables: integrity.Tables, name: str, kind: str, read: Callable[[Row], Item], who: Callable[[Row], Direct | None] = lambda _: None
) -> Iterator[tuple[Row, Item]]:
    for row in _rows(tables, name):
        yield row, csvfile.item(kind, row, read, who)


def _of_school(row: Row, item: Item, schools: Mapping[str, str]) -> Item:
    """An item that is not published is counted for the first school that its row names."""
    if isinstance(item, Published):
        return item
    orgs = [org for column in integrity.ORGS for org in integrity.listed(row[column])]
    own = row["sourcedId"] if item.kind == "org" else ""
    school = next((schools[org] for org in (own, *orgs) if org in schools), "")
    return structs.replace(item, institution=school)


def _org(row: Row, schools: dict[str, str], registration: Registration) -> Item:
    """A school tells which institution it is; districts and the like are not used."""
    source = row.needed("sourcedId")
    if row.needed("type") == "school":
        institution = row.needed("identifier")
        if institution not in registration.institutions:
            raise row.fault("institution_not_registered", "identifier")
        schools[source] = institution
    return NotUsed("org", "object_not_used")


def _unread(row: Row, kind: str) -> Item:
    """Sessions and courses tell of the groups and are nothing by themselves."""
    row.needed("sourcedId")
    return NotUsed(kind, "object_not_used")
