"""Where what class views keep is: in memory, bounded, the least recently seen pupils given up first. It may be lost at any moment."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from streams.remembered import Kept, Windows, decode, encode
from streams.roster import Roster

encode_json: Callable[[Any], bytes] = msgspec.json.Encoder(order="sorted").encode


class _Entry(Struct, frozen=True):
    facet: bytes
    change: int
    packed: bytes


def facets(roster: Roster, pupils: Iterable[str], windows: Windows) -> dict[str, bytes]:
    """Of each pupil a mark of all that its readings depend on beside the sheets; the windows begin and end on dates, so hold today's."""
    dates = encode_json(windows)
    return {pupil: hashlib.blake2b(roster.facet(pupil) + dates, digest_size=16).digest() for pupil in pupils}


class Remembered:
    """most: bytes of all that is kept."""

    def __init__(self, most: int) -> None:
        self._most, self._size, self._oldest = most, 0, 0
        self._pupils: OrderedDict[str, _Entry] = OrderedDict()

    def get(self, pupil: str, facet: bytes, change: int) -> Kept | None:
        """What is kept of a pupil under this facet and is not newer than a snapshot of this change number."""
        entry = self._pupils.get(pupil)
        if entry is None or entry.facet != facet or entry.change > change:
            return None
        self._pupils.move_to_end(pupil)
        return decode(entry.packed)

    def put(self, pupil: str, facet: bytes, kept: Kept) -> None:
        packed = encode(kept)
        if kept.change < self._oldest or len(packed) > self._most:
            return
        self._drop(self._pupils.pop(pupil, None))
        self._pupils[pupil] = _Entry(facet, kept.change, packed)
        self._size += len(packed)
        while self._size > self._most:
            self._drop(self._pupils.popitem(last=False)[1])

    def forget(self, change: int) -> None:
        """For what must not be in memory either (R4.1): all that is kept goes, and what a view that began before this change still reads
        is not kept."""
        self._pupils.clear()
        self._size, self._oldest = 0, change

    def _drop(self, entry: _Entry | None) -> None:
        self._size -= len(entry.packed) if entry else 0
