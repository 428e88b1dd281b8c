"""What the invented school remembers from one run to the next, in a file beside the operator's socket: it holds the suppliers' secrets."""

import os
from pathlib import Path

import msgspec

from contracts.dates import Micros
from services.demo.plan import USUAL
from services.settings import Settings

FILE = "demo.json"


class Memory(msgspec.Struct):
    """sent: up to when everything due was sent. told: the school year whose rosters, links and calendars were sent.
    turn: how often the day was begun again after it was played ahead of the hub's clock. classes: how many send."""

    secrets: dict[str, str] = {}
    sent: Micros = 0
    told: str = ""
    turn: int = 0
    classes: int = USUAL


def recall(settings: Settings) -> Memory:
    """An empty one where there is none, or none that can be read: sending again does no harm."""
    try:
        return msgspec.json.decode(_file(settings).read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError):
        return Memory()


def keep(memory: Memory, settings: Settings) -> None:
    """Readable by the hub's own user alone, and never half written."""
    file = _file(settings)
    new = file.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(msgspec.json.encode(memory))
    new.replace(file)


def _file(settings: Settings) -> Path:
    return settings.socket.parent / FILE
