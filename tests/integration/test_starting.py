"""How a hub starts, refuses to start, and stops: each with a reason in one line."""

import base64
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from harness import FREMGANG, Hub, running, until
from sending import SCHEME, statement

from contracts.dates import instant


def refused(hub: Hub) -> str:
    """What a start that fails says, all of it; the exit code is 1."""
    done = subprocess.run(
        [str(FREMGANG), "run"], cwd=hub.folder, env=hub.env, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(said) == 1, done.stderr
    return said[0]


def another_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def stopped(tmp_path: Path) -> Hub:
    """A hub that has run, and so has data and a key."""
    with running(tmp_path) as hub:
        hub.supplier("material", "xapi", identity=SCHEME)
    return hub


def test_another_key_than_that_of_the_data_is_refused(stopped: Hub) -> None:
    (stopped.folder / ".key" / "hub.key").write_text(another_key())
    assert refused(stopped) == (
        "fremgang: starting: this is not the key that the data were made with; set FREMGANG_KEY_FILE or FREMGANG_KEY to the right one"
    )
    stopped.env["FREMGANG_KEY"] = another_key()
    assert "this is not the key" in refused(stopped)


def test_data_without_their_key_are_refused_and_no_key_is_made(stopped: Hub) -> None:
    key = stopped.folder / ".key" / "hub.key"
    kept = key.read_text()
    key.unlink()
    assert refused(stopped) == "fremgang: starting: there are data, and no key in FREMGANG_KEY_FILE; without it they cannot be used"
    assert not key.exists()
    key.write_text("not a key")
    assert refused(stopped) == "fremgang: starting: FREMGANG_KEY_FILE does not hold 32 bytes in base64"
    key.write_text(kept)
    with running(stopped.folder) as hub:
        assert hub.ready()


def test_the_key_is_readable_by_its_owner_alone_and_not_among_the_data(stopped: Hub) -> None:
    key = stopped.folder / ".key" / "hub.key"
    assert key.stat().st_mode & 0o077 == 0
    secret = key.read_text().strip().encode()
    assert not [file for file in (stopped.folder / "var").rglob("*") if file.is_file() and secret in file.read_bytes()]


def test_a_second_hub_on_the_same_data_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        second = Hub(tmp_path)
        assert "another process has the data of var open" in refused(second)
        second.http.close()
        assert hub.ready()
        supplier = hub.supplier("material", "xapi", identity=SCHEME)
        now = instant(hub.http.get("/health/ready").json()["now"])
        assert hub.statements(supplier, statement("elev1", now)).status_code == 200


def test_a_taken_port_is_said_with_the_way_to_choose_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        hub = Hub(tmp_path, port=str(port))
        said = refused(hub)
        hub.http.close()
    assert said.startswith(f"fremgang: port {port} cannot be had (Address already in use")
    assert said.endswith(f"choose another: make run PORT={port + 1}, or FREMGANG_PORT")


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    hub = Hub(tmp_path, stroe="sqlite:///elsewhere.db")
    assert refused(hub) == "fremgang: unknown settings: FREMGANG_STROE; `fremgang check` lists those there are"
    hub.http.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_hub_within_seconds_and_what_was_taken_is_kept(tmp_path: Path, how: signal.Signals) -> None:
    hub = Hub(tmp_path).start()
    supplier = hub.supplier("material", "xapi", identity=SCHEME)
    now = instant(hub.http.get("/health/ready").json()["now"])
    assert hub.statements(supplier, [statement("elev1", now) for _ in range(50)]).status_code == 200
    assert hub.process is not None
    started = time.monotonic()
    os.killpg(hub.process.pid, how)
    assert hub.process.wait(20) == 0
    assert time.monotonic() - started < 10
    assert not (tmp_path / "var" / "hub.sock").exists()
    hub.http.close()
    with running(tmp_path) as again:
        assert again.ledger(again.token("--controller"))["published"] == 50


def test_a_hub_that_was_killed_leaves_nothing_that_hinders_the_next(tmp_path: Path) -> None:
    hub = Hub(tmp_path).start()
    hub.kill()
    hub.http.close()
    assert (tmp_path / "var" / "hub.sock").exists()
    with running(tmp_path) as again:
        until(again.ready)
        again.supplier("material", "xapi", identity=SCHEME)


def test_a_log_that_is_not_the_stores_is_refused_from_either_side(tmp_path: Path) -> None:
    """A log that was lost would take acknowledged items that the fold skips; a store that was lost would accept any key."""
    with running(tmp_path) as hub:
        sender = hub.supplier("material", "xapi", identity=SCHEME)
        assert hub.statements(sender, [statement("anna1a2b", time.time_ns() // 1_000)]).status_code == 200
        hub.ledger(hub.token("--controller"))
    log, kept = tmp_path / "var" / "log.db", tmp_path / "log.db"
    log.rename(kept)
    assert "this is not the log that the store belongs to" in refused(hub)
    kept.rename(log)
    (tmp_path / "var" / "store.db").rename(tmp_path / "store.db")
    assert "the log holds records and the store is new" in refused(hub)
