"""A fold on a real store, cut anywhere and taken up from the saved position (design 5)."""

import itertools
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from delivering import MANY, Noon, Silent, Stored, indicators
from dripping import Dripping

from contracts.facts import SheetKey
from contracts.ports import Changes, Freshness, Held, LedgerKey, Positions, SheetRow
from services.logs.sqlite import SqliteLog
from services.process import loop
from services.process.loop import Process
from services.serve.shapes import Asked
from services.stores import tables as t
from services.stores.reading import Views
from services.stores.remembered import Remembered
from services.stores.rosters import Rosters
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore
from services.turns import at_once
from streams.reading import Reading, windows
from streams.remembered import subjects
from streams.roster import Relation


class PowerCut(Exception):
    pass


def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of several reads and of several slices: these histories are far below a hub's own bounds."""
    for name, bound in {"SHEETS": 3, "SHEETS_BESIDE": 3, "READ": 25, "LARGE": 10, "AT_ONCE": 10}.items():
        monkeypatch.setattr(loop, name, bound)


async def torn(changes: AsyncIterable[Changes]) -> AsyncIterator[Changes]:
    async for one in changes:
        yield one
        break
    raise PowerCut


class Cut(SqlStore):
    """The power goes at the `at`-th save: between two parts of its transaction, or after it and before anybody hears of it."""

    def __init__(self, database: SqliteDatabase, at: int, *, committed: bool) -> None:
        super().__init__(database)
        self._left, self._committed = at, committed

    async def save(self, held: Held, end: Positions, changes: AsyncIterable[Changes]) -> int:
        self._left -= 1
        if self._left >= 0:
            return await super().save(held, end, changes)
        await super().save(held, end, changes if self._committed else torn(changes))
        raise PowerCut

    async def measured(self, rows: Sequence[SheetRow]) -> None:
        self._left -= 1
        if self._left >= 0 or self._committed:
            await super().measured(rows)
        if self._left < 0:
            raise PowerCut


@asynccontextmanager
async def database(file: Path) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(f"sqlite+aiosqlite:///{file}", "off")
    yield opened
    await opened.close()


async def run(log: SqliteLog, store: SqlStore) -> None:
    process = Process(log, store, Noon(), Silent(), indicators(), at_once)
    held = await process.taken()
    while (moved := await process.step(held)) != held:
        held = moved
    while await process.measure():
        pass


async def stored(file: Path) -> Stored:
    async with database(file) as opened, opened.read() as connection:
        rows = (await connection.execute(sa.select(t.sheets))).all()
        ledger = (await connection.execute(sa.select(t.ledger))).all()
        freshness = (await connection.execute(sa.select(t.freshness))).all()
        failed = (await connection.execute(sa.select(sa.func.count()).select_from(t.failed))).scalar_one()
    made = Stored({SheetKey(*row[:4]): (row.facts, row.summaries) for row in rows}, failed=failed)
    made.ledger.update({LedgerKey(*key): n for *key, n in ledger})
    made.freshness = {(row[0], row[1]): Freshness(*row) for row in freshness}
    return made


async def cut_and_taken_up(log: Dripping, file: Path, random: Random) -> int:
    """Folds until nothing is left, through as many power cuts as come; answers how many."""
    for cuts in itertools.count():
        async with database(file) as opened:
            try:
                await run(log, Cut(opened, random.randrange(6), committed=random.random() < 0.5) if cuts < 12 else SqlStore(opened))
            except PowerCut:
                continue
            return cuts
    raise AssertionError


Answered = dict[str, list[tuple[str, list[Reading]]]]


async def readings_of(opened: SqliteDatabase, today: date) -> Answered:
    """What a view of each group is answered by the store, without self-reports."""
    views = Views(opened, Rosters(opened), indicators(), Remembered(64_000_000))
    answered: Answered = {}
    async with views.snapshot() as snapshot:
        roster = snapshot.roster
        view = snapshot.narrowed(Relation(dict.fromkeys(roster.groups), dict.fromkeys(roster.memberships)))
        for group in sorted(roster.groups):
            spans = windows(indicators(), roster.calendar(roster.groups[group].institution), today)
            found = await view.recall(roster.pupils(group, today), spans, today)
            shown = Asked.by(None, None).shown(partial(subjects, found), MANY, None)
            answered[group] = [(one.pupil, one.readings([(of, code) for of in MANY for code in shown[of.key]])) for one in found]
    return answered
