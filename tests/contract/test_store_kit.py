"""What every store promises: one transaction per batch, fenced by position; numbers that only grow; and deletion without a trace."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from adapters import STORES, Opened
from msgspec import structs

from contracts.connector import Registration
from contracts.dates import DAY, Micros, instant
from contracts.errors import Fatal
from contracts.facts import Facts, Report, SheetKey, decode_open, encode, merge
from contracts.facts import each as each_of
from contracts.ports import Changes, FailedRow, Freshness, Held, LedgerKey, Positions, SheetRow
from services.stores.packed import PART_BYTES
from services.stores.sqlite import engine
from services.stores.store import SqlStore

NOW: Micros = instant("2026-11-24T09:00:00Z")
TODAY = date(2026, 11, 24)
SPRING = date(2027, 4, 2)
"""Facts of activity of 24 November are gone, those of the 25th stay."""
PUBLISHED = LedgerKey("material", "101001", TODAY, "published", "", "answered")
REPEATED = LedgerKey("material", "101001", TODAY, "repeated", "", "answered")


@pytest.fixture(params=sorted(STORES))
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opened]:
    async with STORES[request.param](tmp_path) as one:
        yield one


@pytest.fixture
def store(opened: Opened) -> SqlStore:
    return opened.store


def sheet(subject: str, facts: bytes = b'{"a":{}}', period: str = "2026-11-24", family: str = "activity") -> SheetRow:
    return SheetRow(SheetKey(subject, "101001", family, period), facts, b'{"x":{}}')


def many(numbers: Iterable[int], order: int = 0) -> Facts:
    return {"a": {f"key {n}": {f"report {n}": Report("material", "xapi", 0, order, {"at": n, "tool": "matematik-x"})} for n in numbers}}


def sheets(opened: Opened) -> dict[SheetKey, SheetRow]:
    """All that there are."""
    return {SheetKey(*key): SheetRow(SheetKey(*key), facts, summaries) for *key, facts, summaries in opened.sheets()}


def batch(start: int, end: int, **told: Any) -> tuple[Held, Positions, AsyncIterator[Changes]]:
    return at(start), {"log": end}, each(Changes(**{"sheets": [], "ledger": {}, "freshness": [], "failed": [], **told}))


async def each(*changes: Changes) -> AsyncIterator[Changes]:
    for one in changes:
        yield one


def at(position: int) -> Held:
    """The embedded log's only partition, which nobody has taken over yet."""
    return Held({"log": position}, {"log": 0})


async def stamp(store: SqlStore) -> int:
    async with store._database.read() as session:
        return (await session.state()).stamp


def failed(item: str, received: Micros = NOW, body: str = "body", subject: str = "p_a") -> FailedRow:
    return FailedRow(item, "material", "xapi", "101001", "answered", received, "event_in_future", "", "", "d_1", subject, body)


def counts(opened: Opened) -> dict[str, int]:
    return dict(opened.rows("SELECT outcome, count FROM ledger"))


async def test_a_new_store_stands_at_the_beginning(store: SqlStore) -> None:
    assert not any((await store.positions()).values())
    assert (await store.change(), await store.institutions(), await store.erased()) == (0, set(), frozenset())


async def test_a_batch_is_saved_with_its_position(store: SqlStore, opened: Opened) -> None:
    one, other = sheet("p_a"), sheet("p_b")
    await store.save(*batch(0, 7, sheets=[one, other]))
    assert (await store.positions()).get("log", 0) == 7
    assert sheets(opened) == {one.key: one, other.key: other}
    assert await store.sheets({one.key: [], sheet("p_c").key: []}) == {one.key: SheetRow(one.key, one.facts, b"")}
    changed = sheet("p_a", b'{"b":{}}')
    await store.save(*batch(7, 8, sheets=[changed]))
    assert sheets(opened) == {one.key: changed, other.key: other}
    assert await store.institutions() == {"101001"}


def part(who: str, data_until: int) -> Changes:
    return Changes([sheet(who)], {PUBLISHED: 1}, [Freshness("material", "101001", data_until, 10)], [failed(f"f-{who}")])


async def test_a_batch_is_saved_in_parts_under_one_number(store: SqlStore, opened: Opened) -> None:
    before = await stamp(store)
    assert await store.save(at(0), {"log": 7}, each(part("p_a", 9), part("p_b", 5))) == await store.change()
    assert opened.rows("SELECT subject FROM sheets ORDER BY 1") == [("p_a",), ("p_b",)]
    ((number,),) = opened.rows("SELECT DISTINCT number FROM sheets")
    assert before < number <= await stamp(store)
    assert counts(opened) == {"published": 2}
    assert opened.rows("SELECT data_until FROM freshness") == [(9,)]
    assert opened.rows("SELECT item FROM failed ORDER BY 1") == [("f-p_a",), ("f-p_b",)]


