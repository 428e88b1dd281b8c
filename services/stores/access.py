"""The access log: who read what of whom, written before the answer is sent (R5.1; CJEU C-579/21). A file of its own, append-only.

Reads that wait together are committed together; a read whose record cannot be written fails.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from contracts.dates import Micros, rfc3339
from services.stores.database import Database

metadata = sa.MetaData()
_reads = sa.Table(
    "reads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.BigInteger),
    *(sa.Column(name, sa.Text) for name in ("client", "reader", "role", "purpose", "view", "group_id", "indicators", "result", "rule")),
)
_students = sa.Table(
    "read_students", metadata, sa.Column("read", sa.Integer, primary_key=True), sa.Column("student", sa.Text, primary_key=True)
)

_COLUMNS: Final = [column.name for column in _reads.columns if column.name != "id"]
_READ: Final = f"INSERT INTO reads ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)}) RETURNING id"  # noqa: S608 - names of this file
_STUDENTS: Final = "INSERT INTO read_students (read, student) SELECT told.read, told.student FROM {told} AS told"


class Access(Struct, frozen=True):
    """One read of persons' data. reader: the staff or pupil identity, sealed. result: allowed or denied. rule: why."""

    at: Micros
    client: str
    reader: str
    role: str
    purpose: str
    view: str
    students: tuple[str, ...]
    group_id: str | None
    indicators: str
    result: str
    rule: str


class AccessLog:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: list[tuple[Access, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def record(self, access: Access) -> None:
        """Returns when the record is durable; raises what the database raised."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((access, written))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await written

    async def _flush(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await self._write([access for access, _ in group])
            except Exception as error:
                _settle(group, error)
            else:
                _settle(group, None)

    async def _write(self, group: Sequence[Access]) -> None:
        async with self.database.write() as session:
            statement = _STUDENTS.format(told=session.table("rows", "read#", "student"))
            for access in group:
                told = msgspec.structs.asdict(access)
                students = told.pop("students")
                ((read,),) = await session.rows(_READ, **told)
                await session.rows(statement, rows=json.dumps([[read, student] for student in students]))

    async def of(self, student: str | None, reader: str | None, limit: int) -> list[dict[str, Any]]:
        """The newest records of a student, of a reader, or of both; newest first."""
        query = sa.select(_reads).order_by(_reads.c.id.desc()).limit(limit)
        if reader is not None:
            query = query.where(_reads.c.reader == reader)
        if student is not None:
            query = query.where(_reads.c.id.in_(sa.select(_students.c.read).where(_students.c.student == student)))
        async with self.database.read() as session:
            rows = (await session.execute(query)).mappings().all()
        return [{**{k: v for k, v in row.items() if k not in ("id", "at")}, "at": rfc3339(row["at"])} for row in rows]

    async def forget(self, before: Micros) -> int:
        async with self.database.write() as session:
            gone = (await session.execute(sa.delete(_reads).where(_reads.c.at < before))).rowcount
            if gone:
                await session.deleted()
        await self.database.scrub()
        return gone

    async def close(self) -> None:
        if self._flushing is not None:
            await self._flushing
        await self.database.close()


def _settle(group: Sequence[tuple[Access, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, written in group:
        if written.done():
            continue
        if error is None:
            written.set_result(None)
        else:
            written.set_exception(error)
