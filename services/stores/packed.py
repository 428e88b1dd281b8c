"""Facts as they are kept where each byte that is written again has its price: those of a sheet are alike, and many pack to a seventh.

A frame of Zstandard (RFC 8878) begins otherwise than JSON, so both are known when they are read.
"""

from functools import cache
from typing import Any, Final

FROM_BYTES: Final = 1_000
"""What is smaller is kept as it is."""
LEVEL: Final = 1
FRAME: Final = b"\x28\xb5\x2f\xfd"
"""How one begins (RFC 8878, 3.1.1)."""


def packed(facts: bytes) -> bytes:
    if len(facts) < FROM_BYTES:
        return facts
    frame: bytes = _zstandard()[0].compress(facts)
    return frame


def unpacked(kept: bytes) -> bytes:
    """The very same where it is not packed."""
    if not kept.startswith(FRAME):
        return kept
    facts: bytes = _zstandard()[1].decompress(kept)
    return facts


@cache
def _zstandard() -> tuple[Any, Any]:
    """The two halves of it, for the event loop's thread alone. Of the packages of the extra: a hub of one process needs none of this."""
    import zstandard

    return zstandard.ZstdCompressor(level=LEVEL), zstandard.ZstdDecompressor()
