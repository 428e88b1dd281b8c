"""Ten thousand histories of hundreds of facts, each told twice: as it came, and in any order, in other batches, some of it again, to
several workers that are cut off at any moment. The same bytes of every sheet and of every reading, of pupils and of groups (design 6).

`HISTORY=17 .venv/bin/pytest tests/property/test_many_histories.py` tells history 17 alone, as it was told here.
"""

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from cutting import bounded, cut_and_taken_up, database, readings_of, stored
from delivering import MANY, MemoryLog, Stored, as_they_came, batches, folded, logged, readings, served, take
from dripping import Dripping
from histories import history
from proving import PROVE
from units import DATES, TODAY, History
from workers import Workers, by_workers

from services.migrations import upgrade
from services.stores import packed

pytestmark = pytest.mark.quick

ONE = os.environ.get("HISTORY")
FIRST, AT_ONCE = 1_000_000, 50
TOLD = range(FIRST, FIRST + (10_000 if PROVE else 40))
PARTS = [range(int(ONE), int(ONE) + 1)] if ONE else [TOLD[at : at + AT_ONCE] for at in range(0, len(TOLD), AT_ONCE)]
ON_FILES = [int(ONE)] if ONE else [*TOLD[:: 50 if PROVE else 20]]
"""Whose log and store are the product's own, on files."""


def came(seed: int) -> tuple[History, MemoryLog, Stored]:
    told = history(seed)
    log = logged(as_they_came(told.units))
    return told, log, folded(log.records)


def told_otherwise(told: History, log: MemoryLog, random: Random) -> Workers:
    """The senders batch it otherwise, every second time; the log brings it in any order, and some of it again."""
    if random.random() < 0.5:
        log = logged(batches(told.units, random, random.choice((1, 5, 25, 100))))
    records = log.records + random.choices(log.records, k=random.randrange(len(log.records)))
    random.shuffle(records)
    return by_workers(records, random)


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.start}-{part.stop - 1}")
def test_it_is_the_same_however_it_is_told(part: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "PART_BYTES", 1_500)
    met: Counter[str] = Counter()
    for seed in part:
        told, log, expected = came(seed)
        otherwise = told_otherwise(told, log, Random(seed))
        today = (TODAY, DATES[-1], DATES[20])[seed % 3]
        assert otherwise.stored.sheets == expected.sheets, f"HISTORY={seed}"
        assert otherwise.stored.freshness == expected.freshness, f"HISTORY={seed}"
        assert served(otherwise.stored.sheets, today) == served(expected.sheets, today), f"HISTORY={seed}"
        facts = expected.facts("activity", "attendance")
        assert facts >= 200
        met += otherwise.met + Counter(histories=1, records=len(log.records), facts=facts, sheets=len(expected.sheets))
    print(f"\n{dict(met)}")
    assert ONE or min(met["cut off"], met["assigned"] - len(part), met["in parts"]) > len(part)


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("seed", ON_FILES)
async def test_it_is_the_same_on_files(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real log, real store, real process, cut off at any save; the store answers a class view with what is read of the sheets."""
    told, _, expected = came(seed)
    random = Random(seed)
    bounded(monkeypatch)
    log = Dripping(tmp_path / "log.db", "off")
    assert await take(log, batches(told.units, random, 30)) == []
    log.sizes = iter(lambda: random.choice((20, 60, 200)), None)
    upgrade("store", f"sqlite:///{tmp_path / 'store.db'}")
    cuts = await cut_and_taken_up(log, tmp_path / "store.db", random)
    await log.close()
    found = await stored(tmp_path / "store.db")
    assert found.sheets == expected.sheets, f"HISTORY={seed}"
    assert cuts > 0
    async with database(tmp_path / "store.db") as opened:
        answered = await readings_of(opened, TODAY)
    names = {one.name for one in MANY}
    of_sheets = {
        group: [(pupil, [one for one in read if one.indicator in names]) for pupil, read in of_class]
        for group, of_class in readings(expected.sheets).items()
    }
    assert answered == of_sheets, f"HISTORY={seed}"
    assert sum(one.value is not None for of_class in answered.values() for _, read in of_class for one in read) > 0
