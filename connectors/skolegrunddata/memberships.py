"""Who is in which group: a pupil's home class and other groups, and the groups of those who teach."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from connectors.skolegrunddata import items
from connectors.skolegrunddata.document import Element
from connectors.skolegrunddata.groups import Groups
from connectors.skolegrunddata.people import People, Someone
from contracts.connector import Draft, Item, NotUsed, Published
from contracts.events import Membership
from contracts.privacy import Identity, RowRef


@dataclass
class Memberships:
    """pupils: the leading identities of those who are pupils of a group."""

    groups: Groups
    people: People
    pupils: set[Identity] = field(default_factory=set)

    def items(self) -> list[Item]:
        """One for each group that somebody names; named twice by one record, as home class and besides, it is one."""
        return [item for person in self.people.taken.values() for item in self._of(person)]

    def _of(self, person: Someone) -> Iterator[Item]:
        leading = self.people.leading(person.element)
        if leading is None:
            return
        for named in {one.text: one for one in _named(person.element)}.values():
            yield items.item("membership", named, self.groups.school, partial(self._read, named, person, leading), lambda: leading)

    def _read(self, named: Element, person: Someone, leading: Identity) -> Item:
        school = self.groups.school
        if not named.text:
            raise named.fault("row_incomplete")
        if named.text in self.groups.unused:
            return NotUsed("membership", "object_not_used", institution=school)
        if named.text not in self.groups.taken:
            raise named.fault("reference_dangling", detail="no such group was taken")
        group = self.groups.taken[named.text]
        if person.role == "pupil":
            self.pupils.add(leading)
        row = f"{leading.scheme}|{leading.value}|{person.role}|{named.text}"
        data = {
            "group_id": group.ref, "group_kind": group.kind, "role": person.role, "row_id": RowRef(school, row),
            "valid_from": group.first, "valid_to": group.last,
        }  # fmt: skip
        as_of = self.groups.as_of
        return Published("membership", (Draft(Membership, leading, school, data, f"membership|{school}|{row}", as_of, as_of),))


def _named(record: Element) -> Iterator[Element]:
    """The home class first."""
    for told in (*record.all("Student"), *record.all("Employee")):
        yield from (*told.all("MainGroupId"), *told.all("GroupId"))
