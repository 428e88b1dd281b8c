"""How a history reaches a hub: batches in any order and size, through translate, seal, claims and fold, to sheets and readings.

Everything that decides is the product's own; kept in memory here are only the log's records and claims and the store's rows, as bytes.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache, partial
from itertools import chain
from random import Random
from typing import Any, Final
from uuid import uuid4

import msgspec
from cryptography.fernet import Fernet
from histories import history
from units import TODAY, History, Unit

from connectors.attendance_csv import CONNECTOR as ATTENDANCE
from connectors.calendar_csv import CONNECTOR as CALENDAR
from connectors.identity_links_csv import CONNECTOR as LINKS
from connectors.xapi import CONNECTOR as XAPI
from contracts.connector import Connector, Published, Request, Translation
from contracts.dates import HOUR, Micros, rfc3339, start_of
from contracts.envelope import encode as encode_envelope
from contracts.errors import Refused
from contracts.facts import Fact, Open, SheetKey, decode_facts, decode_open, each, encode
from contracts.group_indicator import GroupIndicator
from contracts.indicator import Indicator
from contracts.ports import Entry, Freshness, LedgerKey, Log, Record
from contracts.privacy import Key
from services.ingest.intake import Intake
from services.logs import claims
from services.registry import discover_group_indicators, discover_indicators
from services.serve.grouped import Answers, Class
from services.serve.shapes import Asked, span
from services.serve.views.summary import Answered, whole
from services.turns import at_once
from streams import reading as r
from streams.fold import Folded, fold, placed
from streams.remembered import Live, Remembering, Windows, kept_of, packed
from streams.roster import Part, Roster, shapes
from streams.sheet import decode as decode_summaries
from streams.sheet import encode as encode_summaries
from streams.sheet import measure_sheet
from streams.summary import GroupReading

KEY: Final = Key(bytes(range(32)))
BODIES: Final = Fernet(Fernet.generate_key())
HEADERS: Final = {
    "attendance_csv": "institution;unilogin;dato;start;slut",
    "calendar_csv": "institution;dato;skoledag",
    "identity_links_csv": "institution;skema_fra;id_fra;skema_til;id_til",
}
_FILES: Final = {"attendance_csv": ATTENDANCE, "calendar_csv": CALENDAR, "identity_links_csv": LINKS}
Batch = Sequence[Unit]
Sheets = Mapping[SheetKey, tuple[bytes, bytes]]
"""Sheet -> its facts and its summaries."""


# what is sent together


def batches(units: Iterable[Unit], random: Random, largest: int) -> list[Batch]:
    """Any order and any split of what a sender can put into one request; first receipts of what has no time come before their repeats."""
    groups: dict[Any, list[Unit]] = {}
    for unit in units:
        groups.setdefault((unit.door, unit.by.supplier, unit.received, unit.as_of, unit.again), []).append(unit)
    made = [batch for group in groups.values() for batch in _split(random.sample(group, len(group)), random, largest)]
    random.shuffle(made)
    ordered = [batch for batch in made if not batch[0].again]
    for repeat in (batch for batch in made if batch[0].again):
        names = {unit.name for unit in repeat}
        first = max(k for k, batch in enumerate(ordered) if names & {unit.name for unit in batch if unit.undated and not unit.again})
        ordered.insert(random.randint(first + 1, len(ordered)), repeat)
    return ordered


def _split(units: Sequence[Unit], random: Random, largest: int) -> Iterator[Batch]:
    """No name twice in a batch: an xAPI batch would be refused for it, and of a file's rows none would count."""
    batch: list[Unit] = []
    size = random.randint(1, largest)
    for unit in units:
        if len(batch) >= size or unit.name in {one.name for one in batch}:
            yield batch
            batch, size = [], random.randint(1, largest)
        batch.append(unit)
    if batch:
        yield batch


