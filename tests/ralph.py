"""Ralph, a real LRS (`ralph-malph`, MIT), in a process of its own: its HTTP application on uvicorn, its file system back end.

    with ralph(folder) as lrs:
        lrs.http.post("/statements", json=[...])       # xAPI, signed in, version header set
        lrs.url, lrs.username, lrs.password            # what a hub is registered with (`--url --username --password-file`)

`make .tools/ralph/.ready` installs it (`make test` and `make prove` do), from `tests/ralph.txt`. folder: its data, one JSON line for each
statement, in `lrs.jsonl`. page: statements that it answers at a time, at most (its own default is 100).

As Ralph 5.1.0 reads with that back end: `since` is compared with a statement's `timestamp`, not with `stored`; `ascending` turns round
each page, and pages come in the order of storing. Left as it is, that back end takes one POST and answers 500 to every other, since it
writes by "index", which refuses a file that exists; `RUN` has it append, and changes nothing else.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from harness import ROOT, free_port, until

BIN = ROOT / ".tools" / "ralph" / "bin"
USERNAME, PASSWORD = "fremgang", "ralphs-own-password"
RUN = """
import sys, uvicorn
from ralph.backends.data.base import BaseOperationType
from ralph.backends.lrs.fs import FSLRSBackend
FSLRSBackend.default_operation_type = BaseOperationType.APPEND
uvicorn.run("ralph.api:app", host="127.0.0.1", port=int(sys.argv[1]), access_log=False)
"""
HASH = "import bcrypt, sys; print(bcrypt.hashpw(sys.argv[1].encode(), bcrypt.gensalt(4)).decode())"


@dataclass(frozen=True)
class Ralph:
    """url: the xAPI endpoint; its statements are at `/statements` below it. http: a client of it, as a tool that sends there has."""

    url: str
    username: str
    password: str
    http: httpx.Client


@contextmanager
def ralph(folder: Path, page: int = 100) -> Iterator[Ralph]:
    """Answers once it does, and ends it."""
    assert (BIN / "uvicorn").exists(), "Ralph is not installed; `make test` installs it"
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with (folder / "ralph.log").open("ab") as log:
        command = [str(BIN / "python"), "-c", RUN, str(port)]
        process = subprocess.Popen(command, cwd=folder, env=_environment(folder, page), stdout=log, stderr=log)
    headers = {"X-Experience-API-Version": "1.0.3"}
    url = f"http://127.0.0.1:{port}/xAPI"
    try:
        with httpx.Client(base_url=url, auth=(USERNAME, PASSWORD), headers=headers, timeout=60) as http:
            until(lambda: _answers(process, port, folder), 60)
            yield Ralph(url, USERNAME, PASSWORD, http)
    finally:
        process.kill()
        process.wait(30)


def _environment(folder: Path, page: int) -> dict[str, str]:
    done = subprocess.run([str(BIN / "python"), "-c", HASH, PASSWORD], capture_output=True, text=True, timeout=60, check=True)
    who = {"username": USERNAME, "hash": done.stdout.strip(), "scopes": ["all"], "agent": {"mbox": "mailto:fremgang@lrs.example"}}
    (folder / "auth.json").write_text(json.dumps([who]))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RALPH_", "FREMGANG_"))}
    return clean | {
        "RALPH_HISTORY_FILE": str(folder / "history.json"),
        "RALPH_AUTH_FILE": str(folder / "auth.json"),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_RUNSERVER_MAX_SEARCH_HITS_COUNT": str(page),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_LRS_FILE": "lrs.jsonl",
    }


def _answers(process: subprocess.Popen[bytes], port: int, folder: Path) -> bool:
    assert process.poll() is None, (folder / "ralph.log").read_text()[-2000:]
    try:
        return httpx.get(f"http://127.0.0.1:{port}/__heartbeat__").status_code == 200
    except httpx.TransportError:
        return False
