"""A database in PostgreSQL: any number of processes write and read it.

A lost connection and a deadlock are errors of the transaction (`Retry`): whoever runs it begins it again. What is deleted is gone from the
tables when they are rewritten, and from the server's own log when that is recycled, which is the server's business (deploy/README.md).
"""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from contracts.errors import Fatal, Retry
from contracts.facts import SheetKey
from contracts.ports import Freshness, SheetRow
from services.leading import Loop
from services.stores.database import OF_GENERATION, Database, Extent, Session, State
from services.stores.packed import lately, packed, part, unpacked

_STATE: Final = (
    f"SELECT {OF_GENERATION}, (SELECT number FROM changes),"  # noqa: S608 - a name of ours
    " CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - 1,"
    " (SELECT CAST(json_object_agg(institution, number) AS text) FROM roster_changes),"
    " (SELECT CAST(json_agg(json_build_array(source, institution, data_until, received_until)) AS text) FROM freshness)"
)
_STAMP: Final = "SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
"""A transaction's number is given at its beginning and not in the order of commits; what a snapshot does not see has one that is not below
the oldest that was still running."""

UNANSWERED_SECONDS: Final = 5.0
"""After what a statement may take at the server, until a server that says nothing counts as lost."""
IDLE: Final = "8000"
"""Milliseconds that a transaction may wait for its own process: one that was stopped inside holds what others wait for."""
_KEYS: Final = "s.subject, s.institution, s.family, s.period"
_PUT: Final = (
    "INSERT INTO sheets (subject, institution, family, period, facts, rest, summaries, number, settled)"
    " SELECT *, $8::bigint, CASE WHEN length(told.summaries) > 0 THEN $8::bigint ELSE 0 END"
    " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[])"
    " AS told (subject, institution, family, period, facts, rest, summaries)"
    " ON CONFLICT (subject, institution, family, period) DO UPDATE SET"
    " facts = excluded.facts, rest = CASE WHEN excluded.rest = '' THEN sheets.rest ELSE excluded.rest END,"
    " summaries = excluded.summaries, number = excluded.number, settled = GREATEST(sheets.settled, excluded.settled)"
)
_STAYS: Final = b""
"""In place of a rest that is to stay as it is."""
_MORE: Final = (
    "UPDATE sheets AS s SET rest = s.rest || told.more"
    " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) AS told (subject, institution, family, period, more)"
    " WHERE (s.subject, s.institution, s.family, s.period) = (told.subject, told.institution, told.family, told.period)"
)
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext(current_schema() || '/' || :what))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtext(current_schema() || '/' || :what))"
_SHARED: Final = "SELECT pg_advisory_lock_shared(hashtext(current_schema() || '/' || :what))"
_REWRITES: Final = "rewriting"
"""Whoever rewrites tables has this lock; a snapshot that lasts shares it, since a rewrite keeps what an older snapshot still sees."""
_LASTING: Final = tuple(f"SET {name} = 0" for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"))
NAME: Final = "fremgang"
"""What a hub's connections are called at the server; those of an operator's command on tables have a word more."""
HELD_SECONDS: Final = 1.0
"""Between two looks at whether a lock can be had, or is still held."""
_KEPT_WAITING: Final = (
    "SELECT EXISTS (SELECT FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation"
    " WHERE l.granted AND l.mode IN ('ShareRowExclusiveLock', 'AccessExclusiveLock')"
    " AND c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace))"
)
_DUE: Final = "SELECT CAST(xmin AS text) FROM rewriting WHERE due"
_REWRITTEN: Final = "UPDATE rewriting SET due = false WHERE CAST(xmin AS text) = :due"
_TABLES: Final = "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = current_schema()"
_AGAIN: Final = frozenset({"40001", "40P01", "55P03", "57014", "25P03", "57P05", "57P01", "57P02", "57P03", "53300"})
"""SQLSTATEs after which the same transaction may succeed: serialization failure, deadlock, a lock or a statement or this process that
took too long, a server that stops, starts or is full (PostgreSQL 18, Appendix A). Class 08 is a lost connection."""


class Pool(NamedTuple):
    """size: connections that a process keeps, for one database. seconds: that a statement may take."""

    size: int = 8
    seconds: float = 30.0


class PostgresSession(Session):
    def _insert(self, table: sa.Table) -> Any:
        return insert(table)

    async def rows(self, query: str, /, **values: Any) -> Sequence[Any]:
        found = await self._connection.execute(sa.text(query), values)
        return found.all() if found.returns_rows else ()

    def table(self, name: str, *columns: str) -> str:
        told = ", ".join(_column(place, column) for place, column in enumerate(columns))
        return f"(SELECT {told} FROM jsonb_array_elements(CAST(:{name} AS jsonb)) AS e(value))"  # noqa: S608 - names of these files

    async def state(self) -> State:
        ((generation, change, stamp, rosters, fresh),) = await self.rows(_STATE)
        told = [Freshness(*row) for row in sorted(json.loads(fresh or "[]"))]
        return State(change, stamp, json.loads(rosters or "{}"), told, generation)

    async def sheets(self, body: str, extent: Extent, /, **values: Any) -> list[SheetRow]:
        columns = {"facts": extent.facts, "rest": extent.rest, "summaries": extent.summaries}
        told = ", ".join(f"CASE WHEN {which} THEN s.{column} END" for column, which in columns.items())
        rows = await self.rows(f"SELECT {_KEYS}, {told} {body}", **values)
        of = _part if extent is Extent.LATELY else _sheet
        return [of(SheetKey(*key), facts or b"", rest, summaries or b"") for *key, facts, rest, summaries in rows]

    async def sheets_and(self, subjects: str, body: str, extent: Extent, /, **values: Any) -> tuple[set[str], list[SheetRow]]:
        others = await self.rows(f"SELECT DISTINCT s.subject {subjects}", **values)
        return {subject for (subject,) in others}, await self.sheets(body, extent, **values)

    async def stamp(self) -> int:
        ((number,),) = await self.rows(_STAMP)
        return int(number)

    async def put_sheets(self, sheets: Sequence[SheetRow], stamp: int) -> None:
        told = [(row, part(row.facts, row.rest) if row.rest else packed(row.facts)) for row in sheets]
        await self._each(_PUT, [(*row.key, one.facts, _STAYS if row.rest else one.rest, row.summaries) for row, one in told], stamp)
        await self._each(_MORE, [(*row.key, one.rest) for row, one in told if row.rest and one.rest])

    async def _each(self, statement: str, rows: Sequence[tuple[Any, ...]], *values: Any) -> None:
        """One statement for all rows, if there are any."""
        if rows:
            await self._connection.exec_driver_sql(statement, (*map(list, zip(*rows, strict=True)), *values))

    def date(self, text: str) -> str:
        return f"CAST({text} AS date)"

    def as_bytes(self, text: str) -> str:
        return f"convert_to({text}, 'UTF8')"

    def staying(self, name: str) -> str:
        return f"FOR KEY SHARE OF {name}"

    def greatest(self, one: str, other: str) -> str:
        return f"GREATEST({one}, {other})"

    async def fenced(self) -> None:
        await self.rows("LOCK TABLE positions IN SHARE ROW EXCLUSIVE MODE")

    async def kept_waiting(self) -> bool:
        ((waiting,),) = await self.rows(_KEPT_WAITING)
        return bool(waiting)

    async def deleted(self) -> None:
        await self.rows("UPDATE rewriting SET due = true")

    async def copy_out(self, table: str, columns: Sequence[str], write: Callable[[bytes], Awaitable[None]]) -> None:
        """A whole table as COPY's binary format has it."""
        with _refused():
            await (await self._driver()).copy_from_table(table, columns=columns, output=write, format="binary")

    async def copy_in(self, table: str, columns: Sequence[str], read: AsyncIterable[bytes]) -> None:
        with _refused():
            await (await self._driver()).copy_to_table(table, columns=columns, source=read, format="binary")

    async def _driver(self) -> Any:
        """The driver's own connection, in the transaction that a statement has begun."""
        return (await self._connection.get_raw_connection()).driver_connection


class PostgresDatabase(Database):
    """url: `postgresql+asyncpg://...`. name: what the server calls its connections."""

    def __init__(self, url: str, pool: Pool = Pool(), name: str = NAME) -> None:
        timeout = str(round(pool.seconds * 1000))
        settings = {
            "statement_timeout": timeout, "lock_timeout": timeout, "idle_in_transaction_session_timeout": IDLE, "jit": "off",
            "plan_cache_mode": "force_custom_plan", "application_name": name,
        }  # fmt: skip
        reaching = {"server_settings": settings, "timeout": pool.seconds}
        with reached():
            self._engine = create_async_engine(
                url, pool_size=pool.size, max_overflow=0, pool_timeout=10, hide_parameters=True,
                connect_args=reaching | {"command_timeout": pool.seconds + UNANSWERED_SECONDS},
            )  # fmt: skip
            sa.event.listen(self._engine.sync_engine, "checkout", _open)
            self._patient = create_async_engine(
                url, poolclass=sa.NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT", connect_args=reaching
            )
        self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        with _lost():
            async with self._engine.begin() as connection:
                yield PostgresSession(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        with _lost():
            async with self._readers.connect() as connection, connection.begin():
                yield PostgresSession(connection)

    @asynccontextmanager
    async def lasting(self, *, writes: bool) -> AsyncIterator[PostgresSession]:
        """A transaction that takes the time it takes: one snapshot, or whatever is written, committed at the end of the block. No table is
        rewritten meanwhile."""
        with _lost():
            async with self._patient.connect() as connection:
                for statement in _LASTING:
                    await connection.exec_driver_sql(statement)
                await connection.execute(sa.text(_SHARED), {"what": _REWRITES})
                await connection.commit()
                level = "READ COMMITTED" if writes else "REPEATABLE READ"
                await connection.execution_options(isolation_level=level, postgresql_readonly=not writes)
                async with connection.begin():
                    await connection.exec_driver_sql("SELECT 1")
                    yield PostgresSession(connection)

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[Loop]:
        """By a lock of the session: it goes with the connection, so with the process too, and with one that was stopped and does not look
        any more."""

        async def held() -> None:
            with _lost():
                while True:
                    await asyncio.sleep(HELD_SECONDS)
                    await connection.exec_driver_sql("SELECT 1")

        with _lost():
            async with self._alone.connect() as connection:
                await connection.exec_driver_sql(f"SET idle_session_timeout = {IDLE}")
                while not (await connection.execute(sa.text(_LOCK), {"what": what})).scalar_one():  # noqa: ASYNC110 - the server's own
                    await asyncio.sleep(HELD_SECONDS)
                try:
                    yield held
                finally:
                    with suppress(SQLAlchemyError):
                        await connection.execute(sa.text(_UNLOCK), {"what": what})
                        await connection.exec_driver_sql("RESET idle_session_timeout")

    async def schema(self, table: str) -> str | None:
        with reached():
            async with self.read() as session:
                if not await session.rows("SELECT 1 FROM pg_tables WHERE tablename = :name AND schemaname = current_schema()", name=table):
                    return None
                ((found,),) = await session.rows(f"SELECT version_num FROM {table}")  # noqa: S608 - a name of ours
        return str(found)

    async def scrub(self) -> None:
        """Nothing: it is due until `rewrite`."""

    async def due(self) -> bool:
        async with self.read() as session:
            return bool(await session.rows(_DUE))

    async def rewrite(self) -> None:
        """Where it is due: a rewritten table holds no dead row; it is locked meanwhile, however long it takes. What is deleted meanwhile
        makes another one due. While a backup is made it stays due."""
        with _lost():
            async with self._patient.connect() as connection:
                if not (await connection.execute(sa.text(_LOCK), {"what": _REWRITES})).scalar_one():
                    return
                due = (await connection.exec_driver_sql(_DUE)).scalar_one_or_none()
                if due is not None:
                    tables = (await connection.exec_driver_sql(_TABLES)).scalar_one()
                    await connection.exec_driver_sql("SET statement_timeout = 0")
                    await connection.exec_driver_sql(f"VACUUM FULL {tables}")
                    await connection.execute(sa.text(_REWRITTEN), {"due": due})

    async def close(self) -> None:
        await self._engine.dispose()
        await self._patient.dispose()


def _open(connection: Any, *_: Any) -> None:
    """The pool makes another in place of one that the server has closed; the driver hears of that at once, so nobody need be asked."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _sheet(key: SheetKey, kept: bytes, rest: bytes | None, summaries: bytes) -> SheetRow:
    facts = unpacked(kept, rest)
    return SheetRow(key, facts, summaries, b"" if facts is kept else kept)


def _part(key: SheetKey, kept: bytes, _: None, summaries: bytes) -> SheetRow:
    facts, known = lately(kept)
    return SheetRow(key, facts, summaries, rest=known)


def _column(place: int, column: str) -> str:
    name = column.removesuffix("#")
    return f"value ->> {place} AS {name}" if name == column else f"CAST(value ->> {place} AS bigint) AS {name}"


@contextmanager
def reached() -> Iterator[None]:
    """For a process that starts. Raises `Fatal` where the server does not let it in, or the packages for it are not there."""
    try:
        with _lost():
            yield
    except ModuleNotFoundError:
        raise Fatal("starting: what is in PostgreSQL needs the packages of the extra: install fremgang[deployed]") from None
    except (Retry, Fatal) as error:
        raise Fatal(f"starting: {error}") from error


@contextmanager
def _lost() -> Iterator[None]:
    """Raises `Retry` where the transaction, of which nothing was committed or all, may succeed when it is tried again; else `Fatal`. The
    driver's own texts hold values, so they are not told."""
    try:
        yield
    except DBAPIError as error:
        if (task := asyncio.current_task()) and task.cancelling():
            raise asyncio.CancelledError from error
        raise _told(getattr(error.orig, "sqlstate", None), _why(error), lost=error.connection_invalidated) from error
    except TimeoutError as error:
        raise Retry("the database does not answer") from error
    except PoolTimeout as error:
        raise Retry("all connections to the database are taken (FREMGANG_DATABASE_CONNECTIONS)") from error
    except OSError as error:
        raise Retry(f"the database cannot be reached: {error.strerror or type(error).__name__}") from error


@contextmanager
def _refused() -> Iterator[None]:
    """As `_lost`, for what the driver is asked itself."""
    from asyncpg import InterfaceError, PostgresError

    try:
        yield
    except PostgresError as error:
        raise _told(error.sqlstate, type(error).__name__) from error
    except InterfaceError as error:
        raise _told(None, type(error).__name__, lost=True) from error


def _told(sqlstate: str | None, why: str, *, lost: bool = False) -> Retry | Fatal:
    state = str(sqlstate or "")
    if lost or state in _AGAIN or state.startswith("08"):
        return Retry(f"the database does not answer ({why})")
    return Fatal(f"the database refuses ({why})")


def _why(error: DBAPIError) -> str:
    cause = error.orig.__cause__ if error.orig else None
    return type(cause or error.orig).__name__
