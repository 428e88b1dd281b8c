"""Small OneRoster packages, written row by row."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from unit.posting import taken

from connectors.oneroster_csv import CONNECTOR
from connectors.oneroster_csv.package import KNOWN
from contracts.connector import Registration, Translation
from contracts.privacy import Identity

ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
USERS = "sourcedId,status,dateLastModified,orgSourcedIds,role,userIds,givenName,familyName,identifier,email"
ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds,subjects,"
    "subjectCodes"
)
ENROLLMENTS = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate"
SESSIONS = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
COURSES = "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes"
HEADERS = {
    "orgs": ORGS, "users": USERS, "roles": ROLES, "classes": CLASSES, "enrollments": ENROLLMENTS, "academicSessions": SESSIONS,
    "courses": COURSES,
}  # fmt: skip
SMALL = {
    "orgs": ["o1,,,Skole,school,101001,"],
    "users": ["u1,,,o1,student,{UNI-Login:anna1234},Anna,Ærlig,77,a@b.dk"],
    "classes": ["c1,,,5.A,05,,5.A,homeroom,o1,,,"],
    "enrollments": ["e1,,,c1,o1,u1,student,,,"],
}
ANNA, LOCAL, SOURCED = Identity("unilogin", "anna1234"), Identity("local:101001", "77"), Identity("oneroster:101001", "u1")


def packed(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def manifest(bulk: Mapping[str, Any], version: str = "1.1", **changed: str) -> str:
    states = {f"file.{name}": "bulk" if name in bulk else "absent" for name in sorted(KNOWN)}
    told = {"manifest.version": "1.0", "oneroster.version": version, **states, **{f"file.{name}": state for name, state in changed.items()}}
    return "\r\n".join(("propertyName,value", *(f"{name},{value}" for name, value in told.items()), ""))


def texts(files: Mapping[str, list[str]]) -> dict[str, str]:
    return {f"{name}.csv": "\r\n".join((HEADERS[name], *rows, "")) for name, rows in files.items()}


def body(**changed: list[str] | None) -> bytes:
    """The small package with other rows, or without a file."""
    files = {name: rows for name, rows in {**SMALL, **changed}.items() if rows is not None}
    return packed({"manifest.csv": manifest(files), **texts(files)})


def roster(by: Registration | None = None, **changed: list[str] | None) -> Translation:
    return taken(CONNECTOR, body(**changed), by)