async def test_a_batch_one_part_of_which_cannot_be_made_changes_nothing(store: SqlStore, opened: Opened) -> None:
    async def broken() -> AsyncIterator[Changes]:
        yield part("p_a", 9)
        raise ZeroDivisionError

    before = await store.change()
    with pytest.raises(ZeroDivisionError):
        await store.save(at(0), {"log": 7}, broken())
    assert ((await store.positions()).get("log", 0), await store.change(), counts(opened)) == (0, before, {})
    assert [opened.rows(f"SELECT * FROM {table}") for table in ("sheets", "freshness", "failed")] == [[], [], []]
    await store.save(at(0), {"log": 7}, each(part("p_a", 9)))
    assert (await store.positions()).get("log", 0) == 7


@pytest.mark.parametrize("start", [0, 6, 8])
async def test_a_batch_from_another_position_changes_nothing(store: SqlStore, opened: Opened, start: int) -> None:
    await store.save(*batch(0, 7, sheets=[sheet("p_a")], ledger={PUBLISHED: 2}))
    change = await store.change()
    with pytest.raises(Fatal, match="saving a batch"):
        await store.save(*batch(start, 9, sheets=[sheet("p_a", b'{"b":{}}')], ledger={PUBLISHED: 5}, failed=[failed("f1")]))
    assert ((await store.positions()).get("log", 0), await store.change(), counts(opened)) == (7, change, {"published": 2})
    assert sheets(opened) == {sheet("p_a").key: sheet("p_a")}
    assert opened.rows("SELECT * FROM failed") == []


async def test_of_batches_from_one_position_at_once_one_is_saved(store: SqlStore, opened: Opened) -> None:
    saves = [store.save(*batch(0, end, ledger={PUBLISHED: 1})) for end in range(1, 9)]
    answers = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Taken"] * 7 + ["int"]
    assert counts(opened) == {"published": 1}


async def test_partitions_move_each_on_its_own_and_together(store: SqlStore) -> None:
    held = await store.hold({"a/0", "a/1", "b/0"})
    assert held == Held(dict.fromkeys(("a/0", "a/1", "b/0"), 0), dict.fromkeys(("a/0", "a/1", "b/0"), 1))
    await store.save(held, {"a/0": 3, "a/1": 5}, each())
    held = held.moved({"a/0": 3, "a/1": 5})
    await store.save(held, {"a/1": 6, "b/0": 1}, each())
    with pytest.raises(Fatal, match="saving a batch"):
        await store.save(held, {"a/0": 4, "a/1": 6}, each(Changes([sheet("p_a")], {}, [], [])))
    assert {name: at for name, at in (await store.positions()).items() if at} == {"a/0": 3, "a/1": 6, "b/0": 1}
    assert await store.institutions() == set()


async def test_who_has_lost_a_partition_saves_nothing_more_of_it_even_where_nothing_has_moved(store: SqlStore, opened: Opened) -> None:
    first = await store.hold({"a/0", "a/1"})
    second = await store.hold({"a/0"})
    with pytest.raises(Fatal, match="held by another process"):
        await store.save(first, {"a/0": 1}, each(Changes([sheet("p_a")], {}, [], [])))
    with pytest.raises(Fatal, match="held by another process"):
        await store.save(first, {"a/0": 1, "a/1": 1}, each(Changes([sheet("p_a")], {}, [], [])))
    await store.save(second, {"a/0": 2}, each(Changes([sheet("p_b")], {}, [], [])))
    await store.save(first, {"a/1": 1}, each(Changes([sheet("p_c")], {}, [], [])))
    assert {name: at for name, at in (await store.positions()).items() if at} == {"a/0": 2, "a/1": 1}
    assert set(sheets(opened)) == {sheet(who).key for who in ("p_b", "p_c")}


async def test_the_change_number_grows_with_every_write(store: SqlStore) -> None:
    numbers = [await store.save(*batch(at, at + 1)) for at in range(5)]
    registration = Registration("material", frozenset({"xapi"}), frozenset({"101001"}), "material")
    await store.register(registration, "secret")
    numbers.append(await store.change())
    await store.tick({"101001"}, TODAY)
    numbers.append(await store.change())
    await store.erase({"p_a"}, date(2027, 10, 31))
    numbers.append(await store.change())
    assert numbers == sorted(set(numbers))
    assert await store.change() == numbers[-1]
    assert await store.suppliers() == [registration]


async def test_the_ledger_adds(store: SqlStore, opened: Opened) -> None:
    await store.save(*batch(0, 1, ledger={PUBLISHED: 2, REPEATED: 1}))
    await store.save(*batch(1, 2, ledger={PUBLISHED: 3}))
    assert counts(opened) == {"published": 5, "repeated": 1}


