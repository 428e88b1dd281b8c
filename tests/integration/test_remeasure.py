"""A version in which an indicator was changed measures the store anew, beside the version that runs (design 4, Retention): what that one
shows meanwhile never fails and never falls, and from the switch on the new version shows what it would, had it measured from the start."""

import json
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import postgres
import pytest
from apart import AGAIN_SECONDS, Apart, on_servers_of_its_own
from harness import FREMGANG, ROOT, XAPI, Hub, running, until
from rosters import Person, SchoolClass, package
from sending import SCHEME, statement
from stored import rows
from tree import PACKAGES

from contracts.dates import instant
from services.registry import discover_measures
from streams.sheet import generation

NOON = datetime.fromisoformat("2026-11-24T12:00:00+01:00")
PUPILS = [Person(f"e{number}", "student", f"elev{number:04}") for number in range(12)]
LONE = Person("t1", "teacher", "lone0001")
CHANGED = "items-answered"
MEASURE = 'return dict(Counter(local_date(fact.content["at"]).isoformat() for fact in facts))'
TWICE = 'return {day: 2 * n for day, n in Counter(local_date(fact.content["at"]).isoformat() for fact in facts).items()}'
REFUSED = "the store is measured by other indicators than this version has; run: fremgang remeasure"
KEY = "subject, institution, family, period"
OTHERS = 3_000
"""Pupils whom no roster names: there are sheets of each."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of a version that counts every answer twice, and says that it is another one."""
    folder = tmp_path_factory.mktemp("newer")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "streams" / "indicators" / f"{CHANGED.replace('-', '_')}.py"
    text = file.read_text("utf-8")
    for old, new in ((MEASURE, TWICE), ("version=1,", "version=2,")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    return folder


def of_version(hub: Hub, source: Path | None) -> Hub:
    hub.env.pop("PYTHONPATH", None)
    if source is not None:
        hub.env["PYTHONPATH"] = str(source)
    return hub


def rostered(hub: Hub, door: str) -> tuple[str, str]:
    """A class, its teacher, and a material; answers the material's credential."""
    school, material = hub.supplier("skole", "oneroster_csv"), hub.supplier("material", "xapi", subject="MAT", identity=SCHEME)
    told = package("101001", [SchoolClass("5a", "5.A", 5, [LONE, *PUPILS])])
    asked = {"as_of": "2026-08-10T08:00:00+02:00"}

    def sent() -> bool:
        return httpx.post(
            f"{door}/files/oneroster_csv", content=told, params=asked, auth=school, headers={"Content-Type": "application/zip"}, timeout=30
        ).is_success  # fmt: skip

    until(sent)
    until(lambda: httpx.post(f"{door}/xapi/statements", json=[], auth=material, headers=XAPI, timeout=30).status_code != 401)
    return material


def posted(door: str, credential: tuple[str, str], told: list[Any]) -> bool:
    try:
        return httpx.post(f"{door}/xapi/statements", json=told, auth=credential, headers=XAPI, timeout=30).status_code == 200
    except httpx.TransportError:
        return False


def answer(number: int, pupil: str) -> dict[str, Any]:
    """On one of the four days before today, or today."""
    return statement(pupil, instant((NOON - timedelta(days=number % 5, minutes=number % 50)).isoformat()))


def history() -> list[list[dict[str, Any]]]:
    """Two answers of everybody."""
    return batches([answer(number, f"elev{number % OTHERS:04}") for number in range(2 * OTHERS)])


def batches(told: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [told[first : first + 100] for first in range(0, len(told), 100)]


class Sending(threading.Thread):
    """Batches of answers of the class, each until it is answered 200. told: what was."""

    def __init__(self, doors: list[str], credential: tuple[str, str]) -> None:
        super().__init__(daemon=True)
        self._doors, self._credential, self._ended = doors, credential, threading.Event()
        self.told: list[dict[str, Any]] = []

    def run(self) -> None:
        number = 0
        while not self._ended.is_set():
            batch = [answer(number + one, str(PUPILS[(number + one) % len(PUPILS)].unilogin)) for one in range(10)]
            number += 10
            while not any(posted(door, self._credential, batch) for door in self._doors):
                time.sleep(AGAIN_SECONDS)
            self.told += batch
            time.sleep(0.1)

    def stop(self) -> None:
        self._ended.set()
        self.join(60)
        assert not self.is_alive()


class Watching(threading.Thread):
    """Reads the class all along. counts: n of all its cells together, each time: it only grows, since nothing is taken back and the clock
    stands. refused: answers of 503 with Retry-After, or none. wrong: what must not be."""

    def __init__(self, url: str, group: str, token: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        self._url, self._token, self._ended = f"{url}/v1/groups/{group}/indicators", dict(token), threading.Event()
        self.counts: list[int] = []
        self.wrong: list[str] = []
        self.refused = 0

    def run(self) -> None:
        while not self._ended.is_set():
            self._look()
            time.sleep(0.05)

    def _look(self) -> None:
        try:
            got = httpx.get(self._url, headers=self._token, timeout=20)
        except httpx.TransportError:
            self.refused += 1
            return
        if got.status_code == 503 and "retry-after" in got.headers and got.headers["content-type"] == "application/problem+json":
            self.refused += 1
        elif got.status_code != 200:
            self.wrong.append(f"{got.status_code} {got.text[:200]}")
        elif self.refused:
            self.wrong.append("it answers again")
        else:
            self.counts.append(sum(cell["n"] for pupil in got.json()["readings"] for cell in pupil["indicators"]))

    def stop(self) -> None:
        self._ended.set()
        self.join(30)
        assert not self.is_alive()


def group(url: str, token: Mapping[str, str]) -> str:
    (found,) = httpx.get(f"{url}/v1/groups", headers=dict(token), timeout=30).json()["groups"]
    return str(found["id"])


def readings(url: str, token: Mapping[str, str]) -> Any:
    got = httpx.get(f"{url}/v1/groups/{group(url, token)}/indicators", headers=dict(token), timeout=30)
    assert got.status_code == 200, got.text
    return got.json()["readings"]


def without_changed(told: Any) -> Any:
    return [[cell for cell in pupil["indicators"] if cell["indicator"] != CHANGED] for pupil in told]


def changed(told: Any) -> list[int]:
    return [cell["n"] for pupil in told for cell in pupil["indicators"] if cell["indicator"] == CHANGED]


def from_the_start(folder: Path, source: Path | None, key: Path, told: list[list[dict[str, Any]]]) -> Any:
    """The readings of a hub of this version alone, that got the same and measured it all."""
    folder.mkdir()
    (folder / ".key").mkdir(mode=0o700)
    shutil.copy(key, folder / ".key")
    hub = of_version(Hub(folder, clock=f"{NOON.isoformat()}@0"), source).start()
    try:
        credential = rostered(hub, hub.url)
        assert all(posted(hub.url, credential, batch) for batch in told)
        hub.ledger(hub.token("--controller"))
        until(lambda: not rows(folder, "store.db", "SELECT 1 FROM sheets WHERE length(summaries) = 0 LIMIT 1"), 120)
        return readings(hub.url, hub.token("--teacher", "unilogin:lone0001"))
    finally:
        hub.stop()
        hub.http.close()


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with on_servers_of_its_own(tmp_path_factory) as started:
        yield started


def one(apart: Apart, query: str) -> Any:
    ((found,),) = postgres.ask(apart.store, query)
    return found


def settled(apart: Apart, credential: tuple[str, str]) -> bool:
    ledger = apart.ledger(credential)
    return bool(ledger and ledger["pending"] == 0 and one(apart, "SELECT count(*) FROM sheets WHERE length(summaries) = 0") == 0)


def killed_under_way(apart: Apart, hub: Hub) -> None:
    """It cannot end before, since somebody has the place of the last sheet."""
    last = f"SELECT {KEY}, '', -1, '' FROM sheets ORDER BY subject DESC, institution DESC, family DESC, period DESC LIMIT 1"
    with postgres.held(apart.store, f"INSERT INTO remeasured ({KEY}, generation, number, summaries) {last}"):
        process = subprocess.Popen([str(FREMGANG), "remeasure"], cwd=hub.folder, env=hub.env, start_new_session=True)
        until(lambda: one(apart, "SELECT count(*) FROM remeasured") > 0 or process.poll() is not None, 60, 0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL


def test_a_changed_indicator_is_measured_anew_beside_the_version_that_serves(apart: Apart, newer: Path, tmp_path: Path) -> None:
    doors, serve = [part.url for part in apart.of("ingest")], apart.of("serve")[0].url
    material, past = rostered(apart.hub, doors[0]), history()
    assert all(posted(doors[0], material, batch) for batch in past)
    until(lambda: settled(apart, material), 120)
    old, sheets = generation(discover_measures()), one(apart, "SELECT count(*) FROM sheets")
    token = apart.hub.token("--teacher", "unilogin:lone0001")
    sending, watching = Sending(doors, material), Watching(serve, group(serve, token), token)
    sending.start()
    watching.start()
    until(lambda: len(watching.counts) > 3)
    new = of_version(Hub(apart.hub.folder), newer)
    new.env = {**apart.hub.env, "PYTHONPATH": str(newer)}
    for role in ("serve", "process", "ingest", "pull"):
        assert REFUSED in new.cli(role, fails=True)

    killed_under_way(apart, new)
    done = one(apart, "SELECT count(*) FROM remeasured")
    assert 0 < done < sheets
    assert one(apart, "SELECT value FROM meta WHERE name = 'generation'") == old
    seen, told = len(watching.counts), len(sending.told)
    until(lambda: len(watching.counts) > seen + 3 and len(sending.told) > told)
    assert (watching.refused, watching.wrong) == (0, [])

    said = new.cli("remeasure")
    print(f"{sheets} sheets, {done} measured before the kill; {said}")
    (again,) = re.findall(r"^Re-measured: ([\d,]+) sheets", said)
    assert 0 < int(again.replace(",", "")) < sheets
    assert one(apart, "SELECT value FROM meta WHERE name = 'generation'") not in (None, old)
    until(lambda: not any(part.runs() for part in apart.parts), 60)
    watching.stop()
    assert (watching.wrong, watching.counts) == ([], sorted(watching.counts))
    assert watching.counts[-1] > watching.counts[0]
    assert watching.refused > 0
    assert "another version measures the store now" in apart.hub.log()
    assert "the store is measured by other indicators" in apart.hub.cli("serve", fails=True)

    apart.hub.env["PYTHONPATH"] = str(newer)
    apart.revive()
    sent = len(sending.told)
    until(lambda: len(sending.told) > sent, 90)
    sending.stop()
    until(lambda: settled(apart, material), 120)
    found, told_all = readings(serve, token), [*past, *batches(sending.told)]
    key = apart.hub.folder / ".key" / "hub.key"
    assert found == from_the_start(tmp_path / "new", newer, key, told_all)
    before = from_the_start(tmp_path / "old", None, key, told_all)
    assert without_changed(found) == without_changed(before)
    assert changed(found) == [2 * n for n in changed(before)]
    assert sum(changed(before)) > 0
    print(f"{len(watching.counts)} views of the old version, n from {watching.counts[0]} to {watching.counts[-1]}")


def test_on_files_it_is_measured_anew_while_no_hub_runs(newer: Path, tmp_path: Path) -> None:
    hub, told = Hub(tmp_path, clock=f"{NOON.isoformat()}@0").start(), history()[:4]
    try:
        material = rostered(hub, hub.url)
        assert all(posted(hub.url, material, batch) for batch in told)
        hub.ledger(hub.token("--controller"))
        token = hub.token("--teacher", "unilogin:lone0001")
        before = readings(hub.url, token)
        assert hub.cli("remeasure", fails=True) == "fremgang: re-measuring: a hub runs on these data; stop it first"
        hub.stop()
        of_version(hub, newer)
        for command in (("run",), ("token", "--controller"), ("backup", str(tmp_path / "backup"))):
            assert hub.cli(*command, fails=True).endswith(REFUSED)
        assert REFUSED in json.dumps(json.loads(checked(hub)))
        (sheets,) = re.findall(r"^Re-measured: (\d+) sheets with \d+ facts .* They serve now\.$", hub.cli("remeasure"), re.MULTILINE)
        assert int(sheets) > 400
        assert hub.cli("remeasure") == "The store is measured by this version's indicators already."
        hub.start()
        after = readings(hub.url, token)
        hub.stop()
        assert after == from_the_start(tmp_path / "new", newer, tmp_path / ".key" / "hub.key", told)
        assert without_changed(after) == without_changed(before)
        assert changed(after) == [2 * n for n in changed(before)]
    finally:
        hub.kill()
        hub.http.close()


def checked(hub: Hub) -> str:
    done = subprocess.run(
        [str(FREMGANG), "check", "--json"], cwd=hub.folder, env=hub.env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    return done.stdout


def test_a_backup_of_another_version_is_measured_anew_when_it_is_restored(newer: Path, tmp_path: Path) -> None:
    with running(tmp_path, clock=f"{NOON.isoformat()}@0") as hub:
        material, token, told = rostered(hub, hub.url), hub.token("--teacher", "unilogin:lone0001"), history()[:2]
        assert posted(hub.url, material, told[0])
        hub.ledger(hub.token("--controller"))
        hub.cli("backup", str(tmp_path / "backup"))
        assert posted(hub.url, material, told[1])
        hub.ledger(hub.token("--controller"))
        before = readings(hub.url, token)
    new = of_version(Hub(tmp_path, clock=f"{NOON.isoformat()}@0"), newer)
    new.cli("restore", str(tmp_path / "backup"), "--force", "--keep-log")
    try:
        after = readings(new.start().url, token)
    finally:
        new.stop()
        new.http.close()
    assert without_changed(after) == without_changed(before)
    assert changed(after) == [2 * n for n in changed(before)]
