"""A hub whose store and access log are in a real PostgreSQL: what only a server can do to it."""

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path
from typing import Any

import postgres
import pytest
from harness import Hub, until
from invented import TODAY
from msgspec import structs
from rosters import Person, SchoolClass, package
from sending import SCHEME, statement
from stored import letters

from contracts.dates import SECOND, instant
from contracts.errors import Fatal, Retry
from contracts.facts import Facts, Report, SheetKey, decode_facts, encode
from contracts.ports import Changes, SheetRow
from services.migrations import newest, upgrade
from services.stores import reading
from services.stores.database import Extent
from services.stores.postgres import Pool, PostgresDatabase
from services.stores.store import SqlStore

SCHOOL, AT = "101001", "2026-11-24T12:00:00+01:00"
ANNA, LONE = Person("e1", "student", "anna1a2b"), Person("t1", "teacher", "lone0001")


@pytest.fixture
def url() -> str:
    """Of a database that has the newest schemas."""
    made = postgres.database()
    upgrade("store", made)
    upgrade("access", made)
    return made


def sheet(who: str, period: str = "2026-11-23") -> SheetRow:
    return SheetRow(SheetKey(who, SCHOOL, "activity", period), b"{}", b"{}")


@asynccontextmanager
async def opened(url: str, **pool: Any) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(url, Pool(**pool))
    try:
        yield database
    finally:
        await database.close()


async def test_no_reader_misses_a_sheet_that_was_written_before_and_committed_after(url: str) -> None:
    """Two writers of one database: the first writes, the second writes and commits, a reader looks, the first commits."""
    written, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[Changes]:
        yield Changes([sheet("p_a")], {}, [], [])
        written.set()
        await go_on.wait()
        yield Changes([sheet("p_b")], {}, [], [])

    async def at_once() -> AsyncIterator[Changes]:
        yield Changes([sheet("p_c")], {}, [], [])

    async with opened(url) as database:
        first = asyncio.create_task(SqlStore(database).save(await SqlStore(database).hold({"one"}), {"one": 1}, slowly()))
        await written.wait()
        second = await SqlStore(database).save(await SqlStore(database).hold({"other"}), {"other": 1}, at_once())
        async with database.read() as session:
            seen = await session.state()
        go_on.set()
        assert (second, seen.change) == (1, 1)
        assert await first == 2
        async with database.read() as session:
            now = await session.state()
        numbers = dict(postgres.ask(url, "SELECT subject, number FROM sheets"))
        assert min(numbers["p_a"], numbers["p_b"]) > seen.stamp
        assert max(numbers.values()) <= now.stamp


async def test_of_a_large_sheet_only_what_was_told_lately_is_read_and_written(url: str) -> None:
    def told(numbers: range, order: int = 0) -> Facts:
        return {"a": {f"key {n}": {f"report {n}": Report("material", "xapi", 0, order, {"at": n, "of": "x" * 80})} for n in numbers}}

    async def saved(facts: Facts, rest: bytes = b"") -> None:
        async def one() -> AsyncIterator[Changes]:
            yield Changes([SheetRow(key, encode(facts), b"", rest=rest)], {}, [], [])

        held = await store.hold({"one"})
        await store.save(held, {"one": held.positions["one"] + 1}, one())

    def beside() -> bytes:
        ((rest,),) = postgres.ask(url, "SELECT rest FROM sheets")
        return bytes(rest)

    key = sheet("p_a").key
    async with opened(url) as database:
        store = SqlStore(database)
        await saved(told(range(200)))
        whole = beside()
        (row,) = (await store.sheets({key: ["report 200"]})).values()
        assert (row.facts, bool(row.rest)) == (b"{}", True)
        await saved(told(range(200, 201)), row.rest)
        (row,) = (await store.sheets({key: ["report 201"]})).values()
        assert (decode_facts(row.facts), beside()) == (told(range(200, 201)), whole)
        await saved(told(range(200, 300)), row.rest)
        (row,) = (await store.sheets({key: ["report 300"]})).values()
        assert row.facts == b"{}"
        assert beside().startswith(whole)
        assert len(beside()) > len(whole)
        (row,) = (await store.sheets({key: ["report 301", "report 250"]})).values()
        assert (decode_facts(row.facts), row.rest) == (told(range(300)), b"")
        (read,) = await store.unmeasured(9)
        assert read.facts == row.facts
        await saved({"a": {**told(range(300))["a"], **told(range(9, 10), order=1)["a"]}})
        await store.measured([structs.replace(read, summaries=b'{"x":{}}')])
        assert len(await store.unmeasured(9)) == 1, "what was measured is not what there is"


