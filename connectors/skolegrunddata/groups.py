"""The groups of an institution: home classes, teaching groups, years and teams."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from connectors.skolegrunddata.document import Element
from contracts.connector import Draft, Item, NotUsed, Published
from contracts.dates import Micros
from contracts.events import Group
from contracts.privacy import GroupRef

KINDS: Final[Mapping[str, str]] = {"Hovedgruppe": "class", "Hold": "hold", "Årgang": "year", "Team": "team"}
UNUSED: Final = frozenset({"Retning", "SFO", "Andet"})
LONGEST: Final = 80
"""Characters of an id; of a name, which may be longer in the format, the first of them."""
_GRADE = re.compile(r"[0-9]|10")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")


@dataclass(frozen=True)
class Taken:
    """A group that memberships may be of. first, last: inclusive local dates, None where open."""

    ref: GroupRef
    kind: str
    first: date | None
    last: date | None


@dataclass
class Groups:
    """levels: group -> the levels of the pupils whose home class it is. unused: groups that are there and are not read."""

    school: str
    year: str
    as_of: Micros
    levels: Mapping[str, frozenset[str]]
    taken: dict[str, Taken] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)

    def read(self, element: Element) -> Item:
        name, type_ = element.needed("GroupId"), element.needed("GroupType")
        if len(name) > LONGEST:
            raise element.fault("value_invalid", "GroupId", f"at most {LONGEST} characters")
        if type_ in UNUSED:
            self.unused.add(name)
            return NotUsed("group", "object_not_used", institution=self.school)
        if type_ not in KINDS:
            raise element.fault("value_invalid", "GroupType", ", ".join((*KINDS, *sorted(UNUSED))))
        taken = Taken(GroupRef(self.school, name), KINDS[type_], _date(element, "FromDate"), _date(element, "ToDate"))
        if taken.first and taken.last and taken.last < taken.first:
            raise element.fault("value_invalid", "ToDate", "before FromDate")
        self.taken[name] = taken
        return self._published(element, taken)

    def _published(self, element: Element, taken: Taken) -> Item:
        name = taken.ref.source_id
        data = {
            "source_id": name, "name": (element.value("GroupName") or name)[:LONGEST], "kind": taken.kind,
            "grade_level": self._grade(element, name), "subject_code": "unassigned", "school_year": self.year,
        }  # fmt: skip
        report = f"group|{self.school}|{name}"
        return Published("group", (Draft(Group, taken.ref, self.school, data, report, self.as_of, self.as_of),))

    def _grade(self, element: Element, name: str) -> int | None:
        """0 to 10 as the group says, else as all pupils whose home class it is say."""
        told = element.value("GroupLevel")
        levels = frozenset({told}) if told else self.levels.get(name, frozenset())
        level = next(iter(levels)) if len(levels) == 1 else ""
        return int(level) if _GRADE.fullmatch(level) else None


def levels(people: Iterable[Element]) -> dict[str, frozenset[str]]:
    """Group -> the levels of those whose home class it is, as far as they can be read."""
    told: dict[str, set[str]] = {}
    for student in (one for person in people for one in person.all("Student")):
        for group in student.all("MainGroupId"):
            told.setdefault(group.text, set()).update(level.text for level in student.all("Level"))
    return {group: frozenset(of) for group, of in told.items()}


def _date(element: Element, name: str) -> date | None:
    """xs:date; a time zone says nothing of a school's own days."""
    if not (text := element.value(name)):
        return None
    match = _DATE.fullmatch(text)
    try:
        if match and 1900 <= int(text[:4]) <= 2199:
            return date.fromisoformat(match[1])
    except ValueError:
        pass
    raise element.fault("value_invalid", name, "a date, yyyy-mm-dd")
