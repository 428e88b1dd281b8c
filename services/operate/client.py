"""The operator's commands as they are asked of the running hub: over its own socket in the file system."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx

from contracts.errors import Fatal
from services.settings import Settings

ANSWER_SECONDS: Final = 600.0
"""How long a command waits for its answer: an erasure waits while a backup is made."""


def runs(settings: Settings) -> bool:
    """Whether a hub answers at the socket; one that was killed leaves its file behind."""
    with socket.socket(socket.AF_UNIX) as at:
        try:
            at.connect(str(settings.socket))
        except OSError:
            return False
    return True


@contextmanager
def running(settings: Settings, seconds: float = ANSWER_SECONDS) -> Iterator[httpx.Client]:
    """A client of the hub that runs on these settings' data, if one does. seconds: for how long it waits for an answer."""
    timeout = httpx.Timeout(10, read=seconds)
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(settings.socket)), base_url="http://hub", timeout=timeout) as client:
        yield client


def ask(client: httpx.Client, path: str, **asked: Any) -> Any:
    """The answer to one command. Raises `Fatal` with what the hub has against it, or when it is not there or gives none."""
    try:
        response = client.post(path, json=asked)
    except httpx.ConnectError:
        raise Fatal("no hub runs here that could be asked; start one with `fremgang run` in this folder") from None
    except httpx.TimeoutException:
        raise Fatal(
            "the hub runs and has not answered in time; what deletes for good waits while a backup is made, and is done afterwards:"
            " ask again then"
        ) from None
    except httpx.TransportError:
        raise Fatal("the hub ended before it answered; start it with `fremgang run` in this folder and ask again") from None
    answer = response.json()
    if response.is_error:
        raise Fatal(f"{answer['title']}. {answer.get('detail', '')} {answer.get('errors', '')}".strip())
    return answer
