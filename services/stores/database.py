"""The store's database: one writer, some readers, each transaction begun as it needs to be.

SQLite allows one writing transaction at a time, so the writing engine has one connection and takes the write lock when it begins;
readers see the snapshot of their transaction (write-ahead log). Deleted bytes are overwritten.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from contracts.errors import Fatal

READERS: Final = 4
DELETED: Final = "PRAGMA user_version = 1"
"""Said in each transaction that deletes for good, so that it stands after a kill too. `secure_delete` overwrites what is deleted where
it stands, but the slack of pages may hold copies of rows that were moved; only a rewrite of the file is rid of them."""

OPENED: Final = "SELECT count(*) FROM sqlite_master"
"""A connection's first statement: one that has never read waits for itself, until its timeout, when it empties the journal."""


ROOM: Final = ("cache_size=-4000", "wal_autocheckpoint=32000")
"""For a connection that writes: pages that are written to all over stay in memory (4 MB) and go from the journal into the file many
times written at once (at 128 MB)."""


def engine(url: str, *, writes: bool, synchronous: str = "full") -> AsyncEngine:
    """Its errors name no value."""
    made = create_async_engine(
        url, pool_size=1 if writes else READERS, max_overflow=0, connect_args={"isolation_level": None, "timeout": 30},
        hide_parameters=True, pool_reset_on_return="rollback" if writes else None,
    )  # fmt: skip

    @sa.event.listens_for(made.sync_engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=wal", "secure_delete=on", f"synchronous={synchronous}", "foreign_keys=on", *(ROOM if writes else ())):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(OPENED)
        cursor.fetchall()
        cursor.close()

    @sa.event.listens_for(made.sync_engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        """In one step, as `fetched`."""
        began = "BEGIN IMMEDIATE" if writes else "BEGIN"
        connection.connection.run_async(lambda driver: driver.execute_fetchall(began))

    return made


async def fetched(connection: AsyncConnection, query: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> Sequence[Any]:
    """All rows of a query, each a tuple, asked of the driver in one go: SQLAlchemy's own way goes to the driver's thread and back four
    times, which is most of what a small query takes."""
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    found: Sequence[Any] = await raw.execute_fetchall(query, values)
    return found


class Database:
    """url: `sqlite+aiosqlite:///...`."""

    def __init__(self, url: str, synchronous: str = "full") -> None:
        self._writer = engine(url, writes=True, synchronous=synchronous)
        self._readers = engine(url, writes=False, synchronous=synchronous)
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One writing transaction at a time; committed at the end of the block."""
        async with self._writing, self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One snapshot."""
        async with self._readers.connect() as connection, connection.begin():
            yield connection

    async def scrub(self) -> None:
        """Rewrites the file if something was deleted since it was last, and empties the write-ahead file (`DELETED` says why)."""
        async with self._writing:
            if await self._alone("PRAGMA user_version"):
                await self._alone("VACUUM")
                await self._alone("PRAGMA user_version = 0")
            for _ in range(50):
                if not await self._alone("PRAGMA wal_checkpoint(TRUNCATE)"):
                    return
                await asyncio.sleep(0.1)
        raise Fatal("emptying the store's journal: a reader kept it busy for 5 s")

    async def _alone(self, statement: str) -> Any:
        """A statement outside any transaction; answers the first value, if it has one."""
        async with self._readers.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            async with raw.execute(statement) as cursor:
                row = await cursor.fetchone()
        return row[0] if row else None

    async def close(self) -> None:
        await self._writer.dispose()
        await self._readers.dispose()
