"""The store's reading side. What a view gets is already narrowed to its caller: who may see it is part of the query (design 6).

A `Snapshot` is one read transaction, so a view and its change number agree.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from contracts.connector import Registration
from contracts.dates import Micros
from contracts.facts import Fact, Facts, SheetKey, day_of, decode_facts
from contracts.indicator import Indicator
from contracts.kinds import BY_NAME, Family
from contracts.ports import Positions, SheetRow
from services.stores import tables as t
from services.stores.database import Database, Extent, Session
from services.stores.remembered import Remembered, facets
from services.stores.rosters import ROSTER_FAMILIES, Current, Rosters
from services.stores.store import positions_of, serving
from streams.extras import Extra
from streams.fresh import Source, sources
from streams.reading import Day, Frameworks, Pupil, days, merged, since
from streams.remembered import Kept, Live, Remembering, Windows, decode_entries, kept_of, packed
from streams.roster import Group, Relation
from streams.sheet import DATE, Summaries, counted, generation, is_told, measure_sheet, reads, side_by_side
from streams.sheet import decode as decode_summaries
from streams.window import Calendar

Where = tuple[str, str, str, str]
"""A pupil or a group, and of which institution, family and period the sheets of the pupil's identities, or of the group, are."""

_OF_SUBJECTS: Final = (
    "FROM {subjects} AS who JOIN sheets AS s ON s.subject = who.subject WHERE s.family IN (SELECT family FROM {families} AS f)"
    " AND (length(s.period) = 9 AND :standing OR length(s.period) = 10 AND s.period BETWEEN :first AND :last)"
)
_LATE: Final = (
    "FROM (WITH unmeasured AS MATERIALIZED"
    " (SELECT subject, number FROM sheets WHERE length(summaries) = 0 AND length(period) = 10 AND period < :today)"
    " SELECT s.subject FROM {since} AS k JOIN unmeasured AS s ON s.subject = k.subject AND s.number > k.stamp"
    " UNION ALL SELECT s.subject FROM {since} AS k JOIN sheets AS s ON s.subject = k.subject AND s.settled > k.stamp"
    " WHERE length(s.period) = 10 AND s.period < :today) AS s"
)
"""Of a sheet that is measured an index has the number of its last change; the others, which are few, are looked through."""


class Snapshot:
    """What a view may ask; `narrowed` gives the part of it that is a person's."""

    def __init__(self, session: Session, current: Current, indicators: Sequence[Indicator], remembered: Remembered) -> None:
        self._session, self._indicators, self._remembered = session, indicators, remembered
        self._current, self.change, self.roster = current, current.change, current.roster

    def narrowed(self, relation: Relation) -> "Narrowed":
        return Narrowed(self._session, self._current, self._indicators, relation, self._remembered)

    def home_calendar(self, pupil: str, today: date) -> Calendar:
        """The calendar of the school of the pupil's home class."""
        return self.roster.calendar(self.roster.home(pupil, today) or "")

    def sources(self, registered: Iterable[Registration], institutions: Collection[str], now: Micros) -> list[Source]:
        """How fresh each is in these institutions."""
        return sources(self._current.freshness, self.roster, registered, institutions, now)

    async def ledger(self, supplier: str | None) -> list[dict[str, Any]]:
        """In the order of their keys, which databases put in orders of their own."""
        query = sa.select(t.ledger)
        query = query if supplier is None else query.where(t.ledger.c.supplier == supplier)
        rows = [dict(row) for row in (await self._session.execute(query)).mappings()]
        return sorted(rows, key=lambda row: tuple(row[column.name] for column in t.ledger.primary_key.columns))

    async def failed(self, supplier: str | None, limit: int) -> list[dict[str, Any]]:
        """Newest first, without bodies and subjects."""
        shown = [column for column in t.failed.columns if column.name not in ("body", "subject")]
        query = sa.select(*shown).order_by(t.failed.c.received.desc(), t.failed.c.item).limit(limit)
        query = query if supplier is None else query.where(t.failed.c.supplier == supplier)
        return [dict(row) for row in (await self._session.execute(query)).mappings()]

    async def positions(self) -> Positions:
        return await positions_of(self._session)

    async def unlinked(self, institutions: Collection[str]) -> int:
        """Identities that have facts in these institutions and that no roster names."""
        query = sa.select(t.sheets.c.subject).distinct().where(
            t.sheets.c.institution.in_(sorted(institutions)), t.sheets.c.family.not_in([*ROSTER_FAMILIES, Family.CONTROL.value]),
            t.sheets.c.subject.startswith("p_", autoescape=True),
        )  # fmt: skip
        return len(set((await self._session.execute(query)).scalars()) - self.roster.known)