async def test_which_sources_are_silent_is_a_write_only_where_it_is_news(store: SqlStore) -> None:
    assert not await store.silent([])
    before = await store.change()
    assert before == 0
    assert await store.silent([("material", "101001"), ("material", "101002")])
    assert not await store.silent([("material", "101002"), ("material", "101001")])
    assert await store.change() == before + 1
    assert await store.silent([("material", "101002")])
    assert await store.silent([])
    assert not await store.silent([])
    assert await store.change() == before + 3


async def test_freshness_is_the_newest_of_each(store: SqlStore, opened: Opened) -> None:
    for at, (data, received) in enumerate([(5, 10), (9, 11), (2, 12)]):
        await store.save(*batch(at, at + 1, freshness=[Freshness("material", "101001", data, received)]))
    assert opened.rows("SELECT * FROM freshness") == [("material", "101001", 9, 12)]


async def test_a_failed_item_is_kept_once(store: SqlStore, opened: Opened) -> None:
    await store.save(*batch(0, 1, failed=[failed("f1"), failed("f1"), failed("f2")]))
    await store.save(*batch(1, 2, failed=[failed("f1")]))
    assert opened.rows("SELECT item FROM failed ORDER BY item") == [("f1",), ("f2",)]


async def test_a_day_begins_once_in_each_institution(store: SqlStore) -> None:
    assert await store.tick({"101001", "101002"}, TODAY) == ["101001", "101002"]
    change = await store.change()
    assert await store.tick({"101001", "101002"}, TODAY) == []
    assert await store.change() == change
    assert await store.tick({"101001", "101003"}, TODAY) == ["101003"]
    assert await store.tick({"101001"}, date(2026, 11, 25)) == ["101001"]
    assert await store.change() == change + 2


async def test_the_daily_deletion_twice_is_the_daily_deletion_once(store: SqlStore, opened: Opened) -> None:
    told = [sheet("p_a", period="2026-11-24"), sheet("p_a", period="2026-11-25"), sheet("p_a", period="2025-11-24", family="attendance")]
    await store.save(*batch(0, 1, sheets=told, failed=[failed("f1", NOW - 15 * DAY), failed("f2", NOW - 13 * DAY)]))
    assert await store.forget(SPRING, NOW) == 3
    change = await store.change()
    assert await store.forget(SPRING, NOW) == 0
    assert await store.change() == change
    emptied = SheetRow(told[0].key, b"{}", told[0].summaries)
    assert sheets(opened) == {emptied.key: emptied, told[1].key: told[1]}


async def test_a_sheet_without_summaries_is_measured_once_and_only_while_it_is_there(store: SqlStore, opened: Opened) -> None:
    bare = [SheetRow(sheet(who).key, b'{"a":{}}', b"") for who in ("p_a", "p_b", "p_c")]
    await store.save(*batch(0, 1, sheets=[*bare, sheet("p_d")]))
    assert sorted(row.key for row in await store.unmeasured(9)) == [row.key for row in bare]
    assert len(await store.unmeasured(2)) == 2
    day = date.fromisoformat(bare[0].key.period)
    assert (await store.unmeasured(9, day), len(await store.unmeasured(9, day + timedelta(days=1)))) == ([], 3)
    await store.erase({"p_c"}, date(2027, 10, 31))
    change, late = await store.change(), SheetRow(sheet("p_d").key, b"", b'{"late":{}}')
    await store.measured([sheet("p_a"), sheet("p_c"), late])
    assert await store.change() == change
    assert await store.unmeasured(9) == [bare[1]]
    assert sheets(opened) == {sheet("p_a").key: sheet("p_a"), bare[1].key: bare[1], sheet("p_d").key: sheet("p_d")}


async def test_a_sheet_that_was_folded_again_meanwhile_keeps_no_measure_of_what_it_was(store: SqlStore) -> None:
    bare, newer = (SheetRow(sheet("p_a").key, facts, b"") for facts in (b'{"a":{}}', b'{"a":{},"b":{}}'))
    await store.save(*batch(0, 1, sheets=[bare]))
    (read,) = await store.unmeasured(9)
    await store.save(*batch(1, 2, sheets=[newer]))
    await store.measured([SheetRow(read.key, read.facts, b'{"x":{}}')])
    assert await store.unmeasured(9) == [newer]


async def test_a_sheet_of_many_facts_is_read_as_it_was_written_and_measured(store: SqlStore, opened: Opened) -> None:
    facts = encode(many(range(200)))
    bare = SheetRow(sheet("p_a").key, facts, b"")
    await store.save(*batch(0, 1, sheets=[bare]))
    (read,) = await store.unmeasured(9)
    assert (read.key, read.facts, read.summaries) == (bare.key, facts, b"")
    await store.measured([structs.replace(read, summaries=b'{"x":{}}')])
    assert await store.unmeasured(9) == []
    assert sheets(opened) == {bare.key: SheetRow(bare.key, facts, b'{"x":{}}')}


