"""What the hub fetched from a source, taken item by item: there is nobody to answer 400, so each that is wrong is a failed item."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contracts.connector import Connector, Failed, Item, Request, Translation
from contracts.errors import Fault, Refused
from contracts.ports import Claim, Entry
from contracts.privacy import Key


def translation(connector: Connector, request: Request, bodies: Sequence[bytes], kind: str) -> Translation:
    """Each body as a request of its own. kind: what one that cannot be read counts as."""
    own = replace(request, new_id=_no_id)
    return Translation(tuple(_item(connector, replace(own, body=body), kind) for body in bodies))


def _no_id() -> str:
    """A source that is read again and again must name its items."""
    raise Refused.because("missing_member", detail="id")


def _item(connector: Connector, request: Request, kind: str) -> Item:
    try:
        items = connector.translate(request).items
    except Refused as refused:
        return _failed(request.body, refused.faults[0], kind)
    return items[0] if len(items) == 1 else _failed(request.body, Fault("wrong_type"), kind)


def _failed(body: bytes, fault: Fault, kind: str) -> Failed:
    return Failed(kind, fault.reason, fault.pointer, body, fault.detail)


def without(told: Translation, faults: Iterable[Fault], bodies: Sequence[bytes]) -> Translation:
    """The items with which the log does not agree as failed ones. faults: their pointers begin with the item's index."""
    items = list(told.items)
    for fault in faults:
        index = int(fault.pointer.split("/")[1])
        items[index] = _failed(bodies[index], Fault(fault.reason), items[index].kind)
    return replace(told, items=tuple(items))


def claimed(entries: Sequence[Entry], bodies: Sequence[bytes], key: Key, origin: tuple[str, str]) -> list[Entry]:
    """What has no id that must not change is known by its content, so that it counts once however often it is read.
    origin: supplier and channel."""
    return [
        entry if entry.claim else Entry(entry.envelopes, _by_content(key.digest(body), key, origin))
        for entry, body in zip(entries, bodies, strict=True)
    ]


def _by_content(digest: str, key: Key, origin: tuple[str, str]) -> Claim:
    return Claim(key.report(*origin, f"content {digest}"), digest)
