"""The store's writing side: what the fold, the tick, the daily deletion and the operator change, each in one transaction.

The last statement of each is the change number's, so a reader that has seen n has seen all below it (design 5).
"""

import json
from collections import Counter
from collections.abc import AsyncIterable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from contracts.connector import Registration
from contracts.dates import DAY, Micros
from contracts.errors import Fatal, Taken
from contracts.facts import SheetKey, decode_facts, encode
from contracts.kinds import FAILED_DAYS, Family
from contracts.ports import Changes, Freshness, Held, LedgerKey, Positions, SheetRow
from services.stores import tables as t
from services.stores.database import GENERATION, Database, Extent, Session
from services.stores.packed import meets
from services.stores.together import ahead
from streams.retention import Limits, standing
from streams.roster import shapes, snapshots

SILENT: Final = "silent sources"
"""As what is remembered which sources are stale."""

_ADVANCE: Final = (
    "UPDATE positions AS p SET position = t.later FROM {told} AS t"
    " WHERE p.partition = t.partition AND p.position = t.earlier AND p.epoch = t.epoch RETURNING position"
)
_HELD: Final = "UPDATE positions SET epoch = epoch + 1 WHERE partition = :partition RETURNING position, epoch"
_NUMBER: Final = "UPDATE changes SET number = number + 1 RETURNING number"
_COUNT: Final = (
    "INSERT INTO ledger (supplier, institution, day, outcome, reason, kind, count)"
    " SELECT supplier, institution, {day}, outcome, reason, kind, count FROM {counts} AS told WHERE true"
    " ON CONFLICT (supplier, institution, day, outcome, reason, kind) DO UPDATE SET count = ledger.count + excluded.count"
)
_FRESHEN: Final = (
    "INSERT INTO freshness (source, institution, data_until, received_until)"
    " SELECT source, institution, data_until, received_until FROM {told} AS told WHERE true"
    " ON CONFLICT (source, institution) DO UPDATE SET data_until = {data}, received_until = {received}"
)
_INSTITUTIONS: Final = (
    "WITH RECURSIVE found (institution) AS (SELECT min(institution) FROM sheets WHERE institution <> '' UNION ALL"
    " SELECT (SELECT min(institution) FROM sheets WHERE sheets.institution > found.institution) FROM found"
    " WHERE found.institution IS NOT NULL) SELECT institution FROM found WHERE institution IS NOT NULL"
)
"""From one to the next by the index: they are few, and asked for each second."""
_UNMEASURED: Final = sa.text("length(summaries) = 0")
_WAITING: Final = "FROM (SELECT * FROM sheets WHERE length(summaries) = 0 LIMIT :most) AS s"
_WAITING_BEFORE: Final = _WAITING.replace("LIMIT", "AND length(period) = 10 AND period < :before LIMIT")


