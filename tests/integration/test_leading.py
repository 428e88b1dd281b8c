"""Of several processes one at a time leads, and who lost its turn stops; a real PostgreSQL says whose turn it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import postgres
import pytest

from contracts.errors import Fatal
from services.leading import leading, together
from services.migrations import upgrade
from services.stores.postgres import PostgresDatabase


@pytest.fixture
async def databases() -> AsyncIterator[list[PostgresDatabase]]:
    """Two processes' connections to one database."""
    url = postgres.database()
    await asyncio.to_thread(upgrade, "store", url)
    opened = [PostgresDatabase(url), PostgresDatabase(url)]
    yield opened
    for one in opened:
        await one.close()


async def test_one_leads_the_other_stands_by_and_takes_over(databases: list[PostgresDatabase]) -> None:
    at_work: list[int] = []

    async def work(who: int) -> None:
        at_work.append(who)
        try:
            await asyncio.Event().wait()
        finally:
            at_work.remove(who)

    async def leads(who: int) -> None:
        await leading(databases[who], "process", [lambda: work(who)], lambda _: None)

    first = asyncio.create_task(leads(0))
    await asyncio.sleep(0.5)
    second = asyncio.create_task(leads(1))
    await asyncio.sleep(2.5)
    assert at_work == [0]
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    await asyncio.sleep(2.5)
    assert at_work == [1]
    second.cancel()
    with suppress(asyncio.CancelledError):
        await second
    assert at_work == []


async def test_who_is_cut_off_stops_and_stands_in_line_again(databases: list[PostgresDatabase]) -> None:
    begun, told = list[str](), list[str]()

    async def work() -> None:
        begun.append("again")
        await asyncio.Event().wait()

    task = asyncio.create_task(leading(databases[0], "pull", [work], told.append))
    await asyncio.sleep(0.5)
    async with databases[1].write() as session:
        await session.rows("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()")
    await asyncio.sleep(4)
    assert begun == ["again", "again"]
    assert len(told) == 1
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_goes_wrong_in_one_loop_ends_the_others_and_is_told() -> None:
    ended: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waits")

    async def fails() -> None:
        await asyncio.sleep(0.01)
        raise Fatal("no more")

    with pytest.raises(Fatal, match="no more"):
        await together([waits, fails])
    assert ended == ["waits"]
