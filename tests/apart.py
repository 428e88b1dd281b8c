"""A hub whose parts are processes of their own, on a broker and a database of its own; each can be killed, frozen and started again."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import kafka
import postgres
import pytest
from harness import FREMGANG, XAPI, Hub, free_port, until
from sending import SCHEME, statement

from contracts.dates import instant

AT = "2026-11-24T12:00:00+01:00"
PUPILS, PACE_SECONDS = 3_000, 0.05
"""So that a sheet stays as small as one is, however long a run lasts: it is written anew with each batch."""
AGAIN_SECONDS = 0.2
"""Before a sender tries again, as a good one does."""
PARTS = ("ingest", "ingest", "process", "process", "serve")


class Part:
    """One process of a hub."""

    def __init__(self, role: str, hub: Hub, port: int = 0) -> None:
        self.role, self._hub, self.port = role, hub, port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Part":
        environment = {**self._hub.env, "FREMGANG_PORT": str(self.port)}
        with (self._hub.folder / "hub.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(FREMGANG), self.role], cwd=self._hub.folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tell(self, what: signal.Signals) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, what)

    def end(self, what: signal.Signals, seconds: float = 30) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, what)
        return self.process.wait(seconds)


class Apart:
    """folder: of its settings' own files. Everything else of it is on servers."""

    def __init__(self, folder: Path, broker: kafka.Broker, server: Any) -> None:
        self.broker, self.server, self.store = broker, server, postgres.database(server)
        self.hub = Hub(
            folder, clock=f"{AT}@0", store=self.store, access_log=self.store, log=f"kafka://{broker.servers}", kafka_replicas="1"
        )  # fmt: skip
        self.hub.cli("migrate")
        self.hub.cli("topics", "--create")
        self.parts = [Part(role, self.hub).start() for role in PARTS]
        for part in self.parts:
            until(part.ready, 60)

    def of(self, role: str) -> list[Part]:
        return [part for part in self.parts if part.role == role]

    def revive(self) -> None:
        """What ended is started again, as whoever runs a hub has it."""
        for part in self.parts:
            if not part.runs():
                part.start()

    def ledger(self, credential: tuple[str, str]) -> Any:
        """The supplier's own, while it can be had."""
        try:
            answer = httpx.get(f"{self.of('serve')[0].url}/v1/ledger", auth=credential, timeout=10)
        except httpx.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    def close(self) -> None:
        for part in self.parts:
            if part.runs():
                part.tell(signal.SIGCONT)
                part.end(signal.SIGKILL)
        self.hub.http.close()


@contextmanager
def on_servers_of_its_own(folders: pytest.TempPathFactory) -> Iterator[Apart]:
    """Both may have been killed meanwhile."""
    broker, server = kafka.Broker(folders.mktemp("kafka")).start(), postgres.started()
    started = Apart(folders.mktemp("hub"), broker, server)
    try:
        yield started
    finally:
        started.close()
        broker.kill()
        server.ensure_postgres_running()
        server.cleanup()


class Sender(threading.Thread):
    """Sends batches of answers to any of the doors, each until it is answered 200; keeps the receipts. acknowledged: ids answered for."""

    def __init__(self, doors: Callable[[], list[str]], credential: tuple[str, str], seed: int) -> None:
        super().__init__(daemon=True)
        self._doors, self._credential, self._dice = doors, credential, random.Random(seed)
        self._stopping = threading.Event()
        self.acknowledged: list[str] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        with httpx.Client(auth=self._credential, timeout=20) as http:
            while not self._stopping.is_set():
                told = [statement(f"elev{self._dice.randrange(PUPILS):04}", instant(AT), id_=uuid4()) for _ in range(20)]
                while not self._taken(http, told):
                    time.sleep(AGAIN_SECONDS)
                time.sleep(PACE_SECONDS)

    def _taken(self, http: httpx.Client, told: list[Any]) -> bool:
        try:
            answer = http.post(f"{self._dice.choice(self._doors())}/xapi/statements", json=told, headers=XAPI)
        except httpx.TransportError:
            return False
        if answer.status_code == 200:
            self.acknowledged += [one["id"] for one in told]
        elif answer.status_code != 503 or "retry-after" not in answer.headers:
            self.wrong.append(f"{answer.status_code} {answer.text[:300]}")
        return answer.status_code == 200

    def stop(self) -> None:
        """Once what is under way is answered."""
        self._stopping.set()
        self.join(60)
        assert not self.is_alive()


def supplier(apart: Apart) -> tuple[str, str]:
    """Known to every door within a second or two."""
    credential = apart.hub.supplier("material", "xapi", subject="MAT", identity=SCHEME)
    for part in apart.of("ingest"):
        until(partial(knows, part, credential))
    return credential


def knows(part: Part, credential: tuple[str, str]) -> bool:
    return httpx.post(f"{part.url}/xapi/statements", json=[], auth=credential, headers=XAPI).status_code != 401
