"""Every command of the README is run, in order, against a real hub; `make run` as itself, on a free port."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import kafka
import postgres
import pytest
import readme
from harness import FREMGANG, Hub, free_port, until
from tree import PACKAGES

from services.demo.school import NAME

ROOT = readme.ROOT
HUB = "http://localhost:8000"
SHELL = "set -euo pipefail\n"


def marked(blocks: list[str]) -> str:
    """One script, each block announced, so that variables of one are known to the next."""
    return SHELL + "".join(f"echo; echo '@@ {number}'\n{block}" for number, block in enumerate(blocks))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub of a copy of the source, with the README's own view in it."""
    folder = readme.workplace(tmp_path_factory.mktemp("readme"))
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / "source" / package, ignore=shutil.ignore_patterns("__pycache__"))
    (view,) = readme.blocks("python")
    (folder / "source" / view.partition("\n")[0].removeprefix("# ")).write_text(view)
    started = Hub(folder)
    started.env["PYTHONPATH"] = str(folder / "source")
    try:
        yield started.start()
    finally:
        started.stop()
        started.http.close()


@pytest.fixture(scope="module")
def told(hub: Hub) -> list[str]:
    """What each block printed; the first that fails is shown."""
    blocks = readme.script()
    script = marked(blocks)
    assert script.count(HUB) == 1
    done = subprocess.run(
        ["bash", "-c", script.replace(HUB, hub.url)], cwd=hub.folder, env=hub.env, capture_output=True, text=True, timeout=240, check=False
    )
    printed = re.split(r"^@@ \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    assert done.returncode == 0, f"{blocks[len(printed) - 1]}\n{printed[-1]}\n{done.stderr}"
    return printed


def test_every_block_is_run(told: list[str]) -> None:
    assert len(told) == len(readme.script()) > 10


def answers(told: list[str], having: str) -> list[Any]:
    """The JSON documents that the block in which this stands printed, one after another."""
    (text,) = [text.strip() for block, text in zip(readme.script(), told, strict=True) if having in block]
    found, decoder = [], json.JSONDecoder()
    while text:
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:].strip()
    return found


def test_what_was_sent_is_all_taken(hub: Hub, told: list[str]) -> None:
    until(lambda: not list((hub.folder / "var" / "inbox").rglob("*.csv")))
    assert told
    ledger = hub.ledger(hub.token("--controller"))
    assert ledger["failed"] == ledger["refused"] == ledger["unlinked_identities"] == 0
    assert {row["supplier"] for row in ledger["rows"]} == {"skole", "matematik-x", "ordbog", "ugens-tjek"}
    kinds = {row["kind"]: row["count"] for row in ledger["rows"] if row["outcome"] == "published" and row["supplier"] != "skole"}
    assert sum(kinds.values()) == 4


def test_the_class_is_read_in_one_request_and_explained(told: list[str]) -> None:
    view, summary = answers(told, "/v1/groups/$GROUP/indicators")
    assert len(view["readings"]) == 3
    assert {one["pupils"] for one in summary["readings"] if one["indicator"] != "wellbeing"} == {3}
    groups, as_a_whole = answers(told, "$MANAGEMENT")
    assert [one["kind"] for one in groups["groups"]] == ["class"]
    assert {(one["value"], one["n"], one["pupils"], one["reason"]) for one in as_a_whole["readings"]} == {
        (None, None, None, "too_few_pupils")
    }
    student, explained, log = answers(told, "students:resolve")
    assert {one["indicator"] for one in student["readings"]} >= {"items-answered", "attendance"}
    assert [fact["item_id"] for fact in explained["facts"]] == ["https://matematik-x.example/items/17"]
    assert {read["view"] for read in log["reads"]} >= {"group", "summary", "student", "explanation"}


