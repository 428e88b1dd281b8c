"""The mark of a restore under way, beside the store: while it is there no hub starts on the data (design 6: any restart).

It also keeps what the restore found out of the data it moves aside, so that a second attempt knows it too. On servers the mark is in the
store, which knows the rest.
"""

from pathlib import Path
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from contracts.errors import Fatal
from services.operate import copying as c

RESTORING: Final = "restoring"
"""Where a store on a server keeps the command that finishes it."""


class Remembers(Protocol):
    async def meta(self, name: str) -> str | None: ...


class Restoring(Struct):
    """erased: pseudonym -> the ISO date until which it is remembered, of the data that were there before."""

    backup: str
    kept_log: bool
    erased: dict[str, str]


def of(store: Path) -> Path:
    return store.with_suffix(".restoring")


def refuse_unfinished(store: Path) -> None:
    if (mark := read(store)) is not None:
        again = f"fremgang restore {mark.backup} --force{' --keep-log' if mark.kept_log else ''}"
        raise _unfinished(again)


async def refuse_unfinished_there(store: Remembers) -> None:
    if (again := await store.meta(RESTORING)) is not None:
        raise _unfinished(again)


def _unfinished(again: str) -> Fatal:
    return Fatal(f"starting: a restore was not finished; finish it: {again}")


def read(store: Path) -> Restoring | None:
    return msgspec.json.decode(of(store).read_bytes(), type=Restoring) if of(store).exists() else None


def write(store: Path, restoring: Restoring) -> None:
    of(store).with_name(of(store).name + ".part").unlink(missing_ok=True)
    c.put(of(store), msgspec.json.encode(restoring))


def remove(store: Path) -> None:
    of(store).unlink(missing_ok=True)
    c.sync(store.parent)
