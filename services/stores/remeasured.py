"""A generation of summaries beside the one that serves: measured of the same sheets by other indicators, and put in its place at once.

A row is of what its sheet holds as long as the sheet's number is not above its own, so what was folded again meanwhile is found, and what
was measured before the process ended is not done twice. A sheet that is deleted takes its row along (the schema sees to it).
"""

import json
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from contracts.facts import SheetKey
from contracts.ports import SheetRow
from services.stores import tables as t
from services.stores.database import GENERATION, Database, Extent, Session
from services.stores.store import numbered, rostered

_KEY: Final = "s.subject, s.institution, s.family, s.period"
_OF: Final = (
    "r.generation = :generation AND r.subject = s.subject AND r.institution = s.institution AND r.family = s.family AND r.period = s.period"
)
_BEHIND: Final = f"coalesce((SELECT r.number FROM remeasured AS r WHERE {_OF}), -1) < s.number"  # noqa: S608 - names of this file
"""Of a sheet `s`: it has no row that is of what it holds. Row by row by the key, whatever a planner makes of a table that has just been
filled."""
_HAS_FACTS: Final = "length(s.facts) > 2"
_TO_DO: Final = f"FROM sheets AS s WHERE {_HAS_FACTS} AND {_BEHIND}"
_AFTER: Final = f"({_KEY}) > (:subject, :institution, :family, :period) AND s.number > :since"
_WAITING: Final = f"FROM (SELECT s.* {_TO_DO} AND {_AFTER} ORDER BY {_KEY} LIMIT :most) AS s"
_PUT: Final = (
    "INSERT INTO remeasured (subject, institution, family, period, generation, number, summaries)"  # noqa: S608 - names of this file
    f" SELECT {_KEY}, CAST(:generation AS text), CAST(:stamp AS bigint), {{bytes}} FROM {{told}} AS k JOIN sheets AS s"
    " ON s.subject = k.subject AND s.institution = k.institution AND s.family = k.family AND s.period = k.period WHERE true {staying}"
    " ON CONFLICT (subject, institution, family, period) DO UPDATE SET"
    " generation = excluded.generation, number = excluded.number, summaries = excluded.summaries"
)
_TAKE: Final = (
    "UPDATE sheets AS s SET summaries = r.summaries, settled = s.number FROM remeasured AS r"  # noqa: S608 - names of this file
    f" WHERE {_OF} AND r.number >= s.number AND r.summaries <> s.summaries"
)
_LEAVE: Final = f"UPDATE sheets AS s SET summaries = :nothing WHERE length(s.summaries) > 0 AND {_HAS_FACTS} AND {_BEHIND}"  # noqa: S608 - as above
_LEFT: Final = f"SELECT count(*) FROM sheets AS s WHERE length(s.summaries) = 0 AND {_HAS_FACTS}"  # noqa: S608 - names of this file
_EMPTIED: Final = f"SELECT count(*) FROM sheets AS s WHERE length(s.summaries) > 2 AND NOT {_HAS_FACTS} AND {_BEHIND}"  # noqa: S608 - as above
_FIRST: Final = SheetKey("", "", "", "")


class Batch(NamedTuple):
    """Sheets, and the stamp of the state in which they were read (`services.stores.database.State`)."""

    sheets: list[SheetRow]
    stamp: int


class Switched(NamedTuple):
    """left: sheets that whoever reads them has to measure. emptied: sheets that have facts no more, and so keep what they have: readings of
    indicators that have not changed."""

    left: int
    emptied: int


class Remeasured:
    """generation: the new one."""

    def __init__(self, database: Database, generation: str) -> None:
        self._database, self._generation = database, generation

    async def begin(self) -> bool:
        """False where this generation serves already. What was measured for another goes."""
        others = sa.delete(t.remeasured).where(t.remeasured.c.generation != self._generation)
        async with self._database.write() as session:
            await session.put(t.meta, [{"name": GENERATION, "value": self._generation}])
            if await self._serves(session):
                await session.execute(sa.delete(t.remeasured))
                return False
            await session.execute(others)
        return True

    async def waiting(self) -> int:
        """Sheets that are not measured yet."""
        async with self._database.read() as session:
            ((count,),) = await session.rows(f"SELECT count(*) {_TO_DO}", generation=self._generation)
        return int(count)

    async def stamp(self) -> int:
        async with self._database.read() as session:
            return (await session.state()).stamp

    async def batch(self, most: int, since: int, after: SheetKey = _FIRST) -> Batch:
        """The next sheets, with their facts alone, in the order of their keys, of those that were written behind a stamp."""
        asked = after._asdict() | {"most": most, "since": since, "generation": self._generation}
        async with self._database.read() as session:
            stamp = (await session.state()).stamp
            return Batch(await session.sheets(_WAITING, Extent.FACTS, **asked), stamp)

    async def put(self, measured: Batch) -> None:
        """With their summaries; only of sheets that are still there, and stay until this is done."""
        rows = [[*row.key, row.summaries.decode()] for row in measured.sheets]
        async with self._database.write() as session:
            told = session.table("rows", *SheetKey._fields, "summaries")
            statement = _PUT.format(told=told, bytes=session.as_bytes("k.summaries"), staying=session.staying("s"))
            await session.rows(statement, rows=json.dumps(rows), generation=self._generation, stamp=measured.stamp)

    async def switch(self) -> Switched:
        """From here on this generation serves: of each sheet what was measured of what it holds; of those of which that is not, nothing,
        so that whoever reads them measures. Who measured for the generation before has done so, or measures no more."""
        mine = sa.update(t.meta).where(t.meta.c.name == GENERATION).values(value=self._generation)
        async with self._database.write() as session:
            await session.fenced()
            if not await self._serves(session):
                await session.execute(mine)
                await session.rows(_TAKE, generation=self._generation)
                await session.rows(_LEAVE, generation=self._generation, nothing=b"")
            ((left,),) = await session.rows(_LEFT)
            ((emptied,),) = await session.rows(_EMPTIED, generation=self._generation)
            await session.execute(sa.delete(t.remeasured))
            await numbered(session, await rostered(session))
        return Switched(left, emptied)

    async def _serves(self, session: Session) -> bool:
        found: Any = (await session.execute(sa.select(t.meta.c.value).where(t.meta.c.name == GENERATION))).scalar_one()
        return bool(found == self._generation)