async def test_what_a_reader_kept_is_looked_at_again_where_an_earlier_writer_committed_later(url: str) -> None:
    """The same through a class view's own question: whose sheets before today may have changed since."""
    held, go_on = asyncio.Event(), asyncio.Event()

    async def held_back() -> AsyncIterator[Changes]:
        yield Changes([sheet("p_a")], {}, [], [])
        held.set()
        await go_on.wait()

    async def at_once() -> AsyncIterator[Changes]:
        yield Changes([sheet("p_c")], {}, [], [])

    async def late(database: PostgresDatabase, stamp: int) -> set[str]:
        async with database.read() as session:
            query = reading._LATE.format(since=session.table("since", "subject", "stamp#"))
            since = json.dumps([[who, stamp] for who in ("p_a", "p_c")])
            found, _ = await session.sheets_and(query, "FROM sheets AS s", Extent.LATELY, since=since, today=TODAY.isoformat())
        return found

    async with opened(url) as database:
        first = asyncio.create_task(SqlStore(database).save(await SqlStore(database).hold({"one"}), {"one": 1}, held_back()))
        await held.wait()
        await SqlStore(database).save(await SqlStore(database).hold({"other"}), {"other": 1}, at_once())
        async with database.read() as session:
            kept = (await session.state()).stamp
        go_on.set()
        await first
        assert "p_a" in await late(database, kept)
        async with database.read() as session:
            assert await late(database, (await session.state()).stamp) == set()


async def test_an_erasure_waits_for_a_batch_that_is_being_saved_and_takes_what_it_wrote(url: str) -> None:
    held, go_on = asyncio.Event(), asyncio.Event()

    async def held_back() -> AsyncIterator[Changes]:
        yield Changes([sheet("p_a")], {}, [], [])
        held.set()
        await go_on.wait()

    async with opened(url) as database:
        store = SqlStore(database)
        saving = asyncio.create_task(store.save(await store.hold({"one"}), {"one": 2}, held_back()))
        await held.wait()
        erasing = asyncio.create_task(store.erase({"p_a"}, date(2027, 10, 31)))
        await asyncio.sleep(0.5)
        assert not erasing.done()
        go_on.set()
        await saving
        assert await erasing == 1
        assert postgres.ask(url, "SELECT subject FROM sheets") == []


@pytest.fixture
def server() -> Iterator[Any]:
    """One of the test's own, which it may kill."""
    started = postgres.started()
    try:
        yield started
    finally:
        started.ensure_postgres_running()
        started.cleanup()


