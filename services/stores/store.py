"""The store's writing side: what the fold, the tick, the daily deletion and the operator change, each in one transaction.

The last statement of each is the change number's, so a reader that has seen n has seen all below it (design 5).
"""

import json
from collections import Counter
from collections.abc import AsyncIterable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.connector import Registration
from contracts.dates import DAY, Micros
from contracts.errors import Fatal
from contracts.facts import SheetKey, decode_facts, encode
from contracts.kinds import FAILED_DAYS, Family
from contracts.ports import Changes, Freshness, LedgerKey, SheetRow
from services.stores import tables as t
from services.stores.database import DELETED, Database, fetched
from services.stores.together import ahead, in_one, inserts, parted
from streams.retention import Limits, standing
from streams.roster import snapshots

PARTITION: Final = "log"
SHAPING: Final = frozenset({Family.ROSTER, Family.SOURCE})
"""Families whose sheets say who belongs where; a change of one makes what is remembered of a roster stale."""

_SHEETS: Final = (
    f"SELECT json_group_array(k.key), {in_one('s.facts')}, {in_one('s.summaries')}"  # noqa: S608 - names of this file
    " FROM json_each(:keys) AS k JOIN sheets AS s ON"
    " s.subject = k.value ->> 0 AND s.institution = k.value ->> 1 AND s.family = k.value ->> 2 AND s.period = k.value ->> 3"
)

_ADVANCE: Final = "UPDATE positions SET position = :end WHERE partition = :partition AND position = :start RETURNING position"
_NUMBER: Final = "UPDATE changes SET number = number + 1 RETURNING number"
_COUNT: Final = (
    "INSERT INTO ledger (supplier, institution, day, outcome, reason, kind, count)"
    " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?) WHERE true"
    " ON CONFLICT (supplier, institution, day, outcome, reason, kind) DO UPDATE SET count = ledger.count + excluded.count"
)
_FRESHEN: Final = (
    "INSERT INTO freshness (source, institution, data_until, received_until)"
    " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true"
    " ON CONFLICT (source, institution) DO UPDATE SET data_until = max(freshness.data_until, excluded.data_until),"
    " received_until = max(freshness.received_until, excluded.received_until)"
)
_SHEET: Final = "INSERT INTO sheets (subject, institution, family, period, facts, summaries, number)"
_REPLACED: Final = (
    "ON CONFLICT (subject, institution, family, period) DO UPDATE SET"
    " facts = excluded.facts, summaries = excluded.summaries, number = excluded.number"
)

_UNMEASURED: Final = sa.text("length(summaries) = 0")
_WAITING: Final = "SELECT subject, institution, family, period, facts FROM sheets WHERE length(summaries) = 0 LIMIT ?"
_WAITING_BEFORE: Final = _WAITING.replace("LIMIT", "AND length(period) = 10 AND period < ? LIMIT")


