"""What one more indicator costs: weeks of the invented school, folded and measured by 1, 2, 4, 8 and all of the pupils' indicators.

There is one log, on a file; each number of indicators has a store of its own, and what folds and measures is the product's loop, here in
this process: batches of some hundred records, and after each of them every sheet that it changed is measured, as if each were read at once,
which is the most that measuring can cost. Facts are merged once, however many indicators read them. Group indicators read what these have
measured, so one more of them costs nothing here.
"""

import asyncio
import itertools
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from aims import Aim, Say
from delivering import Noon, Silent, intake
from dripping import Dripping
from invented import NOW, TODAY, requests
from stages import Found

from contracts.dates import instant, start_of
from contracts.indicator import Indicator
from services.demo import school
from services.demo.day import deliveries
from services.demo.days import is_school
from services.migrations import upgrade
from services.process.loop import Process
from services.registry import discover_group_indicators, discover_indicators
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore
from services.turns import at_once
from streams.sheet import generation

BATCH: Final = 500
NUMBERS: Final = (1, 2, 4, 8)
RUNS: Final = 2
"""Of each number, in turn; the one that took less counts, since whatever else the machine does, or is done the first time, only adds to
it."""


@dataclass(frozen=True)
class Cost:
    """Of so many indicators. micros: of processor time, an event. facts, summaries: bytes of a pupil's school day in the store."""

    indicators: int
    micros: float
    facts: float
    summaries: float

    @property
    def size(self) -> float:
        return self.facts + self.summaries


async def costs(folder: Path, weeks: int, say: Say) -> list[Cost]:
    folder.mkdir()
    first = TODAY - timedelta(weeks=weeks)
    log = Dripping(folder / "log.db", "off")
    for connector, asked in requests(deliveries(start_of(first), instant(NOW))):
        await intake(log).take(connector, asked)
    records = sum((await log.ends()).values())
    days = len(school.pupils(day=TODAY)) * sum(is_school(first + timedelta(days=k)) for k in range((TODAY - first).days + 1))
    every = sorted(discover_indicators(), key=lambda one: (int(one.id[1:]), one.name))
    spent = {number: list[float]() for number in (*NUMBERS, len(every))}
    for run, number in itertools.product(range(RUNS), spent):
        spent[number].append(await folded(log, folder / f"{number}-{run}.db", every[:number]))
        say(f"{number} indicators: {1e6 * spent[number][-1] / records:.0f} µs an event")
    await log.close()
    of_day = {number: [size / days for size in sizes(folder / f"{number}-0.db")] for number in spent}
    found = [Cost(number, 1e6 * min(took) / records, *of_day[number]) for number, took in spent.items()]
    assert len({cost.facts for cost in found}) == 1, "the facts are the same, whoever reads them"
    return found


async def folded(log: Dripping, file: Path, indicators: Sequence[Indicator]) -> float:
    """The processor time of all threads that it takes, in seconds."""
    upgrade("store", f"sqlite:///{file}")
    log.sizes = itertools.repeat(BATCH)
    database = SqliteDatabase(f"sqlite+aiosqlite:///{file}", "off")
    store = SqlStore(database, generation(indicators))
    assert await store.generation() == generation(indicators)
    process = Process(log, store, Noon(), Silent(), indicators, at_once)
    held, began = await process.taken(), time.process_time()
    while (moved := await process.step(held)) != held:
        held = moved
        while await process.measure():
            pass
    spent = time.process_time() - began
    await database.close()
    return spent


def sizes(file: Path) -> tuple[int, int]:
    """Bytes of facts and of summaries in all sheets but those of who is who."""
    with closing(sqlite3.connect(file)) as connection:
        asked = (
            "SELECT sum(length(facts)), sum(length(summaries)), min(length(summaries)) FROM sheets WHERE family NOT IN ('roster', 'source')"
        )
        facts, summaries, least = connection.execute(asked).fetchone()
    assert least > 0, "every sheet is measured"
    return facts, summaries


def growing(folder: Path, weeks: int, found: Found, say: Say) -> None:
    """weeks: 0 for today alone."""
    measured = asyncio.run(costs(folder, weeks, say))
    one, every = measured[0], measured[-1]
    long, large = [cost.micros / one.micros for cost in measured], [cost.size / one.size for cost in measured]
    many, groups = every.indicators, len(discover_group_indicators())
    found.aims += [
        Aim(
            f"Fold and measure an event by {many} indicators: times as long as by one", long[-1], many, "x", at_most=True,
            against=f"{one.micros:.0f} µs of processor time by one; twice as many take at most {most(long):.2f} x",
        ),
        Aim(
            f"A pupil's school day in the store, {many} indicators: times as large as with one", large[-1], many, "x", at_most=True,
            against=f"{one.size:,.0f} bytes with one; twice as many take at most {most(large):.2f} x",
        ),
    ]  # fmt: skip
    found.notes.append(
        f"By {', '.join(str(cost.indicators) for cost in measured)} indicators of pupils, I1 first, an event is folded and measured in "
        f"{times(long)} the time that one takes, and a pupil's school day takes {times(large)} the bytes: {one.facts:,.0f} of facts, the "
        f"same for all, and {', '.join(f'{cost.summaries:,.0f}' for cost in measured)} of summaries. The {groups} of groups read what "
        f"these measured and add nothing to either."
    )


def most(ratios: Sequence[float]) -> float:
    """From one number to the next."""
    return max(after / before for before, after in itertools.pairwise(ratios))


def times(ratios: Sequence[float]) -> str:
    return ", ".join(f"{ratio:.2f}" for ratio in ratios) + " times"
