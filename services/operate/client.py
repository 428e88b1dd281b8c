"""The operator's commands as they are asked of the running hub: over its own socket in the file system."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from contracts.errors import Fatal
from services.settings import Settings


def runs(settings: Settings) -> bool:
    """Whether a hub answers at the socket; one that was killed leaves its file behind."""
    with socket.socket(socket.AF_UNIX) as at:
        try:
            at.connect(str(settings.socket))
        except OSError:
            return False
    return True


@contextmanager
def running(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the hub that runs on these settings' data, if one does."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(settings.socket)), base_url="http://hub", timeout=60) as client:
        yield client


def ask(client: httpx.Client, path: str, **asked: Any) -> Any:
    """The answer to one command. Raises `Fatal` with what the hub has against it, or when it is not there."""
    try:
        response = client.post(path, json=asked)
    except httpx.TransportError:
        raise Fatal("no hub runs here that could be asked; start one with `fremgang run` in this folder") from None
    answer = response.json()
    if response.is_error:
        raise Fatal(f"{answer['title']}. {answer.get('detail', '')} {answer.get('errors', '')}".strip())
    return answer