def as_they_came(units: Iterable[Unit]) -> list[Batch]:
    """In the order of receipt, in large batches."""
    ordered = sorted(units, key=lambda unit: unit.received)
    keys = [(unit.received, unit.again, unit.door, unit.by.supplier, unit.as_of) for unit in ordered]
    groups: dict[Any, list[Unit]] = {}
    for key, unit in zip(keys, ordered, strict=True):
        groups.setdefault(key, []).append(unit)
    return [batch for key in sorted(groups) for batch in _split(groups[key], Random(0), 40)]


def asked(batch: Batch) -> tuple[Connector, Request]:
    """The batch as its connector gets it."""
    one = batch[0]
    if one.door == "xapi":
        body = json.dumps([unit.told for unit in batch]).encode()
        return XAPI, _request(one, body, {"content-type": "application/json", "x-experience-api-version": "1.0.3"})
    if one.door in _FILES:
        lines = [HEADERS[one.door], *(";".join(unit.told) for unit in batch)]
        return _FILES[one.door], _request(one, "\n".join(lines).encode(), {"content-type": "text/csv"})
    derived = tuple({draft.report: draft for unit in batch for draft in unit.derived}.values())
    told = Translation(tuple(Published("row", unit.told) for unit in batch), derived=derived)
    return _telling(one.door, told), _request(one, b"", {})


def _telling(name: str, told: Translation) -> Connector:
    """A connector of the test's own, for what the hub's others do not say; it has its drafts ready."""
    return replace(ATTENDANCE, name=name, translate=lambda _: told)


def _request(unit: Unit, body: bytes, headers: Mapping[str, str]) -> Request:
    query = {"as_of": rfc3339(unit.as_of)} if unit.door in _FILES else {}
    return Request(body, headers, query, "POST", unit.received, unit.by, lambda: str(uuid4()))


# the log


@dataclass
class MemoryLog:
    """`Log` as far as intake needs it, with the claims that every log decides by."""

    records: list[bytes] = field(default_factory=list)
    rows: dict[str, claims.Row] = field(default_factory=dict)
    retracted_before: int = 0
    """Retractions that stand before the statement that they take back, because the void came first."""

    async def append(self, entries: Sequence[Entry], received: Micros, _cursor: None = None) -> frozenset[int]:
        known = {name: self.rows[name] for name in claims.wanted(entries) if name in self.rows}
        self.retracted_before += sum(row.digest is None for row in known.values())
        decided = claims.decide(entries, known, received)
        self.rows.update(decided.rows)
        self.records += map(encode_envelope, decided.envelopes)
        return frozenset()


class Noon:
    """`Clock`, stopped."""

    def now(self) -> Micros:
        return start_of(TODAY) + 12 * HOUR


class Silent:
    """`Observer` that tells nobody."""

    def __getattr__(self, _: str) -> Callable[..., None]:
        return lambda *_, **__: None


async def _nobody(_institution: str, _supplier: str, _channel: str) -> frozenset[str]:
    return frozenset()


def intake(log: Log, key: Key = KEY) -> Intake:
    return Intake(log, key, Noon(), Silent(), BODIES, _nobody, 0.4, frozenset, at_once)


async def take(log: Any, made: Iterable[Batch], key: Key = KEY) -> list[str]:
    """Sends all; answers the reasons of what was refused whole."""
    taking, refused = intake(log, key), []
    for batch in made:
        try:
            await taking.take(*asked(batch))
        except Refused as refusal:
            refused.append(refusal.faults[0].reason)
    return refused


def logged(made: Iterable[Batch], log: MemoryLog | None = None, key: Key = KEY) -> MemoryLog:
    """A log that holds all of it; nothing of it may be refused."""
    log = log or MemoryLog()
    with ThreadPoolExecutor(1) as apart:
        refused = apart.submit(asyncio.run, take(log, made, key)).result()
    assert refused == []
    return log


# the store


@cache
def indicators() -> tuple[Indicator, ...]:
    return tuple(discover_indicators())


@cache
def group_indicators() -> tuple[GroupIndicator, ...]:
    return tuple(discover_group_indicators())


