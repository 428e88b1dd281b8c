"""What a backup says of itself: written last, so that a folder without it is no backup.

The files are plain SQLite databases, one for each of log, store and access log, and the manifest is JSON: nothing but them is needed
to read a backup.
"""

from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from contracts.dates import Micros, instant
from contracts.errors import Fatal
from services.migrations import Database

FORM: Final = 1
"""Of the manifest; a hub reads this one and those below."""
NAME: Final = "manifest.json"
FILES: Final[dict[Database, str]] = {"store": "store.db", "log": "log.db", "access": "access.db"}
"""In the order in which they are copied: the log's copy must hold all that the store's has not folded."""
UNFINISHED: Final = ".part"


class Kept(Struct, frozen=True):
    """One file. schema: the migration it is at. sha256: of its bytes, hexadecimal."""

    schema: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """made: RFC 3339. key_check: tells the hub's key apart from others. folded: up to where the store has counted; log_end: of the log,
    not before it. change: the store's change number."""

    form: int
    version: str
    made: str
    key_check: str
    folded: int
    log_end: int
    change: int
    files: dict[Database, Kept]

    @property
    def made_at(self) -> Micros:
        return instant(self.made)

    @property
    def size(self) -> int:
        return sum(kept.size for kept in self.files.values())


def encode(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"


def decode(written: bytes) -> Manifest:
    """Raises `Fatal` where it is none, is of a newer form, or does not agree with itself."""
    try:
        form = msgspec.json.decode(written, type=_Form).form
        if form > FORM:
            raise Fatal(f"the backup has form {form}, and this version of Fremgang reads up to {FORM}; restore it with a newer one")
        manifest = msgspec.json.decode(written, type=Manifest)
        instant(manifest.made)
    except (msgspec.DecodeError, ValueError):
        raise Fatal(f"the backup's {NAME} cannot be read; take another backup") from None
    if set(manifest.files) != set(FILES) or not 0 <= manifest.folded <= manifest.log_end:
        raise Fatal(f"the backup's {NAME} does not agree with itself; take another backup")
    return manifest


class _Form(Struct):
    form: int


def read(folder: Path) -> Manifest:
    """Of a whole backup. Raises `Fatal` where the folder is none, or one that was not finished."""
    if not folder.is_dir():
        raise Fatal(f"{folder} is no folder")
    if not (folder / NAME).is_file():
        raise Fatal(f"{folder} holds no {NAME}: it is no backup, or one that was not finished; delete it and take another")
    manifest = decode((folder / NAME).read_bytes())
    for database, kept in manifest.files.items():
        file = folder / FILES[database]
        if not file.is_file() or file.stat().st_size != kept.size:
            raise Fatal(f"{file} is not there, or not as long as the backup says; take another backup")
    return manifest
