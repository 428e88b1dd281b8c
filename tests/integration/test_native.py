"""`make up-native` as it is typed: the hub on servers of its own comes up, takes and shows, ends with all that it started, and goes on."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import readme
from harness import XAPI, until
from sending import SCHEME, statement

from services.clock import clock

PLACES = ("serve", "ingest", "pull", "process", "kafka", "prometheus")
HERE = "127.0.0.1"

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A workplace that PostgreSQL's own user gets to, where root runs the tests: pytest closes its folders to others whenever it starts."""
    with tempfile.TemporaryDirectory(prefix="fremgang-native-") as made:
        yield readme.workplace(Path(made))


def six_ports() -> int:
    """The first of six that are free, below those that the system gives out by itself."""
    return int(until(lambda: (first := random.randrange(15_000, 32_000)) and not any(listens(first + n) for n in range(6)) and first))


def listens(port: int) -> bool:
    with socket.socket() as at:
        return at.connect_ex((HERE, port)) == 0


def running(folder: Path) -> list[str]:
    """The commands of the processes at work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


class Native:
    """make: the process that was started. printed: what it and its parts said."""

    def __init__(self, folder: Path, first: int) -> None:
        self.folder, self._file = folder, folder / "printed.txt"
        self.port = {place: first + number for number, place in enumerate(PLACES)}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FREMGANG_")}
        with self._file.open("wb") as out:
            words = ["make", "up-native", f"PORT={first}"]
            self.make = subprocess.Popen(words, cwd=folder, env=clean, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)

    @property
    def printed(self) -> str:
        return self._file.read_text()

    def address(self, place: str) -> str:
        return f"http://{HERE}:{self.port[place]}"

    def up(self) -> bool:
        assert self.make.poll() is None, self.printed
        return "Ctrl-C ends all of it" in self.printed

    def token(self) -> str:
        """That which was printed."""
        (token,) = re.findall(r"Bearer ([\w.-]+)", self.printed)
        return str(token)

    def ledger(self) -> Any:
        headers = {"Authorization": f"Bearer {self.token()}"}
        told = httpx.get(f"{self.address('serve')}/v1/ledger", headers=headers, timeout=20).json()
        return told if told["pending"] == 0 else None

    def command(self, words: str) -> str:
        script = f". {self.folder}/var/native/env; PATH={self.folder}/.venv/bin:$PATH; fremgang {words}"
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def kill_part(self, role: str) -> None:
        (found,) = (one for one in Path("/proc").glob("[0-9]*") if self._is(one, role))
        os.kill(int(found.name), signal.SIGKILL)

    def _is(self, process: Path, role: str) -> bool:
        with suppress(OSError):
            at_work = (process / "cwd").readlink().is_relative_to(self.folder)
            return at_work and (process / "cmdline").read_bytes().endswith(f"fremgang\0{role}\0".encode())
        return False


@contextmanager
def native(folder: Path, first: int) -> Iterator[Native]:
    started = Native(folder, first)
    try:
        until(started.up, 240, 0.2)
        yield started
    finally:
        if started.make.poll() is None:
            os.killpg(started.make.pid, signal.SIGINT)
            started.make.wait(60)


def taken(hub: Native, credential: tuple[str, str], sent: Any) -> bool:
    """Once the door knows the supplier, a second or two after it was registered."""
    answer = httpx.post(f"{hub.address('ingest')}/xapi/statements", json=[sent], auth=credential, headers=XAPI, timeout=20)
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


def counts(ledger: Any) -> tuple[int, int]:
    return ledger["received"], ledger["repeated"]


def scraped(hub: Native) -> set[str]:
    """The parts that Prometheus has asked and been answered by."""
    with urllib.request.urlopen(f"{hub.address('prometheus')}/api/v1/query?query=up==1", timeout=20) as answer:
        return {one["metric"]["instance"].rpartition(":")[2] for one in json.load(answer)["data"]["result"]}


def test_it_comes_up_takes_shows_ends_whole_and_goes_on_from_there(folder: Path) -> None:
    first = six_ports()
    sent = statement("anna1a2b", clock("").now())
    with native(folder, first) as hub:
        secret = hub.command(f"supplier add material --connector xapi --institution 101001 --subject MAT --identity {SCHEME}")
        credential = ("material", secret)
        until(lambda: taken(hub, credential, sent))
        assert until(hub.ledger)["received"] == 1
        assert shutil.which("prometheus"), "there is no Prometheus: run `make system`"
        until(lambda: scraped(hub) == {str(hub.port[part]) for part in PLACES[:4]}, 60)
        os.killpg(hub.make.pid, signal.SIGINT)
        hub.make.wait(60)
    ended_whole(hub)
    with native(folder, first) as hub:
        assert counts(until(hub.ledger)) == (1, 0)
        until(lambda: taken(hub, credential, sent))
        until(lambda: (told := hub.ledger()) and counts(told) == (2, 1))
        hub.make.send_signal(signal.SIGTERM)
        hub.make.wait(60)
    ended_whole(hub)
    with native(folder, first) as hub:
        assert counts(until(hub.ledger)) == (2, 1)
        hub.kill_part("process")
        assert hub.make.wait(60) != 0
    ended_whole(hub, "process has ended")


def ended_whole(hub: Native, reason: str = "All parts have ended.") -> None:
    until(lambda: not running(hub.folder))
    assert not [place for place, port in hub.port.items() if listens(port)]
    assert reason in hub.printed
    assert "Traceback" not in hub.printed


@pytest.mark.parametrize("when", ["PostgreSQL ...", "Kafka ...", "ingest ..."])
def test_ctrl_c_while_it_comes_up_leaves_nothing(folder: Path, when: str) -> None:
    hub = Native(folder, six_ports())
    until(lambda: when in hub.printed or hub.make.poll() is not None, 120)
    os.killpg(hub.make.pid, signal.SIGINT)
    hub.make.wait(60)
    ended_whole(hub)


def test_a_port_that_is_taken_is_said_and_nothing_is_started(folder: Path) -> None:
    first = six_ports()
    with socket.create_server((HERE, first + 1)):
        refused = Native(folder, first)
        assert refused.make.wait(60) != 0
    assert f"port {first + 1}, for ingest, is taken; choose six others: make up-native PORT={first + 100}" in refused.printed
    assert "Traceback" not in refused.printed
    assert running(folder) == []


def test_a_part_that_cannot_start_says_why_and_ends_the_others(folder: Path) -> None:
    (folder / ".key").mkdir()
    (folder / ".key" / "native.key").write_text("of another kind")
    hub = Native(folder, six_ports())
    assert hub.make.wait(240) != 0
    ended_whole(hub, "ingest does not come up: it has ended")
    assert "FREMGANG_KEY_FILE does not hold 32 bytes in base64" in hub.printed
