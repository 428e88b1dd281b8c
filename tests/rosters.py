"""A OneRoster package of a plain description, as a school system would export it."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FILES = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics", "enrollments",
    "lineItems", "orgs", "resources", "results", "users",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """user_ids: OneRoster's own form, as `{UNI-Login:anna1234}`."""

    id: str
    role: str = "student"
    unilogin: str | None = None

    @property
    def user_ids(self) -> str:
        return f"{{UNI-Login:{self.unilogin}}}" if self.unilogin else ""


@dataclass(frozen=True)
class SchoolClass:
    id: str
    code: str
    grade: int | None
    people: Sequence[Person]
    kind: str = "homeroom"
    subject: str = ""
    dates: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def package(institution: str, classes: Sequence[SchoolClass], **replaced: bytes | None) -> bytes:
    """The zip. replaced: files to put in another's place (name without .csv), or to leave out (None) though the manifest has them."""
    people = {person.id: person for one in classes for person in one.people}
    files = {
        "orgs": table([{"sourcedId": "o1", "name": "Skole", "type": "school", "identifier": institution}], ORGS),
        "academicSessions": table([YEAR], SESSIONS),
        "courses": table([{"sourcedId": "c1", "title": "Grundskole", "orgSourcedId": "o1"}], COURSES),
        "classes": table([_class(one) for one in classes], CLASSES),
        "users": table([_user(person) for person in people.values()], USERS),
        "enrollments": table([_enrollment(one, person) for one in classes for person in one.people], ENROLLMENTS),
    }  # fmt: skip
    manifest = {f"file.{name}": "bulk" if name in files else "absent" for name in FILES}
    rows = [
        {"propertyName": name, "value": value}
        for name, value in {"manifest.version": "1.0", "oneroster.version": "1.1", **manifest}.items()
    ]
    files["manifest"] = table(rows, ("propertyName", "value"))
    return zipped({**files, **replaced})


def zipped(files: Mapping[str, bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package_:
        for name, content in files.items():
            if content is not None:
                package_.writestr(name if "." in name else f"{name}.csv", content)
    return out.getvalue()


YEAR = {
    "sourcedId": "t1", "title": "2026", "type": "schoolYear", "startDate": "2026-08-01", "endDate": "2027-08-01", "schoolYear": "2027",
}  # fmt: skip
ORGS = ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId")
SESSIONS = ("sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear")
COURSES = (
    "sourcedId",
    "status",
    "dateLastModified",
    "schoolYearSourcedId",
    "title",
    "courseCode",
    "grades",
    "orgSourcedId",
    "subjects",
    "subjectCodes",
)
CLASSES = (
    "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType", "location",
    "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
)  # fmt: skip
USERS = (
    "sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds", "givenName", "familyName",
    "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
)  # fmt: skip
ENROLLMENTS = (
    "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate",
    "endDate",
)  # fmt: skip


def _class(one: SchoolClass) -> dict[str, Any]:
    return {
        "sourcedId": one.id, "title": one.code, "grades": "" if one.grade is None else f"{one.grade:02}", "courseSourcedId": "c1",
        "classCode": one.code, "classType": one.kind, "schoolSourcedId": "o1", "termSourcedIds": "t1", "subjectCodes": one.subject,
    }  # fmt: skip


def _user(person: Person) -> dict[str, Any]:
    return {
        "sourcedId": person.id, "enabledUser": "true", "orgSourcedIds": "o1", "role": person.role, "username": person.id,
        "userIds": person.user_ids, "givenName": "Opdigtet", "familyName": "Person", "identifier": person.id,
    }  # fmt: skip


def _enrollment(one: SchoolClass, person: Person) -> dict[str, Any]:
    begin, end = one.dates.get(person.id, ("", ""))
    return {
        "sourcedId": f"e-{one.id}-{person.id}", "classSourcedId": one.id, "schoolSourcedId": "o1", "userSourcedId": person.id,
        "role": person.role, "primary": "false", "beginDate": begin, "endDate": end,
    }  # fmt: skip