class SqlStore:
    """`Store` on SQLAlchemy; also what the operator's commands and the daily job write. generation: of the indicators that measure what is
    told to `measured`."""

    def __init__(self, database: Database, generation: str = "") -> None:
        self._database, self._generation = database, generation

    async def positions(self) -> Positions:
        async with self._database.read() as session:
            return await positions_of(session)

    async def sheets(self, reports: Mapping[SheetKey, Collection[str]]) -> dict[SheetKey, SheetRow]:
        async with self._database.read() as session:
            found = await session.sheets_of([*reports], Extent.LATELY)
            met = [row.key for row in found if meets(row.rest, reports[row.key])]
            whole = await session.sheets_of(met, Extent.FACTS) if met else []
        return {row.key: row for row in (*found, *whole)}

    async def erased(self) -> frozenset[str]:
        async with self._database.read() as session:
            return frozenset(subject for (subject,) in await session.rows("SELECT subject FROM erased"))

    async def kept_waiting(self) -> bool:
        """Whether a deletion or a rewrite keeps who folds waiting, in whichever process."""
        async with self._database.read() as session:
            return await session.kept_waiting()

    async def hold(self, partitions: Collection[str]) -> Held:
        """Partitions in one order, so no two of these wait for each other; where one and a `save` do, the database ends one of them."""
        positions, epochs = dict[str, int](), dict[str, int]()
        async with self._database.write() as session:
            await session.put(t.positions, [{"partition": partition, "position": 0, "epoch": 0} for partition in sorted(partitions)])
            for partition in sorted(partitions):
                ((positions[partition], epochs[partition]),) = await session.rows(_HELD, partition=partition)
        return Held(positions, epochs)

    async def save(self, held: Held, end: Positions, changes: AsyncIterable[Changes]) -> int:
        ledger, freshness, rosters = Counter[LedgerKey](), list[Freshness](), set[str]()
        async with self._database.write() as session:
            await _advance(session, held, end)
            stamp = await session.stamp()
            async for one in ahead(changes):
                await session.put_sheets(one.sheets, stamp)
                await session.put(t.failed, [{name: getattr(row, name) for name in row.__struct_fields__} for row in one.failed])
                ledger.update(one.ledger)
                freshness += one.freshness
                rosters |= {row.key.institution for row in one.sheets if shapes(row.key)}
            await _count(session, ledger)
            await _put_freshness(session, freshness)
            return await numbered(session, rosters)

    async def unmeasured(self, most: int, before: date | None = None) -> list[SheetRow]:
        async with self._database.read() as session:
            if before is None:
                return await session.sheets(_WAITING, Extent.FACTS, most=most)
            return await session.sheets(_WAITING_BEFORE, Extent.FACTS, most=most, before=before.isoformat())

    async def measured(self, rows: Sequence[SheetRow]) -> None:
        """Takes no change number, and the sheets' own stay: what is read of them does not change. Only where the facts are still those
        that were measured: another process may have folded meanwhile. Raises `Fatal` where another generation serves, whose summaries they
        are not."""
        key = [t.sheets.c[name] == sa.bindparam(f"of_{name}") for name in SheetKey._fields]
        known = t.sheets.c.facts == sa.bindparam("of_facts")
        statement = sa.update(t.sheets).where(*key, known, _UNMEASURED).values(summaries=sa.bindparam("told"), settled=t.sheets.c.number)
        values = [
            {f"of_{name}": value for name, value in row.key._asdict().items()} | {"of_facts": row.kept or row.facts, "told": row.summaries}
            for row in rows
        ]
        async with self._database.write() as session:
            serving(await _generation(session), self._generation)
            if values:
                await session.execute(statement, values)

    async def generation(self) -> str:
        """Which measured the summaries. Where that is not known, as of a store that is new, it is from now on this one."""
        return await self.meta(GENERATION) or await self.remembered(GENERATION, self._generation)

    async def serves(self) -> None:
        """Raises `Fatal` where it is not this generation any more."""
        serving(await self.meta(GENERATION), self._generation)

    async def suppliers(self) -> list[Registration]:
        async with self._database.read() as session:
            return [registration(row._asdict()) for row in await session.execute(sa.select(t.suppliers))]

    async def secrets(self) -> dict[str, tuple[str, str | None, Micros]]:
        """Supplier -> its secret, the one before it if that may still be taken, and until when; encrypted under the hub's key."""
        async with self._database.read() as session:
            rows = await session.execute(sa.select(*(t.suppliers.c[name] for name in ("name", "secret", "old_secret", "old_until"))))
            return {name: (secret, old, until or 0) for name, secret, old, until in rows}

    async def rotate(self, supplier: str, secret: str, until: Micros) -> bool:
        """Gives it a new secret; the one that it had is kept beside it. False where there is no such supplier."""
        new = {"secret": secret, "old_secret": t.suppliers.c.secret, "old_until": until}
        async with self._database.write() as session:
            found = (await session.execute(sa.update(t.suppliers).where(t.suppliers.c.name == supplier).values(new))).rowcount
            await numbered(session)
        return found > 0

    async def accesses(self) -> dict[str, str]:
        """Pulled supplier -> where and as whom it is fetched, encrypted under the hub's key."""
        async with self._database.read() as session:
            return dict((await session.execute(sa.select(t.pulled.c.supplier, t.pulled.c.access))).all())

    async def register(self, supplier: Registration, secret: str, access: str | None = None) -> None:
        """Any secret that it had is gone. access: None where it is not fetched from, or not any more."""
        row = {
            "name": supplier.supplier, "connectors": sorted(supplier.connectors), "institutions": sorted(supplier.institutions),
            "tool": supplier.tool, "subject_code": supplier.subject_code, "schemes": dict(supplier.schemes), "rank": supplier.rank,
            "expected_by": supplier.expected_by, "roster": supplier.roster, "secret": secret, "old_secret": None, "old_until": None,
        }  # fmt: skip
        async with self._database.write() as session:
            await session.put(t.suppliers, [row], [name for name in row if name != "name"])
            await session.execute(sa.delete(t.pulled).where(t.pulled.c.supplier == supplier.supplier))
            if access is not None:
                await session.execute(sa.insert(t.pulled), [{"supplier": supplier.supplier, "access": access}])
            await numbered(session)

    async def remembered(self, name: str, value: str) -> str:
        """What is remembered by this name: this, unless another was before."""
        async with self._database.write() as session:
            await session.put(t.meta, [{"name": name, "value": value}])
            return str((await session.execute(sa.select(t.meta.c.value).where(t.meta.c.name == name))).scalar_one())

    async def meta(self, name: str) -> str | None:
        async with self._database.read() as session:
            return (await session.execute(sa.select(t.meta.c.value).where(t.meta.c.name == name))).scalar_one_or_none()

    async def remember(self, name: str, value: str) -> None:
        async with self._database.write() as session:
            await session.put(t.meta, [{"name": name, "value": value}], ["value"])

    async def forgotten(self, name: str) -> None:
        async with self._database.write() as session:
            await session.execute(sa.delete(t.meta).where(t.meta.c.name == name))

    async def tick(self, institutions: Collection[str], today: date) -> list[str]:
        """Marks that a date has begun; answers those for which it had not. Writes, and waits for other writers, only where there are."""
        begun = sa.select(t.ticks.c.institution).where(t.ticks.c.date == today)
        async with self._database.read() as session:
            if set(institutions) <= set((await session.execute(begun)).scalars()):
                return []
        async with self._database.write() as session:
            new = sorted(set(institutions) - set((await session.execute(begun)).scalars()))
            if new:
                await session.execute(sa.delete(t.ticks).where(t.ticks.c.date < today))
                await session.execute(sa.insert(t.ticks), [{"institution": name, "date": today} for name in new])
                await numbered(session)
        return new

    async def silent(self, stale: Iterable[tuple[str, str]]) -> bool:
        """Marks which sources are stale in which institutions; whether that is news. Writes, and waits for other writers, only then."""
        told = json.dumps(sorted(stale))
        if (await self.meta(SILENT) or "[]") == told:
            return False
        async with self._database.write() as session:
            await session.put(t.meta, [{"name": SILENT, "value": told}], ["value"])
            await numbered(session)
        return True

    async def forget(self, today: date, now: Micros) -> int:
        """The daily deletion; bytes and all. Answers how many rows it touched."""
        limits = Limits.on(today)
        async with self._database.write() as session:
            await session.fenced()
            gone = await _forget_sheets(session, limits)
            gone += await _forget_standing(session, today)
            for statement in (
                sa.delete(t.failed).where(t.failed.c.received < now - FAILED_DAYS * DAY),
                sa.delete(t.ledger).where(t.ledger.c.day < limits.dates),
                sa.delete(t.erased).where(t.erased.c.until < today),
                sa.update(t.suppliers).where(t.suppliers.c.old_until <= now).values(old_secret=None, old_until=None),
            ):
                gone += (await session.execute(statement)).rowcount
            if gone:
                await session.deleted()
                await numbered(session, await rostered(session))
        await self._database.scrub()
        return gone

    async def erase(self, subjects: Collection[str], until: date) -> int:
        """As `erase`, bytes and all."""
        async with self._database.write() as session:
            await session.fenced()
            gone = await erase(session, subjects, until)
        await self._database.scrub()
        return gone

    async def institutions(self) -> set[str]:
        """Those of which anything is known."""
        async with self._database.read() as session:
            return set(await _institutions(session))

    async def change(self) -> int:
        async with self._database.read() as session:
            return int((await session.execute(sa.select(t.changes.c.number))).scalar_one())


