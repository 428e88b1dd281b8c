"""A class view that remembers answers what one that computes everything would, whatever comes in between; real log, real store."""

import itertools
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest
from delivering import Noon, Silent, as_they_came, batches, delivered, indicators, take
from dripping import Dripping
from proving import PROVE
from units import TODAY

from services.migrations import upgrade
from services.process.loop import Process
from services.serve.shapes import Asked, span
from services.stores.reading import Narrowed, Snapshot, Views
from services.stores.remembered import Remembered
from services.stores.rosters import Rosters
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore
from services.turns import at_once
from streams import reading as r
from streams.remembered import Windows, subjects
from streams.roster import Relation
from streams.window import ONE

SEEDS = tuple(range(200, 230)) if PROVE else (1, 7)
SIZES: Final = (1, 3, 10, 30, 2)
DAYS: Final = (*[TODAY] * 8, TODAY + ONE, TODAY - timedelta(days=7), TODAY + timedelta(days=270))
MANY: Final = [one for one in indicators() if not one.self_report]
SMALL: Final = 375 * len(MANY)
"""Bytes that hold some of the pupils only."""

Answers = list[tuple[str, list[r.Reading]]]


async def computed(view: Narrowed, members: list[str], windows: Windows) -> Answers:
    pupils = await view.pupils(members, *span(windows.values()))
    shown = Asked.by(None, None).shown(lambda one: r.subjects(pupils, one), MANY, None)
    return [(pupil.id, r.readings(pupil, MANY, windows, shown)) for pupil in pupils]


async def recalled(view: Narrowed, members: list[str], windows: Windows, today: date, seen: Counter[str]) -> Answers:
    found = await view.recall(members, windows, today)
    shown = Asked.by(None, None).shown(lambda one: subjects(found, one), MANY, None)
    answers = [(one.pupil, one.readings([(of, subject) for of in MANY for subject in shown[of.key]])) for one in found]
    seen.update("anew" if one.changed else "as it was" for one in found)
    view.remember(found, windows)
    return answers


async def compared(snapshot: Snapshot, today: date, random: Random, seen: Counter[str]) -> None:
    """Some groups, so that what is kept of others grows old."""
    roster = snapshot.roster
    view = snapshot.narrowed(Relation(dict.fromkeys(roster.groups), dict.fromkeys(roster.memberships)))
    for group in random.sample(sorted(roster.groups), random.randint(0, len(roster.groups))):
        windows = r.windows(MANY, roster.calendar(roster.groups[group].institution), today)
        members = roster.pupils(group, today)
        expected = await computed(view, members, windows)
        assert await recalled(view, members, windows, today, seen) == expected
        seen["not null"] += sum(cell.value is not None for _, cells in expected for cell in cells)
        seen["cells"] += sum(len(cells) for _, cells in expected)


@pytest.mark.parametrize("most", [64_000_000, SMALL], ids=["all", "some"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_remembered_is_what_would_be_computed(seed: int, most: int, tmp_path: Path) -> None:
    random, seen = Random(seed), Counter[str]()
    log = Dripping(tmp_path / "log.db", "off")
    assert await take(log, batches(delivered(seed)[0].units, random, 30)) == []
    upgrade("store", f"sqlite:///{tmp_path / 'store.db'}")
    database = SqliteDatabase(f"sqlite+aiosqlite:///{tmp_path / 'store.db'}", "off")
    process = Process(log, SqlStore(database), Noon(), Silent(), indicators(), at_once)
    views = Views(database, Rosters(database), indicators(), Remembered(most))
    log.sizes, held = itertools.cycle(SIZES), await process.taken()
    while (moved := await process.step(held)) != held:
        held = moved
        async with views.snapshot() as snapshot:
            await compared(snapshot, random.choice(DAYS), random, seen)
    await database.close()
    await log.close()
    print(f"seed {seed}: {', '.join(f'{many} {what}' for what, many in sorted(seen.items()))}")
    assert min(seen["not null"], seen["as it was"], seen["anew"]) > 0


async def answers(views: Views, seen: Counter[str]) -> list[Answers]:
    """Of every group on some days, computed and by way of what is remembered."""
    async with views.snapshot() as snapshot:
        roster = snapshot.roster
        view = snapshot.narrowed(Relation(dict.fromkeys(roster.groups), dict.fromkeys(roster.memberships)))
        told: list[Answers] = []
        for group, day in itertools.product(sorted(roster.groups), (TODAY, TODAY - timedelta(days=7))):
            windows = r.windows(MANY, roster.calendar(roster.groups[group].institution), day)
            members = roster.pupils(group, day)
            told += [await computed(view, members, windows), await recalled(view, members, windows, day, seen)]
    return told


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_not_measured_reads_as_what_is(seed: int, tmp_path: Path) -> None:
    """Readings are never behind the facts: of sheets that are not measured yet they say what they say once those are."""
    log = Dripping(tmp_path / "log.db", "off")
    assert await take(log, as_they_came(delivered(seed)[0].units)) == []
    upgrade("store", f"sqlite:///{tmp_path / 'store.db'}")
    database = SqliteDatabase(f"sqlite+aiosqlite:///{tmp_path / 'store.db'}", "off")
    store = SqlStore(database)
    process = Process(log, store, Noon(), Silent(), indicators(), at_once)
    held = await process.taken()
    while (moved := await process.step(held)) != held:
        held = moved
    waiting = len(await store.unmeasured(100_000))
    before = await answers(Views(database, Rosters(database), indicators(), Remembered(64_000_000)), Counter())
    while await process.measure():
        pass
    after = await answers(Views(database, Rosters(database), indicators(), Remembered(64_000_000)), Counter())
    left = len(await store.unmeasured(100_000))
    await database.close()
    await log.close()
    values = sum(cell.value is not None for told in before for _, cells in told for cell in cells)
    print(f"seed {seed}: {waiting} sheets, {values} values")
    assert min(waiting, values) > 0
    assert (left, before) == (0, after)
