"""What retention promises, seen in the bytes of the hub's files: databases and write-ahead files, searched raw (design 4)."""

import json
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import Hub, running, until
from proving import PROVE
from rosters import Person, SchoolClass, package
from sending import SCHEME, attendance, statement
from stored import Seal, letters, rows, traces, unmeasured

from contracts.dates import DAY, Micros, instant

SCHOOL = "101001"
BEGIN = datetime.fromisoformat("2026-11-24T12:00:00+01:00")
PUPILS, ANSWERS = 12, 25
TEACHER = Person("t1", "teacher", "lone0001")

LOG, STORE, ACCESS, NOWHERE = frozenset({"log"}), frozenset({"store"}), frozenset({"access"}), frozenset[str]()
BOTH = LOG | STORE
LAST_OF_YEAR = (date(2027, 11, 8) - BEGIN.date()).days
"""Days from the beginning to 31 October after the school year and the 8 days of grace."""

TIMELINE: dict[str, dict[int, frozenset[str]]] = {
    "answer": {0: BOTH, 6: BOTH, 8: STORE, 128: STORE, 129: NOWHERE},
    "claimed answer": {0: BOTH, 8: BOTH, 120: BOTH, 121: STORE, 128: STORE, 129: NOWHERE},
    "failed body": {0: BOTH, 8: STORE, 13: STORE, 15: NOWHERE},
    "failed digest": {0: BOTH, 8: STORE, 13: STORE, 15: NOWHERE},
    "failed item": {0: NOWHERE},
    "attendance": {0: BOTH, 8: STORE, LAST_OF_YEAR: STORE, LAST_OF_YEAR + 1: NOWHERE},
    "pupil": {0: BOTH, 120: BOTH, 121: STORE, LAST_OF_YEAR: STORE, LAST_OF_YEAR + 1: NOWHERE},
    "left": {0: BOTH, 8: STORE, LAST_OF_YEAR: STORE, LAST_OF_YEAR + 1: NOWHERE},
    "dropped": {0: BOTH, 8: STORE, LAST_OF_YEAR: STORE, LAST_OF_YEAR + 1: NOWHERE},
    "stays": {0: BOTH, 8: STORE, LAST_OF_YEAR: STORE, LAST_OF_YEAR + 1: STORE},
    "read": {0: ACCESS, 396: ACCESS, 397: NOWHERE},
}
"""Canary -> days since the beginning -> the files that hold it, until the next day named."""
_NAMED = sorted({day for told in TIMELINE.values() for day in told} - {0})
DAYS = _NAMED if PROVE else [8, 15, 129, LAST_OF_YEAR + 1, 397]
"""At full size also the last days on which each is still there."""
DELETION = 'fremgang_deleted_total{what="access_log"}'
"""In the metrics once the daily deletion, whose last step it is, has run."""


pytestmark = [pytest.mark.prove] if PROVE else []


def places(folder: Path, token: str) -> frozenset[str]:
    """Which of log, store and access hold a token; a file of another name by its own."""
    return frozenset(name.removesuffix("-wal").removesuffix("-shm").removesuffix(".db") for name in traces(folder, token))


def later(days: int) -> str:
    return f"{(BEGIN + timedelta(days=days)).isoformat()}@0"


def planted(hub: Hub, folder: Path) -> dict[str, str]:
    """Canary -> its token, in items that are all taken and folded."""
    token = {name: f"canary{letters()}" for name in ("answer", "claimed", "failed", "left", "dropped", "stays")}
    supplier = hub.supplier("material", "xapi", "attendance_csv", "oneroster_csv", subject="MAT", identity=SCHEME)
    now = instant(hub.http.get("/health/ready").json()["now"])
    _rosters(hub, supplier, token)
    _answers(hub, supplier, token, now)
    assert hub.file(supplier, "attendance_csv", attendance([("elev1", "24-11-2026", "S")]), as_of=BEGIN.isoformat()).status_code == 200
    teacher: Any = hub.token("--teacher", "unilogin:lone0001")
    token["read"] = "s_" + "canary" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(20))
    assert hub.http.get(f"/v1/students/{token['read']}", headers=teacher).status_code == 404
    hub.ledger(hub.token("--controller"))
    return _named(token, folder)