async def erase(session: Session, subjects: Collection[str], until: date) -> int:
    """Deletes all that is kept of these pseudonyms and remembers them, so that nothing left in the log is folded again (R4.1). Answers how
    many rows it deleted."""
    gone = (await session.execute(sa.delete(t.sheets).where(t.sheets.c.subject.in_(sorted(subjects))))).rowcount
    gone += (await session.execute(sa.delete(t.failed).where(t.failed.c.subject.in_(sorted(subjects))))).rowcount
    await session.put(t.erased, [{"subject": subject, "until": until} for subject in sorted(subjects)], ["until"])
    await session.deleted()
    await numbered(session, await rostered(session))
    return gone


def serving(found: str | None, own: str) -> None:
    """Raises `Fatal` where what was found in the store is another generation than a process's own."""
    if found not in (None, own):
        raise Fatal("another version measures the store now (fremgang remeasure); start that one")


async def _generation(session: Session) -> str | None:
    """As it stays until this transaction ends: who switches to another waits."""
    query = sa.select(t.meta.c.value).where(t.meta.c.name == GENERATION).with_for_update(read=True)
    return (await session.execute(query)).scalar_one_or_none()


async def numbered(session: Session, rosters: Collection[str] = ()) -> int:
    """The next change number; the last statement of every writing transaction."""
    ((number,),) = await session.rows(_NUMBER)
    if rosters:
        await session.put(t.roster_changes, [{"institution": name, "number": number} for name in sorted(rosters)], ["number"])
    return int(number)


