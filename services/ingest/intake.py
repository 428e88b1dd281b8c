"""The life of an event up to the log: translate, seal, append; answered only when the append is durable (design 3)."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import uuid4

import msgspec
from cryptography.fernet import Fernet

from contracts import connector as c
from contracts import cpr
from contracts.dates import DAY, Micros, local_date, moment, rfc3339
from contracts.envelope import Envelope, FailedItem, NotUsedItem, RefusedRequest
from contracts.errors import Conflict, Fault, Refused
from contracts.events import Event, Retraction
from contracts.kinds import BY_MODEL, FUTURE_HOURS, accepted_until, dated
from contracts.ports import Claim, Clock, Cursor, Entry, FirstSeen, Log, Observer
from contracts.privacy import Key
from contracts.reasons import REASONS
from contracts.seal import Origin, build, clear, intake, seal, sealed, subject
from services.ingest import fetched
from services.problems import told
from services.turns import Turn

_A_DAY: Final = timedelta(days=1)
AHEAD: Final = FUTURE_HOURS * DAY // 24
_NINE = re.compile(r"(?<![0-9.])([0-9]{9})(?![0-9.])")
LARGE_BYTES: Final = 200_000
"""Bodies above this are worked on in a thread, so that the hub answers others meanwhile; below, a thread costs more than it spares."""

CurrentPupils = Callable[[str, str, str], Awaitable[frozenset[str]]]
"""(institution, supplier, channel) -> the sealed leading identities that this source's newest complete roster names."""
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class Answer(msgspec.Struct, frozen=True):
    status: int
    body: Any
    headers: Mapping[str, str]


class Intake:
    """One for the hub; it holds no state but what it is given. erased: whose items are not used any more."""

    def __init__(
        self, log: Log, key: Key, clock: Clock, observer: Observer, bodies: Fernet, current_pupils: CurrentPupils, shrink_limit: float,
        erased: Callable[[], frozenset[str]], turn: Turn,
    ) -> None:  # fmt: skip
        self._log, self.key, self._clock, self._observer, self._turn = log, key, clock, observer, turn
        self.bodies, self._current_pupils, self._shrink_limit, self.erased = bodies, current_pupils, shrink_limit, erased

    def now(self) -> Micros:
        return self._clock.now()

    async def take(self, connector: c.Connector, request: c.Request) -> Answer:
        """Raises `Refused` (the request was not received, and is counted apart), `Retry` or `Fatal`."""
        try:
            translation = await self._apart(request, connector.translate, request)
            await self._guard(connector, request, translation)
            entries = await self._append(_Taking(self, connector, request, translation))
        except Refused as refusal:
            await self.refused(connector, request.registration, refusal)
            raise
        return Answer(translation.status, translation.answer or _report(entries, translation), connector.headers)

    async def fetched(self, connector: c.Connector, request: c.Request, bodies: Sequence[bytes], kind: str, cursor: Cursor) -> int:
        """Takes a page item by item, and where the reading stands in the same step; answers how many items were not known before.

        request: as the connector is to be given each body. kind: what an item that cannot be read counts as. Raises `Retry` or `Fatal`.
        """
        told = await asyncio.to_thread(fetched.translation, connector, request, bodies, kind)
        one_by_one = replace(connector, whole=False)
        while True:
            taking = _Taking(self, one_by_one, replace(request, body=b"".join(bodies)), told)
            try:
                entries = await self._append(taking, cursor, bodies)
            except Conflict as conflict:
                told = fetched.without(told, conflict.faults, bodies)
            else:
                return len(entries)

    async def _append(self, taking: "_Taking", cursor: Cursor | None = None, bodies: Sequence[bytes] = ()) -> list[Entry]:
        """Seals and appends; again with the times of first receipt where reports without a time were received before. Answers what
        was appended: of a page that was read before, not what is known."""
        first_seen: Mapping[str, Micros] = {}
        while True:
            entries = await self._apart(taking.request, taking.entries, first_seen)
            if cursor is not None:
                entries = fetched.claimed(entries, bodies, self.key, taking.origin)
            started = time.perf_counter()
            try:
                again = await self._log.append(entries, taking.request.received, cursor)
            except FirstSeen as seen:
                first_seen = {**first_seen, **seen.times}
                continue
            except Conflict as conflict:
                raise Conflict([taking.at(fault) for fault in conflict.faults]) from None
            entries = [entry for index, entry in enumerate(entries) if index not in again]
            self._observer.appended(sum(len(entry.envelopes) for entry in entries), time.perf_counter() - started)
            for outcome, count in Counter(_outcome(entry) for entry in entries if _is_item(entry)).items():
                self._observer.items_received(taking.connector.name, outcome, count)
            return entries

    async def _apart(self, request: c.Request, work: Callable[[_Given], _Made], given: _Given) -> _Made:
        """Translating and sealing are pure, so a thread may do them."""
        if len(request.body) > LARGE_BYTES:
            return await asyncio.to_thread(work, given)
        await self._turn()
        return work(given)

    async def _guard(self, connector: c.Connector, request: c.Request, translation: c.Translation) -> None:
        """A complete roster that would remove a large part of the pupils is refused unless forced (domain 1.6)."""
        if translation.pupils is None or request.query.get("force") == "true":
            return
        for institution, told_pupils in translation.pupils.items():
            current = await self._current_pupils(institution, request.registration.supplier, connector.name)
            gone = current - {self.key.seal(identity) for identity in told_pupils}
            if len(gone) > self._shrink_limit * len(current):
                detail = f"{len(gone)} of {len(current)} pupils of {institution} would be removed"
                raise Refused.because("roster_shrinks", detail=detail, status=409)

    async def refused(self, connector: c.Connector, registration: c.Registration, refusal: Refused) -> None:
        """Counts what a supplier that is known sent in vain, in the metrics and in the ledger."""
        self._observer.request_refused(connector.name, sorted({fault.reason for fault in refusal.faults}))
        origin = Origin(registration.supplier, connector.name, 0, self.now())
        item = self.key.report(origin.supplier, origin.channel, str(uuid4()))
        institution = registration.institution or ""
        record = intake(RefusedRequest(refusal.faults[0].reason), origin, "request", institution, item)
        await self._log.append([Entry((record,))], origin.received)


