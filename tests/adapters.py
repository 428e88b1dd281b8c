"""Log and store adapters, opened on a folder; the kits hold every one of them to the same. A new adapter is one line here."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from contracts.ports import Log
from services.logs.sqlite import SqliteLog
from services.migrations import upgrade
from services.stores.database import Database
from services.stores.store import SqlStore


@asynccontextmanager
async def sqlite_log(folder: Path) -> AsyncIterator[Log]:
    log = SqliteLog(folder / "var" / "log.db")
    try:
        yield log
    finally:
        await log.close()


@asynccontextmanager
async def sqlite_store(folder: Path) -> AsyncIterator[SqlStore]:
    file = folder / "var" / "store.db"
    file.parent.mkdir(exist_ok=True)
    upgrade("store", f"sqlite:///{file}")
    database = Database(f"sqlite+aiosqlite:///{file}")
    try:
        yield SqlStore(database)
    finally:
        await database.close()


LOGS: dict[str, Callable[[Path], AbstractAsyncContextManager[Log]]] = {"sqlite": sqlite_log}
STORES: dict[str, Callable[[Path], AbstractAsyncContextManager[SqlStore]]] = {"sqlite": sqlite_store}
