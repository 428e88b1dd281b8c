"""Running a hub: its port, its operator's socket and its loops, until it is told to stop or cannot go on."""

import asyncio
import contextlib
import ctypes
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI

from contracts.errors import Fatal
from services.files import log_file
from services.hub import Hub, open_hub
from services.roles import ALL, Roles
from services.settings import Settings

SWITCH_SECONDS: Final = 0.0002
"""How long a thread that computes keeps the interpreter while another waits: the database's threads have little to do, often."""

KEPT_SECONDS: Final = 75
"""A connection that asks nothing: longer than clients and proxies keep theirs, so that none of them asks on one that is being closed."""
M_ARENA_MAX: Final = -8
M_MMAP_THRESHOLD: Final = -3
"""Of mallopt(3)."""
LARGE_BYTES: Final = 256_000
"""Of a piece of memory that is asked of the system, and given back to it, by itself."""
COLLECTED: Final = (50_000, 20, 50)
"""Objects made before the collector of cycles looks at the newest, and how often at older ones: those of a roster are many, and last."""


class _Server(uvicorn.Server):
    """Signals are the hub's business, not each server's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(host: str, port: int) -> socket.socket:
    """Raises `Fatal` where the port is taken, with the way to choose another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Fatal(f"port {port} cannot be had ({error.strerror}); choose another: make run PORT={port + 1}, or FREMGANG_PORT") from None


def _server(app: FastAPI) -> _Server:
    return _Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_keep_alive=KEPT_SECONDS, timeout_graceful_shutdown=5
        )
    )


def alone_on_its_machine() -> None:
    """How the interpreter shares time and memory out: for one process with few threads that compute and some that wait for the database.
    Threads share one pool of memory, since what a pool of their own once needed it does not give back, and what is large stays out of it,
    so that it is given back at once; glibc alone knows these settings."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*COLLECTED)
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


async def run(settings: Settings, ready: Callable[[Hub, str], None], roles: Roles = ALL) -> None:
    """Returns after SIGINT or SIGTERM; raises `Fatal` when a loop cannot make progress. ready: called once it listens, with its address.
    A process that does all of a hub also answers its operator's commands."""
    alone_on_its_machine()
    with listening(settings.host, settings.port) as port:
        async with open_hub(settings, roles) as hub, contextlib.AsyncExitStack() as stack:
            address = f"http://{'localhost' if settings.host == '127.0.0.1' else settings.host}:{port.getsockname()[1]}"
            servers = [(_server(hub.app), port)]
            if roles == ALL:
                servers.append((_server(hub.admin), await stack.enter_async_context(_operators_socket(settings.socket))))
            hub.telemetry.started(address, hub.clock.now())
            if unsafe := _unsafe(settings):
                hub.telemetry.warned(unsafe)
            await _until_stopped(hub, servers, lambda: ready(hub, address))


def _unsafe(settings: Settings) -> str:
    """What of its settings breaks a promise, and how."""
    if log_file(settings) is not None:
        return ""
    from services.logs import broker

    return broker.unsafe(broker.cluster(settings))


async def _until_stopped(hub: Hub, servers: list[tuple[_Server, socket.socket]], ready: Callable[[], None]) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    serving = [asyncio.create_task(server.serve([at])) for server, at in servers]
    loops = [asyncio.ensure_future(loop()) for loop in hub.loops]
    waiting = asyncio.create_task(stopping.wait())
    ready()
    done, _ = await asyncio.wait({*serving, *loops, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for server, _ in servers:
        server.should_exit = True
    await asyncio.gather(*serving, return_exceptions=True)
    for loop in (*loops, waiting):
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    if failed := next((task.exception() for task in done if task is not waiting and task.exception()), None):
        hub.telemetry.stopped(str(failed) if isinstance(failed, Fatal) else f"a loop failed: {type(failed).__name__}")
        raise failed if isinstance(failed, Fatal) else Fatal(f"a loop failed: {type(failed).__name__}") from failed
    hub.telemetry.stopped("asked to")


@contextlib.asynccontextmanager
async def _operators_socket(path: Path) -> AsyncIterator[socket.socket]:
    """Readable and writable by the hub's own user alone. The lock on the data is held, so a socket that is there is a dead hub's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as at:
        at.bind(str(path))
        path.chmod(0o600)
        yield at
    path.unlink(missing_ok=True)
