"""A school whose roster is Denmark's own: class views from it, the next export, and one school that sends the other format beside it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from harness import Hub, running, until
from rosters import Person, SchoolClass, package
from sending import SCHEME, statement
from unit.skolegrunddata import document, employee, group, institution, pupil, school

from contracts.dates import micros

OTHER = "101002"
PUPILS = [f"elev{n:04}" for n in range(10)]
HOLD = group("MAT", "Hold")
LONE = employee("lone0001", "Lærer", "Leder")
BOSS = employee("boss0001", "Leder")


def exported(pupils: list[str], hour: int) -> bytes:
    return school(LONE, BOSS, employee("viggo001", "Vikar"), *map(pupil, pupils), at=f"2026-08-10T{hour:02}:00:00").encode()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with running(tmp_path) as started:
        yield started


def seen(hub: Hub, teacher: str) -> dict[str, list[Any]]:
    """Group -> its pupils, for that teacher."""
    token = hub.token("--teacher", f"unilogin:{teacher}")
    groups = hub.get("/v1/groups", token)["groups"]
    return {one["source_id"]: hub.get(f"/v1/groups/{one['id']}/indicators", token)["readings"] for one in groups}


def test_class_views_follow_the_newest_export_and_no_older_one(hub: Hub) -> None:
    sender = hub.supplier("matematik-x", "xapi", subject="MAT", identity=SCHEME)
    stil = hub.supplier("stil", "skolegrunddata")
    assert hub.statements(sender, [statement("elev0003", micros(datetime.now(UTC)))]).status_code == 200
    controller = hub.token("--controller")
    answer = hub.file(stil, "skolegrunddata", exported(PUPILS, 8))
    assert (answer.status_code, answer.json()["failed"], answer.json()["not_used"]) == (200, 0, 2)
    assert hub.ledger(controller)["unlinked_identities"] == 0
    told = [one for reader in seen(hub, "lone0001")["5A"] for one in reader["indicators"] if one["indicator"] == "items-answered"]
    assert [one["today"] for one in told if one["today"]] == [{"value": 1.0, "n": 1}]
    assert len(seen(hub, "viggo001")["5A"]) == len(PUPILS)
    assert seen(hub, "boss0001") == {}

    assert hub.file(stil, "skolegrunddata", exported(PUPILS[:-1], 10)).status_code == 200
    hub.ledger(controller)
    assert len(seen(hub, "lone0001")["5A"]) == len(PUPILS) - 1
    assert hub.file(stil, "skolegrunddata", exported(PUPILS, 9)).status_code == 200
    hub.ledger(controller)
    assert len(seen(hub, "lone0001")["5A"]) == len(PUPILS) - 1


def test_an_export_that_would_remove_most_pupils_is_refused_unless_forced(hub: Hub) -> None:
    stil = hub.supplier("stil", "skolegrunddata")
    assert hub.file(stil, "skolegrunddata", exported(PUPILS, 8)).status_code == 200
    controller = hub.token("--controller")
    hub.ledger(controller)
    few = exported(PUPILS[:4], 9)
    answer = hub.file(stil, "skolegrunddata", few)
    assert (answer.status_code, answer.json()["errors"][0]["reason"]) == (409, "roster_shrinks")
    assert len(seen(hub, "lone0001")["5A"]) == 10
    assert hub.file(stil, "skolegrunddata", few, force="true").status_code == 200
    hub.ledger(controller)
    assert len(seen(hub, "lone0001")["5A"]) == 4


def test_two_schools_with_a_format_each(hub: Hub) -> None:
    """A teacher of both sees both; an export of the one says nothing of the other."""
    stil = hub.supplier("stil", "skolegrunddata")
    system = hub.supplier("skolesystem", "oneroster_csv", institutions=(OTHER,))
    lone = Person("t1", "teacher", "lone0001")
    classes = [SchoolClass("c8b", "8.B", 8, [lone, *(Person(name, "student", name) for name in PUPILS[:3])])]
    assert hub.file(system, "oneroster_csv", package(OTHER, classes), as_of="2026-08-10T08:00:00+02:00").status_code == 200
    assert hub.file(stil, "skolegrunddata", exported(PUPILS[3:], 8)).status_code == 200
    hub.ledger(hub.token("--controller"))
    assert {name: len(pupils) for name, pupils in seen(hub, "lone0001").items()} == {"8.B": 3, "5A": 7}
    foreign = document(institution(HOLD, LONE, number=OTHER), at="2026-08-10T12:00:00").encode()
    refused = hub.file(stil, "skolegrunddata", foreign)
    assert (refused.status_code, refused.json()["errors"][0]["reason"]) == (400, "institution_not_registered")
    assert hub.file(stil, "skolegrunddata", exported(PUPILS[3:], 12)).status_code == 200
    hub.ledger(hub.token("--controller"))
    assert {name: len(pupils) for name, pupils in seen(hub, "lone0001").items()} == {"8.B": 3, "5A": 7}


def test_an_export_in_the_watched_folder_and_nothing_direct_on_disk(hub: Hub) -> None:
    stil = hub.supplier("stil", "skolegrunddata")
    folder = hub.folder / "var" / "inbox" / stil[0] / "skolegrunddata"
    folder.mkdir(parents=True)
    bad = pupil("carl9012", role="Lærling")
    (folder / "export.xml").write_bytes(exported(PUPILS, 8).replace(b"</Institution>", bad.encode() + b"</Institution>"))
    until(lambda: not list(folder.iterdir()))
    controller = hub.token("--controller")
    assert hub.ledger(controller)["failed"] == 1
    (failed,) = hub.get("/v1/failed", controller)["failed"]
    assert (failed["reason"], failed["pointer"].partition(", ")[2]) == ("value_invalid", "InstitutionPerson/Student/Role")
    assert len(seen(hub, "lone0001")["5A"]) == 10
    stored = b"".join(file.read_bytes() for file in (hub.folder / "var").iterdir() if file.is_file())
    assert all(name.encode() not in stored for name in (*PUPILS, "lone0001", "carl9012", "Lærling"))
