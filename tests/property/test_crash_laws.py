"""A fold that is cut anywhere and taken up from the saved position gives the bytes of one run; real log, real store (design 5)."""

import itertools
from pathlib import Path
from random import Random

import pytest
from cutting import bounded, cut_and_taken_up, database, run, stored
from delivering import as_they_came, batches, delivered, served, take
from dripping import Dripping
from proving import PROVE

from services.logs.sqlite import SqliteLog
from services.migrations import upgrade
from services.stores.store import SqlStore

SEEDS = tuple(range(100, 130)) if PROVE else (3, 11)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_fold_cut_anywhere_gives_the_bytes_of_one_run(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are of several reads, sheets are folded three at a time, by turns in threads and measured later; the power goes there too."""
    told, _, expected = delivered(seed)
    random = Random(seed)
    bounded(monkeypatch)
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
