"""The written forms that the standard asks of strings: IRIs, UUIDs, language tags, durations, timestamps.

Each is a pure question of one string, remembered where strings repeat.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

import isodate  # type: ignore[import-untyped] # it ships no types

from contracts.dates import Micros, micros

_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>"]+')
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_MAILTO = re.compile(r"mailto:[^@\s]+@[^@\s]+")
_SHA1 = re.compile(r"[0-9A-Fa-f]{40}")
_SHA2 = re.compile(r"(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})")
_VERSION = re.compile(r"1\.0(?:\.[0-9A-Za-z.\-]+)?")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_LANGUAGE = re.compile(
    r"""(?:
        (?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})    # language, extended language
        (?:-[a-z]{4})?                                          # script
        (?:-(?:[a-z]{2}|[0-9]{3}))?                             # region
        (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*                # variants
        (?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*                     # extensions
        (?:-x(?:-[a-z0-9]{1,8})+)?                              # private use
        | x(?:-[a-z0-9]{1,8})+
        | i-[a-z]{2,8} | en-gb-oed | sgn-(?:be-fr|be-nl|ch-de)  # grandfathered
    )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""BCP 47 (RFC 5646, 2.1)."""

_SECONDS = re.compile(r"PT([0-9]{1,5}(?:\.[0-9]{1,6})?)S", re.ASCII)
"""Nearly every duration: seconds, no finer than a microsecond."""
_MINUS_ZERO: Final = frozenset({"-00", "-0000", "-00:00"})
LONGEST: Final = 86_400.0
"""Seconds; what lasts longer is no response time."""


@lru_cache(maxsize=16_384)
def is_iri(text: str) -> bool:
    """An IRI with a scheme."""
    return _IRI.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def is_mailto(text: str) -> bool:
    return _MAILTO.fullmatch(text) is not None


def is_sha1(text: str) -> bool:
    return _SHA1.fullmatch(text) is not None


def is_sha2(text: str) -> bool:
    return _SHA2.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """`1.0`, or any patch of it."""
    return _VERSION.fullmatch(text) is not None


@lru_cache(maxsize=4_096)
def is_language(text: str) -> bool:
    return _LANGUAGE.fullmatch(text) is not None


@lru_cache(maxsize=1_024)
def instant(text: str) -> Micros | None:
    """A timestamp as an instant, finer than a microsecond cut off; UTC where it names no offset; None where it is none.

    The offsets -00, -0000 and -00:00 are refused by the standard (Data 4.5).
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None or match["offset"] in _MINUS_ZERO:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if not 1 < moment.year < 9_999:
        return None
    return micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@lru_cache(maxsize=4_096)
def duration(text: str) -> float | None:
    """An ISO 8601 duration in seconds, infinite where it counts months or is beyond measure; None where it is none."""
    if plain := _SECONDS.fullmatch(text):
        return timedelta(seconds=float(plain[1])).total_seconds()
    if not text.isascii() or not text.startswith("P") or text.endswith("T") or text != text.strip():
        return None
    try:
        lasting = isodate.parse_duration(text)
    except isodate.ISO8601Error:
        return None
    except (OverflowError, ValueError, ArithmeticError):
        return float("inf")
    return lasting.total_seconds() if isinstance(lasting, timedelta) else float("inf")
