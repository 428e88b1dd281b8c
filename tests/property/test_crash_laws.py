"""A fold that is cut anywhere and taken up from the saved position gives the bytes of one run; real log, real store (design 5)."""

import itertools
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from delivering import Noon, Silent, Stored, as_they_came, batches, delivered, indicators, served, take
from dripping import Dripping
from proving import PROVE

from contracts.facts import SheetKey
from contracts.ports import Changes, Freshness, Held, LedgerKey, Positions, SheetRow
from services.logs.sqlite import SqliteLog
from services.migrations import upgrade
from services.process import loop
from services.process.loop import Process
from services.stores import tables as t
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore
from services.turns import at_once

SEEDS = tuple(range(100, 130)) if PROVE else (3, 11)


class PowerCut(Exception):
    pass


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

    async def measured(self, rows: Sequence[SheetRow]) -> int:
        self._left -= 1
        if self._left >= 0 or self._committed:
            number = await super().measured(rows)
        if self._left < 0:
            raise PowerCut
        return number


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
    made = Stored({SheetKey(*key): (facts, summaries) for *key, facts, summaries, _ in rows}, failed=failed)
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


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_fold_cut_anywhere_gives_the_bytes_of_one_run(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are of several reads, sheets are folded three at a time, by turns in threads and measured later; the power goes there too."""
    told, _, expected = delivered(seed)
    random = Random(seed)
    for name, bound in {"SHEETS": 3, "READ": 25, "LARGE": 10, "AT_ONCE": 10}.items():  # these histories are far below a hub's own bounds
        monkeypatch.setattr(loop, name, bound)
    log = Dripping(tmp_path / "log.db", "off")
    assert await take(log, batches(told.units, random, 30)) == []
    log.sizes = iter(lambda: random.choice((1, 7, 20, 40)), None)
    for name in ("cut.db", "once.db"):
        upgrade("store", f"sqlite:///{tmp_path / name}")
    cuts = await cut_and_taken_up(log, tmp_path / "cut.db", random)
    log.sizes = itertools.repeat(2_000)
    async with database(tmp_path / "once.db") as opened:
        await run(log, SqlStore(opened))
    await log.close()
    assert cuts >= 3
    resumed, once = await stored(tmp_path / "cut.db"), await stored(tmp_path / "once.db")
    assert resumed.sheets == once.sheets == expected.sheets
    assert served(resumed.sheets) == served(once.sheets) == served(expected.sheets)
    assert sum(resumed.outcomes().values()) == sum(once.outcomes().values()) == sum(expected.outcomes().values())
    assert (resumed.ledger, resumed.freshness, resumed.failed) == (once.ledger, once.freshness, once.failed)
    assert (once.freshness, once.failed) == (expected.freshness, expected.failed)


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_log_on_a_file_decides_as_the_one_in_memory(seed: int, tmp_path: Path) -> None:
    """Claims, first receipts and voids, kept in rows, read back for each request."""
    told, memory, _ = delivered(seed)
    log = SqliteLog(tmp_path / "log.db", "off")
    assert await take(log, as_they_came(told.units)) == []
    records = [record.value for record in await log.read({}, 1_000_000)]
    await log.close()
    assert len(records) == len(memory.records)
    assert [one for one in records if b".intake." not in one] == [one for one in memory.records if b".intake." not in one]
