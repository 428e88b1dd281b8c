"""A database in one SQLite file: one writer, some readers, each transaction begun as it needs to be.

SQLite allows one writing transaction at a time, so the writing engine has one connection and takes the write lock when it begins;
readers see the snapshot of their transaction (write-ahead log). Deleted bytes are overwritten.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from contracts.errors import Fatal
from contracts.facts import SheetKey
from contracts.ports import Freshness, SheetRow
from services.stores.database import OF_GENERATION, Database, Extent, Session, State
from services.stores.together import in_one, inserts, parted

READERS: Final = 4
DELETED: Final = "PRAGMA user_version = 1"
"""Said in each transaction that deletes for good, so that it stands after a kill too. `secure_delete` overwrites what is deleted where
it stands, but the slack of pages may hold copies of rows that were moved; only a rewrite of the file is rid of them."""

OPENED: Final = "SELECT count(*) FROM sqlite_master"
"""A connection's first statement: one that has never read waits for itself, until its timeout, when it empties the journal."""


ROOM: Final = ("cache_size=-4000", "wal_autocheckpoint=32000")
"""For a connection that writes: pages that are written to all over stay in memory (4 MB) and go from the journal into the file many
times written at once (at 128 MB)."""

_STATE: Final = (
    f"SELECT {OF_GENERATION}, (SELECT number FROM changes),"  # noqa: S608 - a name of ours
    " (SELECT json_group_object(institution, number) FROM roster_changes),"
    " json_group_array(json_array(source, institution, data_until, received_until)) FROM freshness"
)
_KEYS: Final = "json_group_array(json_array(s.subject, s.institution, s.family, s.period))"
_SHEET: Final = "INSERT INTO sheets (subject, institution, family, period, facts, summaries, number, settled)"
_REPLACED: Final = (
    "ON CONFLICT (subject, institution, family, period) DO UPDATE SET"
    " facts = excluded.facts, summaries = excluded.summaries, number = excluded.number,"
    " settled = max(sheets.settled, excluded.settled)"
)


class SqliteSession(Session):
    def _insert(self, table: sa.Table) -> Any:
        return insert(table)

    async def rows(self, query: str, /, **values: Any) -> Sequence[Any]:
        return await fetched(self._connection, query, values)

    def table(self, name: str, *columns: str) -> str:
        told = ", ".join(f"value ->> {place} AS {column.removesuffix('#')}" for place, column in enumerate(columns))
        return f"(SELECT {told} FROM json_each(:{name}))"  # noqa: S608 - names of these files

    async def state(self) -> State:
        """One writer at a time, so the change number is a stamp too."""
        ((generation, change, rosters, fresh),) = await self.rows(_STATE)
        return State(change, change, json.loads(rosters), [Freshness(*row) for row in sorted(json.loads(fresh))], generation)

    async def sheets(self, body: str, extent: Extent, /, **values: Any) -> list[SheetRow]:
        """All facts are in one column."""
        ((*told,),) = await self.rows(_in_one(body, extent), **values)
        return _sheets(told)

    async def sheets_and(self, subjects: str, body: str, extent: Extent, /, **values: Any) -> tuple[set[str], list[SheetRow]]:
        others = f"SELECT json_group_array(DISTINCT s.subject) {subjects}"
        query = f"SELECT ({others}), * FROM ({_in_one(body, extent)})"  # noqa: S608 - names of these files
        ((found, *told),) = await self.rows(query, **values)
        return set(json.loads(found)), _sheets(told)

    async def stamp(self) -> int:
        ((number,),) = await self.rows("SELECT number + 1 FROM changes")
        return int(number)

    async def put_sheets(self, sheets: Sequence[SheetRow], stamp: int) -> None:
        rows = [(*row.key, row.facts, row.summaries, stamp, stamp if row.summaries else 0) for row in sheets]
        for statement, values in inserts(_SHEET, rows, _REPLACED):
            await fetched(self._connection, statement, values)

    def date(self, text: str) -> str:
        return text

    def as_bytes(self, text: str) -> str:
        return f"CAST({text} AS BLOB)"

    def staying(self, name: str) -> str:  # noqa: ARG002 - there is one writer
        return ""

    def greatest(self, one: str, other: str) -> str:
        return f"max({one}, {other})"

    async def fenced(self) -> None:
        """There is one writer."""

    async def kept_waiting(self) -> bool:
        """One process has the file."""
        return False

    async def deleted(self) -> None:
        await self.rows(DELETED)


class SqliteDatabase(Database):
    """url: `sqlite+aiosqlite:///FILE`."""

    def __init__(self, url: str, synchronous: str = "full") -> None:
        self._writer = engine(url, writes=True, synchronous=synchronous)
        self._readers = engine(url, writes=False, synchronous=synchronous)
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """One writing transaction at a time."""
        async with self._writing, self._writer.begin() as connection:
            yield SqliteSession(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        async with self._readers.connect() as connection, connection.begin():
            yield SqliteSession(connection)

    async def schema(self, table: str) -> str | None:
        async with self.read() as session:
            ((found,),) = await session.rows(f"SELECT version_num FROM {table}")  # noqa: S608 - a name of ours
        return str(found)

    async def scrub(self) -> None:
        """Rewrites the file (`DELETED` says why), and empties the write-ahead file."""
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


def _in_one(body: str, extent: Extent) -> str:
    """All sheets in one row (`services.stores.together` says why)."""
    facts, summaries = f"CASE WHEN {extent.facts} THEN s.facts ELSE '' END", f"CASE WHEN {extent.summaries} THEN s.summaries ELSE '' END"
    return f"SELECT {_KEYS}, {in_one(facts)}, {in_one(summaries)} {body}"


def _sheets(told: Sequence[Any]) -> list[SheetRow]:
    keys, *columns = told
    rows = zip(json.loads(keys), parted(*columns[:2]), parted(*columns[2:]), strict=True)
    return [SheetRow(SheetKey(*key), facts, summaries) for key, facts, summaries in rows]
