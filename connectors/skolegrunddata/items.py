"""An element to an item: what is made of it, or the one thing that is wrong with it."""

from collections.abc import Callable

import msgspec

from connectors.skolegrunddata.document import Element
from contracts.connector import Failed, Item
from contracts.errors import Fault, Refused
from contracts.privacy import Identity

Who = Callable[[], Identity | None]


def item(kind: str, element: Element, school: str, read: Callable[[], Item], who: Who = lambda: None) -> Item:
    """A CPR number anywhere in it comes before all else, and then nothing of it is kept."""
    try:
        for fault in sorted(element.faults, key=lambda one: one.reason != "national_identifier_present"):
            raise Refused([fault])
        return read()
    except Refused as refused:
        return failed(kind, element, school, refused.faults[0], who)


def failed(kind: str, element: Element, school: str, fault: Fault, who: Who = lambda: None) -> Failed:
    """body: the elements that are taken, no others."""
    if fault.reason == "national_identifier_present":
        return Failed(kind, fault.reason, fault.pointer, b"", fault.detail, school)
    try:
        subject = who()
    except Refused:
        subject = None
    return Failed(kind, fault.reason, fault.pointer, msgspec.json.encode(list(element.told())), fault.detail, school, subject)