async def _institutions(session: Session) -> list[str]:
    return sorted(name for (name,) in await session.rows(_INSTITUTIONS))


async def rostered(session: Session) -> set[str]:
    """Those of which a roster may be remembered, also where no sheet is left."""
    return {*await _institutions(session), *(await session.execute(sa.select(t.roster_changes.c.institution))).scalars()}


_NOTHING: Final = encode({})


async def _forget_sheets(session: Session, limits: Limits) -> int:
    """Dated and standing sheets: first the facts of activity, never of a sheet that is not measured; later the row."""
    s = t.sheets.c
    dated, by_year = sa.func.length(s.period) == len("2026-11-24"), sa.func.length(s.period) == len("2026-2027")
    emptied = sa.update(t.sheets).values(facts=_NOTHING, rest=None).where(
        s.family == Family.ACTIVITY.value, dated, s.period < limits.activity_facts.isoformat(), s.facts != _NOTHING, s.summaries != b""
    )  # fmt: skip
    old = sa.or_(sa.and_(dated, s.period < limits.dates.isoformat()), sa.and_(by_year, s.period < limits.years))
    gone = (await session.execute(emptied)).rowcount
    return int(gone + (await session.execute(sa.delete(t.sheets).where(old))).rowcount)


async def _forget_standing(session: Session, today: date) -> int:
    """Undated sheets, fact by fact."""
    rows = await session.sheets("FROM sheets AS s WHERE s.period = ''", Extent.FACTS)
    sheets = [(row.key, decode_facts(row.facts)) for row in rows]
    newest = {name: snapshots(facts for key, facts in sheets if key.institution == name) for name in {key.institution for key, _ in sheets}}
    touched, stamp = 0, await session.stamp()
    for key, facts in sheets:
        kept = standing(facts, newest[key.institution], today)
        if kept != facts:
            touched += 1
            where = [t.sheets.c[name] == value for name, value in key._asdict().items()]
            change = sa.update(t.sheets).values(facts=encode(kept), rest=None, number=stamp) if kept else sa.delete(t.sheets)
            await session.execute(change.where(*where))
    return touched


async def positions_of(session: Session) -> Positions:
    return dict([tuple(row) for row in await session.rows("SELECT partition, position FROM positions")])


async def _advance(session: Session, held: Held, end: Positions) -> None:
    rows = [[name, held.positions[name], held.epochs[name], end[name]] for name in sorted(end)]
    statement = _ADVANCE.format(told=session.table("rows", "partition", "earlier#", "epoch#", "later#"))
    if len(await session.rows(statement, rows=json.dumps(rows))) < len(rows):
        raise Taken("saving a batch: a partition of it is held by another process, or does not stand where the batch started from")


async def _count(session: Session, ledger: Mapping[LedgerKey, int]) -> None:
    if ledger:
        rows = [[k.supplier, k.institution, k.day.isoformat(), k.outcome, k.reason, k.kind, n] for k, n in ledger.items()]
        counts = session.table("rows", "supplier", "institution", "day", "outcome", "reason", "kind", "count#")
        await session.rows(_COUNT.format(counts=counts, day=session.date("day")), rows=json.dumps(rows))


async def _put_freshness(session: Session, freshness: Sequence[Freshness]) -> None:
    """Of each source and institution the newest of what is told and what is known."""
    newest: dict[tuple[str, str], tuple[Micros, Micros]] = {}
    for f in freshness:
        data, received = newest.get((f.source, f.institution), (f.data_until, f.received_until))
        newest[f.source, f.institution] = max(data, f.data_until), max(received, f.received_until)
    if newest:
        statement = _FRESHEN.format(
            told=session.table("rows", "source", "institution", "data_until#", "received_until#"),
            data=session.greatest("freshness.data_until", "excluded.data_until"),
            received=session.greatest("freshness.received_until", "excluded.received_until"),
        )
        await session.rows(statement, rows=json.dumps([[*key, *told] for key, told in newest.items()]))


def registration(row: Mapping[str, Any]) -> Registration:
    return Registration(
        row["name"], frozenset(row["connectors"]), frozenset(row["institutions"]), row["tool"], row["subject_code"], row["schemes"],
        row["rank"], row["expected_by"], row["roster"],
    )  # fmt: skip
