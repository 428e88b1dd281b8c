"""A OneRoster package opened: bounded before it is unpacked, and what its manifest says held against what it holds."""

import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from types import MappingProxyType
from typing import Final

from contracts import csvfile
from contracts.csvfile import Table
from contracts.errors import Fault, Refused
from contracts.reasons import REASONS

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_RATIO: Final = 200
"""Unpacked bytes, in all and for each packed one."""
MOST_FAULTS: Final = 20

COLUMNS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "orgs": ("sourcedId", "status", "dateLastModified", "type", "identifier"),
        "users": ("sourcedId", "status", "dateLastModified", "userIds", "identifier"),
        "classes": (
            "sourcedId", "status", "dateLastModified", "title", "grades", "classCode", "classType", "schoolSourcedId",
            "termSourcedIds", "subjects", "subjectCodes",
        ),
        "enrollments": (
            "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate",
            "endDate",
        ),
        "academicSessions": ("sourcedId", "status", "dateLastModified", "startDate", "schoolYear"),
        "courses": ("sourcedId", "status", "dateLastModified"),
        "roles": ("sourcedId", "status", "dateLastModified", "userSourcedId", "role", "orgSourcedId"),
    }
)  # fmt: skip
"""What is read, with the columns that it must have, spelt so."""
NEEDED: Final = ("orgs", "users", "classes", "enrollments")
KNOWN: Final = frozenset(COLUMNS) | {
    "categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results",
    "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds", "resultScoreScales", "scoreScales",
    "userProfiles", "userResources",
}  # fmt: skip
"""All that versions 1.1 and 1.2 know."""
VERSIONS: Final = ("1.1", "1.2", "1.2.1")
_MANIFEST: Final = "manifest"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, LookupError, OSError)


def opened(body: bytes) -> dict[str, Table]:
    """The tables of the files that are read; refuses the package for any fault of its own."""
    if not body:
        raise Refused.because("empty_file")
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            contents = _contents(archive, len(body))
    except _BROKEN:
        raise Refused.because("not_a_zip") from None
    _agree(_states(contents[_MANIFEST]), contents)
    return {name: _table(name, content) for name, content in contents.items() if name in COLUMNS}


def refused(faults: Iterable[Fault]) -> None:
    if found := list(faults)[:MOST_FAULTS]:
        raise Refused(found)


def _contents(archive: zipfile.ZipFile, packed: int) -> dict[str, bytes]:
    """By name without `.csv`: the bytes of what is read, nothing for the rest."""
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if size > min(MOST_BYTES, MOST_RATIO * packed):
        detail = f"at most {MOST_BYTES >> 20} MiB unpacked, and {MOST_RATIO} times its own size"
        raise Refused.because("zip_too_large", detail=detail, status=REASONS["zip_too_large"].status)
    names = [entry.filename.removesuffix(".csv") if entry.filename.endswith(".csv") else "" for entry in entries]
    refused(Fault("zip_entry_unknown", f"entry {place}") for place, name in enumerate(names, 1) if name not in KNOWN | {_MANIFEST})
    if len(set(names)) < len(names):
        raise Refused.because("zip_entry_unknown", detail="a file stands in it twice")
    if _MANIFEST not in names:
        raise Refused.because("manifest_missing")
    read = {*COLUMNS, _MANIFEST}
    return {name: _read(archive, entry) if name in read else b"" for name, entry in zip(names, entries, strict=True)}


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Never more than the size that was counted; other methods than deflate have no such bound."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
        raise Refused.because("not_a_zip", detail="encrypted, or packed in another way than deflate")
    with archive.open(entry) as content:
        return content.read(entry.file_size + 1)


def _states(manifest: bytes) -> dict[str, str]:
    """File -> absent or bulk, as the manifest says."""
    told = _properties(manifest)
    if told.get("oneroster.version") not in VERSIONS:
        raise Refused.because("version_unsupported", "manifest.csv", "oneroster.version: " + ", ".join(VERSIONS))
    states = {name.removeprefix("file."): state for name, state in told.items() if name.startswith("file.")}
    if not set(states) <= KNOWN:
        raise _invalid("manifest", "it names a file that OneRoster does not know")
    refused(_fault(name, _WRONG_STATES.get(state, "absent, bulk or delta")) for name, state in states.items() if state not in _STATES)
    return states


_STATES: Final = ("absent", "bulk")
_WRONG_STATES: Final = {"delta": "delta is not taken here: send it as bulk"}


def _properties(manifest: bytes) -> dict[str, str]:
    try:
        table = csvfile.table(manifest, ("propertyName", "value"), ",", legacy=False, file="manifest.csv")
    except Refused as refusal:
        first = refusal.faults[0]
        if first.reason == "national_identifier_present":
            raise
        raise _invalid("manifest", "its header is propertyName,value") from None
    if table.header != ("propertyName", "value") or any(row.width[0] != 2 for row in table.rows):
        raise _invalid("manifest", "its header is propertyName,value")
    names = [row["propertyName"] for row in table.rows]
    if len(set(names)) < len(names):
        raise _invalid("manifest", "a property stands in it twice")
    return {row["propertyName"]: row["value"] for row in table.rows}


def _agree(states: Mapping[str, str], held: Iterable[str]) -> None:
    names = set(held) - {_MANIFEST}
    bulk = {name for name, state in states.items() if state == "bulk"}
    wrong = dict.fromkeys(names - bulk, "the package holds it, the manifest says it is absent")
    wrong |= dict.fromkeys(bulk - names, "the manifest says bulk, the package does not hold it")
    wrong |= {name: "it is needed" for name in NEEDED if name not in names | bulk}
    refused(_fault(name, detail) for name, detail in sorted(wrong.items()))


def _fault(name: str, detail: str) -> Fault:
    return Fault("manifest_invalid", f"{name}.csv", detail)


def _invalid(name: str, detail: str) -> Refused:
    return Refused([_fault(name, detail)])


def _table(name: str, content: bytes) -> Table:
    return csvfile.table(content, COLUMNS[name], ",", legacy=False, file=f"{name}.csv", bare=name != "orgs")
