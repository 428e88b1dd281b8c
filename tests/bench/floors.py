"""The baselines of the same run: a bare server, and Ralph, each alone on the machine while the hub has nothing to do."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
from bare import PUPILS
from harness import free_port, until
from ralph import ralph
from sender import Load, post
from stages import hundreds, stream
from town import basic
from watching import Reader, percentile

HERE: Final = Path(__file__).parent
GROUPS: Final = 20
VIEWS: Final = 1_000


@contextmanager
def _bare(folder: Path) -> Iterator[int]:
    port = free_port()
    with subprocess.Popen([sys.executable, str(HERE / "bare.py"), str(folder / "bare.db"), str(port)]) as server:
        until(lambda: _answers(port))
        yield port
        server.terminate()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/openapi.json").is_success
    except httpx.TransportError:
        return False


def floors(folder: Path, size: int, seconds: float, view: bytes) -> tuple[float, float]:
    """Statements per second that a bare server writes, and the p99 of its answering a class with as many stored bytes, in seconds."""
    with _bare(folder) as port:
        url = f"http://127.0.0.1:{port}"
        load = Load(("127.0.0.1", port), (post(url + one.path, one.headers, one.body, one.items) for one in stream(9, size)), seconds)
        load.go()
        written = load.sent().rate
        part = view[: len(view) // PUPILS]
        with httpx.Client(base_url=url) as http:
            for pupil in range(GROUPS * PUPILS):
                http.put(f"/views/{pupil}", content=part).raise_for_status()
        return written, percentile([_viewed(reader, number) for reader in [Reader(("127.0.0.1", port))] for number in range(VIEWS)], 99)


def _viewed(reader: Reader, number: int) -> float:
    started = time.perf_counter()
    reader.get(f"/v1/groups/{number % GROUPS}/indicators", "")
    return time.perf_counter() - started


def ralphs(folder: Path, size: int, seconds: float) -> float:
    """Statements per second that Ralph answers 200, of its own POST with its file system back end, in batches of 100."""
    with ralph(folder / "ralph") as lrs:
        headers = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
        headers["Authorization"] = basic(lrs.username, lrs.password)
        said = (post(f"{lrs.url}/statements", headers, one.body, one.items) for one in hundreds(stream(8, size)))
        load = Load(("127.0.0.1", urlsplit(lrs.url).port or 80), said, seconds)
        load.go()
        sent = load.sent()
    assert not sent.refused, sent.refused[0]
    return sent.rate
