"""Copies of a SQLite database and of its file: whole, durable, readable by their owner alone."""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from contracts.errors import Fatal

PAGES: Final = 500
"""Copied between two words of progress, 2 MB where a page has 4 kB."""
CHUNK: Final = 1 << 20

Told = Callable[[int, int], None]
"""Is told how much of how much is done; what it raises ends the copy."""


@contextmanager
def opened(file: Path, *, writes: bool = False) -> Iterator[sqlite3.Connection]:
    """A database that is there already, without a transaction of its own."""
    mode = "rw" if writes else "ro"
    address = f"{file.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)) as connection:
        yield connection


def one(connection: sqlite3.Connection, query: str, *values: Any) -> Any:
    """The first value of the first row; None where there is no row."""
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def copy_database(source: Path, target: Path, told: Told) -> None:
    """One snapshot of a database that others go on writing to: held by a read transaction, so that no write makes the copy begin again,
    and none waits for it. The copy is checked and is one file, without a journal beside it."""
    make(target)
    with opened(source) as live, opened(target, writes=True) as copy:
        copy.execute("PRAGMA journal_mode=off")
        copy.execute("PRAGMA synchronous=off")
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchall()
        live.backup(copy, pages=PAGES, progress=lambda _, left, all_: told(all_ - left, all_))
    with opened(target, writes=True) as copy:
        copy.execute("PRAGMA journal_mode=delete")
        check(copy, source.name)
    sync(target)


def check(connection: sqlite3.Connection, name: str) -> None:
    """Raises `Fatal` where SQLite finds the database broken."""
    if (found := one(connection, "PRAGMA quick_check(1)")) != "ok":
        raise Fatal(f"{name} is broken ({found})")


def copy_file(source: Path, target: Path, told: Told) -> str:
    """Byte for byte; answers the SHA-256 of what was copied."""
    make(target)
    digest, size, done = hashlib.sha256(), source.stat().st_size, 0
    with source.open("rb") as read, target.open("wb") as written:
        while chunk := read.read(CHUNK):
            written.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            told(done, size)
    sync(target)
    return digest.hexdigest()


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def put(target: Path, content: bytes) -> None:
    """Under its name once it is durable. Raises FileExistsError where an earlier attempt was cut off."""
    unfinished = target.with_name(target.name + ".part")
    make(unfinished)
    unfinished.write_bytes(content)
    sync(unfinished)
    unfinished.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """A file, or the names in a folder."""
    at = os.open(path, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


def make(file: Path) -> None:
    """Readable by its owner alone. Raises FileExistsError where it is there."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
