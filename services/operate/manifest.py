"""What a backup says of itself: written last, so that a folder without it is no backup.

Of a hub on files they are plain SQLite databases, one for each of log, store and access log; of one on servers they are tables as
PostgreSQL's COPY writes them, and the log stays where it is. The manifest is JSON. Nothing but them is needed to read a backup.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec
from msgspec import Struct

from contracts.dates import instant
from contracts.errors import Fatal
from services.migrations import Database

FORM: Final = 1
"""Of the manifest; a hub reads this one and those below."""
NAME: Final = "manifest.json"
FILES: Final[dict[Database, str]] = {"store": "store.db", "log": "log.db", "access": "access.db"}
"""Of a hub on files, in the order in which they are copied: the log's copy must hold all that the store's has not folded."""
UNFINISHED: Final = ".part"


class Kept(Struct, frozen=True):
    """One database's file. schema: the migration it is at. sha256: of its bytes, hexadecimal."""

    schema: str
    size: int
    sha256: str


class File(Struct, frozen=True):
    """As `Kept`, of a file that is not a database."""

    size: int
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a hub on files. made: RFC 3339. key_check: tells the hub's key apart from others. folded: up to where the store has counted;
    log_end: of the log, not before it. change: the store's change number."""

    form: int
    version: str
    made: str
    key_check: str
    folded: int
    log_end: int
    change: int
    files: dict[Database, Kept]

    @property
    def size(self) -> int:
        return sum(kept.size for kept in self.files.values())


class OfServers(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a hub on servers. folded: partition of the log -> the position up to where the store has counted. marks: partition -> SHA-256 of
    the record there, of those that were told. schemas: the migrations that store and access log are at. files: by their names, one for
    each table."""

    form: int
    version: str
    made: str
    key_check: str
    folded: dict[str, int]
    marks: dict[str, str]
    change: int
    schemas: dict[Database, str]
    files: dict[str, File]
    of: Literal["servers"] = "servers"

    @property
    def size(self) -> int:
        return sum(kept.size for kept in self.files.values())


_Told = TypeVar("_Told", Manifest, OfServers)


def encode(manifest: Manifest | OfServers) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"


def decode(written: bytes) -> Manifest:
    """Raises `Fatal` where it is none, is of a newer form, or does not agree with itself."""
    manifest = _decoded(written, Manifest, "files")
    if set(manifest.files) != set(FILES) or not 0 <= manifest.folded <= manifest.log_end:
        raise disagrees()
    return manifest


def _decoded(written: bytes, type_: type[_Told], of: str) -> _Told:
    try:
        told = msgspec.json.decode(written, type=_Form)
        if told.form > FORM:
            raise Fatal(f"the backup has form {told.form}, and this version of Fremgang reads up to {FORM}; restore it with a newer one")
        if told.of != of:
            raise Fatal(f"the backup is of a hub on {told.of}, and this one is on {of}: it can be restored to its own kind alone")
        manifest = msgspec.json.decode(written, type=type_)
        instant(manifest.made)
    except (msgspec.DecodeError, ValueError):
        raise Fatal(f"the backup's {NAME} cannot be read; take another backup") from None
    return manifest


def disagrees() -> Fatal:
    return Fatal(f"the backup's {NAME} does not agree with itself; take another backup")


class _Form(Struct):
    form: int
    of: Literal["files", "servers"] = "files"


def read(folder: Path) -> Manifest:
    """Of a whole backup. Raises `Fatal` where the folder is none, or one that was not finished."""
    manifest = decode(_written(folder))
    _whole(folder, {FILES[database]: kept for database, kept in manifest.files.items()})
    return manifest


def read_of_servers(folder: Path) -> OfServers:
    """As `read`."""
    manifest = _decoded(_written(folder), OfServers, "servers")
    if min(manifest.folded.values(), default=0) < 0:
        raise disagrees()
    _whole(folder, manifest.files)
    return manifest


def _written(folder: Path) -> bytes:
    if not folder.is_dir():
        raise Fatal(f"{folder} is no folder")
    if not (folder / NAME).is_file():
        raise Fatal(f"{folder} holds no {NAME}: it is no backup, or one that was not finished; delete it and take another")
    return (folder / NAME).read_bytes()


def _whole(folder: Path, files: Mapping[str, Kept | File]) -> None:
    for name, kept in files.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != kept.size:
            raise Fatal(f"{file} is not there, or not as long as the backup says; take another backup")