class SqlStore:
    """`Store` on SQLAlchemy; also what the operator's commands and the daily job write."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self) -> int:
        async with self._database.read() as connection:
            return int((await connection.execute(sa.select(t.positions.c.position))).scalar_one())

    async def sheets(self, keys: Sequence[SheetKey]) -> dict[SheetKey, SheetRow]:
        async with self._database.read() as connection:
            ((places, *columns),) = await fetched(connection, _SHEETS, {"keys": msgspec.json.encode(keys).decode()})
        found = [keys[place] for place in msgspec.json.decode(places)]
        return {key: SheetRow(key, *row) for key, *row in zip(found, parted(*columns[:2]), parted(*columns[2:]), strict=True)}

    async def erased(self) -> frozenset[str]:
        async with self._database.read() as connection:
            return frozenset(subject for (subject,) in await fetched(connection, "SELECT subject FROM erased"))

    async def save(self, start: int, end: int, changes: AsyncIterable[Changes]) -> int:
        ledger, freshness, rosters = Counter[LedgerKey](), list[Freshness](), set[str]()
        async with self._database.write() as connection:
            await _advance(connection, start, end)
            ((before,),) = await fetched(connection, "SELECT number FROM changes")
            async for one in ahead(changes):
                rows = [(*row.key, row.facts, row.summaries, before + 1) for row in one.sheets]
                for statement, values in inserts(_SHEET, rows, _REPLACED):
                    await fetched(connection, statement, values)
                if one.failed:
                    failed = [{name: getattr(row, name) for name in row.__struct_fields__} for row in one.failed]
                    await connection.execute(insert(t.failed).on_conflict_do_nothing(), failed)
                ledger.update(one.ledger)
                freshness += one.freshness
                rosters |= {row.key.institution for row in one.sheets if row.key.family in SHAPING}
            await _count(connection, ledger)
            await _put_freshness(connection, freshness)
            return await numbered(connection, rosters)

    async def unmeasured(self, most: int, before: date | None = None) -> list[SheetRow]:
        query, values = (_WAITING, (most,)) if before is None else (_WAITING_BEFORE, (before.isoformat(), most))
        async with self._database.read() as connection:
            return [SheetRow(SheetKey(*key), facts, b"") for *key, facts in await fetched(connection, query, values)]

    async def measured(self, rows: Sequence[SheetRow]) -> None:
        """Takes no change number, and the sheets' own stay: what is read of them does not change."""
        key = [t.sheets.c[name] == sa.bindparam(f"of_{name}") for name in SheetKey._fields]
        statement = sa.update(t.sheets).where(*key, _UNMEASURED).values(summaries=sa.bindparam("told"))
        values = [{f"of_{name}": value for name, value in row.key._asdict().items()} | {"told": row.summaries} for row in rows]
        async with self._database.write() as connection:
            if values:
                await connection.execute(statement, values)

    async def suppliers(self) -> list[Registration]:
        async with self._database.read() as connection:
            return [registration(row._asdict()) for row in await connection.execute(sa.select(t.suppliers))]

    async def secrets(self) -> dict[str, tuple[str, str | None, Micros]]:
        """Supplier -> its secret, the one before it if that may still be taken, and until when; encrypted under the hub's key."""
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(*(t.suppliers.c[name] for name in ("name", "secret", "old_secret", "old_until"))))
            return {name: (secret, old, until or 0) for name, secret, old, until in rows}

    async def rotate(self, supplier: str, secret: str, until: Micros) -> bool:
        """Gives it a new secret; the one that it had is kept beside it. False where there is no such supplier."""
        new = {"secret": secret, "old_secret": t.suppliers.c.secret, "old_until": until}
        async with self._database.write() as connection:
            found = (await connection.execute(sa.update(t.suppliers).where(t.suppliers.c.name == supplier).values(new))).rowcount
            await numbered(connection)
        return found > 0

    async def accesses(self) -> dict[str, str]:
        """Pulled supplier -> where and as whom it is fetched, encrypted under the hub's key."""
        async with self._database.read() as connection:
            return dict((await connection.execute(sa.select(t.pulled.c.supplier, t.pulled.c.access))).all())

    async def register(self, supplier: Registration, secret: str, access: str | None = None) -> None:
        """Any secret that it had is gone. access: None where it is not fetched from, or not any more."""
        row = {
            "name": supplier.supplier, "connectors": sorted(supplier.connectors), "institutions": sorted(supplier.institutions),
            "tool": supplier.tool, "subject_code": supplier.subject_code, "schemes": dict(supplier.schemes), "rank": supplier.rank,
            "expected_by": supplier.expected_by, "roster": supplier.roster, "secret": secret, "old_secret": None, "old_until": None,
        }  # fmt: skip
        async with self._database.write() as connection:
            await _put(connection, t.suppliers, [row], [name for name in row if name != "name"])
            await connection.execute(sa.delete(t.pulled).where(t.pulled.c.supplier == supplier.supplier))
            if access is not None:
                await connection.execute(insert(t.pulled), [{"supplier": supplier.supplier, "access": access}])
            await numbered(connection)

    async def meta(self, name: str) -> str | None:
        async with self._database.read() as connection:
            return (await connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == name))).scalar_one_or_none()

    async def remember(self, name: str, value: str) -> None:
        async with self._database.write() as connection:
            await _put(connection, t.meta, [{"name": name, "value": value}], ["value"])

    async def tick(self, institutions: Collection[str], today: date) -> list[str]:
        """Marks that a date has begun; answers those for which it had not. Writes, and waits for other writers, only where there are."""
        begun = sa.select(t.ticks.c.institution).where(t.ticks.c.date == today)
        async with self._database.read() as connection:
            if set(institutions) <= set((await connection.execute(begun)).scalars()):
                return []
        async with self._database.write() as connection:
            new = sorted(set(institutions) - set((await connection.execute(begun)).scalars()))
            if new:
                await connection.execute(sa.delete(t.ticks).where(t.ticks.c.date < today))
                await connection.execute(insert(t.ticks), [{"institution": name, "date": today} for name in new])
                await numbered(connection)
        return new

    async def forget(self, today: date, now: Micros) -> int:
        """The daily deletion; bytes and all. Answers how many rows it touched."""
        limits = Limits.on(today)
        async with self._database.write() as connection:
            gone = await _forget_sheets(connection, limits)
            gone += await _forget_standing(connection, today)
            for statement in (
                sa.delete(t.failed).where(t.failed.c.received < now - FAILED_DAYS * DAY),
                sa.delete(t.ledger).where(t.ledger.c.day < limits.dates),
                sa.delete(t.erased).where(t.erased.c.until < today),
                sa.update(t.suppliers).where(t.suppliers.c.old_until <= now).values(old_secret=None, old_until=None),
            ):
                gone += (await connection.execute(statement)).rowcount
            if gone:
                await connection.exec_driver_sql(DELETED)
                await numbered(connection, await _rostered(connection))
        await self._database.scrub()
        return gone

    async def erase(self, subjects: Collection[str], until: date) -> int:
        """Deletes all that is kept of these pseudonyms and remembers them, so that nothing left in the log is folded again (R4.1)."""
        async with self._database.write() as connection:
            gone = (await connection.execute(sa.delete(t.sheets).where(t.sheets.c.subject.in_(sorted(subjects))))).rowcount
            gone += (await connection.execute(sa.delete(t.failed).where(t.failed.c.subject.in_(sorted(subjects))))).rowcount
            await _put(connection, t.erased, [{"subject": subject, "until": until} for subject in sorted(subjects)], ["until"])
            await connection.exec_driver_sql(DELETED)
            await numbered(connection, await _rostered(connection))
        await self._database.scrub()
        return gone

    async def institutions(self) -> set[str]:
        """Those of which anything is known."""
        async with self._database.read() as connection:
            return set(await _institutions(connection))

    async def change(self) -> int:
        async with self._database.read() as connection:
            return int((await connection.execute(sa.select(t.changes.c.number))).scalar_one())


