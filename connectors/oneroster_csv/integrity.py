"""What must hold among the rows of a package before any of them is read: ids that are one row's, references that lead somewhere."""

from collections.abc import Iterator, Mapping
from typing import Final

from connectors.oneroster_csv.package import refused
from contracts.csvfile import Row, Table
from contracts.errors import Fault

Tables = Mapping[str, Table]

REFERENCES: Final = (
    ("orgs", "parentSourcedId", "orgs"),
    ("academicSessions", "parentSourcedId", "academicSessions"),
    ("courses", "orgSourcedId", "orgs"),
    ("courses", "schoolYearSourcedId", "academicSessions"),
    ("classes", "schoolSourcedId", "orgs"),
    ("classes", "courseSourcedId", "courses"),
    ("classes", "termSourcedIds", "academicSessions"),
    ("users", "orgSourcedIds", "orgs"),
    ("users", "primaryOrgSourcedId", "orgs"),
    ("roles", "userSourcedId", "users"),
    ("roles", "orgSourcedId", "orgs"),
    ("enrollments", "classSourcedId", "classes"),
    ("enrollments", "schoolSourcedId", "orgs"),
    ("enrollments", "userSourcedId", "users"),
)
"""(file, column, file that it points into). A file that the manifest calls absent is not pointed into."""

ORGS: Final = ("schoolSourcedId", "orgSourcedIds", "primaryOrgSourcedId", "orgSourcedId")
"""Columns by which a row says where it belongs."""


def check(tables: Tables) -> None:
    """Refuses the package; all faults of one sort together."""
    refused(_lifecycle(tables))
    refused(_repeated(tables))
    refused(_dangling(tables))


def listed(cell: str) -> list[str]:
    """The members of a cell that holds a list: `a,b`."""
    return [member for part in cell.split(",") if (member := part.strip())]


def _lifecycle(tables: Tables) -> Iterator[Fault]:
    """In bulk files status and dateLastModified are blank (domain 1.6)."""
    for row, column in ((row, column) for row in _rows(tables) for column in ("status", "dateLastModified")):
        if row[column]:
            yield Fault("value_invalid", row.where(column), "blank in a bulk file")


def _rows(tables: Tables) -> Iterator[Row]:
    for table in tables.values():
        yield from table.rows


def _repeated(tables: Tables) -> Iterator[Fault]:
    for table in tables.values():
        seen: set[str] = set()
        for row in table.rows:
            if row["sourcedId"] in seen:
                yield Fault("id_repeated", row.where("sourcedId"))
            seen |= {row["sourcedId"]} - {""}


def _dangling(tables: Tables) -> Iterator[Fault]:
    held = {name: {row["sourcedId"] for row in table.rows} for name, table in tables.items()}
    for name, column, target in REFERENCES:
        if name in tables and target in tables:
            for row in tables[name].rows:
                if not set(listed(row[column])) <= held[target]:
                    yield Fault("reference_dangling", row.where(column), f"not in {target}.csv")
