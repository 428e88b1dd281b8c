"""Views go before batches, and batches do not wait for ever."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from services import turns
from services.turns import Turns


async def test_without_a_view_it_is_anybodys_turn_at_once() -> None:
    waiting = Turns().wait()
    with pytest.raises(StopIteration):
        waiting.send(None)


async def test_it_is_the_batchs_turn_when_the_last_view_is_answered() -> None:
    shared = Turns()
    view = asynccontextmanager(shared.viewing)
    async with view():
        async with view():
            waiting = asyncio.create_task(shared.wait())
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_a_view_that_fails_is_over_too() -> None:
    shared = Turns()
    with pytest.raises(RuntimeError):
        async with asynccontextmanager(shared.viewing)():
            raise RuntimeError
    waiting = shared.wait()
    with pytest.raises(StopIteration):
        waiting.send(None)


async def test_no_stream_of_views_stops_what_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience is shortened so that the test need not wait as long."""
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    shared = Turns()
    async with asynccontextmanager(shared.viewing)():
        await shared.wait()
