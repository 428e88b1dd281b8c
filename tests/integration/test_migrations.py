"""Data of every older schema are brought to the newest when a hub starts, and served."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness import Hub, running
from rosters import Person, SchoolClass, package
from sending import SCHEME, statement
from stored import rows

from contracts.dates import instant
from services.migrations import newest, upgrade

SCHOOL = "101001"
AT = datetime.fromisoformat("2026-11-24T12:00:00+01:00")
ANNA, LONE = Person("e1", "student", "anna1a2b"), Person("t1", "teacher", "lone0001")
FIRST = {"log": "log_0001", "store": "store_0001", "access": "access_0001"}


def filled(hub: Hub) -> tuple[tuple[str, str], Any]:
    """A class, its teacher's token, and a supplier that has sent two answers."""
    school = hub.supplier("skole", "oneroster_csv")
    told = package(SCHOOL, [SchoolClass("5a", "5.A", 5, [LONE, ANNA])])
    assert hub.file(school, "oneroster_csv", told, as_of="2026-11-01T08:00:00+01:00").status_code == 200
    supplier = hub.supplier("material", "xapi", subject="MAT", identity=SCHEME)
    answer(hub, supplier, "one")
    answer(hub, supplier, "two")
    hub.ledger(hub.token("--controller"))
    return supplier, hub.token("--teacher", "unilogin:lone0001")


def answer(hub: Hub, supplier: tuple[str, str], item: str) -> None:
    now = instant(hub.http.get("/health/ready").json()["now"])
    assert hub.statements(supplier, statement("anna1a2b", now, item=item)).status_code == 200


def readings(hub: Hub, teacher: Any) -> Any:
    (group,) = hub.get("/v1/groups", teacher)["groups"]
    return hub.get(f"/v1/groups/{group['id']}/indicators", teacher)["readings"]


def first_form(folder: Path, name: Any) -> None:
    """The same rows in a database of the first schema: what an older hub would have left behind."""
    file, old = folder / "var" / f"{name}.db", folder / f"old-{name}.db"
    upgrade(name, f"sqlite:///{old}", to=FIRST[name])
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        connection.execute("ATTACH ? AS newer", (str(file),))
        for table in tables:
            if table != "alembic_version":
                columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))
                connection.execute(f"DELETE FROM main.{table}")
                connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
        connection.execute("DETACH newer")
    for left in folder.joinpath("var").glob(f"{name}.db*"):
        left.unlink()
    old.rename(file)


def revision(folder: Path, name: str) -> str:
    return str(rows(folder, f"{name}.db", "SELECT version_num FROM alembic_version")[0][0])


def test_older_data_are_upgraded_at_start_and_served(tmp_path: Path) -> None:
    with running(tmp_path, clock=f"{AT.isoformat()}@0") as hub:
        supplier, teacher = filled(hub)
        before = readings(hub, teacher)
    for name, first in FIRST.items():
        first_form(tmp_path, name)
        assert revision(tmp_path, name) == first
    with running(tmp_path, clock=f"{AT.isoformat()}@0") as hub:
        assert {name: revision(tmp_path, name) for name in FIRST} == {name: newest(name) for name in ("log", "store", "access")}
        assert readings(hub, teacher) == before
        answer(hub, supplier, "three")
        ledger = hub.ledger(hub.token("--controller"))
        assert sum(row["count"] for row in ledger["rows"] if row["supplier"] == "material") == 3
        assert readings(hub, teacher) != before
        hub.cli("erase", "--identity=unilogin:anna1a2b")


@pytest.mark.parametrize("name", ["log", "store", "access"])
def test_upgrading_twice_is_upgrading_once(name: Any, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    for _ in range(2):
        upgrade(name, f"sqlite:///{tmp_path / 'var' / name}.db")
        assert revision(tmp_path, name) == newest(name)
