"""Real input that nobody here wrote: 7,547 xAPI statements of about 500 learners, late November 2021, through a real hub."""

import base64
import gzip
import json
import random
import secrets
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import kafka
import postgres
import pytest
from harness import Hub, running, shared, until
from oracle.batch import Oracle
from oracle.compare import compare
from oracle.people import pupil
from rosters import Person, SchoolClass, package
from stored import unmeasured

SCHOOL, NOON = "101001", "2021-12-01T12:00:00+01:00"
HOME_PAGE = "http://fun-mooc.fr"
Statement = dict[str, Any]


def statements() -> list[Statement]:
    with gzip.open(shared("xapi-statements.jsonl.gz"), "rt") as lines:
        return [json.loads(line) for line in lines]


def learners(told: list[Statement]) -> list[str]:
    return sorted({one["actor"]["account"]["name"] for one in told})


def roster(names: list[str]) -> bytes:
    """Twenty-five classes of twenty, one teacher for all of them."""
    teacher = Person("t1", "teacher", "lone0001")
    groups = [names[at : at + 20] for at in range(0, len(names), 20)]
    classes = [
        SchoolClass(f"class-{index}", f"5.{index}", 5, [teacher, *(Person(f"e{name}", "student", name) for name in group)])
        for index, group in enumerate(groups)
    ]
    return package(SCHOOL, classes)


def post(hub: Hub, credential: tuple[str, str], told: list[Statement], size: int) -> None:
    for at in range(0, len(told), size):
        answer = hub.statements(credential, told[at : at + size])
        assert answer.status_code == 200, answer.text
        assert answer.json() == [one["id"] for one in told[at : at + size]]


def views(hub: Hub, token: Any) -> list[Any]:
    groups = hub.get("/v1/groups", token)["groups"]
    return [hub.get(f"/v1/groups/{group['id']}/indicators", token)["readings"] for group in groups]


def sheets(folder: Path) -> dict[tuple[str, ...], tuple[bytes, bytes]]:
    """Once they are all measured."""
    until(lambda: not unmeasured(folder))
    with sqlite3.connect(f"file:{folder / 'var' / 'store.db'}?mode=ro", uri=True) as store:
        rows = store.execute(
            "SELECT subject, institution, family, period, facts, summaries FROM sheets WHERE family = 'activity'"
        ).fetchall()
    return {tuple(row[:4]): (row[4], row[5]) for row in rows}


@pytest.fixture(scope="module")
def told() -> list[Statement]:
    return statements()


def test_the_real_statements_are_accounted_for_and_read(tmp_path: Path, told: list[Statement]) -> None:
    names = learners(told)
    with running(tmp_path, clock=f"{NOON}@0") as hub:
        credential = hub.supplier("video", "xapi", subject="DAN", identity=f"{HOME_PAGE}=unilogin")
        school = hub.supplier("skole", "oneroster_csv")
        answer = hub.file(school, "oneroster_csv", roster(names), as_of="2021-11-01T08:00:00+01:00")
        assert answer.status_code == 200, answer.text
        post(hub, credential, told, 50)
        controller, teacher = hub.token("--controller"), hub.token("--teacher", "unilogin:lone0001")
        accounted(hub.ledger(controller))
        first, kept = views(hub, teacher), sheets(tmp_path)
        active(first, names)
        agrees(hub, teacher, first, told, names)
        again = random.Random(7)
        for size in (7, 500, 33):
            post(hub, credential, again.sample(told, len(told)), size)
        hub.ledger(controller)
        facts = sum(len(keyed) for value, _ in kept.values() for keyed in json.loads(value).values())
        cells = [one for view in views(hub, teacher) for student in view for one in student["indicators"]]
        valued = sum(one["value"] is not None for one in cells)
        print(f"compared again: {len(kept)} sheets, {facts} facts, {len(cells)} cells, {valued} not null")
        assert facts == 5_891
        assert sheets(tmp_path) == kept
        assert json.dumps(views(hub, teacher)) == json.dumps(first)


def played(hub: Hub, told: list[Statement], size: int) -> list[Any]:
    """Its views, once all is in them."""
    credential = hub.supplier("video", "xapi", subject="DAN", identity=f"{HOME_PAGE}=unilogin")
    school = hub.supplier("skole", "oneroster_csv")
    answer = hub.file(school, "oneroster_csv", roster(learners(told)), as_of="2021-11-01T08:00:00+01:00")
    assert answer.status_code == 200, answer.text
    post(hub, credential, told, size)
    assert hub.ledger(hub.token("--controller"))["pending"] == 0
    return views(hub, hub.token("--teacher", "unilogin:lone0001"))


