"""2xx means synced to disk, seen in the system calls: kill -9 alone would not show a sync that is missing (design 8)."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from harness import Hub
from sending import SCHEME, statement
from synctrace import STRACE, Checked, check, steps

from contracts.dates import instant

STATEMENTS = 12


def taken(told: str) -> bool:
    """The answer to an xAPI request; every other answer lacks its header."""
    return "HTTP/1.1 200" in told and "x-experience-api-version" in told.lower()


def read(told: str) -> bool:
    """The answer of a view that tells of persons."""
    return "HTTP/1.1 200" in told and "cache-control: private" in told.lower()


def traced(folder: Path, **settings: str) -> Path:
    """A hub under trace takes statements one by one, then answers reads."""
    assert shutil.which("strace"), "strace is not installed; `make test` installs it"
    trace = folder / "trace"
    hub = Hub(folder, **settings).start(prefix=(*STRACE, str(trace)))
    try:
        _talk(hub)
    finally:
        hub.stop()
        hub.http.close()
    return trace


def _talk(hub: Hub) -> None:
    credential = hub.supplier("material", "xapi", subject="MAT", identity=SCHEME)
    teacher: Any = hub.token("--teacher", "unilogin:lone0001")
    now = instant(hub.http.get("/health/ready").json()["now"])
    for number in range(STATEMENTS):
        assert hub.statements(credential, statement(f"elev{number}", now)).status_code == 200
    for _ in range(STATEMENTS):
        assert hub.get("/v1/groups", teacher) == {"groups": []}


def checked(trace: Path) -> tuple[Checked, Checked]:
    """Of what was appended, and of what was read."""
    with trace.open(errors="replace") as lines:
        told = list(steps(line.rstrip("\n") for line in lines))
    return check(told, "log.db-wal", taken), check(told, "access.db-wal", read)


def test_an_answer_is_sent_after_the_sync_of_what_it_promises(tmp_path: Path) -> None:
    appended, reads = checked(traced(tmp_path))
    print(f"{appended.answers} appends and {reads.answers} reads, each answered after a sync")
    assert appended == Checked(STATEMENTS, ())
    assert reads == Checked(STATEMENTS, ())


@pytest.mark.parametrize("synchronous", ["off"])
def test_the_same_check_fails_where_sqlite_does_not_sync(tmp_path: Path, synchronous: str) -> None:
    appended, reads = checked(traced(tmp_path, synchronous=synchronous))
    assert len(appended.faults) == appended.answers == STATEMENTS
    assert len(reads.faults) == reads.answers == STATEMENTS
