"""The hub's roster as a transaction of the store sees it, and what else every view begins with."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from contracts.facts import SheetKey, decode_facts
from contracts.files import school_subject
from contracts.kinds import Family
from contracts.ports import Freshness
from services.stores.database import Database, Extent, Session
from streams.roster import Part, Roster

ROSTER_FAMILIES: Final = (Family.ROSTER.value, Family.SOURCE.value)
"""Two names of ours, so that Python writes them as SQL has a list."""


class Current(NamedTuple):
    """What every view begins with. change: the change number that it is of. stamp: see `services.stores.database.State`."""

    change: int
    stamp: int
    roster: Roster
    freshness: list[Freshness]
    generation: str | None


class Rosters:
    """The hub's roster, remembered until a roster sheet changes. people: with them; without them, of each institution what is said of
    itself."""

    def __init__(self, database: Database, *, people: bool = True) -> None:
        self._database, self._people = database, people
        self._parts: dict[str, tuple[int, Part]] = {}
        self._roster = Roster([])

    async def current(self, session: Session) -> Current:
        """As of the session's snapshot."""
        state = await session.state()
        return Current(state.change, state.stamp, await self._roster_of(session, state.rosters), state.freshness, state.generation)

    async def _roster_of(self, session: Session, numbers: Mapping[str, int]) -> Roster:
        stale = [name for name, number in numbers.items() if self._parts.get(name, (-1,))[0] != number]
        if not stale and len(numbers) == len(self._parts):
            return self._roster
        parts = {name: known for name, known in self._parts.items() if name in numbers}
        for name in stale:
            parts[name] = (numbers[name], await _part(session, name, people=self._people))
        self._parts, self._roster = parts, Roster(part for _, part in parts.values())
        return self._roster

    async def pupils_of(self, institution: str, supplier: str, channel: str) -> frozenset[str]:
        """The leading identities that a source's newest complete roster names as pupils; for the shrink guard."""
        async with self._database.read() as session:
            part = (await self.current(session)).roster.parts.get(institution)
        return part.sources.get((supplier, channel), frozenset()) if part else frozenset()


async def _part(session: Session, institution: str, *, people: bool) -> Part:
    school, asked = school_subject(institution), {"institution": institution}
    body = f"FROM sheets AS s WHERE s.institution = :institution AND s.family IN {ROSTER_FAMILIES}"
    if not people:
        body, asked = f"{body} AND s.subject = :school", {**asked, "school": school}
    sheets = await session.sheets(body, Extent.FACTS, **asked)
    sheets += await session.sheets_of([SheetKey(school, institution, Family.CURRICULUM.value, "")], Extent.FACTS)
    return Part.of(institution, [(sheet.key, decode_facts(sheet.facts)) for sheet in sheets])
