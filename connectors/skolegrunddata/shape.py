"""The elements of the export format that are taken, those that it knows besides, and how much of it there may be (domain 2.1).

Names are compared without their namespaces, which change with every version of the service.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ROOTS: Final = frozenset(
    {"UNILoginExport", "UNILoginExportSmall", "UNILoginExportMedium", "UNILoginExportFull", "UNILoginExportFullMyndighed"}
)
ROOT: Final = "UNILoginExport"
"""The name under which every root is kept."""

ITEMS: Final = ("Group", "InstitutionPerson")
"""Each of these is an item: what is wrong in one is said of it alone."""

TAKEN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        ROOT: frozenset({"ImportSource", "Institution"}),
        "Institution": frozenset({"InstitutionNumber", "Group", "InstitutionPerson"}),
        "Group": frozenset({"GroupId", "GroupName", "GroupType", "GroupLevel", "FromDate", "ToDate"}),
        "InstitutionPerson": frozenset({"LocalPersonId", "UNILogin", "Student", "Employee", "Extern"}),
        "UNILogin": frozenset({"UserId"}),
        "Student": frozenset({"Role", "Level", "MainGroupId", "GroupId"}),
        "Employee": frozenset({"Role", "GroupId"}),
    }
)
"""Element -> the children of it that are read. Nothing else of a document is kept, not even for a moment longer than it is checked."""

DROPPED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "Institution": frozenset({"InstitutionName"}),
        "Group": frozenset({"Line"}),
        "InstitutionPerson": frozenset({"Person"}),
        "Student": frozenset({"StudentNumber", "Location", "ContactPerson"}),
        "Employee": frozenset({"ShortName", "Occupation", "Location"}),
    }
)
"""Element -> the children of it that the format knows and the hub has no use for: names, addresses, contact persons."""

OPEN: Final = frozenset({"UNILogin", "Extern"})
"""Elements that differ from package to package; what is not taken of them is passed over."""

CPR_ELEMENT: Final = "CivilRegistrationNumber"
PASSWORD_ELEMENT: Final = "InitialPassword"  # noqa: S105 - the name of an element, no password
SMALL: Final = "export the small package (accessLevel small), which holds none"

MOST_DEPTH: Final = 12
MOST_ELEMENTS: Final = 500_000
MOST_ATTRIBUTES: Final = 20
LONGEST_TEXT: Final = 4_000
"""Characters of one element or attribute."""
