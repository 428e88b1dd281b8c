"""The operator's commands tell a hub that is busy from one that is not there: over a real socket in the file system."""

import gc
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.errors import Fatal
from services.operate.client import ask, running
from services.settings import Settings

pytestmark = pytest.mark.quick


@contextmanager
def listening(file: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as at:
        at.bind(str(file))
        at.listen()
        yield at


def refused(file: Path, seconds: float) -> str:
    with running(Settings(socket=file), seconds) as client, pytest.raises(Fatal) as error:
        ask(client, "/erasures", scheme="unilogin", value="anna1234")
    return str(error.value)


def test_a_hub_that_does_not_answer_yet_is_not_absent(tmp_path: Path) -> None:
    with listening(tmp_path / "s"):
        said = refused(tmp_path / "s", 0.1)
    assert said.startswith("the hub runs and has not answered in time; what deletes for good waits while a backup is made")


def test_a_hub_that_ends_meanwhile_is_said(tmp_path: Path) -> None:
    with listening(tmp_path / "s") as at:

        def ended() -> None:
            connection, _ = at.accept()
            connection.recv(65_536)
            connection.close()

        ending = threading.Thread(target=ended)
        ending.start()
        assert refused(tmp_path / "s", 30).startswith("the hub ended before it answered")
        ending.join(30)


@pytest.mark.parametrize("left_behind", [True, False])
def test_a_hub_that_is_not_there_is_said(tmp_path: Path, left_behind: bool) -> None:
    """httpcore leaves the socket that could not connect to the garbage collector, which warns of it."""
    if left_behind:
        with listening(tmp_path / "s"):
            pass
    assert (tmp_path / "s").exists() == left_behind
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        assert refused(tmp_path / "s", 30).startswith("no hub runs here")
        gc.collect()
