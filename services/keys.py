"""The hub's pseudonym key: read from the environment or its file, made once where there are no data yet (design 3).

The key is not kept with the data: its file lies in a folder of its own, and the store keeps a check value only.
"""

import base64
import os
import secrets
from binascii import Error as Base64Error
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from contracts.errors import Fatal
from contracts.privacy import Key
from services.settings import Settings

CHECK = "key_check"


class Remembers(Protocol):
    async def meta(self, name: str) -> str | None: ...
    async def remembered(self, name: str, value: str) -> str: ...


async def hub_key(settings: Settings, store: Remembers, *, logged: bool) -> Key:
    """The key that the data were made with. logged: whether there ever was a record. Raises `Fatal` where the key is missing, unreadable
    or another one."""
    check = await store.meta(CHECK)
    if check is None and logged:
        raise Fatal(
            "starting: the log holds records and the store is new, so nothing tells which key they were made with; put the store back"
        )
    key = _read(settings, new=check is None)
    if (check or await store.remembered(CHECK, key.check)) != key.check:
        raise Fatal("starting: this is not the key that the data were made with; set FREMGANG_KEY_FILE or FREMGANG_KEY to the right one")
    return key


def kept_key(settings: Settings) -> tuple[Key, str]:
    """The key that there is, and as it is written. Raises `Fatal` where there is none or it cannot be read."""
    key = _read(settings, new=False)
    return key, settings.key.get_secret_value() if settings.key is not None else settings.key_file.read_text().strip()


def _read(settings: Settings, *, new: bool) -> Key:
    if settings.key is not None:
        return _decoded(settings.key.get_secret_value(), "FREMGANG_KEY")
    if not settings.key_file.exists():
        if not new:
            raise Fatal("starting: there are data, and no key in FREMGANG_KEY_FILE; without it they cannot be used")
        _make(settings.key_file)
    return _decoded(settings.key_file.read_text(), "FREMGANG_KEY_FILE")


def _make(file: Path) -> None:
    """Whole when it is there, and the first one's where two processes make it at once."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile("w", dir=file.parent, prefix=".key-") as made:
        made.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        made.flush()
        os.fsync(made.fileno())
        with suppress(FileExistsError):
            os.link(made.name, file)


def _decoded(written: str, where: str) -> Key:
    try:
        return Key(base64.b64decode(written.strip(), validate=True))
    except (Base64Error, ValueError):
        raise Fatal(f"starting: {where} does not hold 32 bytes in base64") from None
