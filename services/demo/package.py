"""A OneRoster 1.1 CSV package: the columns that the standard names, in its order, and a manifest; the same rows give the same bytes."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final

Rows = list[dict[str, str]]

COLUMNS: Final[Mapping[str, str]] = {
    "academicSessions": "sourcedId status dateLastModified title type startDate endDate parentSourcedId schoolYear",
    "orgs": "sourcedId status dateLastModified name type identifier parentSourcedId",
    "courses": "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": (
        "sourcedId status dateLastModified title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds "
        "subjects subjectCodes periods"
    ),
    "users": (
        "sourcedId status dateLastModified enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier "
        "email sms phone agentSourcedIds grades password"
    ),
    "enrollments": (
        "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate"
    ),
}  # fmt: skip
_ABSENT: Final = ("categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results")
_MADE: Final = (2026, 8, 1, 0, 0, 0)


def package(files: Mapping[str, Rows]) -> bytes:
    """A bulk package of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        _add(made, "manifest.csv", _csv(("propertyName", "value"), _manifest(files)))
        for name, rows in files.items():
            _add(made, f"{name}.csv", _csv(COLUMNS[name].split(), rows))
    return out.getvalue()


def _manifest(files: Mapping[str, Rows]) -> Rows:
    states = dict.fromkeys(files, "bulk") | dict.fromkeys(_ABSENT, "absent")
    values = {"manifest.version": "1.0", "oneroster.version": "1.1"} | {f"file.{name}": state for name, state in sorted(states.items())}
    values |= {"source.systemName": "skoleadm", "source.systemCode": "skoleadm"}
    return [{"propertyName": name, "value": value} for name, value in values.items()]


def _csv(columns: Sequence[str], rows: Rows) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _add(made: zipfile.ZipFile, name: str, text: str) -> None:
    made.writestr(zipfile.ZipInfo(name, _MADE), text.encode(), zipfile.ZIP_DEFLATED)
