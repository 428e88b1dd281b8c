"""A log whose batches end anywhere."""

import itertools
from collections.abc import Collection, Iterator

from contracts.ports import Positions, Record
from services.logs.sqlite import SqliteLog


class Dripping(SqliteLog):
    """Reads end where a random size says, so that batches are cut at any record."""

    sizes: Iterator[int] = itertools.repeat(2_000)

    async def read(self, after: Positions, limit: int, only: Collection[str] | None = None) -> list[Record]:
        return await super().read(after, min(limit, next(self.sizes)), only)
