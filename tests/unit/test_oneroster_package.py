"""oneroster_csv: the faults of a package, each named (domain 1.6)."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.oneroster import SMALL, body, manifest, packed, roster, texts
from unit.posting import outcomes, reason, refusal, taken

from connectors.oneroster_csv import CONNECTOR
from contracts.errors import Refused

pytestmark = pytest.mark.quick


def faults(content: bytes) -> list[tuple[str, str]]:
    return [(fault.reason, fault.pointer) for fault in refusal(CONNECTOR, content).faults]


@pytest.mark.parametrize(
    "content",
    [b"PK", b"sourcedId,status\n", b"\x00" * 100, body()[:-30], body()[:40]],
    ids=["letters", "csv", "zeros", "no end", "no more than a head"],
)
def test_what_is_no_zip(content: bytes) -> None:
    assert faults(content) == [("not_a_zip", "")]


def test_an_empty_body() -> None:
    assert faults(b"") == [("empty_file", "")]


def test_a_zip_of_another_kind_of_packing() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("manifest.csv", manifest({}))
    assert faults(out.getvalue()) == [("not_a_zip", "")]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"manifest.csv": manifest({}), "users.csv": b"0" * 100_000_000})
    refused = refusal(CONNECTOR, bomb)
    assert (refused.faults[0].reason, refused.status) == ("zip_too_large", 413)


def test_a_zip_that_unpacks_to_two_hundred_times_its_size() -> None:
    assert faults(packed({"manifest.csv": manifest({}), "users.csv": b"0" * 5_000_000})) == [("zip_too_large", "")]


def test_a_zip_that_lies_about_its_sizes() -> None:
    content = bytearray(body(users=SMALL["users"] + [f"x{n},,,o1,student,,,,," for n in range(500)]))
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"users.csv"))
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert faults(bytes(content)) == [("not_a_zip", "")]


def test_an_entry_that_one_roster_does_not_know() -> None:
    files = {"manifest.csv": manifest(SMALL), **texts(SMALL)}
    assert faults(packed({**files, "elever.csv": "a"})) == [("zip_entry_unknown", "entry 6")]
    assert faults(packed({**files, "roster/users.csv": "a"})) == [("zip_entry_unknown", "entry 6")]
    assert faults(packed({**files, "Users.csv": "a"})) == [("zip_entry_unknown", "entry 6")]
    assert faults(packed({**files, "mappe/": ""})) == [("zip_entry_unknown", "entry 6")]


def test_a_file_twice_in_the_zip() -> None:
    out = io.BytesIO(body())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.csv", "a")
    assert faults(out.getvalue()) == [("zip_entry_unknown", "")]


def test_gradebook_files_are_accepted_and_not_opened() -> None:
    files = {**SMALL, "results": [], "demographics": [], "userProfiles": []}
    content = {"manifest.csv": manifest(files), **texts(SMALL)}
    unread = dict.fromkeys(("results.csv", "demographics.csv", "userProfiles.csv"), b"\xff\x00 no csv")
    assert outcomes(taken(CONNECTOR, packed({**content, **unread}))) == outcomes(roster())


def test_a_package_without_a_manifest() -> None:
    assert faults(packed(texts(SMALL))) == [("manifest_missing", "")]


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("property,value\r\nfile.users,bulk\r\n", [("manifest_invalid", "manifest.csv")]),
        ("propertyname,Value\r\nfile.users,bulk\r\n", [("manifest_invalid", "manifest.csv")]),
        ("value,propertyName\r\nbulk,file.users\r\n", [("manifest_invalid", "manifest.csv")]),
        ("propertyName;value\r\nfile.users;bulk\r\n", [("manifest_invalid", "manifest.csv")]),
        ("", [("manifest_invalid", "manifest.csv")]),
        (manifest(SMALL) + "file.users,bulk\r\n", [("manifest_invalid", "manifest.csv")]),
        (manifest(SMALL) + "file.elever,bulk\r\n", [("manifest_invalid", "manifest.csv")]),
        (manifest(SMALL, "1.0"), [("version_unsupported", "manifest.csv")]),
        (manifest(SMALL, users="delta"), [("manifest_invalid", "users.csv")]),
        (manifest(SMALL, users="some", orgs="all"), [("manifest_invalid", "orgs.csv"), ("manifest_invalid", "users.csv")]),
        (manifest(SMALL, users="absent"), [("manifest_invalid", "users.csv")]),
        (manifest(SMALL, courses="bulk"), [("manifest_invalid", "courses.csv")]),
    ],
)
def test_manifests(written: str, wrong: list[tuple[str, str]]) -> None:
    assert faults(packed({"manifest.csv": written, **texts(SMALL)})) == wrong


def test_the_reason_of_a_delta_is_said() -> None:
    (fault,) = refusal(CONNECTOR, packed({"manifest.csv": manifest(SMALL, users="delta"), **texts(SMALL)})).faults
    assert "delta is not taken here" in fault.detail


@pytest.mark.parametrize("name", ["orgs", "users", "classes", "enrollments"])
def test_the_files_that_a_roster_needs(name: str) -> None:
    assert faults(body(**{name: None})) == [("manifest_invalid", f"{name}.csv")]


@pytest.mark.parametrize("name", ["orgs", "users", "classes", "enrollments"])
@pytest.mark.parametrize("column", ["sourcedId", "status", "dateLastModified"])
def test_headers_are_exact(name: str, column: str) -> None:
    written = texts(SMALL)
    written[f"{name}.csv"] = written[f"{name}.csv"].replace(column, column.upper(), 1)
    (fault,) = refusal(CONNECTOR, packed({"manifest.csv": manifest(SMALL), **written})).faults
    assert (fault.reason, fault.pointer, fault.detail) == ("column_missing", f"{name}.csv", column)


def test_text_that_is_not_utf_8() -> None:
    written = {**texts(SMALL), "users.csv": texts(SMALL)["users.csv"].encode("latin-1")}
    assert reason(CONNECTOR, packed({"manifest.csv": manifest(SMALL), **written})) == "not_utf8"


def test_no_school_at_all() -> None:
    assert faults(body(orgs=[])) == [("empty_file", "orgs.csv")]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"users": [*SMALL["users"], "u1,,,o1,student,,,,78,"]}, "users.csv line 3, column sourcedId"),
        ({"classes": SMALL["classes"] * 2}, "classes.csv line 3, column sourcedId"),
        ({"enrollments": SMALL["enrollments"] * 2}, "enrollments.csv line 3, column sourcedId"),
    ],
)
def test_an_id_twice(changed: dict[str, list[str]], where: str) -> None:
    assert faults(body(**changed)) == [("id_repeated", where)]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"orgs": ["o1,,,Skole,school,101001,d1"]}, "orgs.csv line 2, column parentSourcedId"),
        ({"users": ['u1,,,"o1,o9",student,,,,77,']}, "users.csv line 2, column orgSourcedIds"),
        ({"classes": ["c1,,,5.A,05,,5.A,homeroom,o9,,,"]}, "classes.csv line 2, column schoolSourcedId"),
        ({"classes": ["c1,,,5.A,05,k9,5.A,homeroom,o1,,,"], "courses": []}, "classes.csv line 2, column courseSourcedId"),
        ({"classes": ["c1,,,5.A,05,,5.A,homeroom,o1,t9,,"], "academicSessions": []}, "classes.csv line 2, column termSourcedIds"),
        ({"enrollments": ["e1,,,c9,o1,u1,student,,,"]}, "enrollments.csv line 2, column classSourcedId"),
        ({"enrollments": ["e1,,,c1,o1,u9,student,,,"]}, "enrollments.csv line 2, column userSourcedId"),
        ({"roles": ["r1,,,u9,primary,student,,,o1,"]}, "roles.csv line 2, column userSourcedId"),
    ],
)
def test_references_that_lead_nowhere(changed: dict[str, list[str]], where: str) -> None:
    assert faults(body(**changed)) == [("reference_dangling", where)]


def test_a_file_that_is_absent_is_not_pointed_into() -> None:
    assert outcomes(roster(classes=["c1,,,5.A,05,k9,5.A,homeroom,o1,t9,,"]))[2] == "published"


def test_bulk_rows_have_no_status_and_at_most_twenty_faults_are_named() -> None:
    assert faults(body(users=["u1,active,,o1,student,,,,77,"])) == [("value_invalid", "users.csv line 2, column status")]
    assert faults(body(users=["u1,,2026-11-23,o1,student,,,,77,"])) == [("value_invalid", "users.csv line 2, column dateLastModified")]
    assert len(faults(body(users=[f"u{n},active,,o1,student,,,,," for n in range(50)]))) == 20


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_a_damaged_zip_is_taken_or_refused(place: int, junk: bytes) -> None:
    content = bytearray(body())
    at = place % len(content)
    content[at : at + len(junk)] = junk
    assert became(bytes(content))


def became(content: bytes) -> str:
    try:
        return f"{len(taken(CONNECTOR, content).items)} items"
    except Refused as refused:
        return refused.faults[0].reason