def test_the_view_of_the_readme_answers(hub: Hub, told: list[str]) -> None:
    """Carl was erased, so he is in no group any more."""
    assert told
    teacher = hub.token("--teacher", "unilogin:mona0001")
    (group,) = hub.get("/v1/groups", teacher)["groups"]
    assert hub.get(f"/v1/groups/{group['id']}/size", teacher) == {"pupils": 2}
    assert hub.http.get("/v1/groups/g_x/size", headers=dict(teacher)).status_code == 404
    assert hub.http.get(f"/v1/groups/{group['id']}/size").status_code == 401


def test_erasing_prints_a_receipt(told: list[str]) -> None:
    (receipt,) = [text for block, text in zip(readme.script(), told, strict=True) if "fremgang erase" in block]
    assert "are deleted and not used again before" in receipt


def test_the_makefile_has_every_target_that_is_named(tmp_path: Path) -> None:
    named = {words[0] for words in readme.make_targets()} | set(re.findall(r"`make ([\w-]+)`", readme.TEXT))
    assert {"run", "up-native", "lint", "check", "test", "prove", "help", "schema"} <= named
    for target in sorted(named):
        subprocess.run(["make", "-n", target], cwd=ROOT, check=True, capture_output=True, timeout=60)
    listed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout
    assert all(f"make {target} " in listed for target in named)
    assert subprocess.run(["make", "-n", "no-such-target"], cwd=ROOT, check=False, capture_output=True, timeout=60).returncode


@contextmanager
def made(folder: Path, port: int) -> Iterator[Path]:
    """`make run` in the foreground of a session of its own, until Ctrl-C; what it prints."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FREMGANG_")}
    printed = folder / "printed.txt"
    with printed.open("wb") as out:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=folder, env=clean, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        until(lambda: _answers(port) or process.poll() is not None, 120)
        assert process.poll() is None, printed.read_text()
        yield printed
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://localhost:{port}/health/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def groups(port: int, printed: str) -> Any:
    """What the token that was printed sees."""
    token = re.search(r"Bearer ([\w.-]+)", printed)
    assert token
    return httpx.get(f"http://localhost:{port}/v1/groups", headers={"Authorization": f"Bearer {token[1]}"}).json()["groups"]


def test_make_run_runs_and_goes_on_from_there(tmp_path: Path) -> None:
    folder, port = readme.workplace(tmp_path), free_port()
    for _ in range(2):
        with made(folder, port) as out:
            until(lambda: NAME in out.read_text() and "Bearer " in out.read_text())
            until(lambda: groups(port, out.read_text()), 120)
            assert httpx.get(f"http://localhost:{port}/").headers["content-type"].startswith("text/html")
        assert not _answers(port)
        assert "Traceback" not in out.read_text()
    assert (folder / "var" / "store.db").exists()
    assert (folder / ".key" / "hub.key").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_said_with_the_way_to_choose_another(hub: Hub, tmp_path: Path) -> None:
    env = {**hub.env, "FREMGANG_PORT": str(hub.port)}
    done = subprocess.run([FREMGANG, "run"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"make run PORT={hub.port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_hub_on_servers_starts_by_the_readmes_words(tmp_path: Path) -> None:
    block, keeping = readme.blocks("bash")
    script = SHELL + block
    for told, real in (("localhost:9092", kafka.broker().servers), ("postgresql+asyncpg://hub@localhost/hub", f"'{postgres.database()}'")):
        assert told in script
        script = script.replace(told, real)
    hub = Hub(tmp_path, kafka_replicas="1", kafka_prefix=kafka.prefix())
    environment = {**hub.env, "PATH": f"{FREMGANG.parent}:{hub.env['PATH']}"}
    with (tmp_path / "hub.log").open("wb") as log:
        hub.process = subprocess.Popen(
            ["bash", "-c", script], cwd=tmp_path, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until(hub.ready, 60)
        exported = "".join(line for line in script.splitlines(keepends=True) if line.startswith("export "))
        done = subprocess.run(
            ["bash", "-c", SHELL + exported + keeping],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "the log stays in Kafka, which keeps it 7 days" in done.stdout
    finally:
        assert hub.stop() in (0, -signal.SIGTERM)
        hub.http.close()
    assert "what is answered 2xx is on 1 broker" in hub.log()
