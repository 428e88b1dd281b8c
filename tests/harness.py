"""A real hub in a process of its own, on a free port, with its data in a folder of the test's."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
FREMGANG = Path(sys.executable).parent / "fremgang"
XAPI = {"X-Experience-API-Version": "1.0.3"}


def shared(name: str) -> Path:
    """A file of the shared real data; without it the tests on real input cannot be run, and say so."""
    file = SHARED_DATA / name
    assert file.exists(), f"the shared real data are not beside the repository: ../shared/data/{name}"
    return file


def free_port() -> int:
    with socket.socket() as at:
        at.bind(("127.0.0.1", 0))
        return int(at.getsockname()[1])


def until(true: Callable[[], Any], seconds: float = 30, every: float = 0.05) -> Any:
    """What `true` answers, as soon as it is something; fails when it is not in time."""
    deadline = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(every)
    return answer


class Hub:
    """start, stop, kill; `cli` runs the operator's commands; `send` and `get` speak HTTP."""

    def __init__(self, folder: Path, command: Path = FREMGANG, **settings: str) -> None:
        self.folder, self.port, self._command = folder, free_port(), str(command)
        own = {f"FREMGANG_{name.upper()}": value for name, value in settings.items()}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FREMGANG_")}
        self.env = {**clean, "FREMGANG_PORT": str(self.port), "FREMGANG_LOG_LEVEL": "warning", **own}
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=60)
        self.tokens: dict[tuple[str, ...], Mapping[str, str]] = {}

    def start(self, *options: str, prefix: tuple[str, ...] = ()) -> "Hub":
        with (self.folder / "hub.log").open("ab") as log:
            command = [*prefix, self._command, "run", *options]
            self.process = subprocess.Popen(command, cwd=self.folder, env=self.env, stdout=log, stderr=log, start_new_session=True)
        try:
            until(self.ready, 60)
        except BaseException:
            self.kill()
            self.http.close()
            raise
        return self

    def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the hub ended: {self.log()[-2000:]}"
        try:
            return self.http.get("/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    def log(self) -> str:
        return (self.folder / "hub.log").read_text()

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        self.http.close()
        self.http = httpx.Client(base_url=self.url, timeout=60)
        return self.process.wait(30)

    def cli(self, *words: str, fails: bool = False) -> str:
        done = subprocess.run(
            [self._command, *words], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return (done.stderr if fails else done.stdout).strip()

    def supplier(self, name: str, *connectors: str, institutions: tuple[str, ...] = ("101001",), **options: str) -> tuple[str, str]:
        """Registers it and answers its Basic credential."""
        words = [f"--connector={one}" for one in connectors] + [f"--institution={one}" for one in institutions]
        words += [f"--{option.replace('_', '-')}={value}" for option, value in options.items()]
        return name, self.cli("supplier", "add", name, *words)

    def statements(self, credential: tuple[str, str], statements: Any) -> httpx.Response:
        return self.http.post("/xapi/statements", json=statements, auth=credential, headers=XAPI)

    def file(self, credential: tuple[str, str], connector: str, body: bytes, **query: str) -> httpx.Response:
        media = {"oneroster_csv": "application/zip", "skolegrunddata": "application/xml"}.get(connector, "text/csv")
        return self.http.post(f"/files/{connector}", content=body, params=query, auth=credential, headers={"Content-Type": media})

    def token(self, *words: str) -> Mapping[str, str]:
        """An Authorization header, as of `fremgang token`; asked for once."""
        if words not in self.tokens:
            self.tokens[words] = {"Authorization": f"Bearer {self.cli('token', *words)}"}
        return self.tokens[words]

    def get(self, path: str, token: Mapping[str, str], **query: Any) -> Any:
        answer = self.http.get(path, headers=dict(token), params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ledger(self, token: Mapping[str, str]) -> Any:
        """Once everything that was appended is folded."""

        def folded() -> Any:
            told = self.get("/v1/ledger", token)
            return told if told["pending"] == 0 else None

        return until(folded)


@contextmanager
def running(folder: Path, *options: str, **settings: str) -> Iterator[Hub]:
    hub = Hub(folder, **settings).start(*options)
    try:
        yield hub
    finally:
        hub.stop()
        hub.http.close()
