"""The classes of a package to groups."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from connectors.oneroster_csv.integrity import listed
from contracts.connector import Draft, Item, Published
from contracts.csvfile import Row
from contracts.dates import Micros, local_date, school_year
from contracts.events import Group
from contracts.privacy import GroupRef

KINDS: Final = {"homeroom": "class", "scheduled": "hold"}
LONGEST_NAME: Final = 80
LONGEST_ID: Final = 255
_SUBJECT = re.compile(r"[0-9A-ZÆØÅ]{2,8}")
_GRADE = re.compile(r"0?[0-9]|10")
_YEAR = re.compile(r"20[0-9]{2}")


@dataclass(frozen=True)
class Taken:
    """A group that memberships may be of."""

    ref: GroupRef
    kind: str


@dataclass
class Groups:
    """schools: org -> institution, of those that the credential is for. foreign: classes of other schools."""

    schools: Mapping[str, str]
    sessions: Iterable[Row]
    as_of: Micros
    taken: dict[str, Taken] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)

    def read(self, row: Row) -> Item:
        source, school = row.needed("sourcedId"), self.schools.get(row.needed("schoolSourcedId"))
        if school is None:
            self.foreign.add(source)
            raise row.fault("institution_not_registered", "schoolSourcedId")
        if len(source) > LONGEST_ID:
            raise row.fault("value_invalid", "sourcedId", f"at most {LONGEST_ID} characters")
        kind = KINDS.get(row.needed("classType"))
        if kind is None:
            raise row.fault("value_invalid", "classType", "homeroom or scheduled")
        ref = GroupRef(school, source)
        data = {
            "source_id": _name(row, "classCode" if row["classCode"] else "title"), "name": _name(row, "title"), "kind": kind,
            "grade_level": _grade(row), "subject_code": _subject(row), "school_year": self._year(row),
        }  # fmt: skip
        self.taken[source] = Taken(ref, kind)
        return Published("class", (Draft(Group, ref, school, data, f"class|{school}|{source}", self.as_of, self.as_of),))

    def _year(self, row: Row) -> str:
        """By its first term that tells, else the school year of the export."""
        terms = set(listed(row["termSourcedIds"]))
        years = sorted(year for session in self.sessions if session["sourcedId"] in terms and (year := _school_year(session)))
        return years[0] if years else school_year(local_date(self.as_of))


def _school_year(session: Row) -> str | None:
    """OneRoster names a school year by the year in which it ends."""
    if _YEAR.fullmatch(session["schoolYear"]):
        return f"{int(session['schoolYear']) - 1}-{session['schoolYear']}"
    try:
        return school_year(date.fromisoformat(session["startDate"]))
    except ValueError:
        return None


def _name(row: Row, column: str) -> str:
    name = row.needed(column)
    if len(name) > LONGEST_NAME:
        raise row.fault("value_invalid", column, f"at most {LONGEST_NAME} characters")
    return name


def _grade(row: Row) -> int | None:
    """The first of its grades that is one of the basic school, 0 to 10."""
    return next((int(grade) for grade in listed(row["grades"]) if _GRADE.fullmatch(grade)), None)


def _subject(row: Row) -> str:
    codes = [*listed(row["subjectCodes"]), *listed(row["subjects"])]
    return next((code for code in codes if _SUBJECT.fullmatch(code)), "unassigned")
