"""Many rows in one statement, in and out.

The driver gives up the interpreter's lock at every step of a statement, and where another thread is busy gets it back only after the
switch interval; a batch that took a step for each row would wait as often as it has rows.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, Final, TypeVar

import msgspec

LARGEST: Final = 2_048
"""Rows of a statement, of eight columns at most (SQLite takes 32,766 parameters)."""
FEW: Final = 50
"""Above so many rows their number is a power of two, so that there are few statements to keep prepared."""

_One = TypeVar("_One")


async def ahead(made: AsyncIterable[_One]) -> AsyncIterator[_One]:
    """Each of them, the next being made while one is used."""
    rest = aiter(made)

    def following() -> asyncio.Future[_One | None]:
        return asyncio.ensure_future(anext(rest, None))

    coming = following()
    try:
        while (one := await coming) is not None:
            coming = following()
            yield one
    finally:
        coming.cancel()


def inserts(head: str, rows: Sequence[Sequence[Any]], tail: str = "") -> Iterator[tuple[str, tuple[Any, ...]]]:
    """`head VALUES (...), (...) tail` with its parameters, as often as it takes; all rows are as wide as the first."""
    at = 0
    while at < len(rows):
        left = len(rows) - at
        count = left if left <= FEW else min(LARGEST, 1 << (left.bit_length() - 1))
        row = f"({', '.join('?' * len(rows[at]))})"
        yield f"{head} VALUES {', '.join([row] * count)} {tail}", tuple(chain.from_iterable(rows[at : at + count]))
        at += count


def in_one(column: str) -> str:
    """Of all rows of a query: the lengths of a column of UTF-8 bytes, a JSON list, and all of it one after another; for `parted`."""
    return f"json_group_array(length({column})), CAST(group_concat(CAST({column} AS TEXT), '') AS BLOB)"


def parted(lengths: str, whole: bytes | None) -> list[bytes]:
    """The rows of a column that `in_one` asked for."""
    ends = list(accumulate(msgspec.json.decode(lengths), initial=0))
    return [(whole or b"")[first:last] for first, last in pairwise(ends)]