async def numbered(connection: AsyncConnection, rosters: Collection[str] = ()) -> int:
    """The next change number; the last statement of every writing transaction."""
    ((number,),) = await fetched(connection, _NUMBER)
    if rosters:
        await _put(connection, t.roster_changes, [{"institution": name, "number": number} for name in sorted(rosters)], ["number"])
    return int(number)


async def _institutions(connection: AsyncConnection) -> list[str]:
    query = sa.select(t.sheets.c.institution).distinct().where(t.sheets.c.institution != "")
    return sorted((await connection.execute(query)).scalars())


async def _rostered(connection: AsyncConnection) -> set[str]:
    """Those of which a roster may be remembered, also where no sheet is left."""
    return {*await _institutions(connection), *(await connection.execute(sa.select(t.roster_changes.c.institution))).scalars()}


_NOTHING: Final = encode({})


async def _forget_sheets(connection: AsyncConnection, limits: Limits) -> int:
    """Dated and standing sheets: first the facts of activity, never of a sheet that is not measured; later the row."""
    s = t.sheets.c
    dated, by_year = sa.func.length(s.period) == len("2026-11-24"), sa.func.length(s.period) == len("2026-2027")
    emptied = sa.update(t.sheets).values(facts=_NOTHING).where(
        s.family == Family.ACTIVITY.value, dated, s.period < limits.activity_facts.isoformat(), s.facts != _NOTHING, s.summaries != b""
    )  # fmt: skip
    old = sa.or_(sa.and_(dated, s.period < limits.dates.isoformat()), sa.and_(by_year, s.period < limits.years))
    gone = (await connection.execute(emptied)).rowcount
    return int(gone + (await connection.execute(sa.delete(t.sheets).where(old))).rowcount)


async def _forget_standing(connection: AsyncConnection, today: date) -> int:
    """Undated sheets, fact by fact."""
    rows = (await connection.execute(sa.select(t.sheets).where(t.sheets.c.period == ""))).all()
    sheets = [(SheetKey(*row[:4]), decode_facts(row.facts)) for row in rows]
    newest = {name: snapshots(facts for key, facts in sheets if key.institution == name) for name in {key.institution for key, _ in sheets}}
    touched = 0
    for key, facts in sheets:
        kept = standing(facts, newest[key.institution], today)
        if kept != facts:
            touched += 1
            where = [t.sheets.c[name] == value for name, value in key._asdict().items()]
            change = sa.update(t.sheets).values(facts=encode(kept)) if kept else sa.delete(t.sheets)
            await connection.execute(change.where(*where))
    return touched


async def _advance(connection: AsyncConnection, start: int, end: int) -> None:
    if not await fetched(connection, _ADVANCE, {"start": start, "end": end, "partition": PARTITION}):
        raise Fatal("saving a batch: the store's position is not the one that it started from; another process folds this log")


async def _put(connection: AsyncConnection, table: sa.Table, rows: Sequence[Mapping[str, Any]], replace: Sequence[str]) -> None:
    """Inserts, or replaces the named columns."""
    if not rows:
        return
    statement = insert(table)
    keys = list(table.primary_key.columns)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_={name: statement.excluded[name] for name in replace}), rows
    )


async def _count(connection: AsyncConnection, ledger: Mapping[LedgerKey, int]) -> None:
    if ledger:
        rows = [[k.supplier, k.institution, k.day.isoformat(), k.outcome, k.reason, k.kind, n] for k, n in ledger.items()]
        await fetched(connection, _COUNT, (json.dumps(rows),))


async def _put_freshness(connection: AsyncConnection, freshness: Sequence[Freshness]) -> None:
    if freshness:
        rows = [[f.source, f.institution, f.data_until, f.received_until] for f in freshness]
        await fetched(connection, _FRESHEN, (json.dumps(rows),))


def registration(row: Mapping[str, Any]) -> Registration:
    return Registration(
        row["name"], frozenset(row["connectors"]), frozenset(row["institutions"]), row["tool"], row["subject_code"], row["schemes"],
        row["rank"], row["expected_by"], row["roster"],
    )  # fmt: skip