def test_on_servers_the_real_statements_give_the_same_bytes(tmp_path: Path, told: list[Statement]) -> None:
    settings, url = {"clock": f"{NOON}@0", "key": base64.b64encode(secrets.token_bytes(32)).decode()}, postgres.database()
    for name in ("files", "servers"):
        (tmp_path / name).mkdir()
    with running(tmp_path / "files", **settings) as hub:
        first = played(hub, told, 500)
        kept = sheets(tmp_path / "files")
    servers = {"log": f"kafka://{kafka.broker().servers}", "kafka_prefix": kafka.prefix(), "kafka_replicas": "1"}
    hub = Hub(tmp_path / "servers", **settings, **servers, store=url, access_log=url)
    hub.cli("migrate")
    hub.cli("topics", "--create")
    hub.start()
    try:
        second = played(hub, random.Random(8).sample(told, len(told)), 50)
        until(lambda: not postgres.ask(url, "SELECT 1 FROM sheets WHERE length(summaries) = 0 LIMIT 1"))
        rows = [row for row in postgres.sheets(url) if row[2] == "activity"]
    finally:
        hub.stop()
        hub.http.close()
    print(f"on servers: {len(rows)} sheets of {len(told)} statements, equal to those in files")
    assert {row[:4]: row[4:] for row in rows} == kept
    assert len(kept) > 1_000
    assert json.dumps(second) == json.dumps(first)


def accounted(ledger: Any) -> None:
    by_kind = {(row["kind"], row["outcome"], row["reason"]): row["count"] for row in ledger["rows"] if row["supplier"] == "video"}
    lines = (f"{kind}: {count} {outcome} {reason}".strip() for (kind, outcome, reason), count in sorted(by_kind.items()))
    print("the ledger by verb:", *lines, sep="\n  ")
    assert by_kind == {
        ("played", "published", ""): 2_418,
        ("paused", "published", ""): 2_326,
        ("seeked", "published", ""): 811,
        ("completed", "published", ""): 217,
        ("terminated", "published", ""): 119,
        ("interacted", "not_used", "verb_not_used"): 1_144,
        ("initialized", "not_used", "verb_not_used"): 494,
        ("downloaded", "not_used", "verb_not_used"): 18,
    }
    assert ledger["received"] == sum(ledger[name] for name in ("published", "repeated", "not_used", "failed"))


def active(readings: list[Any], names: list[str]) -> None:
    """I1 has a value for exactly those who played on 3 finished school days of the window; the others say why not."""
    cells = [
        (one["window"]["name"], one["value"], one["reason"])
        for view in readings
        for student in view
        for one in student["indicators"]
        if one["indicator"] == "active-minutes"
    ]
    for window, expected in (("W20", 107), ("W5", 87)):
        values = [value for name, value, _ in cells if name == window]
        print(f"active-minutes {window}: {sum(value is not None for value in values)} of {len(values)} have a value")
        assert len(values) == len(names)
        assert sum(value is not None for value in values) == expected
    assert {reason for _, value, reason in cells if value is None} == {"too_few_days"}
    assert all(reason is None for _, value, reason in cells if value is not None)


def agrees(hub: Hub, teacher: Any, readings: list[Any], told: list[Statement], names: list[str]) -> None:
    """Cell by cell with the independent oracle."""
    oracle = Oracle(date(2021, 12, 1), datetime.fromisoformat(NOON).astimezone(UTC))
    oracle.xapi(told, SCHOOL, "DAN", "video", "video", {HOME_PAGE: "unilogin"})
    oracle.roster([pupil(name, [("unilogin", name)], [(SCHOOL, "5", 5, None, None)]) for name in names])
    asked = [{"scheme": "unilogin", "value": name} for name in names]
    resolved = hub.http.post("/v1/students:resolve", json={"identities": asked}, headers=dict(teacher)).json()["students"]
    name_of = {one["student"]: name for one, name in zip(resolved, names, strict=True)}
    report = compare(
        oracle.cells(subjects=["DAN"]), [one for view in readings for one in view], name_of.__getitem__, expected={"active-minutes"}
    )
    print(*report.lines(), sep="\n")
    assert report.differences == []