MANY: Final = [one for one in indicators() if not one.self_report]
"""What a view of a group reads of its pupils."""


@dataclass
class Stored:
    """What a store holds: sheets as their canonical bytes, and what was counted."""

    sheets: dict[SheetKey, tuple[bytes, bytes]] = field(default_factory=dict)
    ledger: Counter[LedgerKey] = field(default_factory=Counter)
    freshness: dict[tuple[str, str], Freshness] = field(default_factory=dict)
    failed: int = 0

    def step(self, batch: Sequence[Record]) -> None:
        """As one step of the process loop."""
        self.save(fold(batch, self.known(batch), frozenset()))

    def known(self, batch: Iterable[Record]) -> dict[SheetKey, Open]:
        """The sheets that these records are of, read anew."""
        keys = {home[0] for record in batch if (home := placed(record))}
        return {key: decode_open(self.sheets[key][0]) for key in keys if key in self.sheets}

    def save(self, folded: Folded) -> None:
        for key in folded.changed:
            self.sheets[key] = encode(folded.sheets[key]), b""
        self.ledger.update(folded.ledger)
        self.failed += len(folded.failed)
        for name, told in folded.freshness.items():
            known = self.freshness.get(name, told)
            until = max(known.data_until, told.data_until), max(known.received_until, told.received_until)
            self.freshness[name] = Freshness(*name, *until)

    def measure(self) -> "Stored":
        """What was saved and not measured since."""
        for key, (facts, summaries) in self.sheets.items():
            if not summaries:
                self.sheets[key] = facts, encode_summaries(measure_sheet(decode_facts(facts), key.family, indicators()))
        return self

    def outcomes(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for key, n in self.ledger.items():
            counts[key.outcome] += n
        return counts

    def facts(self, *families: str) -> int:
        """How many facts its sheets hold, retracted ones too."""
        told = (decode_facts(facts) for key, (facts, _) in self.sheets.items() if key.family in families)
        return len({(n, kind, key) for n, facts in enumerate(told) for kind, key, _, _ in each(facts)})


def folded(records: Iterable[bytes], size: Callable[[], int] = lambda: 2_000, stored: Stored | None = None) -> Stored:
    """size: how many records the next batch takes."""
    stored = stored or Stored()
    told = [Record("log", position, value) for position, value in enumerate(records, 1)]
    while told:
        n = size()
        stored.step(told[:n])
        told = told[n:]
    return stored.measure()


@lru_cache(maxsize=32)
def delivered(seed: int) -> tuple[History, MemoryLog, Stored]:
    """A history as it came, folded in one batch; not to be changed."""
    told = history(seed)
    log = logged(as_they_came(told.units))
    return told, log, folded(log.records)


# the readings


def roster(sheets: Sheets) -> Roster:
    by_school: dict[str, list[Any]] = {}
    for key, (facts, _) in sheets.items():
        if shapes(key):
            by_school.setdefault(key.institution, []).append((key, decode_facts(facts)))
    return Roster([Part.of(school, told) for school, told in by_school.items()])


def pupils(sheets: Sheets, known: Roster, names: Sequence[str], first: date, last: date) -> list[r.Pupil]:
    """The pupils with what was measured of them, self-reports as they see them themselves: the sheets of their identities, where they were
    enrolled on the date."""
    owners = {group: group for name in names for group in known.groups_of(name)}
    enrolled = {group: {known.groups[group].institution: [(date.min, date.max)]} for group in owners}
    owners |= {identity: name for name in names for identity in known.identities.get(name, ())}
    enrolled |= {name: known.enrolled(name) for name in names}
    together: dict[tuple[str, str, str, str], list[SheetKey]] = {}
    for key in sheets:
        if key.subject in owners and any(key.family in one.families for one in indicators()):
            together.setdefault((owners[key.subject], key.institution, key.family, key.period), []).append(key)
    days: dict[str, list[r.Day]] = {who: [] for who in enrolled}
    for (name, school, family, period), keys in together.items():
        told = r.days(school, family, period, _summaries([sheets[key] for key in keys], family), indicators(), ("pupil",))
        there = enrolled[name].get(school, ())
        of_then = (one for one in r.since(first, told, indicators()) if one.date <= last)
        days[name] += [one for one in of_then if any(a <= one.date <= b for a, b in there)]
    return [
        r.Pupil(
            name,
            days[name],
            partial(known.grade, name),
            {group: days[group] for group in known.groups_of(name)},
            partial(known.is_in, name),
        )
        for name in names
    ]


def _summaries(rows: Sequence[tuple[bytes, bytes]], family: str) -> Any:
    if len(rows) == 1:
        return decode_summaries(rows[0][1])
    return measure_sheet(r.merged(decode_facts(facts) for facts, _ in rows), family, indicators())


Classes = list[tuple[str, Windows, list[r.Pupil]]]
"""Every group, and the pupils who are in it today."""


def classes(sheets: Sheets, today: date = TODAY) -> Classes:
    known = roster(sheets)
    spans = {group: r.windows(indicators(), known.calendar(one.institution), today) for group, one in sorted(known.groups.items())}
    names = {group: known.pupils(group, today) for group in spans}
    first = min((span(windows.values())[0] for windows in spans.values()), default=today)
    read = {pupil.id: pupil for pupil in pupils(sheets, known, sorted({*chain(*names.values())}), first, today)}
    return [(group, spans[group], [read[name] for name in names[group]]) for group in spans]


def readings(sheets: Sheets, today: date = TODAY) -> dict[str, list[tuple[str, list[r.Reading]]]]:
    """Of every group: its pupils' readings, all indicators, subjects and windows."""
    return _readings(classes(sheets, today))


def _readings(of: Classes) -> dict[str, list[tuple[str, list[r.Reading]]]]:
    told = {}
    for group, spans, there in of:
        shown = Asked.by(None, None).shown(partial(r.subjects, there), indicators(), None)
        told[group] = [(pupil.id, r.readings(pupil, indicators(), spans, shown)) for pupil in there]
    return told


def remembering(pupil: r.Pupil, spans: Windows) -> Remembering:
    """As a view of a group has the pupil, with nothing kept."""
    told = Live({group: _live(days) for group, days in pupil.groups.items()})
    return Remembering(pupil.id, kept_of([], MANY, spans, 0, 0), _live(pupil.days, told), spans, pupil.grade, pupil.member)


def _live(days: Iterable[r.Day], live: Live | None = None) -> Live:
    live = live or Live()
    for day in days:
        live.add(day.date.isoformat(), packed(day.summaries), lambda *_: True)
    return live


def summaries(sheets: Sheets, today: date = TODAY) -> dict[str, list[list[GroupReading]]]:
    """Of every group: what is read of it as a whole by who sees its pupils, and by who does not."""
    return _whole(classes(sheets, today))


def _whole(of: Classes) -> dict[str, list[list[GroupReading]]]:
    told = {}
    for group, spans, there in of:
        of_class = [remembering(pupil, spans) for pupil in there]
        told[group] = [[one.reading for one in answered(there, of_class, spans, sees_pupils=sees)] for sees in (True, False)]
    return told


def answered(there: Sequence[r.Pupil], of_class: Sequence[Remembering], spans: Windows, *, sees_pupils: bool) -> list[Answered]:
    """As the view of a group has it, before things are called by the names that their sources give them."""
    answers = Answers([one for one in indicators() if one.self_report], there)
    seen = Class(of_class, spans, MANY, None, sees_pupils, _nameless, answers=answers)
    return list(whole(seen, Asked.by(None, None), group_indicators()))


async def _nameless(*_: object) -> Sequence[tuple[str, Fact]]:
    return ()


def served(sheets: Sheets, today: date = TODAY) -> bytes:
    """What is read of pupils and of groups."""
    of = classes(sheets, today)
    return msgspec.json.encode((_readings(of), _whole(of)))
