"""Summaries that are maps: put together key by key, and keyed by digests where the key would be a source's id."""

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

from contracts.facts import encode

Value = TypeVar("Value")


def joined(one: Mapping[str, Value], other: Mapping[str, Value], join: Callable[[Value, Value], Value]) -> dict[str, Value]:
    """All keys of both; where both have one, what `join` makes of the two."""
    both = {**one, **other}
    both.update((key, join(one[key], other[key])) for key in one.keys() & other.keys())
    return both


def digest(*parts: str) -> str:
    """A short name for a source's id: summaries outlive the facts, so the id itself does not stand in them. 64 bits, in hex."""
    return hashlib.blake2b(encode(parts), digest_size=8).hexdigest()