class Narrowed:
    """The groups and pupils that one reader may see, and nothing else; whom it does not know it answers as if they did not exist."""

    def __init__(
        self, session: Session, current: Current, indicators: Sequence[Indicator], relation: Relation, remembered: Remembered
    ) -> None:
        self._session, self._current, self._roster, self._indicators = session, current, current.roster, indicators
        self._relation, self._remembered = relation, remembered

    def groups(self) -> list[Group]:
        found = [self._roster.groups[group] for group in self._relation.groups if group in self._roster.groups]
        return sorted(found, key=lambda group: (group.institution, group.source_id, group.id))

    def group(self, group: str) -> Group | None:
        return self._roster.groups.get(group) if group in self._relation.groups else None

    def calendar(self, group: Group) -> Calendar:
        return self._roster.calendar(group.institution)

    def frameworks(self, group: Group) -> Frameworks:
        """As its school tells of them."""
        return partial(self._roster.framework_at, group.institution)

    def group_subjects(self, group: str) -> frozenset[str] | None:
        """The school subjects that the reader sees of a group; None for all."""
        return self._relation.groups[group]

    def sees(self, pupil: str) -> bool:
        return pupil in self._relation.pupils

    def pupil_subjects(self, pupil: str) -> frozenset[str] | None:
        return self._relation.pupils[pupil]

    def resolve(self, identity: str) -> str | None:
        """The hub id of an identity, if it is of a pupil that the reader may see."""
        owner = self._roster.owner(identity)
        return owner if owner is not None and self.sees(owner) else None

    async def pupils(self, pupils: Collection[str], first: date, last: date) -> list[Pupil]:
        """With what was measured of them from first to last, in institutions where they were enrolled on the date; without what they say
        of themselves, so a view of many cannot have it."""
        return await self._pupils(pupils, _families(self._indicators, self_reports=False), first, last, {})

    async def answers(self, pupils: Collection[str], first: date, last: date) -> list[Pupil]:
        """With what they say of themselves, and nothing else, as far as the children were told that the reader would see it: for what is
        told of 5 or more of them together (R7.1)."""
        families = _families([one for one in self._indicators if one.self_report], self_reports=True)
        return await self._pupils(pupils, families, first, last, self._relation.audience)

    async def said_of(self, group: str, kinds: Collection[str]) -> list[Fact]:
        """What of these event types is said of a group that the reader sees."""
        families = sorted({BY_NAME[kind].family.value for kind in kinds})
        asked = _asked({group: group} if self.group(group) else {}, families, date.min, date.min, standing=True)
        sheets = await self._session.sheets(_of_subjects(self._session), Extent.FACTS, **asked)
        return [fact for sheet in sheets for fact in counted(decode_facts(sheet.facts)) if fact.kind in kinds]

    def within(self, group: str, today: date) -> list[frozenset[str]]:
        """The pupils of each of the reader's other groups that lies within this one today."""
        pupils = frozenset(self._roster.pupils(group, today))
        others = (frozenset(self._roster.pupils(one, today)) for one in self._relation.groups if one != group)
        return [one for one in others if one < pupils]

    async def pupil(self, pupil: str, first: date, last: date) -> Pupil:
        """One that the reader sees, with the self-reports that the child was told the reader would see."""
        families = _families(self._indicators, self_reports=True)
        (found,) = await self._pupils([pupil], families, first, last, self._relation.audience)
        return found

    async def _pupils(
        self, pupils: Collection[str], families: Sequence[str], first: date, last: date, audience: Mapping[str, Collection[str]]
    ) -> list[Pupil]:
        allowed = [pupil for pupil in sorted(pupils) if self.sees(pupil)]
        measured = await self._measured(await self._rows(allowed, families, first, last))
        return self._told(allowed, measured, first, last, audience)

    def _told(
        self, pupils: Sequence[str], measured: Mapping[Where, Summaries], first: date, last: date, audience: Mapping[str, Collection[str]]
    ) -> list[Pupil]:
        periods = {who: self._periods(who) for who in {who for who, *_ in measured}}
        found: dict[str, list[Day]] = defaultdict(list)
        for (who, institution, family, period), summaries in sorted(measured.items()):
            told = days(institution, family, period, summaries, self._indicators, audience.get(who, ()))
            there = periods[who].get(institution, ())
            found[who] += [day for day in since(first, told, self._indicators) if day.date <= last and _within(there, day.date)]
        return [
            Pupil(
                pupil, found[pupil], partial(self._roster.grade, pupil),
                {group: found[group] for group in self._roster.groups_of(pupil) if group in found}, partial(self._roster.is_in, pupil),
                partial(self._roster.framework, pupil),
            )
            for pupil in pupils
        ]  # fmt: skip

    def _periods(self, who: str) -> Mapping[str, Sequence[tuple[date, date]]]:
        """Institution -> when what is said there counts: of a pupil while enrolled, of a group always, since it is for `read` to look at
        when a pupil was in it."""
        members = self._roster.members.get(who, ())
        return {one.institution: [(date.min, date.max)] for one in members} if members else self._roster.enrolled(who)

    async def recall(self, pupils: Collection[str], windows: Windows, today: date) -> list[Remembering]:
        """For a view of many, without what they say of themselves: what is kept of each pupil and what is live, sorted by pupil."""
        allowed = [pupil for pupil in sorted(pupils) if self.sees(pupil)]
        asked = facets(self._roster, allowed, windows).items()
        known = {pupil: one for pupil, facet in asked if (one := self._remembered.get(pupil, facet, self._current.change)) is not None}
        late, rows = await self._today(allowed, known, today)
        missing = [pupil for pupil in allowed if pupil not in known or pupil in late]
        first = min(window.first for window in windows.values())
        kept = known | await self._kept(missing, windows, first, today - timedelta(days=1))
        live = await self._live(allowed, rows, first, today)
        of = self._roster
        return [
            Remembering(one, kept[one], live[one], windows, partial(of.grade, one), partial(of.is_in, one), partial(of.framework, one))
            for one in allowed
        ]

    def remember(self, recalled: Iterable[Remembering], windows: Windows) -> None:
        """Keeps what was read anew."""
        changed = {one.pupil: one.kept for one in recalled if one.changed}
        for pupil, facet in facets(self._roster, changed, windows).items():
            self._remembered.put(pupil, facet, changed[pupil])

    async def _today(self, pupils: Sequence[str], known: Mapping[str, Kept], today: date) -> tuple[set[str], dict[Where, list[SheetRow]]]:
        """Those of whom a sheet before today has changed since they were kept; and the sheets of today and of school years."""
        owners = self._owners(pupils)
        stamps = [[identity, known[pupil].stamp] for identity, pupil in owners.items() if pupil in known]
        asked = _asked(owners, _families(self._indicators, self_reports=False), today, today, standing=True)
        late, sheets = await self._session.sheets_and(
            _LATE.format(since=self._session.table("since", "subject", "stamp#")), _of_subjects(self._session), Extent.MEASURED,
            since=json.dumps(stamps), today=today.isoformat(), **asked,
        )  # fmt: skip
        return {owners[identity] for identity in late}, self._placed(owners, sheets)

    async def _kept(self, pupils: Sequence[str], windows: Windows, first: date, last: date) -> dict[str, Kept]:
        """Put together from the sheets of each."""
        families = _families(self._indicators, self_reports=False)
        measured = await self._measured(await self._rows(pupils, families, first, last, standing=False))
        made = {}
        for pupil in self._told(pupils, measured, first, last, {}):
            made[pupil.id] = kept_of(pupil.days, self._indicators, windows, self._current.change, self._current.stamp)
            await asyncio.sleep(0)
        return made

    async def _live(self, pupils: Sequence[str], rows: Mapping[Where, list[SheetRow]], first: date, today: date) -> dict[str, Live]:
        groups: dict[str, Live] = {who: Live() for who, *_ in rows if who in self._roster.members}
        of_pupils = {pupil: Live({one: groups[one] for one in self._roster.groups_of(pupil) if one in groups}) for pupil in pupils}
        found = groups | of_pupils
        firsts = {one.key: date.min if one.all_kept else first for one in self._indicators}
        periods = {who: self._periods(who) for who in found}
        several = await self._measured({where: sheets for where, sheets in rows.items() if len(sheets) > 1 or not sheets[0].summaries})
        for where, sheets in rows.items():
            who, institution, _, period = where
            entries = packed(several[where]) if where in several else decode_entries(sheets[0].summaries)
            found[who].add(period, entries, partial(_counts, periods[who][institution], firsts, today))
        return of_pupils

    async def facts(self, pupil: str, indicator: Indicator, first: date, last: date) -> list[tuple[str, Fact]]:
        """What an indicator reads of a pupil ("") and of the groups that the pupil is or was in, for the explanation; a period's identities
        merged."""
        audience = self._relation.audience.get(pupil, frozenset())
        return [
            (group, fact._replace(against=tuple(one for one in fact.against if is_told(indicator, one, audience))))
            for group, fact in await self._said(pupil, _families([indicator], self_reports=True), first, last)
            if reads(indicator, fact) and is_told(indicator, fact, audience)
        ]

    async def beside(self, pupil: str, extras: Iterable[Extra]) -> list[tuple[str, Fact]]:
        """Likewise what extras read, of all that is kept of school years."""
        families = sorted({family for one in extras for family in one.families})
        return await self._said(pupil, families, date.min, date.min) if families else []

    async def _said(self, pupil: str, families: Sequence[str], first: date, last: date) -> list[tuple[str, Fact]]:
        rows = await self._rows([pupil] if self.sees(pupil) else [], families, first, last)
        known = await self._facts([sheet for sheets in rows.values() for sheet in sheets])
        periods = {who: self._periods(who) for who in {who for who, *_ in rows}}
        return [
            ("" if who == pupil else who, fact)
            for (who, institution, *_), sheets in sorted(rows.items())
            for fact in counted(merged(known[sheet.key] for sheet in sheets))
            if _within(periods[who][institution], day_of(fact))
        ]

    async def _measured(self, rows: Mapping[Where, list[SheetRow]]) -> dict[Where, Summaries]:
        """Their summaries, those of identities put together."""
        measured = {where: self._together([sheet.summaries for sheet in sheets]) for where, sheets in rows.items()}
        shared = {where for where, summaries in measured.items() if summaries is None}
        facts = await self._facts([sheet for where in shared for sheet in rows[where]])
        merging = {where: measure_sheet(merged(facts[sheet.key] for sheet in rows[where]), where[2], self._indicators) for where in shared}
        return {where: merging[where] if summaries is None else summaries for where, summaries in measured.items()}

    async def _rows(
        self, pupils: Collection[str], families: Sequence[str], first: date, last: date, *, standing: bool = True
    ) -> dict[Where, list[SheetRow]]:
        """The sheets of the pupils' identities and groups, with the facts of those that are not measured. standing: with those of school
        years, all that are kept, since their facts are dated one by one."""
        owners = self._owners(pupils)
        if not owners:
            return {}
        asked = _asked(owners, families, first, last, standing=standing)
        return self._placed(owners, await self._session.sheets(_of_subjects(self._session), Extent.MEASURED, **asked))

    def _owners(self, pupils: Collection[str]) -> dict[str, str]:
        """Identity -> whose it is; and each group that a pupil is or was in, for its own."""
        groups = {group: group for pupil in pupils for group in self._roster.groups_of(pupil)}
        return groups | {identity: pupil for pupil in pupils for identity in self._roster.identities.get(pupil, ())}

    def _placed(self, owners: Mapping[str, str], sheets: Iterable[SheetRow]) -> dict[Where, list[SheetRow]]:
        """Those of institutions and periods in which the pupil was enrolled."""
        whose = {who: self._periods(who) for who in set(owners.values())}
        found: dict[Where, list[SheetRow]] = defaultdict(list)
        for sheet in sheets:
            subject, institution, family, period = sheet.key
            who = owners[subject]
            periods = whose[who].get(institution, ())
            if _within(periods, date.fromisoformat(period)) if len(period) == DATE else periods:
                found[who, institution, family, period].append(sheet)
        return found

    async def _facts(self, sheets: Sequence[SheetRow]) -> dict[SheetKey, Facts]:
        """Of sheets that are measured they are asked for."""
        at_hand = {sheet.key: sheet.facts for sheet in sheets if sheet.facts}
        if asked := [sheet.key for sheet in sheets if not sheet.facts]:
            at_hand |= {sheet.key: sheet.facts for sheet in await self._session.sheets_of(asked, Extent.FACTS)}
        return {key: decode_facts(facts) for key, facts in at_hand.items()}

    def _together(self, sheets: Sequence[bytes]) -> Summaries | None:
        """None where the identities' facts have to be merged first, or are not measured yet."""
        if b"" in sheets:
            return None
        summaries = [decode_summaries(one) for one in sheets]
        return summaries[0] if len(summaries) == 1 else side_by_side(summaries, self._indicators)