def test_a_database_that_goes_away_and_comes_back_costs_an_answer_and_no_event(tmp_path: Path, server: Any) -> None:
    url = postgres.database(server)
    hub = Hub(tmp_path, clock=f"{AT}@0", store=url, access_log=url)
    with closing(hub.http):
        hub.cli("migrate")
        hub.start()
        supplier = hub.supplier("material", "xapi", subject="MAT", identity=SCHEME)
        school = hub.supplier("skole", "oneroster_csv")
        told = package(SCHOOL, [SchoolClass("5a", "5.A", 5, [LONE, ANNA])])
        assert hub.file(school, "oneroster_csv", told, as_of="2026-11-01T08:00:00+01:00").status_code == 200
        lone = hub.token("--teacher", "unilogin:lone0001")
        hub.ledger(hub.token("--controller"))
        assert len(hub.get("/v1/groups", lone)["groups"]) == 1
        postgres.kill(server)
        taken = [hub.statements(supplier, [statement("anna1a2b", instant(AT))]).status_code for _ in range(20)]
        assert taken == [200] * 20, "the log is a file: intake goes on"
        refused = hub.http.get("/v1/groups", headers=dict(lone))
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.headers["content-type"] == "application/problem+json"
        assert hub.http.get("/health/ready").status_code == 503
        laid = tmp_path / "var" / "inbox" / "skole" / "oneroster_csv" / "again.zip"
        laid.parent.mkdir(parents=True)
        laid.write_bytes(told)
        os.utime(laid, (instant(AT) // SECOND,) * 2)
        time.sleep(3)  # so that the inbox looks at it in vain
        assert [file.name for file in laid.parent.iterdir()] == ["again.zip"]
        server.ensure_postgres_running()
        until(lambda: hub.http.get("/health/ready").status_code == 200)
        ledger = hub.ledger(hub.token("--controller"))
        assert (ledger["published"], ledger["repeated"], ledger["pending"]) == (20 + published(ledger, "skole"), 0, 0)
        assert re.search(r"^fremgang_interruptions_total [1-9]", hub.http.get("/metrics").text, re.MULTILINE)
        until(lambda: not list(laid.parent.iterdir()))
        assert hub.stop() == 0


def published(ledger: Any, supplier: str) -> int:
    return sum(row["count"] for row in ledger["rows"] if row["supplier"] == supplier and row["outcome"] == "published")


def test_a_hub_asks_for_the_schema_it_needs(tmp_path: Path) -> None:
    url = postgres.database()
    hub = Hub(tmp_path, store=url, access_log=url)
    with closing(hub.http):
        assert f"the store has schema none and this version needs {newest('store')}; run: fremgang migrate" in hub.cli("run", fails=True)
        hub.cli("migrate")
        assert postgres.ask(url, "SELECT version_num FROM store_version") == [(newest("store"),)]
        assert postgres.ask(url, "SELECT version_num FROM access_version") == [(newest("access"),)]
        assert "ok      store: is on a server" in hub.cli("check")
        assert "access and store of this hub are on servers, and not all of it is" in hub.cli("backup", str(tmp_path / "copy"), fails=True)
        assert "warning backup: this hub is partly in files and partly on servers" in hub.cli("check")


async def test_no_table_is_rewritten_while_a_snapshot_lasts_that_may_see_what_was_deleted(url: str) -> None:
    async with opened(url) as database, opened(url) as other:
        store = SqlStore(database)
        await store.save(await store.hold({"one"}), {"one": 1}, only(sheet("p_a")))
        async with other.lasting(writes=False) as session:
            assert await store.erase({"p_a"}, date(2027, 10, 31)) == 1
            await database.rewrite()
            assert await database.due()
            assert await session.rows("SELECT subject FROM sheets") == [("p_a",)]
        await database.rewrite()
        assert not await database.due()


async def only(row: SheetRow) -> AsyncIterator[Changes]:
    yield Changes([row], {}, [], [])


def test_a_password_is_shown_nowhere(tmp_path: Path) -> None:
    word = letters()
    hub = Hub(tmp_path, store=f"postgresql+asyncpg://hub:{word}@127.0.0.1:1/hub")
    with closing(hub.http):
        assert "the database cannot be reached" in (said := hub.cli("run", fails=True))
        assert word not in said
        assert "hub:***@127.0.0.1" in (told := hub.cli("check"))
        assert word not in told


async def test_an_error_names_no_value_and_says_whether_to_try_again(url: str) -> None:
    async with opened(url, size=2, seconds=0.2) as database:
        with pytest.raises(Fatal, match="the database refuses") as error:
            async with database.read() as session:
                await session.rows("SELECT CAST(:value AS bigint)", value="Kanariefugl")
        assert "Kanariefugl" not in str(error.value)
        async with database.write() as session:
            await session.rows("UPDATE changes SET number = number + 1")
            with pytest.raises(Retry, match="database"):
                async with database.write() as waiting:
                    await waiting.rows("UPDATE changes SET number = number + 1")
    with pytest.raises(Fatal, match="cannot be reached"):
        async with opened("postgresql+asyncpg://hub@127.0.0.1:1/hub") as database:
            await database.schema("store_version")
