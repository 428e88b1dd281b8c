"""The tables of a hub in PostgreSQL as a backup has them: a file for each, in the binary format of PostgreSQL's own COPY.

Store and access log may share a database, so each knows its own tables. Neither which schema they have is among them, nor whether they are
to be rewritten: that is the database's own, whatever is in it.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Literal

import sqlalchemy as sa

from contracts.errors import Fatal
from services.logs import kafka
from services.operate import copying as c
from services.operate import manifest as m
from services.stores import access
from services.stores import tables as store
from services.stores.postgres import PostgresSession

Server = Literal["store", "access"]
LOG: Final = tuple(kafka.TABLES)
"""Of the store's, those that belong to the log."""
_NOT_COPIED: Final = frozenset({("sheets", "number"), ("sheets", "settled")})
"""Numbers of the server's own transactions (`Session.stamp`) say nothing on another one; left out they are 0, below all."""
BESIDE: Final = store.remeasured.name
"""What is measured of other tables, beside them: measured again where it is wanted, so not copied, and emptied with those."""
_SIZE: Final = "SELECT pg_table_size(CAST(:name AS regclass))"

Told = Callable[[str, int, int], None]


def _columns(metadata: sa.MetaData) -> dict[str, tuple[str, ...]]:
    return {
        table.name: tuple(column.name for column in table.columns if (table.name, column.name) not in _NOT_COPIED)
        for table in metadata.tables.values()
        if table.name != BESIDE
    }


TABLES: Final[dict[Server, dict[str, tuple[str, ...]]]] = {
    "store": {**_columns(store.metadata), **kafka.TABLES},
    "access": _columns(access.metadata),
}
"""Table -> columns, in the order in which they are filled."""


def file_of(database: Server, table: str) -> str:
    return f"{database}.{table}.copy"


FILES: Final = {file_of(database, table): database for database, tables in TABLES.items() for table in tables}
"""Of a whole backup."""


async def size(session: PostgresSession, database: Server) -> int:
    """Bytes of its tables on the server's disk."""
    return sum([int((await session.rows(_SIZE, name=table))[0][0]) for table in TABLES[database]])


async def copied(session: PostgresSession, database: Server, folder: Path, told: Told) -> dict[str, m.File]:
    """All tables of a database, as the transaction sees them."""
    kept = {}
    for table, columns in TABLES[database].items():
        name, of = file_of(database, table), int((await session.rows(_SIZE, name=table))[0][0])
        c.make(folder / name)
        with (folder / name).open("wb") as file:
            copy = _Copy(file, partial(_tell, told, name, of))
            await session.copy_out(table, columns, copy.write)
        c.sync(folder / name)
        kept[name] = m.File(copy.done, copy.digest.hexdigest())
    return kept


def _tell(told: Told, name: str, of: int, done: int) -> None:
    told(name, done, max(of, done))


class _Copy:
    """Where a table's bytes go, and what is known of them then."""

    def __init__(self, file: BinaryIO, told: Callable[[int], None]) -> None:
        self._file, self._told, self.done, self.digest = file, told, 0, hashlib.sha256()

    async def write(self, some: bytes) -> None:
        """A disk that is full is not the server's trouble."""
        try:
            self._file.write(some)
        except OSError as error:
            raise Fatal(error.strerror or type(error).__name__) from None
        self.digest.update(some)
        self.done += len(some)
        self._told(self.done)


def check(folder: Path, manifest: m.OfServers, told: Told) -> None:
    """Raises `Fatal` where a file is not what was written."""
    done = 0
    for name, kept in manifest.files.items():
        if c.sha256(folder / name) != kept.sha256:
            raise Fatal(f"restoring: {folder / name} is not what was backed up (its SHA-256 differs); the data are as they were")
        done += kept.size
        told("checking", done, manifest.size)


async def put_back(session: PostgresSession, database: Server, tables: Sequence[str], folder: Path, told: Told) -> None:
    """Into tables that are empty."""
    for table in tables:
        name = file_of(database, table)
        await session.copy_in(table, TABLES[database][table], _read(folder / name, name, told))
    await session.rows(f"ANALYZE {', '.join(tables)}")


async def _read(file: Path, name: str, told: Told) -> AsyncIterator[bytes]:
    done, size_ = 0, file.stat().st_size
    with file.open("rb") as content:
        while some := content.read(c.CHUNK):
            yield some
            done += len(some)
            told(name, done, size_)
