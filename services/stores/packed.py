"""Facts as they are kept where each byte that is written again has its price: those of a sheet are alike, and many pack to a seventh.

Few are the JSON that they are, more a frame of Zstandard (RFC 8878). Those of a large sheet are in two parts, since facts are sets of
reports, and both together are their union: what was told lately, which is written again for whatever is told, and beside it the rest, to
which that is added when it is large. Which reports are in the rest is known (MessagePack), so that it need not be opened for one that is
not: a new fact costs the same however many there are. Each form begins otherwise than the others.
"""

from collections.abc import Collection
from functools import cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from zlib import crc32

import msgspec
from msgspec import Raw, Struct

from contracts.facts import Open, decode_open, encode, join

FROM_BYTES: Final = 1_000
"""What is smaller is kept as it is."""
PART_BYTES: Final = 6_000
"""Facts that are larger become the rest, or more of it."""
LEVEL: Final = 1
FRAME: Final = b"\x28\xb5\x2f\xfd"
"""How one begins (RFC 8878, 3.1.1)."""
PART: Final = b"\x92"
"""How a list of two begins (MessagePack, array format family)."""


class Kept(NamedTuple):
    """The two columns. rest: frames one after another, of a line of JSON each; None where all is in the other."""

    facts: bytes
    rest: bytes | None


class _Part(Struct, array_like=True):
    """What was told lately, in one of the two other forms, and what is known of the rest (`_Known`)."""

    known: Raw
    facts: bytes


class _Known(Struct, array_like=True):
    """reports: a checksum of four bytes of the id of each. digest: of the rest, so that where that is another, this is too."""

    reports: bytes
    digest: bytes


_NONE: Final = _Known(b"", b"")
_part = msgspec.msgpack.Decoder(_Part).decode
_known = msgspec.msgpack.Decoder(_Known).decode
_encode = msgspec.msgpack.Encoder().encode
_reports = msgspec.json.Decoder(dict[str, dict[str, dict[str, Raw]]]).decode


def packed(facts: bytes) -> Kept:
    """All facts of a sheet."""
    if len(facts) < PART_BYTES:
        return Kept(_packed(facts), None)
    return _moved(facts, _NONE)


def part(facts: bytes, known: bytes) -> Kept:
    """What was told lately, beside a rest of which that is known, as `lately` gave it. Its rest is what is to be added to that one."""
    if len(facts) < PART_BYTES:
        return Kept(_encode(_Part(Raw(known), _packed(facts))), b"")
    return _moved(facts, _known(known))


def _moved(facts: bytes, known: _Known) -> Kept:
    more = _framed(facts + b"\n")
    digest = blake2b(known.digest + more, digest_size=8).digest()
    return Kept(_encode(_Part(Raw(_encode(_Known(known.reports + _checksums(facts), digest))), encode({}))), more)


def unpacked(facts: bytes, rest: bytes | None) -> bytes:
    """Of both columns: all facts of a sheet, the very same that were packed."""
    told, known = lately(facts)
    if not known:
        return told
    assert rest is not None, "what is known of is there"
    whole: Open = {}
    for some in (*_unframed(rest).splitlines(), told):
        join(whole, decode_open(some))
    return encode(whole)


def lately(facts: bytes) -> tuple[bytes, bytes]:
    """Of the first column alone: what was told lately, and what is known of the rest; of that nothing where it is all."""
    if not facts.startswith(PART):
        return _unframed(facts), b""
    told = _part(facts)
    return _unframed(told.facts), bytes(told.known)


def meets(known: bytes, reports: Collection[str]) -> bool:
    """Whether one of these reports may be in the rest."""
    if not known:
        return False
    checksums = _known(known).reports
    return any(_checksum(report) in checksums for report in reports)


def _checksums(facts: bytes) -> bytes:
    return b"".join([_checksum(report) for keyed in _reports(facts).values() for reports in keyed.values() for report in reports])


def _checksum(report: str) -> bytes:
    """Where another's is the same, or stands across two of them, the rest is opened for nothing."""
    return crc32(report.encode()).to_bytes(4, "big")


def _packed(facts: bytes) -> bytes:
    return facts if len(facts) < FROM_BYTES else _framed(facts)


def _framed(facts: bytes) -> bytes:
    frame: bytes = _zstandard()[0].compress(facts)
    return frame


def _unframed(kept: bytes) -> bytes:
    if not kept.startswith(FRAME):
        return kept
    facts: bytes = _zstandard()[1].decompressobj(read_across_frames=True).decompress(kept)
    return facts


@cache
def _zstandard() -> tuple[Any, Any]:
    """The two halves of it, for the event loop's thread alone. Of the packages of the extra: a hub of one process needs none of this."""
    import zstandard

    return zstandard.ZstdCompressor(level=LEVEL), zstandard.ZstdDecompressor()
