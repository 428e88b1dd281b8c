"""The heart (design 5): the same events through the embedded hub and through one on servers give byte-equal sheets and readings."""

import base64
import json
import random
import re
import secrets
import signal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import kafka
import postgres
import pytest
from apart import Part
from harness import Hub, running, until
from invented import NOW, TODAY, sent
from invented_hub import class_views, introduce, post
from stored import SHEETS, rows

from contracts.dates import local_date
from services.roles import Role

UNMEASURED = "SELECT 1 FROM sheets WHERE length(summaries) = 0 LIMIT 1"
WEEK = 7
KEY = base64.b64encode(secrets.token_bytes(32)).decode()


class Held(NamedTuple):
    """What a hub came to: its sheets as they are stored, and its class views."""

    sheets: list[Any]
    readings: list[Any]


def deliveries() -> list[Any]:
    return [one for one in sent() if (TODAY - local_date(one.due)).days < WEEK]


def lasting(hub: Hub, told: Iterable[Any]) -> list[Any]:
    """The class views, once all is folded."""
    post(hub, introduce(hub), told)
    assert hub.ledger(hub.token("--controller"))["failed"] == 0
    return class_views(hub)[0]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Held:
    with running(tmp_path_factory.mktemp("hub"), clock=f"{NOW}@0", key=KEY) as hub:
        readings = lasting(hub, deliveries())
        until(lambda: not rows(hub.folder, "store.db", UNMEASURED))
        return Held(rows(hub.folder, "store.db", SHEETS), readings)


class Others:
    """Further processes that fold: they join while events come, one is killed and one told to end, and both come back."""

    def __init__(self, hub: Hub, count: int) -> None:
        self.parts, self._before = [Part(Role.PROCESS, hub) for _ in range(count)], [0.0] * count
        self._store = hub.env["FREMGANG_STORE"]

    def among(self, told: Sequence[Any]) -> Iterator[Any]:
        quarter = len(told) // 4
        for number, one in enumerate(told):
            if number == quarter and self.parts:
                self._join()
            if number == 2 * quarter and self.parts:
                until(lambda: any(self.folded()), 60)
            if number in {2 * quarter, 3 * quarter} and self.parts:
                part = self.parts[at := number % len(self.parts)]
                self._before[at] += _folded(part)
                part.end(signal.SIGKILL if number == 2 * quarter else signal.SIGTERM)
                until(part.start().ready, 60)
            yield one

    def _join(self) -> None:
        """Returns when the partitions are shared anew."""
        before = postgres.epochs(self._store)
        for part in self.parts:
            until(part.start().ready, 60)
        until(lambda: all(now > before[name] for name, now in postgres.epochs(self._store).items()), 60)

    def folded(self) -> list[float]:
        """How many records each has folded, as far as it was asked before it was killed."""
        return [before + _folded(part) for before, part in zip(self._before, self.parts, strict=True)]

    def end(self) -> None:
        for part in self.parts:
            if part.runs():
                assert part.end(signal.SIGTERM) == 0


def _folded(part: Part) -> float:
    """Since it was started last."""
    found = re.search(r"^fremgang_folded_records_total (.+)$", httpx.get(f"{part.url}/metrics").text, re.MULTILINE)
    assert found
    return float(found[1])


@pytest.mark.parametrize(("log", "others"), [("file", 0), ("kafka", 0), ("kafka", 1), ("kafka", 3)])
def test_a_week_of_the_invented_school_gives_the_same_bytes(tmp_path: Path, embedded: Held, log: str, others: int) -> None:
    told, url = deliveries(), postgres.database()
    settings = {"clock": f"{NOW}@0", "key": KEY, "store": url, "access_log": url}
    if log == "kafka":
        settings |= {"log": f"kafka://{kafka.broker().servers}", "kafka_prefix": kafka.prefix(), "kafka_replicas": "1"}
    hub = Hub(tmp_path, **settings)
    hub.cli("migrate")
    if log == "kafka":
        hub.cli("topics", "--create")
    hub.start()
    beside = Others(hub, others)
    try:
        readings = lasting(hub, beside.among(random.Random(3).sample(told, len(told))))
        until(lambda: not postgres.ask(url, UNMEASURED))
        shares = beside.folded()
    finally:
        beside.end()
        hub.stop()
        hub.http.close()
    cells = [one for student in readings for one in student["indicators"]]
    valued = sum(one["value"] is not None for one in cells)
    print(f"{log}, {1 + others} that fold, the others' share {shares}: {len(told)} requests;", end=" ")
    print(f"equal: {len(embedded.sheets)} sheets, {len(cells)} cells, {valued} not null")
    assert len(shares) == others
    assert any(shares) == (others > 0)
    assert valued > 100
    assert postgres.sheets(url) == embedded.sheets
    assert json.dumps(readings) == json.dumps(embedded.readings)
    assert postgres.ask(url, "SELECT count(*) FROM read_students") > [(100,)]
    kept = {file.name for file in (tmp_path / "var").iterdir()} - {"inbox", "hub.sock"}
    assert kept == (set() if log == "kafka" else {"log.db", "log.lock"})
