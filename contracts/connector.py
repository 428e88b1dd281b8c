"""A connector as a value: what it reads, what it emits, and a pure `translate`.

A translation turns one request or file into items, in order. Each item is what became of one thing received: `Published` (one or
more drafts), `NotUsed`, or `Failed`. A request that cannot be taken at all raises `contracts.errors.Refused`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from msgspec import Struct

from contracts.dates import Micros
from contracts.events import Event
from contracts.privacy import Direct

Subject = Direct | str
"""Whom an event is said of: a pupil's identity, a group, or the plain name of an institution, framework, source or report."""


@dataclass(frozen=True)
class Registration:
    """One supplier's credential and what it may say.

    institutions: the schools it may speak for. subject_code: where its items name no school subject. schemes: account homePage ->
    identity scheme. tool: the product's name in facts. rank: the channel's place among those of its tool, 0 counts first.
    expected_by: local time by which it delivers on school days, `HH:MM`, or None where nothing is declared. roster: it may tell who
    belongs where by single events, which decides who sees whom.
    """

    supplier: str
    connectors: frozenset[str]
    institutions: frozenset[str]
    tool: str
    subject_code: str = "unassigned"
    schemes: Mapping[str, str] = field(default_factory=dict)
    rank: int = 0
    expected_by: str | None = None
    roster: bool = False

    @property
    def institution(self) -> str | None:
        """The one school that it is for, if it is for one."""
        return next(iter(self.institutions)) if len(self.institutions) == 1 else None


@dataclass(frozen=True)
class Request:
    """What a connector gets. headers: names in lower case. query: parameters. received: when the hub got it.

    new_id: a fresh UUID at each call, for statements that come without one (randomness is an argument). message: the id of a signed
    message (Standard Webhooks 1.0.0, `webhook-id`), which all its retries carry; empty where the request is not signed.
    """

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    method: str
    received: Micros
    registration: Registration
    new_id: Callable[[], str]
    message: str = ""


class Draft(Struct, frozen=True):
    """An event before it is sealed: `data` as the event's model has it, with direct identifiers as `Direct` values.

    time: when it happened; None where the source did not say (then the first receipt). order: the source's revision; None where it has none
    (then the time). report: the source's id for this report. op: `retract` needs the same data, for the natural key.
    """

    model: type[Event]
    subject: Subject
    institution: str
    data: Mapping[str, Any]
    report: str
    time: Micros | None
    order: int | None = None
    op: Literal["assert", "retract"] = "assert"


class Published(Struct, frozen=True):
    """kind: what the source calls it, from `Connector.item_kinds`. claim: a digest that must not change under the same id; then
    a second content answers 409. voids: the id of the report that this item voids."""

    kind: str
    drafts: tuple[Draft, ...]
    claim: tuple[str, str] | None = None
    voids: str | None = None


class NotUsed(Struct, frozen=True):
    """institution: the school that the item names; empty where the credential says it."""

    kind: str
    reason: str
    claim: tuple[str, str] | None = None
    institution: str = ""


class Failed(Struct, frozen=True):
    """body: the item's own bytes, encrypted before they are written; empty where they must not be. subject: whom it names, as far as
    that can be read: it is deleted when that person is erased."""

    kind: str
    reason: str
    pointer: str
    body: bytes
    detail: str = ""
    institution: str = ""
    subject: Direct | None = None


Item = Published | NotUsed | Failed


@dataclass(frozen=True)
class Translation:
    """items: one for each thing received, in order. answer: the JSON body of the 2xx, or None for the hub's own report.
    listed: False where the document is the item itself, so that pointers begin in it.
    derived: drafts of the hub's own that belong to no item (a snapshot). pupils: of a complete roster, by institution."""

    items: tuple[Item, ...]
    answer: Any = None
    derived: tuple[Draft, ...] = ()
    pupils: Mapping[str, frozenset[Direct]] | None = None
    status: int = 200
    listed: bool = True


@dataclass(frozen=True)
class Door:
    """One more way in of the same source, with a form of its own: a fact told by both is one report. Fields as `Connector` has them."""

    route: str
    translate: Callable[[Request], Translation]
    content_types: frozenset[str]
    whole: bool = False
    options: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Connector:
    """route: where it is posted to, `/xapi/statements`, `/events`, `/files/{name}` or `/webhooks/{name}` (signed only). beside: its
    other doors. takes: why each field is taken (R2.3). options: query parameters that a file may also carry in its name, as
    `.complete.`. whole: all or nothing, where the source's standard says so. allowed: member names exempt from the CPR rule."""

    name: str
    route: str
    title: str
    emits: frozenset[type[Event]]
    item_kinds: frozenset[str]
    takes: Mapping[str, str]
    translate: Callable[[Request], Translation]
    content_types: frozenset[str]
    whole: bool = False
    options: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Door, ...] = ()

    @property
    def doors(self) -> tuple["Connector", ...]:
        """The connector as it is at each of its routes."""
        others = [
            replace(self, route=one.route, translate=one.translate, content_types=one.content_types, whole=one.whole, options=one.options)
            for one in self.beside
        ]
        return self, *others