def _outcome(entry: Entry) -> str:
    return entry.envelopes[0].type.split(".")[3] if entry.envelopes[0].type.startswith("dk.fremgang.intake.") else "published"


def _is_item(entry: Entry) -> bool:
    return bool(entry.envelopes) and isinstance(entry.envelopes[0].part, str)


def _report(entries: list[Entry], translation: c.Translation) -> Any:
    """What the hub answers where the source's standard gives no form: counts, and each failed item with how to mend it."""
    items = entries[: len(translation.items)]
    counts = Counter(_outcome(entry) for entry in items)
    failed = []
    for index, entry in enumerate(items):
        if _outcome(entry) == "failed":
            assert isinstance(entry.envelopes[0].data, msgspec.Raw)
            item = msgspec.json.decode(entry.envelopes[0].data, type=FailedItem)
            failed.append({"item": index, **told(Fault(item.reason, item.pointer, item.detail))})
    return {"received": len(items), **{name: counts[name] for name in ("published", "not_used", "failed")}, "errors": failed}


class _Taking:
    """One request on its way: its items sealed, with what the hub itself decides (future, late, erased, not the credential's school)."""

    def __init__(self, intake_: Intake, connector: c.Connector, request: c.Request, translation: c.Translation) -> None:
        self.connector, self.request, self._translation = connector, request, translation
        self._key, self._bodies, self._erased = intake_.key, intake_.bodies, intake_.erased()
        registration = request.registration
        self._origin = Origin(registration.supplier, connector.name, registration.rank, request.received)
        self._allowed: frozenset[str] | None = connector.allowed
        self._today = local_date(request.received)

    @property
    def origin(self) -> tuple[str, str]:
        """Supplier and channel."""
        return self._origin.supplier, self._origin.channel

    def at(self, fault: Fault) -> Fault:
        """Where the document is the item itself, its pointers begin in it and not in a list."""
        if self._translation.listed or not fault.pointer.startswith("/"):
            return fault
        return Fault(fault.reason, "".join(fault.pointer.partition("/0")[2:]), fault.detail)

    def entries(self, first_seen: Mapping[str, Micros]) -> list[Entry]:
        """One for each item in order, then what the hub derives. All faults of a whole batch are refused together."""
        drafts = (draft for item in self._translation.items if isinstance(item, c.Published) for draft in item.drafts)
        self._allowed = None if clear(drafts, self.connector.allowed) else self.connector.allowed
        entries, faults = [], []
        for index, item in enumerate(self._translation.items):
            try:
                entries.append(self._entry(item, first_seen))
            except Refused as refusal:
                if not self.connector.whole:
                    entries.append(self._failed(item, refusal.faults[0]))
                faults += [self.at(Fault(fault.reason, f"/{index}{fault.pointer}", fault.detail)) for fault in refusal.faults]
        if self.connector.whole and faults:
            raise Refused(faults)
        derived = [Entry((self._sealed(draft, "derived", None, self._time(draft, first_seen)),)) for draft in self._translation.derived]
        return [*entries, *derived, *self._message()]

    def _message(self) -> list[Entry]:
        """A signed message's id must keep its body (Standard Webhooks 1.0.0): claimed in the append of its items, so that no crash
        parts them."""
        if not self.request.message:
            return []
        name = self._key.message(self._origin.supplier, self._origin.channel, self.request.message)
        return [Entry((), Claim(name, self._key.digest(self.request.body), message=True))]

    def _entry(self, item: c.Item, first_seen: Mapping[str, Micros]) -> Entry:
        if isinstance(item, c.NotUsed):
            return self._not_used(item, self._claim(item.claim))
        if isinstance(item, c.Failed):
            who = subject(item.subject, self._key) if item.subject else ""
            return self._recorded(item.kind, Fault(item.reason, item.pointer, item.detail), item.body, item.institution, who)
        return self._published(item, first_seen)

    def _published(self, item: c.Published, first_seen: Mapping[str, Micros]) -> Entry:
        drafts = self._void(item) if item.voids else tuple(self._timed(draft, first_seen) for draft in item.drafts)
        events: list[Event] = []
        fault = next((fault for draft in drafts if (fault := self._unacceptable(draft, first_seen, events))), None)
        if fault and fault.reason.startswith("institution_"):
            raise Refused([fault])
        if self._erased and any(subject(draft.subject, self._key) in self._erased for draft in drafts):
            return self._not_used(c.NotUsed(item.kind, "erased", institution=drafts[0].institution), None)
        if fault:
            return self._failed(item, fault)
        allowed = self.connector.allowed if item.voids else self._allowed
        envelopes = tuple(
            sealed(draft, event, self._origin, item.kind, f"{part}/{len(drafts)}", self._key, self._time(draft, first_seen), allowed)
            for part, (draft, event) in enumerate(zip(drafts, events, strict=True), 1)
        )
        timeless = item.voids is not None or any(draft.time is None for draft in item.drafts)
        voids = self._report_id(item.voids) if item.voids else None
        return Entry(envelopes, self._claim(item.claim, timeless=timeless, voids=voids))

    def _timed(self, draft: c.Draft, first_seen: Mapping[str, Micros]) -> c.Draft:
        """A report without a time happened when it was first received; so does what its event says of the instant that dates it."""
        if draft.time is not None:
            return draft
        at = self._time(draft, first_seen)
        date_of = BY_MODEL[draft.model].date
        data = {**draft.data, date_of: moment(at)} if isinstance(draft.data.get(date_of), datetime) else draft.data
        return msgspec.structs.replace(draft, time=at, data=data)

    def _void(self, item: c.Published) -> tuple[c.Draft, ...]:
        """A void is a fact of its own, said of the report; order 0, since it is never revised."""
        assert item.voids is not None
        assert item.claim is not None
        target = self._report_id(item.voids)
        institution = self.request.registration.institution or ""
        return (c.Draft(Retraction, target, institution, {"target": target}, item.claim[0], None, order=0),)

    def _unacceptable(self, draft: c.Draft, first_seen: Mapping[str, Micros], events: list[Event]) -> Fault | None:
        """What is decided once, here, from record time and local date (design 4). events: gets the draft's event, where it was made."""
        if draft.institution not in self.request.registration.institutions and draft.model is not Retraction:
            return Fault("institution_missing" if not draft.institution else "institution_not_registered")
        at = self._time(draft, first_seen)
        if at > self.request.received + AHEAD:
            return Fault("event_in_future")
        kind = BY_MODEL[draft.model]
        events.append(build(draft, self._key))
        day = dated(kind, events[-1], at)
        if day > self._today + _A_DAY and kind.sheet == "D":
            return Fault("event_in_future")
        until = accepted_until(kind.family, kind.sheet, day)
        return Fault("too_late") if until and self._today > until else None

    def _time(self, draft: c.Draft, first_seen: Mapping[str, Micros]) -> Micros:
        if draft.time is not None:
            return draft.time
        return first_seen.get(self._report_id(draft.report), self.request.received)

    def _sealed(self, draft: c.Draft, kind: str, part: str | None, at: Micros) -> Envelope:
        return seal(draft, self._origin, kind, part, self._key, at, self.connector.allowed)

    def _report_id(self, report: str) -> str:
        return self._key.report(self._origin.supplier, self._origin.channel, report)

    def _claim(self, claim: tuple[str, str] | None, *, timeless: bool = False, voids: str | None = None) -> Claim | None:
        if claim is None:
            return None
        return Claim(self._report_id(claim[0]), self._key.digest(claim[1].encode()), timeless, voids)

    def _not_used(self, item: c.NotUsed, claim: Claim | None) -> Entry:
        assert REASONS[item.reason].use == "not_used"
        return Entry((self._intake(NotUsedItem(item.reason), item.kind, item.institution),), claim)

    def _failed(self, item: c.Item, fault: Fault) -> Entry:
        """An item that translates and is not acceptable; what is kept of it is what it translated to."""
        drafts = item.drafts if isinstance(item, c.Published) else ()
        kept = msgspec.json.encode([_kept(draft) for draft in drafts])
        who = subject(drafts[0].subject, self._key) if drafts else ""
        return self._recorded(item.kind, fault, kept, drafts[0].institution if drafts else "", who)

    def _recorded(self, kind: str, fault: Fault, body: bytes, institution: str, who: str = "") -> Entry:
        """An erased person's is not kept, nor a body that the reason forbids, nor one with a CPR number anywhere in it, written as text
        or as a number."""
        if who in self._erased:
            return self._not_used(c.NotUsed(kind, "erased", institution=institution), None)
        if not REASONS[fault.reason].kept or _holds_cpr(body):
            body = b""
        encrypted = self._bodies.encrypt(body).decode() if body else None
        digest = self._key.digest(body) if body else ""
        return Entry((self._intake(FailedItem(fault.reason, fault.pointer, digest, fault.detail, encrypted), kind, institution, who),))

    def _intake(self, outcome: NotUsedItem | FailedItem, kind: str, institution: str, who: str = "") -> Envelope:
        registration = self.request.registration
        school = institution if institution in registration.institutions else registration.institution or ""
        return intake(outcome, self._origin, kind, school, self._report_id(str(uuid4())), who)


def _holds_cpr(body: bytes) -> bool:
    """A number may have lost its leading zero. Not by the remembering form of `present`, since bodies are not to be remembered."""
    text = body.decode("utf-8", "replace")
    return any(cpr.present.__wrapped__(one) for one in (text, _NINE.sub(r"0\1", text)))


def _kept(draft: c.Draft) -> dict[str, Any]:
    at = None if draft.time is None else rfc3339(draft.time)
    return {"type": BY_MODEL[draft.model].type, "subject": draft.subject, "institution": draft.institution, "data": draft.data, "time": at}
