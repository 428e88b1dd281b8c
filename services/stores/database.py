"""What the store and the access log ask of a database, whichever it is: transactions, and the few things that SQLAlchemy does not say of
all databases alike or not fast enough. Each says them in its own words: `services.stores.sqlite`, `services.stores.postgres`.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from enum import Enum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.facts import SheetKey
from contracts.ports import Freshness, SheetRow


class Extent(Enum):
    """What of sheets is read: summaries, and the facts of those that somebody has yet to measure; of each the facts that were told lately
    (`SheetRow.rest`); or all facts. facts, rest, summaries: the condition under which each of the columns is."""

    MEASURED = ("length(s.summaries) = 0", "length(s.summaries) = 0", "true")
    LATELY = ("true", "false", "false")
    FACTS = ("true", "true", "false")

    def __init__(self, facts: str, rest: str, summaries: str) -> None:
        self.facts, self.rest, self.summaries = facts, rest, summaries


_OF_KEYS: Final = (
    "FROM {keys} AS k JOIN sheets AS s ON s.subject = k.subject AND s.institution = k.institution AND s.family = k.family"
    " AND s.period = k.period"
)

GENERATION: Final = "generation"
"""Under this name `meta` has which generation of indicators measured the summaries."""
OF_GENERATION: Final = f"(SELECT value FROM meta WHERE name = '{GENERATION}')"  # noqa: S608 - a name of this file


class State(NamedTuple):
    """What a transaction sees. change: the store's change number. stamp: of all that was written with a lower one or this, all is seen.
    rosters: institution -> the change number of its roster. generation: which measured the summaries (`streams.sheet.generation`); None
    where that is not known yet."""

    change: int
    stamp: int
    rosters: dict[str, int]
    freshness: list[Freshness]
    generation: str | None


class Session(ABC):
    """One transaction. Values of statements are named; where one is a list, it is given as JSON and named by `table`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def execute(
        self, statement: sa.Executable, values: Sequence[Mapping[str, Any]] | None = None
    ) -> sa.CursorResult[*tuple[Any, ...]]:
        """For what is asked seldom, in SQLAlchemy's words."""
        return await self._connection.execute(statement, values)

    async def put(self, table: sa.Table, rows: Sequence[Mapping[str, Any]], replace: Sequence[str] = ()) -> None:
        """Inserts; where the key is there, replaces the named columns, and leaves the others as they are."""
        if not rows:
            return
        statement = self._insert(table)
        keys, new = list(table.primary_key.columns), {name: statement.excluded[name] for name in replace}
        told = statement.on_conflict_do_update(index_elements=keys, set_=new) if new else statement.on_conflict_do_nothing()
        await self._connection.execute(told, rows)

    @abstractmethod
    def _insert(self, table: sa.Table) -> Any:
        """The database's own INSERT, with ON CONFLICT."""

    @abstractmethod
    async def rows(self, query: str, /, **values: Any) -> Sequence[Any]:
        """All rows of a query, each a tuple."""

    @abstractmethod
    def table(self, name: str, *columns: str) -> str:
        """A value that is a JSON list of lists, as a table. columns: of text, or of whole numbers where they end in `#`."""

    @abstractmethod
    async def state(self) -> State: ...

    @abstractmethod
    async def sheets(self, body: str, extent: Extent, /, **values: Any) -> list[SheetRow]:
        """body: the statement from FROM on, with the sheets as `s`."""

    async def sheets_of(self, keys: Sequence[SheetKey], extent: Extent) -> list[SheetRow]:
        """Those that are there."""
        body = _OF_KEYS.format(keys=self.table("keys", *SheetKey._fields))
        return await self.sheets(body, extent, keys=json.dumps(keys))

    @abstractmethod
    async def sheets_and(self, subjects: str, body: str, extent: Extent, /, **values: Any) -> tuple[set[str], list[SheetRow]]:
        """As `sheets`, and the subjects of other sheets. subjects: their statement from FROM on."""

    @abstractmethod
    async def stamp(self) -> int:
        """For the sheets that this transaction writes: greater than the stamp of every state that does not see them."""

    @abstractmethod
    async def put_sheets(self, sheets: Sequence[SheetRow], stamp: int) -> None:
        """Inserts or replaces sheets, no two of one key; of those that have a `rest`, what is not that."""

    @abstractmethod
    def date(self, text: str) -> str:
        """A date that is given as text (ISO 8601)."""

    @abstractmethod
    def as_bytes(self, text: str) -> str:
        """A text as its UTF-8 bytes."""

    @abstractmethod
    def staying(self, name: str) -> str:
        """At the end of a query: the rows that it gives of a table, by its name there, are not deleted until this transaction ends."""

    @abstractmethod
    def greatest(self, one: str, other: str) -> str: ...

    @abstractmethod
    async def fenced(self) -> None:
        """Returns when no batch is being saved, and none is until this transaction ends: for what deletes sheets, which a batch that has
        read them would write back. One transaction at a time has it. The first statement of a transaction."""

    @abstractmethod
    async def kept_waiting(self) -> bool:
        """Whether another transaction keeps batches from being saved: one that is `fenced`, or that rewrites tables."""

    @abstractmethod
    async def deleted(self) -> None:
        """To be said in each transaction that deletes for good, so that it is known after a kill too that a rewrite is due."""


class Database(ABC):
    """Errors of its transactions name no value."""

    @abstractmethod
    def write(self) -> AbstractAsyncContextManager[Session]:
        """Committed at the end of the block."""

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[Session]:
        """One snapshot."""

    @abstractmethod
    async def schema(self, table: str) -> str | None:
        """Which migration it is at; None where there was none yet. table: where that is kept. Raises `Fatal` where it cannot be reached."""

    @abstractmethod
    async def scrub(self) -> None:
        """Where something was deleted since it was last, rewrites what holds its bytes, or sees to it that it is."""

    @abstractmethod
    async def close(self) -> None: ...
