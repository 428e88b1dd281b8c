"""The enrollments of a package to memberships."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from connectors.oneroster_csv.groups import Groups, Taken
from connectors.oneroster_csv.users import Users
from contracts import csvfile
from contracts.connector import Draft, Item, NotUsed, Published
from contracts.csvfile import Row
from contracts.dates import Micros
from contracts.events import Membership
from contracts.privacy import Identity, RowRef

ROLES: Final = {"student": "pupil", "teacher": "teacher"}
UNUSED: Final = frozenset({"administrator", "aide", "proctor", "guardian", "parent", "relative"})
LONGEST_ID: Final = 255


@dataclass
class Enrollments:
    """pupils: by institution, the leading identities of those who are enrolled as pupils."""

    groups: Groups
    users: Users
    as_of: Micros
    pupils: defaultdict[str, set[Identity]] = field(default_factory=lambda: defaultdict(set))

    def read(self, row: Row) -> Item:
        source, role = row.needed("sourcedId"), row.needed("role")
        if role in UNUSED or role.startswith("ext:"):
            return NotUsed("enrollment", "role_not_used")
        if role not in ROLES:
            raise row.fault("value_invalid", "role", "student or teacher")
        if len(source) > LONGEST_ID:
            raise row.fault("value_invalid", "sourcedId", f"at most {LONGEST_ID} characters")
        group, leading = self._group(row), self.users.leading(row.needed("userSourcedId"))
        if leading is None:
            raise row.fault("reference_dangling", "userSourcedId", "that user was not taken")
        first, end = csvfile.iso_date(row, "beginDate"), csvfile.iso_date(row, "endDate")
        if first and end and end < first:
            raise row.fault("value_invalid", "endDate", "before beginDate")
        if first and first == end:
            return NotUsed("enrollment", "row_inactive")
        return self._published(row, group, leading, first, _last(end))

    def who(self, row: Row) -> Identity | None:
        """Whom a row that cannot be used is said of."""
        return self.users.leading(row["userSourcedId"])

    def _group(self, row: Row) -> Taken:
        name = row.needed("classSourcedId")
        if name in self.groups.foreign:
            raise row.fault("institution_not_registered", "classSourcedId")
        if name not in self.groups.taken:
            raise row.fault("reference_dangling", "classSourcedId", "that class was not taken")
        return self.groups.taken[name]

    def _published(self, row: Row, group: Taken, leading: Identity, first: date | None, last: date | None) -> Item:
        school, role = group.ref.institution, ROLES[row["role"]]
        if role == "pupil":
            self.pupils[school].add(leading)
        data = {
            "group_id": group.ref,
            "group_kind": group.kind,
            "role": role,
            "row_id": RowRef(school, row["sourcedId"]),
            "valid_from": first,
            "valid_to": last,
        }
        report = f"enrollment|{school}|{row['sourcedId']}"
        return Published("enrollment", (Draft(Membership, leading, school, data, report, self.as_of, self.as_of),))


def _last(end: date | None) -> date | None:
    """The last day of an enrollment: OneRoster's endDate is exclusive, the hub's valid_to is not."""
    return end - timedelta(days=1) if end else None
