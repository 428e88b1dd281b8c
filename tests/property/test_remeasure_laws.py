"""A store that is measured anew is what it would be, had the new indicators measured it from the start; real log, real store."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from delivering import Noon, Silent, as_they_came, delivered, indicators, take
from dripping import Dripping
from proving import PROVE
from stored import rows

from contracts.facts import Fact, decode_facts
from contracts.indicator import Indicator
from contracts.ports import Held, SheetRow
from services.migrations import upgrade
from services.operate.remeasure import remeasure
from services.process.loop import Process
from services.stores.remeasured import Batch, Remeasured
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore
from services.turns import at_once
from streams.sheet import decode, encode, generation, measure_sheet

SEEDS = tuple(range(300, 330)) if PROVE else (1, 7)
SIZES: Final = (50, 200, 30)


def twice(of: Indicator) -> Indicator:
    """Its next version, with another meaning: what it measures is measured of every fact twice."""

    def measure(facts: Sequence[Fact]) -> Any:
        return of.measure([*facts, *facts])

    return replace(of, version=of.version + 1, measure=measure)


def changed() -> list[Indicator]:
    return [twice(one) if one.name == "items-answered" else one for one in indicators()]


def another_order() -> list[Indicator]:
    """The same indicators and one that reads nothing, so that their generation is another one."""
    nothing = replace(indicators()[0], name="nothing", kinds=())
    return [nothing, *reversed(indicators())]


async def folding(database: SqliteDatabase, log: Dripping, of: Sequence[Indicator]) -> Process:
    store = SqlStore(database, generation(of))
    assert await store.generation() == generation(of)
    return Process(log, store, Noon(), Silent(), of, at_once)


async def folded(process: Process, held: Held, steps: int) -> Held:
    for _ in range(steps):
        held = await process.step(held)
    return held


def opened(folder: Path) -> SqliteDatabase:
    (folder / "var").mkdir(parents=True)
    upgrade("store", f"sqlite:///{folder / 'var' / 'store.db'}")
    return SqliteDatabase(f"sqlite+aiosqlite:///{folder / 'var' / 'store.db'}", "off")


def sheets(folder: Path) -> dict[Any, Any]:
    found = rows(folder, "store.db", "SELECT subject, institution, family, period, facts, summaries FROM sheets")
    return {row[:4]: row[4:] for row in found}


async def from_the_start(folder: Path, log: Dripping, of: Sequence[Indicator]) -> dict[Any, Any]:
    database = opened(folder)
    process = await folding(database, log, of)
    await folded(process, await process.taken(), 10_000)
    while await process.measure():
        pass
    await database.close()
    return sheets(folder)


async def some(beside: Remeasured, of: Sequence[Indicator], random: Random) -> int:
    """As `services.operate.remeasure`, as far as it came; answers how many sheets that was."""
    read = await beside.batch(random.randint(1, 60), -1)
    told = [SheetRow(row.key, b"", encode(measure_sheet(decode_facts(row.facts), row.key.family, of))) for row in read.sheets]
    await beside.put(Batch(told, read.stamp))
    return len(told)


async def remeasured(folder: Path, log: Dripping, new: Sequence[Indicator], random: Random) -> int:
    """Folded and measured by the old, in any interleaving with what is measured by the new beside; the switch comes at any moment. Answers
    how many sheets were measured beside, each as often as it was."""
    database, beside, count = opened(folder), None, 0
    process = await folding(database, log, indicators())
    held = await process.taken()
    for _ in range(random.randint(5, 25)):
        held = await folded(process, held, random.randint(0, 3))
        if random.random() < 0.5:
            await process.measure()
        if random.random() < 0.5:
            beside = beside or Remeasured(database, generation(new))
            assert await beside.begin()
            count += await some(beside, new, random)
    done = await remeasure(database, new, lambda *_: None, pytest.fail)
    assert done is not None
    process = await folding(database, log, new)
    await folded(process, await process.taken(), 10_000)
    while await process.measure():
        pass
    await database.close()
    assert done.facts >= done.sheets
    return count + done.sheets


@pytest.mark.parametrize("seed", SEEDS)
async def test_it_is_what_it_would_be_from_the_start(seed: int, tmp_path: Path) -> None:
    log = Dripping(tmp_path / "log.db", "off")
    assert await take(log, as_they_came(delivered(seed)[0].units)) == []
    log.sizes = itertools.cycle(SIZES)
    old = await from_the_start(tmp_path / "old", log, indicators())
    for name, new in (("same", another_order()), ("changed", changed())):
        count = await remeasured(tmp_path / name, log, new, Random(seed))
        found = sheets(tmp_path / name)
        assert found == (old if name == "same" else await from_the_start(tmp_path / f"{name} from the start", log, new))
        other = sum(found[key] != old[key] for key in old)
        print(f"seed {seed}, {name}: {count} times one of {len(found)} sheets was measured beside, {other} read otherwise than before")
        assert (other == 0) == (name == "same")
        assert count > 0
    await log.close()


def tables(folder: Path) -> list[Any]:
    """How they are made, and of which migration they are."""
    made = rows(folder, "store.db", "SELECT name, sql FROM sqlite_master ORDER BY name")
    return [*made, *rows(folder, "store.db", "SELECT version_num FROM alembic_version")]


@pytest.mark.parametrize("seed", SEEDS)
async def test_an_indicator_that_is_added_needs_no_migration_and_no_replay(seed: int, tmp_path: Path) -> None:
    """What it would have measured from the start it measures of the facts in the store: the log is gone, and the tables are as they were.
    That a hub in service is measured so by a newer version is shown in `tests/integration/test_remeasure.py`."""
    log = Dripping(tmp_path / "log.db", "off")
    assert await take(log, as_they_came(delivered(seed)[0].units)) == []
    added = Random(seed).choice(indicators())
    others = [one for one in indicators() if one is not added]
    expected = await from_the_start(tmp_path / "all", log, indicators())
    before = await from_the_start(tmp_path / "others", log, others)
    await log.close()
    for file in tmp_path.glob("log.db*"):
        file.unlink()
    folder = tmp_path / "others"
    made = tables(folder)
    database = SqliteDatabase(f"sqlite+aiosqlite:///{folder / 'var' / 'store.db'}", "off")
    assert await remeasure(database, indicators(), lambda *_: None, pytest.fail) is not None
    assert await SqlStore(database, generation(indicators())).generation() == generation(indicators())
    await database.close()
    found = sheets(folder)
    assert found == expected
    assert {key: facts for key, (facts, _) in found.items()} == {key: facts for key, (facts, _) in before.items()}
    assert tables(folder) == made
    gained = [key for key, (_, summaries) in found.items() if summaries != before[key][1]]
    print(f"seed {seed}: {added.key} is in {len(gained)} of {len(found)} sheets")
    assert gained
    assert all(added.key in decode(found[key][1]) and added.key not in decode(before[key][1]) for key in gained)
