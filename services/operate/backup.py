"""Making a backup while intake and fold go on (design 6: nothing is lost).

The store is copied first, the log after it: so the log's copy holds everything that the store's has not folded. Only what deletes
for good waits meanwhile, the daily deletion and erasures: it could take from the log what the store's copy still needs.
"""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from contracts.dates import rfc3339
from contracts.errors import Fatal
from contracts.privacy import Key
from services.clock import SystemClock
from services.files import Files, all_files
from services.operate import copying as c
from services.operate import manifest as m
from services.stores.store import SqlStore
from services.telemetry import Telemetry

REMEMBERED: Final = "newest_backup"
"""Where the store keeps a `Newest`."""
SPARE: Final = 1.05
"""How much more room than the data a backup asks for before it begins."""


class Newest(Struct, frozen=True):
    """The newest backup that was finished: when, and into which folder."""

    made: str
    folder: str


class Step(Struct, omit_defaults=True):
    """A word on the way: so much of so much of a file; at the end the manifest, with the longest that an append took meanwhile in
    seconds and how many there were; or what went wrong."""

    file: str = ""
    done: int = 0
    of: int = 0
    manifest: m.Manifest | None = None
    longest: float = 0.0
    appends: int = 0
    error: str = ""


class _Stopped(Exception):
    """Nobody waits for the backup any more."""


@dataclass(frozen=True)
class Backups:
    """deleting: held by whatever deletes for good. files: where the databases are."""

    key: Key
    store: SqlStore
    telemetry: Telemetry
    deleting: asyncio.Lock
    files: Files

    async def make(self, folder: Path) -> AsyncGenerator[Step, None]:
        """Goes on in a task of its own; when nobody listens any more it ends and leaves nothing. Answers errors as a step, since others
        have been told by then."""
        steps: asyncio.Queue[Step] = asyncio.Queue()
        stopping, loop = threading.Event(), asyncio.get_running_loop()

        def tell(step: Step) -> None:
            if stopping.is_set():
                raise _Stopped
            loop.call_soon_threadsafe(steps.put_nowait, step)

        making = asyncio.create_task(self._made(folder, tell))
        making.add_done_callback(lambda done: steps.put_nowait(done.result()))
        try:
            while True:
                step = await steps.get()
                yield step
                if step.manifest or step.error:
                    return
        finally:
            stopping.set()

    async def _made(self, folder: Path, tell: Callable[[Step], None]) -> Step:
        """The last step."""
        try:
            async with self.deleting:
                with self.telemetry.appends() as appends:
                    manifest = await asyncio.to_thread(copied, all_files(self.files), self.key.check, folder, tell)
                await self.store.remember(REMEMBERED, msgspec.json.encode(Newest(manifest.made, str(folder))).decode())
        except Exception as error:
            return Step(error=f"no backup was made: {why(error)}")
        return Step(manifest=manifest, longest=max(appends, default=0.0), appends=len(appends))


def why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error) or type(error).__name__


def copied(files: Files, key_check: str, folder: Path, tell: Callable[[Step], None]) -> m.Manifest:
    """All files and, last, the manifest."""
    with filling(folder, round(sum(size(file) for file in files.values()) * SPARE)):
        return _copied(files, key_check, folder, tell)


@contextmanager
def filling(folder: Path, needed: int) -> Iterator[None]:
    """A folder for a backup; where that fails, nothing stays in it. needed: bytes. Raises as `_prepared`."""
    made_here = _prepared(folder, needed)
    try:
        yield
    except BaseException:
        for left in folder.iterdir():
            left.unlink()
        if made_here:
            folder.rmdir()
        raise


def _prepared(folder: Path, needed: int) -> bool:
    """Whether the folder had to be made. Raises `Fatal` where it holds anything, or the disk has no room."""
    if (folder / m.NAME).exists():
        raise Fatal(f"{folder} holds a backup; give another folder for this one")
    if list(folder.glob("*")) if folder.is_dir() else folder.exists():
        raise Fatal(f"{folder} is not empty and holds no finished backup; delete it, or give another folder")
    new = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (free := shutil.disk_usage(folder).free) < needed:
        if new:
            folder.rmdir()
        raise Fatal(f"the disk of {folder} has {megabytes(free)} free, and the backup needs about {megabytes(needed)}")
    return new


def _copied(files: Files, key_check: str, folder: Path, tell: Callable[[Step], None]) -> m.Manifest:
    made, kept = rfc3339(SystemClock().now()), {}
    for database, name in m.FILES.items():
        part = folder / (name + m.UNFINISHED)
        c.copy_database(files[database], part, partial(_word, tell, name))
        with c.opened(part) as copy:
            kept[database] = m.Kept(c.one(copy, "SELECT version_num FROM alembic_version"), part.stat().st_size, c.sha256(part))
        part.rename(folder / name)
    c.sync(folder)
    with c.opened(folder / m.FILES["store"]) as store, c.opened(folder / m.FILES["log"]) as log:
        positions = c.one(store, "SELECT position FROM positions"), log_end(log), c.one(store, "SELECT number FROM changes")
    manifest = m.Manifest(m.FORM, version("fremgang"), made, key_check, *positions, kept)
    c.put(folder / m.NAME, m.encode(manifest))
    c.sync(folder.parent)
    return manifest


def _word(tell: Callable[[Step], None], name: str, done: int, of: int) -> None:
    tell(Step(name, done, of))


def log_end(log: sqlite3.Connection) -> int:
    return int(c.one(log, "SELECT seq FROM sqlite_sequence WHERE name = 'records'") or 0)


def size(file: Path) -> int:
    """With what its write-ahead file holds; 0 where it is not there."""
    return sum(one.stat().st_size for one in (file, file.with_name(file.name + "-wal")) if one.exists())


def megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
