"""The users of a package to items: pupils and teachers, each with the identities that are theirs alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.oneroster_csv.identities import TAKEN, Someone, disputed, named, roles, someone
from contracts import csvfile
from contracts.connector import Draft, Failed, Item, NotUsed, Published
from contracts.csvfile import Row
from contracts.dates import Micros
from contracts.events import RosterIdentity
from contracts.privacy import Identity, Person


@dataclass
class Users:
    """schools: org -> institution, of those that the credential is for. roles: the rows of roles.csv (1.2)."""

    schools: Mapping[str, str]
    roles: Iterable[Row]
    as_of: Micros
    _taken: dict[str, Someone] = field(default_factory=dict)
    _disputed: frozenset[Identity] = frozenset()

    def items(self, rows: Sequence[Row]) -> list[tuple[Row, Item]]:
        """With their rows: one for each row, and one beside it for each identity of theirs that another user claims too."""
        told = self._told_roles()
        read = [csvfile.item("user", row, lambda row: self._read(row, told.get(row["sourcedId"], [])), self._who) for row in rows]
        self._disputed = disputed(self._taken.values())
        return [(row, item) for row, first in zip(rows, read, strict=True) for item in self._told(row, first)]

    def _who(self, row: Row) -> Identity | None:
        return named(row, self.schools)

    def leading(self, source: str) -> Identity | None:
        """The first of the user's identities that is nobody else's; None for a user who was not taken."""
        person = self._taken.get(source)
        return next(one for one in person.identities if one not in self._disputed) if person else None

    def _told_roles(self) -> dict[str, list[Row]]:
        told: dict[str, list[Row]] = {}
        for row in self.roles:
            told.setdefault(row["userSourcedId"], []).append(row)
        return told

    def _read(self, row: Row, told: Iterable[Row]) -> Item:
        """Published as yet without its drafts, since they need to know what everybody claims."""
        for role in told:
            role.check()
        if not roles(row, told) & TAKEN:
            return NotUsed("user", "role_not_used")
        person = someone(row, told, self.schools)
        self._taken[row["sourcedId"]] = person
        return Published("user", ())

    def _told(self, row: Row, read: Item) -> Iterator[Item]:
        if not isinstance(read, Published):
            yield read
            return
        person, leading = self._taken[row["sourcedId"]], self.leading(row["sourcedId"])
        assert leading is not None
        yield Published("user", tuple(self._drafts(person, leading)))
        yield from (_dispute(row, identity, leading) for identity in person.identities if identity in self._disputed)

    def _drafts(self, person: Someone, leading: Identity) -> Iterator[Draft]:
        for school, own in person.own.items():
            for one in own:
                if one not in self._disputed:
                    data = {"scheme": one.scheme, "identity": one, "basis": "roster", "person": Person(leading)}
                    report = f"identity|{school}|{person.row['sourcedId']}|{one.scheme}|{one.value}"
                    yield Draft(RosterIdentity, leading, school, data, report, self.as_of, self.as_of)


def _dispute(row: Row, identity: Identity, leading: Identity) -> Failed:
    """The claim alone fails: the user is still who the other identities say."""
    local = "identifier" if row["identifier"] else "sourcedId"
    column = local if identity.scheme.startswith("local:") else "userIds"
    return csvfile.failed("identity", row, "identity_claimed_twice", row.where(column), who=lambda _: leading)
