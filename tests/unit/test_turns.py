"""Views go before batches, and batches do not wait for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse

from services import turns
from services.serve.asking import Reading, View
from services.serve.routes import routes
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


def telling_on(_: Reading) -> Callable[..., Awaitable[Response]]:
    async def lines() -> AsyncIterator[bytes]:
        yield b": here\n\n"
        await asyncio.Event().wait()

    async def stream() -> Response:
        return StreamingResponse(lines(), media_type="text/event-stream")

    return stream


async def test_a_stream_is_no_view_once_it_has_begun() -> None:
    shared, app, begun = Turns(), FastAPI(), asyncio.Event()
    app.include_router(routes(None, [View("stream", "GET", "/stream", telling_on)], shared))

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            begun.set()

    async def receive() -> dict[str, Any]:
        return await asyncio.Event().wait() or {}

    scope = {"type": "http", "method": "GET", "path": "/stream", "query_string": b"", "headers": [], "http_version": "1.1"}
    streaming = asyncio.create_task(app(scope, receive, send))
    try:
        await asyncio.wait_for(begun.wait(), 5)
        waiting = shared.wait()
        with pytest.raises(StopIteration):
            waiting.send(None)
        assert not streaming.done()
    finally:
        streaming.cancel()
