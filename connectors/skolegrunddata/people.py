"""The people of an institution: pupils and those who teach, each with the identities that are theirs alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from connectors.skolegrunddata import items
from connectors.skolegrunddata.document import Element
from contracts import files
from contracts.connector import Draft, Item, NotUsed, Published
from contracts.dates import Micros
from contracts.errors import Fault
from contracts.events import RosterIdentity
from contracts.privacy import UNILOGIN, Identity, Person

PUPILS: Final = frozenset({"Barn", "Elev", "Studerende"})
TEACHERS: Final[Mapping[str, str]] = {"Lærer": "teacher", "Vikar": "teacher", "Pædagog": "pedagogue"}
UNUSED: Final = frozenset({"Leder", "Ledelse", "TAP", "Konsulent"})
_UNILOGIN: Final = "UNILogin/UserId"
_LOCAL: Final = "LocalPersonId"


@dataclass(frozen=True)
class Someone:
    """role: canonical. identities: Unilogin first. source: the system that told of them."""

    element: Element
    role: str
    identities: tuple[Identity, ...]
    source: str


@dataclass
class People:
    """taken: by the record's own element, in the order of the file."""

    school: str
    as_of: Micros
    sources: frozenset[str]
    taken: dict[Element, Someone] = field(default_factory=dict)
    _disputed: frozenset[Identity] = frozenset()

    def items(self, records: Sequence[Element]) -> list[Item]:
        """One for each record, and one beside it for each identity of theirs that somebody else claims too."""
        read = [items.item("person", one, self.school, partial(self._read, one), partial(named, one, self.school)) for one in records]
        self._disputed = disputed(self.taken.values())
        return [item for one, first in zip(records, read, strict=True) for item in self._told(one, first)]

    def leading(self, record: Element) -> Identity | None:
        """The first of the record's identities that is nobody else's."""
        person = self.taken.get(record)
        return next((one for one in person.identities if one not in self._disputed), None) if person else None

    def _read(self, record: Element) -> Item:
        """Published as yet without its drafts, since they need to know what everybody claims."""
        role = _role(record)
        if role is None:
            return NotUsed("person", "role_not_used", institution=self.school)
        source = record.attributes.get("source", "")
        if self.sources and source not in self.sources:
            raise record.fault("reference_dangling", "@source", "no ImportSource has this name")
        self.taken[record] = Someone(record, role, identities(record, self.school), source)
        return Published("person", ())

    def _told(self, record: Element, read: Item) -> Iterator[Item]:
        if not isinstance(read, Published):
            yield read
            return
        person, leading = self.taken[record], self.leading(record)
        if leading is None:
            yield self._dispute("person", person, person.identities[0], None)
            return
        yield Published("person", tuple(self._drafts(person, leading)))
        yield from (self._dispute("identity", person, one, leading) for one in person.identities if one in self._disputed)

    def _drafts(self, person: Someone, leading: Identity) -> Iterator[Draft]:
        for one in person.identities:
            if one not in self._disputed:
                data = {"scheme": one.scheme, "identity": one, "basis": "roster", "person": Person(leading)}
                report = f"identity|{self.school}|{leading.scheme}|{leading.value}|{one.scheme}|{one.value}"
                yield Draft(RosterIdentity, leading, self.school, data, report, self.as_of, self.as_of)

    def _dispute(self, kind: str, person: Someone, identity: Identity, leading: Identity | None) -> Item:
        where = _UNILOGIN if identity.scheme == UNILOGIN else _LOCAL
        fault = Fault("identity_claimed_twice", person.element.where(where))
        return items.failed(kind, person.element, self.school, fault, lambda: leading)


def _role(record: Element) -> str | None:
    """pupil, teacher or pedagogue; None for those who have no teaching relation."""
    told = [one for one in record.children if one.name in ("Student", "Employee", "Extern")]
    if len(told) > 1:
        raise told[1].fault("row_repeated", detail="one of Student, Employee, Extern")
    if not told or told[0].name == "Extern":
        return None
    if told[0].name == "Student":
        if told[0].needed("Role") not in PUPILS:
            raise told[0].fault("value_invalid", "Role", ", ".join(sorted(PUPILS)))
        return "pupil"
    return _employed(told[0])


def _employed(employee: Element) -> str | None:
    """The widest of their roles: who teaches in one of them is a teacher."""
    named_roles = {role.text for role in employee.all("Role")} - {""}
    if not named_roles:
        raise employee.fault("row_incomplete", "Role")
    if not named_roles <= TEACHERS.keys() | UNUSED:
        raise employee.fault("value_invalid", "Role", ", ".join((*TEACHERS, *sorted(UNUSED))))
    held = {TEACHERS[role] for role in named_roles if role in TEACHERS}
    return next((role for role in ("teacher", "pedagogue") if role in held), None)


def identities(record: Element, school: str) -> tuple[Identity, ...]:
    """The Unilogin, then the local id: whichever of them the record gives; the first leads."""
    login = record.one("UNILogin")
    given = ((UNILOGIN, login.value("UserId") if login else "", _UNILOGIN), (f"local:{school}", record.value(_LOCAL), _LOCAL))
    if long := [where for _, value, where in given if len(value) > files.LONGEST]:
        raise record.fault("value_invalid", long[0], f"at most {files.LONGEST} characters")
    found = tuple(Identity(scheme, value).normalised() for scheme, value, _ in given if value)
    if not found:
        raise record.fault("row_incomplete", _UNILOGIN)
    return found


def named(record: Element, school: str) -> Identity | None:
    """Whom a record that cannot be used is said of."""
    return identities(record, school)[0]


def disputed(people: Iterable[Someone]) -> frozenset[Identity]:
    """Identities that count for nobody: of two records of one source, or of two Unilogins.

    Two systems may each tell of one person: then the Unilogin is the same and the sources differ, and that is no dispute.
    """
    claims: dict[Identity, list[Someone]] = defaultdict(list)
    for person in people:
        for identity in person.identities:
            claims[identity].append(person)
    return frozenset(identity for identity, by in claims.items() if len({one.source for one in by}) < len(by) or _of_two(identity, by))


def _of_two(identity: Identity, by: Sequence[Someone]) -> bool:
    """A local id means nothing beyond its own system, unless both name the same Unilogin."""
    return identity.scheme != UNILOGIN and len({one.identities[0] for one in by}) > 1
