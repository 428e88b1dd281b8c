"""A hub with a class of pupils and some weeks of answers and registrations: what is kept of it, and copied, and put back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from harness import Hub, until
from load import PUPILS
from rosters import Person, SchoolClass, package
from sending import SCHEME, attendance, statement
from stored import unmeasured

from contracts.dates import DAY, instant, local_date, rfc3339
from services.settings import Settings

SCHOOL: Final = "101001"
NOW: Final = "2026-11-24T12:00:00+01:00"
TEACHER: Final = Person("t1", "teacher", "lone0001")
DAYS: Final = 20
"""Of answers and registrations, to the day before `NOW`."""


def hub_of(folder: Path, clock: str = f"{NOW}@0", **settings: str) -> Hub:
    return Hub(folder, clock=clock, **settings)


def begun(folder: Path) -> tuple[Hub, tuple[str, str]]:
    """A hub that runs, with a class of the load's pupils, some weeks of answers and registrations, and a supplier."""
    folder.mkdir(exist_ok=True)
    hub = hub_of(folder).start()
    return hub, history(hub, *suppliers(hub))


def suppliers(hub: Hub) -> tuple[tuple[str, str], tuple[str, str]]:
    """The school, and who tells of its pupils."""
    return hub.supplier("skole", "oneroster_csv"), hub.supplier("load", "xapi", "attendance_csv", subject="MAT", identity=SCHEME)


def history(hub: Hub, school: tuple[str, str], credential: tuple[str, str]) -> tuple[str, str]:
    """Sends it; answers the credential of whoever told it."""
    people = [TEACHER, *(Person(f"e-{name}", "student", name) for name in PUPILS)]
    told = package(SCHOOL, [SchoolClass("5a", "5.A", 5, people)])
    assert hub.file(school, "oneroster_csv", told, as_of="2026-11-01T08:00:00+01:00").status_code == 200
    past = [instant(NOW) - day * DAY for day in range(1, DAYS + 1)]
    for at in past:
        assert hub.statements(credential, [statement(pupil, at) for pupil in PUPILS]).status_code == 200
    register = attendance((pupil, f"{local_date(at):%d-%m-%Y}", "SLUF"[day % 4]) for day, at in enumerate(past) for pupil in PUPILS)
    assert hub.file(credential, "attendance_csv", register, as_of=rfc3339(past[0])).status_code == 200
    return credential


def padded(folder: Path, megabytes: int) -> None:
    """As large as a hub's data are after a while, so that copying takes its time."""
    for name in ("store.db", "log.db"):
        with closing(sqlite3.connect(folder / "var" / name)) as connection:
            connection.execute("CREATE TABLE padding (bytes BLOB)")
            connection.executemany("INSERT INTO padding VALUES (randomblob(1000000))", [()] * megabytes)
            connection.commit()


def send(hub: Hub, credential: tuple[str, str], count: int = 30) -> None:
    now = instant(hub.http.get("/health/ready").json()["now"])
    assert hub.statements(credential, [statement(PUPILS[n % 30], now) for n in range(count)]).status_code == 200


def readings(hub: Hub) -> Any:
    """Once all that was sent is folded and measured."""
    hub.ledger(hub.token("--controller"))
    until(lambda: not unmeasured(hub.folder))
    teacher = hub.token("--teacher", "unilogin:lone0001")
    (group,) = hub.get("/v1/groups", teacher)["groups"]
    return hub.get(f"/v1/groups/{group['id']}/indicators", teacher)["readings"]


def settings_of(hub: Hub) -> Settings:
    return Settings(
        log=f"sqlite:///{hub.folder}/var/log.db", store=f"sqlite+aiosqlite:///{hub.folder}/var/store.db",
        access_log=f"sqlite+aiosqlite:///{hub.folder}/var/access.db", key_file=hub.folder / ".key" / "hub.key",
    )  # fmt: skip
