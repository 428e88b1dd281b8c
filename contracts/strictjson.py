"""JSON as a receiver must read it: UTF-8, no duplicate keys, no NaN or Infinity, bounded depth (domain 1.14).

What is sound is read by a fast parser; whatever it cannot vouch for is read again by a careful one, whose word stands.
"""

import json
import math
from collections.abc import Iterable
from typing import Any, Final, NoReturn

import msgspec

from contracts.errors import Refused

DEPTH = 64
DIGITS = 308


class _Duplicate(ValueError):
    pass


class _NotFinite(ValueError):
    pass


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Duplicate
    return members


def _constant(_: str) -> NoReturn:
    raise _NotFinite


def _real(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _NotFinite
    return value


def _whole(text: str) -> int:
    """Integers that a double can hold; a longer one is as infinite as 1e400 is."""
    if len(text) > DIGITS:
        raise _NotFinite
    return int(text)


_decoder = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant, parse_float=_real, parse_int=_whole)


def _torn(document: Any) -> bool:
    """Whether a string holds half a surrogate pair, which no UTF-8 can hold."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _deep(value: Any, left: int = DEPTH) -> bool:
    if isinstance(value, dict):
        return not left or any(_deep(member, left - 1) for member in value.values())
    if isinstance(value, list):
        return not left or any(_deep(member, left - 1) for member in value)
    return False


_KEY: Final = b'":'
"""Where a key ends, spaces taken out. Inside a string it can only stand behind a backslash, so no document has more keys than there are."""
_SPACES: Final = b" \t\r\n"
_TO_ZERO: Final = bytes(ord("0") if chr(byte).isdigit() else byte for byte in range(128)) + bytes(range(128, 256))
_LONG: Final = b"0" * DIGITS
_MISSING: Final = object()


def parse(body: bytes) -> Any:
    """The document in `body`; refuses with `not_utf8`, `not_json`, `duplicate_key`, `not_finite` or `too_deep`."""
    document = _sound(body)
    return _carefully(body) if document is _MISSING else document


def _sound(body: bytes) -> Any:
    """The document, if it is beyond doubt: as many keys as the text has, no deeper than allowed, no integer too long, no surrogates."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _MISSING
    told = body.translate(_TO_ZERO, _SPACES)
    if _keys(document) != told.count(_KEY) or _LONG in told or (b"\\u" in body and _torn(document)):
        return _MISSING
    return document


def _keys(document: Any) -> int:
    """How many members its objects have; -1 where it is too deep."""
    level, keys = _containers([document]), 0
    for _ in range(DEPTH):
        keys += sum(len(one) for one in level if one.__class__ is dict)
        level = [inner for one in level for inner in _containers(one.values() if one.__class__ is dict else one)]
        if not level:
            return keys
    return -1


def _containers(values: Iterable[Any]) -> list[Any]:
    return [one for one in values if one.__class__ is dict or one.__class__ is list]


def _carefully(body: bytes) -> Any:
    try:
        document = _decoder.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refused.because("not_utf8", detail=f"byte {error.start}") from None
    except _Duplicate:
        raise Refused.because("duplicate_key") from None
    except _NotFinite:
        raise Refused.because("not_finite") from None
    except RecursionError:
        raise Refused.because("too_deep", detail=f"at most {DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise Refused.because("not_json", detail=f"line {error.lineno}, column {error.colno}") from None
    if _deep(document):
        raise Refused.because("too_deep", detail=f"at most {DEPTH} levels")
    if b"\\u" in body and _torn(document):
        raise Refused.because("not_utf8", detail="half a surrogate pair")
    return document
