"""Facts as they are kept where each byte that is written again has its price: those of a sheet are alike, and many pack to a seventh.

Below `FROM_BYTES` they are the JSON that they are, above it a frame of Zstandard (RFC 8878). Those of a large sheet are in two parts
(MessagePack), so that a new one costs the same however many there are: what was told lately, and the rest, of which is known which reports
are in it, so that it need not be opened for one that is not. Facts are sets of reports, so both together are their union. Each form begins
otherwise than the others.
"""

from collections.abc import Collection
from functools import cache
from typing import Any, Final
from zlib import crc32

import msgspec
from msgspec import Raw, Struct

from contracts.facts import decode_facts, decode_open, each, encode, merge

FROM_BYTES: Final = 1_000
"""What is smaller is kept as it is."""
PART_BYTES: Final = 6_000
"""Facts that are larger become the rest, or are joined with it."""
LEVEL: Final = 1
FRAME: Final = b"\x28\xb5\x2f\xfd"
"""How one begins (RFC 8878, 3.1.1)."""
PARTS: Final = b"\x92"
"""How a list of two begins (MessagePack, array format family)."""


class _Parts(Struct, array_like=True):
    """rest: a `_Rest`. facts: what was told since, itself kept in one of the two other forms."""

    rest: Raw
    facts: bytes


class _Rest(Struct, array_like=True):
    """reports: a checksum of four bytes of the id of each."""

    reports: bytes
    frame: bytes


_parts = msgspec.msgpack.Decoder(_Parts).decode
_rest = msgspec.msgpack.Decoder(_Rest).decode
_encode = msgspec.msgpack.Encoder().encode
_reports = msgspec.json.Decoder(dict[str, dict[str, dict[str, Raw]]]).decode


def packed(facts: bytes, rest: bytes = b"") -> bytes:
    """rest: of the sheet, as `opened` gave it."""
    if len(facts) >= PART_BYTES:
        whole = _joined(_unframed(_rest(rest).frame), facts) if rest else facts
        return _encode(_Parts(Raw(_encode(_Rest(_checksums(whole), _framed(whole)))), encode({})))
    told = facts if len(facts) < FROM_BYTES else _framed(facts)
    return _encode(_Parts(Raw(rest), told)) if rest else told


def unpacked(kept: bytes) -> bytes:
    """The very same where it is not packed."""
    if not kept.startswith(PARTS):
        return _unframed(kept)
    parts = _parts(kept)
    return _joined(_unframed(_rest(parts.rest).frame), _unframed(parts.facts))


def opened(kept: bytes, reports: Collection[str]) -> tuple[bytes, bytes]:
    """Facts, among which are all that these reports may meet, and the rest, if there is one; for `packed` to put together again."""
    if not kept.startswith(PARTS):
        return _unframed(kept), b""
    parts = _parts(kept)
    known = _rest(parts.rest).reports
    if any(_checksum(report) in known for report in reports):
        return unpacked(kept), b""
    return _unframed(parts.facts), bytes(parts.rest)


def _joined(facts: bytes, others: bytes) -> bytes:
    joined = decode_open(facts)
    for told in each(decode_facts(others)):
        merge(joined, *told)
    return encode(joined)


def _checksums(facts: bytes) -> bytes:
    return b"".join([_checksum(report) for keyed in _reports(facts).values() for reports in keyed.values() for report in reports])


def _checksum(report: str) -> bytes:
    """Where another's is the same, or stands across two of them, the rest is opened for nothing."""
    return crc32(report.encode()).to_bytes(4, "big")


def _framed(facts: bytes) -> bytes:
    frame: bytes = _zstandard()[0].compress(facts)
    return frame


def _unframed(kept: bytes) -> bytes:
    if not kept.startswith(FRAME):
        return kept
    facts: bytes = _zstandard()[1].decompress(kept)
    return facts


@cache
def _zstandard() -> tuple[Any, Any]:
    """The two halves of it, for the event loop's thread alone. Of the packages of the extra: a hub of one process needs none of this."""
    import zstandard

    return zstandard.ZstdCompressor(level=LEVEL), zstandard.ZstdDecompressor()