def _of_subjects(session: Session) -> str:
    return _OF_SUBJECTS.format(subjects=session.table("subjects", "subject"), families=session.table("families", "family"))


def _asked(owners: Mapping[str, str], families: Sequence[str], first: date, last: date, *, standing: bool) -> dict[str, Any]:
    return {
        "subjects": json.dumps([[one] for one in sorted(owners)]), "families": json.dumps([[one] for one in families]),
        "first": first.isoformat(), "last": last.isoformat(), "standing": standing,
    }  # fmt: skip


def _families(indicators: Iterable[Indicator], *, self_reports: bool) -> list[str]:
    """Of the sheets that these indicators read; without those of self-reports, what pupils say of themselves is not even fetched."""
    return sorted({family for one in indicators if self_reports or not one.self_report for family in one.families})


def _counts(periods: Iterable[tuple[date, date]], firsts: Mapping[str, date], today: date, key: str, day: date) -> bool:
    """firsts: indicator key -> the first date that it looks at; of what has no such key nothing is read."""
    return key in firsts and firsts[key] <= day <= today and _within(periods, day)


def _within(periods: Iterable[tuple[date, date]], day: date) -> bool:
    return any(first <= day <= last for first, last in periods)


class Views:
    """Opens snapshots."""

    def __init__(self, database: Database, rosters: Rosters, indicators: Sequence[Indicator], remembered: Remembered) -> None:
        self._database, self._rosters, self._indicators, self._remembered = database, rosters, indicators, remembered
        self._generation = generation(indicators)

    def forget(self, change: int) -> None:
        """Nothing of before this change stays in memory."""
        self._remembered.forget(change)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Raises `Fatal` where other indicators than these measured what it would read."""
        async with self._database.read() as session:
            current = await self._rosters.current(session)
            serving(current.generation, self._generation)
            yield Snapshot(session, current, self._indicators, self._remembered)
