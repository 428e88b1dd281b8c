"""Who is who, without saying so: the hub's key, source identities and their pseudonyms (R1.1, design 3).

A pseudonym is HMAC-SHA256 under the hub's key of a tag and the parts, 128 bits of it, in lower-case base32. Each prefix has a tag
of its own: `p_` a source identity, `s_` a pupil (of the leading identity), `g_` a group, `w_` a row, `r_` a report, `d_` a digest.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Final, Literal, get_args

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from msgspec import Struct

Prefix = Literal["p", "s", "g", "w", "r", "d", "k"]

UNILOGIN: Final = "unilogin"


class Identity(Struct, frozen=True):
    """What a source calls a person: a direct identifier, never to be written anywhere. Compare normalised ones only."""

    scheme: str
    value: str

    def normalised(self) -> "Identity":
        """Schemes and Unilogin and mail values ignore case; all values ignore surrounding space."""
        scheme, value = self.scheme.strip(), self.value.strip()
        folds = scheme.lower() in (UNILOGIN, "mailto", "mbox_sha1sum")
        return Identity(scheme.lower() if folds else scheme, value.lower() if folds else value)


class Person(Struct, frozen=True):
    """The pupil whose leading identity this is; sealed to the hub id `s_`."""

    leading: Identity


class GroupRef(Struct, frozen=True):
    """A group by its institution and what the roster calls it there."""

    institution: str
    source_id: str


class RowRef(Struct, frozen=True):
    """A row of a roster by its id there, which may be made of the person's own; sealed to `w_`."""

    institution: str
    source_id: str


Direct = Identity | Person | GroupRef | RowRef
DIRECT: Final = frozenset(get_args(Direct))
"""Asked of every value that is sealed, by its class: `isinstance` of a union is slow."""


_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = [one + other for one in _LETTERS for other in _LETTERS]


def _base32(raw: bytes) -> str:
    """RFC 4648 base32 of 16 bytes, lower case, without padding: 26 letters. The standard library's is written in Python and slower."""
    bits = int.from_bytes(raw) << 2
    return "".join([_PAIRS[bits >> at & 1023] for at in range(120, -1, -10)])


def _length(part: str) -> bytes:
    raw = part.encode()
    return len(raw).to_bytes(4) + raw


@lru_cache(maxsize=256)
def _lengths(*parts: str) -> bytes:
    """Of all parts but the last, which are few."""
    return b"".join(map(_length, parts))


REMEMBERED: Final = 65_536
"""Pseudonyms of people and groups, who come again and again; a report's is asked for again at once or never, a row's once a night."""


class Key:
    """The hub's pseudonym key: 32 secret bytes; its check value may be kept with the data, itself never."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a hub key has 32 bytes")
        self._secret = secret
        self._mac = HMAC(secret, SHA256())
        self._repeated = lru_cache(maxsize=REMEMBERED)(self._pseudonym)
        self._lately = lru_cache(maxsize=16)(self._pseudonym)

    def _pseudonym(self, prefix: Prefix, *parts: str) -> str:
        mac = self._mac.copy()
        mac.update(_lengths(prefix, *parts[:-1]) + _length(parts[-1]))
        return f"{prefix}_{_base32(mac.finalize()[:16])}"

    def seal(self, direct: Direct) -> str:
        if isinstance(direct, GroupRef):
            return self._repeated("g", direct.institution, direct.source_id)
        if isinstance(direct, RowRef):
            return self._pseudonym("w", direct.institution, direct.source_id)
        if isinstance(direct, Person):
            leading = direct.leading.normalised()
            return self._repeated("s", leading.scheme, leading.value)
        identity = direct.normalised()
        return self._repeated("p", identity.scheme, identity.value)

    def report(self, supplier: str, channel: str, report: str) -> str:
        return self._lately("r", supplier, channel, report)

    def message(self, supplier: str, channel: str, message: str) -> str:
        """Of a webhook's id; never that of a report."""
        return self._pseudonym("r", supplier, channel, "webhook-id", message)

    def digest(self, content: bytes) -> str:
        """A keyed digest of a body, so that a short one cannot be guessed from it."""
        inner = hashlib.sha256(content).hexdigest()
        return self._pseudonym("d", inner)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for another purpose (signing tokens, encrypting bodies)."""
        return hmac.digest(self._secret, b"derive:" + purpose.encode(), hashlib.sha256)

    @property
    def check(self) -> str:
        """Tells whether two keys are equal, and nothing else of them."""
        return self._pseudonym("k", "check")
