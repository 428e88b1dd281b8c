"""What a store promises of a generation that is measured beside the one that serves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from adapters import STORES, Opened

from contracts.dates import instant
from contracts.errors import Fatal
from contracts.facts import Report, SheetKey, encode
from contracts.ports import Changes, Held, SheetRow
from services.registry import discover_indicators
from services.stores import store as s
from services.stores import tables as t
from services.stores.database import Database
from services.stores.reading import Views
from services.stores.remeasured import Batch, Remeasured, Switched
from services.stores.remembered import Remembered
from services.stores.rosters import Rosters
from services.stores.store import SqlStore
from streams.sheet import generation

NOW = instant("2026-11-24T09:00:00Z")
SPRING = date(2027, 4, 2)
"""Facts of activity of 24 November are gone, those of the 25th stay."""
OLD, NEW = b'{"old":{}}', b'{"new":{}}'


@pytest.fixture(params=sorted(STORES))
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opened]:
    async with STORES[request.param](tmp_path) as one:
        yield one


@pytest.fixture
def database(opened: Opened) -> Database:
    return opened.store._database


@pytest.fixture
async def old(database: Database) -> SqlStore:
    """Of the version whose generation serves."""
    store = SqlStore(database, "old")
    assert await store.generation() == "old"
    return store


@pytest.fixture
async def beside(old: SqlStore, database: Database) -> Remeasured:
    made = Remeasured(database, "new")
    assert await made.begin()
    return made


def key(subject: str, day: str = "2026-11-25") -> SheetKey:
    return SheetKey(subject, "101001", "activity", day)


def sheet(subject: str, facts: bytes = b'{"a":{}}', summaries: bytes = OLD, day: str = "2026-11-25") -> SheetRow:
    return SheetRow(key(subject, day), facts, summaries)


async def saved(store: SqlStore, *sheets: SheetRow) -> None:
    async def changes() -> AsyncIterator[Changes]:
        yield Changes(sheets, {}, [], [])

    at = (await store.positions()).get("log", 0)
    await store.save(Held({"log": at}, {"log": 0}), {"log": at + 1}, changes())


async def measured(beside: Remeasured, most: int = 100, since: int = -1) -> list[str]:
    """The next batch, all of whose summaries are NEW; the subjects."""
    read = await beside.batch(most, since)
    await beside.put(Batch([SheetRow(row.key, b"", NEW) for row in read.sheets], read.stamp))
    return [row.key.subject for row in read.sheets]


def summaries(opened: Opened) -> dict[str, bytes]:
    return {subject: bytes(told) for subject, told in opened.rows("SELECT subject, summaries FROM sheets")}


async def test_the_first_to_open_a_store_is_whose_generation_serves(old: SqlStore, database: Database) -> None:
    assert await SqlStore(database, "new").generation() == "old"
    await old.serves()
    with pytest.raises(Fatal, match="another version measures the store now"):
        await SqlStore(database, "new").serves()


async def test_nothing_is_to_be_done_where_the_generation_serves(old: SqlStore, database: Database) -> None:
    await saved(old, sheet("p_a"))
    assert not await Remeasured(database, "old").begin()


async def test_what_is_measured_beside_changes_nothing_before_the_switch_and_serves_from_it_on(
    old: SqlStore, beside: Remeasured, opened: Opened
) -> None:
    await saved(old, sheet("p_a"), sheet("p_b"), sheet("p_c", summaries=b""))
    change = await old.change()
    assert await beside.waiting() == 3
    assert await measured(beside) == ["p_a", "p_b", "p_c"]
    assert await beside.waiting() == 0
    assert (summaries(opened), await old.change()) == ({"p_a": OLD, "p_b": OLD, "p_c": b""}, change)
    assert await beside.switch() == Switched(0, 0)
    assert summaries(opened) == {"p_a": NEW, "p_b": NEW, "p_c": NEW}
    assert opened.rows("SELECT * FROM remeasured") == []
    assert (await old.meta("generation"), await old.change()) == ("new", change + 1)


async def test_readers_of_rosters_read_them_anew_after_the_switch(old: SqlStore, beside: Remeasured, opened: Opened) -> None:
    await saved(old, SheetRow(SheetKey("p_a", "101001", "roster", ""), b'{"a":{}}', OLD))
    (before,) = opened.rows("SELECT number FROM roster_changes")
    await beside.switch()
    assert opened.rows("SELECT number FROM roster_changes") > [before]


async def test_all_sheets_come_in_the_order_of_their_keys_some_at_a_time_and_none_twice(old: SqlStore, beside: Remeasured) -> None:
    told = [sheet(f"p_{number:02}", day=f"2026-11-{day}") for number in range(7) for day in (25, 26)]
    await saved(old, *reversed(told))
    found, after = list[SheetRow](), SheetKey("", "", "", "")
    while batch := (await beside.batch(3, -1, after)).sheets:
        found += batch
        after = batch[-1].key
    assert found == [SheetRow(one.key, one.facts, b"") for one in told]


async def test_what_was_measured_before_a_process_ended_is_not_done_twice(old: SqlStore, beside: Remeasured, database: Database) -> None:
    await saved(old, *(sheet(f"p_{number}") for number in range(5)))
    assert await measured(beside, 2) == ["p_0", "p_1"]
    again = Remeasured(database, "new")
    assert (await again.begin(), await again.waiting()) == (True, 3)
    assert await measured(again) == ["p_2", "p_3", "p_4"]


async def test_what_was_measured_for_another_generation_is_thrown_away(
    old: SqlStore, beside: Remeasured, database: Database, opened: Opened
) -> None:
    await saved(old, sheet("p_a"))
    await measured(beside)
    other = Remeasured(database, "other")
    assert (await other.begin(), await other.waiting()) == (True, 1)
    await measured(beside)
    assert (await other.waiting(), await other.switch()) == (1, Switched(1, 0))
    assert summaries(opened) == {"p_a": b""}


async def test_a_sheet_that_was_folded_again_is_measured_again_and_never_takes_what_it_was(
    old: SqlStore, beside: Remeasured, opened: Opened
) -> None:
    await saved(old, sheet("p_a"), sheet("p_b"), sheet("p_c"))
    await measured(beside)
    stamp = await beside.stamp()
    await saved(old, sheet("p_a", b'{"b":{}}', b""), sheet("p_b", b'{"b":{}}', b""), sheet("p_d", b'{"b":{}}', b""))
    assert await beside.waiting() == 3
    assert await measured(beside, 1, stamp) == ["p_a"]
    assert await beside.switch() == Switched(2, 0)
    assert summaries(opened) == {"p_a": NEW, "p_b": b"", "p_c": NEW, "p_d": b""}


async def test_a_batch_that_was_read_before_its_sheet_was_folded_again_is_not_taken(
    old: SqlStore, beside: Remeasured, opened: Opened
) -> None:
    await saved(old, sheet("p_a"))
    read = await beside.batch(9, -1)
    await saved(old, sheet("p_a", b'{"b":{}}', b""))
    await beside.put(Batch([SheetRow(row.key, b"", NEW) for row in read.sheets], read.stamp))
    assert await beside.waiting() == 1
    await beside.switch()
    assert summaries(opened) == {"p_a": b""}


async def test_a_sheet_that_has_facts_no_more_keeps_what_it_has(old: SqlStore, beside: Remeasured, opened: Opened) -> None:
    await saved(old, sheet("p_a", day="2026-11-24"), sheet("p_b"))
    await old.forget(SPRING, NOW)
    assert await measured(beside) == ["p_b"]
    assert await beside.switch() == Switched(0, 1)
    assert summaries(opened) == {"p_a": OLD, "p_b": NEW}


async def test_a_sheet_whose_facts_go_once_it_was_measured_takes_its_summaries(old: SqlStore, beside: Remeasured, opened: Opened) -> None:
    await saved(old, sheet("p_a", day="2026-11-24"))
    await measured(beside)
    await old.forget(SPRING, NOW)
    assert await beside.switch() == Switched(0, 0)
    assert summaries(opened) == {"p_a": NEW}


async def test_a_sheet_whose_facts_go_takes_nothing_that_was_measured_before_it_was_folded_again(
    old: SqlStore, beside: Remeasured, opened: Opened
) -> None:
    await saved(old, sheet("p_a", day="2026-11-24"))
    await measured(beside)
    await saved(old, sheet("p_a", b'{"b":{}}', b'{"older":{}}', day="2026-11-24"))
    await old.forget(SPRING, NOW)
    assert await beside.switch() == Switched(0, 1)
    assert summaries(opened) == {"p_a": b'{"older":{}}'}


@pytest.mark.parametrize("how", ["erased", "forgotten"])
async def test_of_who_goes_nothing_stays_beside_and_nothing_comes_back(old: SqlStore, beside: Remeasured, opened: Opened, how: str) -> None:
    """Neither of what was put before nor of what was read before and is put later."""
    gone = sheet("p_a", day="2025-11-24")
    await saved(old, gone, sheet("p_b"))
    await measured(beside)
    await (old.erase({"p_a"}, date(2027, 10, 31)) if how == "erased" else old.forget(SPRING, NOW))
    assert opened.rows("SELECT subject FROM remeasured") == [("p_b",)]
    await beside.put(Batch([SheetRow(gone.key, b"", NEW), sheet("p_b", b"", NEW)], await beside.stamp()))
    assert opened.rows("SELECT subject FROM remeasured") == [("p_b",)]


async def test_an_erasure_under_way_waits_for_what_is_being_put_and_takes_it_along(
    old: SqlStore, beside: Remeasured, database: Database, opened: Opened
) -> None:
    await saved(old, sheet("p_a"))
    read = await beside.batch(9, -1)
    async with database.write() as session:
        await session.fenced()
        await session.execute(sa.delete(t.sheets))
        putting = asyncio.create_task(beside.put(read))
        await asyncio.wait([putting], timeout=0.5)
        assert not putting.done()
    await putting
    assert opened.rows("SELECT * FROM remeasured") == []


async def test_a_roster_sheet_some_facts_of_which_go_is_another_sheet(old: SqlStore, beside: Remeasured) -> None:
    told = {"at": NOW, "valid_from": "2025-08-01"}
    left, there = (Report("skole", "oneroster_csv", 0, 1, told | {"valid_to": until}) for until in ("2026-06-26", "2027-06-26"))
    facts = encode({"roster.membership": {"left": {"r_1": left}, "there": {"r_2": there}}})
    await saved(old, SheetRow(SheetKey("p_a", "101001", "roster", ""), facts, OLD))
    await measured(beside)
    assert (await old.forget(date(2026, 11, 9), NOW), await beside.waiting()) == (1, 1)


async def test_who_measures_for_the_generation_before_writes_nothing_after_the_switch(
    old: SqlStore, beside: Remeasured, opened: Opened, database: Database
) -> None:
    await saved(old, sheet("p_a", summaries=b""))
    (read,) = await old.unmeasured(9)
    await beside.switch()
    with pytest.raises(Fatal, match="another version measures the store now"):
        await old.measured([SheetRow(read.key, read.facts, OLD)])
    assert summaries(opened) == {"p_a": b""}
    await SqlStore(database, "new").measured([SheetRow(read.key, read.facts, NEW)])
    assert summaries(opened) == {"p_a": NEW}


async def test_the_switch_waits_for_who_is_measuring_and_undoes_it(
    old: SqlStore, beside: Remeasured, opened: Opened, database: Database
) -> None:
    await saved(old, sheet("p_a", summaries=b""))
    async with database.write() as session:
        s.serving(await s._generation(session), "old")
        switching = asyncio.create_task(beside.switch())
        await asyncio.wait([switching], timeout=0.5)
        assert not switching.done()
        await session.execute(sa.update(t.sheets).values(summaries=OLD))
    assert await switching == Switched(1, 0)
    assert summaries(opened) == {"p_a": b""}


async def test_the_fold_goes_on_beside_and_after(old: SqlStore, beside: Remeasured, opened: Opened) -> None:
    """What it saves is of no generation."""
    await saved(old, sheet("p_a", summaries=b""))
    await measured(beside)
    await beside.switch()
    await saved(old, sheet("p_a", b'{"b":{}}', b""))
    assert summaries(opened) == {"p_a": b""}


async def test_switching_twice_is_switching_once(old: SqlStore, beside: Remeasured, database: Database, opened: Opened) -> None:
    """Two that measured for the same generation."""
    await saved(old, sheet("p_a"))
    await measured(beside)
    assert await beside.switch() == await beside.switch() == Switched(0, 0)
    assert summaries(opened) == {"p_a": NEW}
    assert not await Remeasured(database, "new").begin()


async def test_a_reader_of_another_version_is_told_so_and_one_of_this_reads(old: SqlStore, database: Database) -> None:
    def views(count: int) -> Views:
        return Views(database, Rosters(database), discover_indicators()[:count], Remembered(0))

    beside = Remeasured(database, generation(discover_indicators()[:3]))
    assert await beside.begin()
    await beside.switch()
    async with views(3).snapshot() as snapshot:
        assert snapshot.change == await old.change()
    with pytest.raises(Fatal, match="another version measures the store now"):
        async with views(2).snapshot():
            pass
