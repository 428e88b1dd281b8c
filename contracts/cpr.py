"""CPR numbers, so that they can be refused (domain 2.8).

A number is six date-valid digits (the day also 61-91, as replacement numbers have it), an optional space or hyphen, and four
digits, on non-digit boundaries. Modulus 11 is not asked: numbers without it are valid since 1 October 2007. UUIDs are taken out
first, and URL-encoded and base64 content is decoded once. Base64 may begin anywhere in a run of its letters, since `/`, `-` and `_`
are letters of it and separators of an IRI, so every run is decoded at each of its four alignments.
"""

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_letters, digits
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

UUID: Final = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9a-fA-F])")
_SHAPE = re.compile("(?<!\\d)(\\d\\d)(\\d\\d)(\\d\\d)[ \u00a0\u202f\u2010-\u2013\u2212-]?(\\d)\\d{3}(?!\\d)")
_COULD = re.compile(r"\d{6}|%|[MNO].{3}[MNO]")
"""What a string with a number in it has, in whatever form."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{14,}")
_DIGITS = re.compile(r"[MNO].{3}[MNO]")
"""Six digits in base64 at any alignment: a digit's upper six bits are one of these letters. What has no such pair holds no number."""
_URL_SAFE = str.maketrans("-_", "+/")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _century(year: int, seventh: int) -> int:
    """The full year by the 7th digit (domain 2.8)."""
    if seventh <= 3:
        return 1900 + year
    if seventh in (4, 9):
        return 2000 + year if year <= 36 else 1900 + year
    return 2000 + year if year <= 57 else 1800 + year


def _valid(match: re.Match[str] | re.Match[bytes]) -> bool:
    day, month, year, seventh = (int(part) for part in match.groups())
    day -= 60 if 61 <= day <= 91 else 0
    if not 1 <= month <= 12 or not 1 <= day <= _LENGTHS[month - 1]:
        return False
    full = _century(year, seventh)
    return (month, day) != (2, 29) or (full % 4 == 0 and (full % 100 != 0 or full % 400 == 0))


def _plain(text: str) -> bool:
    return any(_valid(match) for match in _SHAPE.finditer(UUID.sub(" ", text)))


def _decoded(run: str, start: int) -> str:
    """What a run of base64 letters says from there on; bytes of any encoding, since digits are the same in all of them."""
    told = run[start:].translate(_URL_SAFE)
    whole = told[:-1] if len(told) % 4 == 1 else told
    return base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")


_NARROW = re.compile(rb"([0-9][0-9])([0-9][0-9])([0-9][0-9])[ \xa0+-]?([0-9])[0-9]{3}(?![0-9])")
_LETTERS: Final = bytes(
    ord("M" if chr(byte) in "MNO" else "b" if chr(byte) in f"{ascii_letters}{digits}+/_-" else ".") for byte in range(256)
)
_PAIR = re.compile(rb"M[Mb]{3}M")
"""`_DIGITS` in a text of such letters, in which the first is found faster."""


def clear(json_text: str) -> bool:
    """True where no string of a JSON text holds a number; False says nothing. One look at the whole, as most texts need no other.

    It vouches for nothing that is written otherwise than it is read (backslashes, `%`), nor for letters beyond Latin-1, among which are
    other digits and spaces. There, a number ends where a string does, and UUIDs, which are left in, only make more of them.
    """
    try:
        raw = json_text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    if b"\\" in raw or b"%" in raw or _PAIR.search(raw.translate(_LETTERS)):
        return False
    return not any(_valid(match) for at in _runs(raw) if (match := _NARROW.match(raw, at)))


_SHAPES: Final = bytes(ord("0" if chr(byte) in "0123456789" else "-" if chr(byte) in " \xa0+-" else ".") for byte in range(256))


def _runs(raw: bytes) -> Iterator[int]:
    """Where ten digits begin, together or with something between the sixth and the seventh."""
    shapes = raw.translate(_SHAPES)
    for shape in (b"0000000000", b"000000-0000"):
        at = shapes.find(shape)
        while at >= 0:
            yield at
            at = shapes.find(shape, at + 1)


@lru_cache(maxsize=16_384)
def present(text: str) -> bool:
    """Whether a string holds CPR-shaped content, plain, URL-encoded or in base64."""
    if len(text) < 10 or not _COULD.search(text):
        return False
    if _plain(text) or (("%" in text or "+" in text) and _plain(unquote_plus(text))):
        return True
    rest = UUID.sub(" ", unquote(text))
    return any(_plain(_decoded(run, start)) for run in _BASE64.findall(rest) if _DIGITS.search(run) for start in range(4))


def find(value: Any, pointer: str = "", allowed: frozenset[str] = frozenset()) -> Iterator[str]:
    """JSON pointers of the strings and keys of a document that hold CPR-shaped content.

    A key that holds one is reported as its object, so that the answer never repeats it. `allowed`: the last member names
    that a connector's contract exempts, because its supplier's own ids have ten digits.
    """
    if isinstance(value, str):
        if present(value):
            yield pointer
    elif isinstance(value, dict):
        for key, member in value.items():
            if present(key):
                yield pointer
            elif key not in allowed:
                yield from find(member, f"{pointer}/{_step(key)}", allowed)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from find(member, f"{pointer}/{index}", allowed)


_KNOWN_STEP = re.compile(r"^[A-Za-z_]{1,40}$")


def _step(key: str) -> str:
    """A member name for a pointer; extension IRIs and other free keys are not repeated in answers."""
    return key if _KNOWN_STEP.match(key) else "*"
