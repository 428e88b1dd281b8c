"""One request of the read API on its way: who asks, what they may see, and the record of it before the answer (R5.1)."""

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import Query, Request, Response

from contracts.connector import Registration
from contracts.dates import Micros, local_date
from contracts.errors import Retry
from contracts.group_indicator import GroupIndicator
from contracts.indicator import Indicator
from contracts.ports import Clock, Log, Observer
from contracts.privacy import Key
from contracts.versions import served
from services.problems import problem
from services.serve.shapes import Delivery, delivery
from services.serve.tokens import Caller, Issuer
from services.stores.access import Access, AccessLog
from services.stores.reading import Snapshot, Views
from streams.extras import EXTRAS
from streams.last_activity import LAST_ACTIVITY
from streams.roster import Relation

encode = msgspec.json.Encoder().encode
Many = Annotated[list[str] | None, Query()]
NOT_MODIFIED: Final = 304
_HUB_ID: Final = re.compile(r"^[psg]_[a-z2-7]{26}$")


@dataclass(frozen=True)
class Reading:
    """What the read side needs; put together by the composition root. registered: who may send.
    account: an Authorization header -> the supplier whose own account it opens, or `NotAllowed`."""

    views: Views
    access: AccessLog
    issuer: Issuer
    indicators: Sequence[Indicator]
    group_indicators: Sequence[GroupIndicator]
    clock: Clock
    observer: Observer
    key: Key
    log: Log
    registered: Callable[[], Iterable[Registration]]
    account: Callable[[str], str]

    @property
    def computed(self) -> list[Indicator | GroupIndicator]:
        """Of pupils and of groups."""
        return [*self.indicators, *self.group_indicators]

    def on(self, today: date) -> "Reading":
        """With the definitions that are served on a date."""
        return replace(self, indicators=served(self.indicators, today), group_indicators=served(self.group_indicators, today))


@dataclass(frozen=True)
class View:
    """A view declares itself: where it is, and the endpoint that it makes of what it is given. persons: it tells of persons, so it
    needs a token and is logged."""

    name: str
    method: Literal["GET", "POST"]
    path: str
    endpoint: Callable[[Reading], Callable[..., Awaitable[Response]]]
    persons: bool = True


def _hub_id(written: str) -> str:
    """What the access log keeps of an id that a caller wrote: it may be anything, also a name."""
    return written if _HUB_ID.match(written) else "unknown"


class Missing(Exception):
    """Unknown or not the caller's: they look alike, and are logged as denied. What was asked for."""

    def __init__(self, *, group: str | None = None, student: str | None = None) -> None:
        super().__init__("unknown, or not the caller's")
        self.group, self.student = group, student


class Asking:
    """Raises `NotAllowed` where the token is none or cannot be used."""

    def __init__(self, reading: Reading, request: Request, view: str) -> None:
        self._started = time.perf_counter()
        self._request, self._view = request, view
        self.now: Micros = reading.clock.now()
        self.today: date = local_date(self.now)
        self.reading = reading.on(self.today)
        self.caller: Caller = reading.issuer.read(request.headers.get("authorization"), self.now)

    def relation(self, snapshot: Snapshot) -> Relation:
        if self.caller.role == "teacher":
            return Relation.teacher(snapshot.roster, self.caller.reader, self.today)
        if self.caller.role == "management":
            return Relation.management(snapshot.roster, self.caller.institutions, self.today)
        if self.caller.role == "pupil":
            return Relation.pupil(snapshot.roster.named(self.caller.reader) or self.caller.reader)
        return Relation({}, {})

    def delivery(self, snapshot: Snapshot, institutions: Collection[str]) -> Delivery:
        return delivery(snapshot.sources(self.reading.registered(), institutions, self.now), self.now, snapshot.change)

    def etag(self, told: Delivery) -> str:
        """Of the change number, the date, how fresh the sources are, the caller's scope, the request and the definitions."""
        url, caller = self._request.url, self.caller
        statuses = [one.status for one in told.sources]
        definitions = [one.key for one in self.reading.computed]
        parts = [told.cursor, str(self.today), statuses, caller.reader, caller.role, caller.institutions, url.path, url.query, definitions]
        return f'"{hashlib.sha256(encode(parts)).hexdigest()[:32]}"'

    def knows(self, etag: str) -> bool:
        """Whether the caller has this answer already, so that there is nothing to compute."""
        return etag in [told.strip().removeprefix("W/") for told in self._request.headers.get("if-none-match", "").split(",")]

    async def logged(self, students: Sequence[str], *, group: str | None = None, indicators: str = "all", denied: bool = False) -> None:
        """Durable before the answer, or the answer is an error."""
        caller, rule = self.caller, "unknown or no relation" if denied else f"{self.caller.role} relation"
        record = Access(
            self.now, caller.client, caller.reader, caller.role, caller.purpose, self._view, tuple(_hub_id(one) for one in students),
            _hub_id(group) if group else None, self._named(indicators), "denied" if denied else "allowed", rule,
        )  # fmt: skip
        try:
            await self.reading.access.record(record)
        except Exception as error:
            raise Retry("writing the access log") from error

    @asynccontextmanager
    async def logging(self, students: Sequence[str], *, group: str, indicators: str) -> AsyncIterator[None]:
        """As `logged`, while the block computes what takes long; over when both are, also where the block fails."""
        writing = asyncio.create_task(self.logged(students, group=group, indicators=indicators))
        try:
            yield
        finally:
            await writing

    def _named(self, indicators: str) -> str:
        """Of the indicators and extras that were asked for, those that there are."""
        known = {one.name for one in (*self.reading.computed, *EXTRAS, LAST_ACTIVITY)} | {one.key for one in self.reading.computed}
        return indicators if indicators == "all" else ",".join(name for name in indicators.split(",") if name in known)

    def answer(self, body: Any, etag: str | None = None) -> Response:
        """The body, or 304 where the caller has it already."""
        headers = {"Cache-Control": "private, no-cache", **({"ETag": etag} if etag else {})}
        if etag and self.knows(etag):
            self._told(NOT_MODIFIED)
            return Response(status_code=NOT_MODIFIED, headers=headers)
        self._told(200)
        return Response(encode(body), 200, headers, "application/json")

    async def denied(self, missing: Missing) -> Response:
        await self.logged([missing.student] if missing.student else [], group=missing.group, denied=True)
        self._told(404)
        return problem(404, "Not found", "There is no such thing here for this caller.")

    def _told(self, status: int) -> None:
        self.reading.observer.view_read(self._view, status, time.perf_counter() - self._started)