async def test_reports_are_merged_into_a_sheet_of_many_facts_of_which_some_may_be_left_out(store: SqlStore, opened: Opened) -> None:
    facts, key = many(range(200)), sheet("p_a").key
    await store.save(*batch(0, 1, sheets=[SheetRow(key, encode(facts), b"")]))
    for at in range(1, 20):
        new = [*range(200 + 10 * at, 210 + 10 * at), *([at] if at % 6 == 0 else [])]
        (row,) = (await store.sheets({key: [f"report {number}" for number in new]})).values()
        told = decode_open(row.facts)
        for one in each_of(many(new, order=at)):
            assert merge(told, *one)
            merge(facts, *one)
        await store.save(*batch(at, at + 1, sheets=[SheetRow(key, encode(told), b"", rest=row.rest)]))
        assert sheets(opened) == {key: SheetRow(key, encode(facts), b"")}
    (read,) = await store.unmeasured(9)
    assert read.facts == encode(facts)
    assert len(encode(facts)) > 4 * PART_BYTES


async def test_facts_are_not_emptied_before_they_are_measured(store: SqlStore, opened: Opened) -> None:
    bare = SheetRow(sheet("p_a").key, b'{"a":{}}', b"")
    await store.save(*batch(0, 1, sheets=[bare]))
    await store.forget(SPRING, NOW)
    assert await store.unmeasured(9) == [bare]
    await store.measured([sheet("p_a")])
    assert await store.forget(SPRING, NOW) == 1
    assert sheets(opened)[bare.key].facts == b"{}"


async def test_an_erased_pupil_leaves_no_sheet_and_no_failed_item(store: SqlStore, opened: Opened) -> None:
    await store.save(*batch(0, 1, sheets=[sheet("p_a"), sheet("p_b")], failed=[failed("f1"), failed("f2", subject="p_b")]))
    assert await store.erase({"p_a"}, date(2027, 10, 31)) == 2
    assert await store.erased() == {"p_a"}
    assert list(sheets(opened)) == [sheet("p_b").key]
    assert opened.rows("SELECT item FROM failed") == [("f2",)]
    await store.forget(date(2027, 11, 1), NOW)
    assert await store.erased() == frozenset()


@pytest.mark.parametrize("how", ["erased", "forgotten"])
async def test_a_school_whose_last_sheet_goes_is_not_remembered(store: SqlStore, opened: Opened, how: str) -> None:
    await store.save(*batch(0, 1, sheets=[sheet("p_a", period="2025-11-24", family="roster")]))
    (before,) = opened.rows("SELECT number FROM roster_changes")
    await (store.erase({"p_a"}, date(2027, 10, 31)) if how == "erased" else store.forget(SPRING, NOW))
    assert await store.institutions() == set()
    assert opened.rows("SELECT number FROM roster_changes") > [before]


async def test_a_day_that_has_begun_waits_for_no_writer(store: SqlStore) -> None:
    await store.tick({"101001"}, TODAY)
    async with store._database.write():
        assert await asyncio.wait_for(store.tick({"101001"}, TODAY), 5) == []


async def test_what_is_deleted_leaves_no_byte_where_rows_grew_and_moved(store: SqlStore, opened: Opened) -> None:
    token, dice = f"canary{secrets.token_hex(8)}", random.Random(1)
    keys = [(f"p_{pupil:026}", f"2026-11-{day:02}") for day in range(1, 13) for pupil in range(60)]
    for at, size in enumerate(range(1, 21, 3)):
        grown = [sheet(who, f'{{"{token}{"x" * 80 * size}":{{}}}}'.encode(), day) for who, day in keys if dice.random() < 1 / size**0.5]
        await store.save(*batch(at, at + 1, sheets=grown))
    assert opened.traces(token)
    assert await store.forget(SPRING, NOW) > 500
    await opened.rewrite()
    assert opened.traces(token) == set()
    assert len(opened.rows("SELECT 1 FROM sheets")) > 500


async def test_an_error_names_no_value(tmp_path: Path) -> None:
    for writes in (True, False):
        made = engine(f"sqlite+aiosqlite:///{tmp_path}/none.db", writes=writes)
        async with made.connect() as connection:
            with pytest.raises(sa.exc.OperationalError) as error:
                await connection.execute(sa.text("SELECT :value FROM missing"), {"value": "Kanariefugl"})
        await made.dispose()
        assert "Kanariefugl" not in str(error.value)
