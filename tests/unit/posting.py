"""Requests to file connectors, as short as a sentence."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import pytest

from contracts.connector import Connector, Draft, Failed, NotUsed, Published, Registration, Request, Translation
from contracts.dates import Micros, instant, rfc3339
from contracts.errors import Refused

RECEIVED: Micros = instant("2026-11-24T09:00:00Z")
AS_OF: Micros = instant("2026-11-23T14:00:00Z")
SCHOOL, OTHER, STRANGE = "101001", "G19224", "999999"


def registration(*schools: str, **told: Any) -> Registration:
    return Registration("skolesystem", frozenset(), frozenset(schools or (SCHOOL,)), **{"tool": "Skolesystemet", **told})


def request(body: bytes, query: dict[str, str] | None = None, by: Registration | None = None, **headers: str) -> Request:
    numbers = itertools.count(1)
    asked = {"as_of": rfc3339(AS_OF)} if query is None else query
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(body, named, asked, "POST", RECEIVED, by or registration(), lambda: str(UUID(int=next(numbers))))


def taken(connector: Connector, body: str | bytes, by: Registration | None = None, **query: str) -> Translation:
    """The translation of a file exported at `AS_OF`."""
    content = body if isinstance(body, bytes) else body.encode()
    return connector.translate(request(content, {"as_of": rfc3339(AS_OF), **query}, by))


def refusal(connector: Connector, body: str | bytes, by: Registration | None = None, **query: str) -> Refused:
    with pytest.raises(Refused) as caught:
        taken(connector, body, by, **query)
    return caught.value


def reason(connector: Connector, body: str | bytes, by: Registration | None = None, **query: str) -> str:
    """The one reason for which a file is refused whole."""
    (fault,) = refusal(connector, body, by, **query).faults
    return fault.reason


def outcomes(translation: Translation) -> list[str]:
    """Of each item `published`, or its reason."""
    return ["published" if isinstance(item, Published) else item.reason for item in translation.items]


def drafts(translation: Translation) -> list[Draft]:
    return [draft for item in translation.items if isinstance(item, Published) for draft in item.drafts]


def failed(translation: Translation) -> list[tuple[str, str]]:
    """(reason, pointer) of every failed item."""
    return [(item.reason, item.pointer) for item in translation.items if isinstance(item, Failed)]


def only_failed(translation: Translation) -> Failed:
    (item,) = translation.items
    assert isinstance(item, Failed)
    return item


def not_used(translation: Translation) -> list[str]:
    return [item.reason for item in translation.items if isinstance(item, NotUsed)]


def csv(*lines: str, header: str) -> str:
    return "\n".join((header, *lines)) + "\n"


def values(told: Iterable[Draft], *names: str) -> list[Sequence[Any]]:
    """The named data fields of each draft."""
    return [tuple(draft.data.get(name) for name in names) for draft in told]