def _rosters(hub: Hub, supplier: tuple[str, str], token: dict[str, str]) -> None:
    """Three pupils' rows: one ends with the school year, one is in the first file only, one stays."""
    people = {name: Person(token[name], "student", f"{name}{token[name][-4:]}") for name in ("left", "dropped", "stays")}
    ends = {token["left"]: ("2026-08-10", "2027-06-25")}
    for number, names in enumerate((("left", "dropped", "stays"), ("left", "stays"))):
        school_class = SchoolClass("5a", "5.A", 5, [TEACHER, *(people[name] for name in names)], dates=ends)
        at = (BEGIN - timedelta(hours=2 - number)).isoformat()
        answer = hub.file(supplier, "oneroster_csv", package(SCHOOL, [school_class]), as_of=at, force="true")
        assert answer.status_code == 200, answer.text
        assert answer.json()["failed"] == 0, answer.text


def _answers(hub: Hub, supplier: tuple[str, str], token: dict[str, str], now: Micros) -> None:
    """Many, sent in pieces, so that rows grow and move in their pages."""
    own = "https://fremgang.dk/xapi/extensions/"
    for number in range(ANSWERS):
        attempt = {"context": {"extensions": {f"{own}attempt": f"a{number}", f"{own}attempt-no": 1}}}
        batch = [statement(f"elev{pupil}", now, item=f"{token['answer']}-{number}") for pupil in range(PUPILS)]
        batch += [statement(f"elev{pupil}", now, item=f"{token['claimed']}-{number}", **attempt) for pupil in range(PUPILS)]
        assert hub.statements(supplier, batch).status_code == 200
    future = [statement("elev0", now + 30 * DAY, item=f"{token['failed']}-{number}") for number in range(5)]
    assert hub.statements(supplier, future).status_code == 200


def _named(token: dict[str, str], folder: Path) -> dict[str, str]:
    seal = Seal(folder)
    body, digest = rows(folder, "store.db", "SELECT body, digest FROM failed LIMIT 1")[0]
    return {
        "answer": token["answer"],
        "claimed answer": token["claimed"],
        "failed body": body,
        "failed digest": digest,
        "failed item": token["failed"],
        "attendance": seal.report("material", "attendance_csv", f"attendance|{SCHOOL}|unilogin|elev1|2026-11-24|start"),
        "pupil": seal.identity("unilogin", "elev0"),
        **{name: seal.row(SCHOOL, f"e-5a-{token[name]}") for name in ("left", "dropped", "stays")},
        "read": token["read"],
    }


def expected(day: int) -> dict[str, frozenset[str]]:
    return {name: told[max(known for known in told if known <= day)] for name, told in TIMELINE.items()}


def summaries(folder: Path) -> dict[Any, bytes]:
    """Once the hub has measured them all."""
    until(lambda: not unmeasured(folder))
    found = rows(folder, "store.db", "SELECT subject, period, summaries FROM sheets WHERE family = 'activity'")
    return {(subject, period): told for subject, period, told in found}


def test_each_canary_is_gone_when_its_time_is_over_and_not_before(tmp_path: Path) -> None:
    with running(tmp_path, clock=later(0)) as hub:
        token = planted(hub, tmp_path)
        found = {name: places(tmp_path, one) for name, one in token.items()}
        assert found == expected(0)
        measured = summaries(tmp_path)
        assert len(measured) == PUPILS
    for day in DAYS:
        with running(tmp_path, clock=later(day)) as hub:
            until(lambda hub=hub: DELETION in hub.http.get("/metrics").text)
            found = {name: places(tmp_path, one) for name, one in token.items()}
            print(f"day {day}: " + ", ".join(f"{name} in {'+'.join(sorted(where)) or 'nothing'}" for name, where in found.items()))
            assert found == expected(day)
            if 129 <= day <= LAST_OF_YEAR:
                assert summaries(tmp_path) == measured
                assert all(facts == b"{}" for (facts,) in rows(tmp_path, "store.db", "SELECT facts FROM sheets WHERE family = 'activity'"))
    assert summaries(tmp_path) == {}
    assert all(b"first-try-correctness" in told and json.loads(told) for told in measured.values())
