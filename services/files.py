"""Which of a hub's data are files, and that one process has them open at a time. What is on servers many may have open."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from contracts.errors import Fatal
from services.migrations import Database
from services.settings import Settings

Files = Mapping[Database, Path]


def file_of(url: str) -> Path | None:
    """The file of a SQLite URL; None for what is on a server. Raises `Fatal` for a URL that this hub has no adapter for."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return Path(parsed.database)
    if parsed.drivername == "postgresql+asyncpg":
        if not parsed.database:
            raise Fatal("starting: an address of PostgreSQL names its database: postgresql+asyncpg://USER@HOST/NAME")
        return None
    raise Fatal(f"starting: there is no adapter for {parsed.drivername}; use sqlite, or for store and access log postgresql+asyncpg")


def log_file(settings: Settings) -> Path | None:
    """As `file_of`. Raises `Fatal` where the log's own adapters have no use for the URL."""
    if settings.log.startswith("kafka://"):
        return None
    if (file := file_of(settings.log)) is None:
        raise Fatal("starting: there is no adapter for a log in PostgreSQL; set FREMGANG_LOG to sqlite:///FILE or kafka://HOST:PORT")
    return file


def files_of(settings: Settings) -> Files:
    """Of those that are files."""
    told: dict[Database, Path | None] = {
        "store": file_of(settings.store), "log": log_file(settings), "access": file_of(settings.access_log),
    }  # fmt: skip
    return {database: file for database, file in told.items() if file is not None}


def main_file(files: Files) -> Path | None:
    """Beside which a hub keeps what is of all its data: its lock, the mark of a restore."""
    return files.get("store") or files.get("log")


def all_files(files: Files) -> Files:
    """For what copies files. Raises `Fatal` where some of the data are on servers."""
    if missing := sorted({"log", "store", "access"} - files.keys()):
        raise Fatal(
            f"{' and '.join(missing)} of this hub are on servers, and not all of it is: a backup is of one kind; copy the store first, by"
            " pg_dump what is in PostgreSQL, and files while no hub runs"
        )
    return files


@contextmanager
def locked(main: Path | None) -> Iterator[None]:
    """Of one process at a time, where there is a file. Raises `Fatal` where another holds it."""
    if main is None:
        yield
        return
    main.parent.mkdir(parents=True, exist_ok=True)
    with main.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Fatal(f"starting: another process has the data of {main.parent} open") from None
        yield
