"""Who may send: each supplier's own credential, told apart before anything of the request is parsed."""

import base64
import hmac
import re
import secrets
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
from cryptography.fernet import Fernet
from standardwebhooks import Webhook, WebhookVerificationError

from contracts.connector import Registration
from contracts.dates import Micros
from contracts.errors import NotAllowed
from contracts.ports import Clock
from contracts.privacy import Key
from contracts.puller import Access, Pulled

PREFIX: Final = "whsec_"
_V1 = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
"""HMAC-SHA256 in base64. What a header lists else is passed over: unknown versions, and `v1a` (ed25519), for which nobody here has a
public key."""
_SECONDS = re.compile(r"[0-9]{1,12}")
_HEADERS: Final = "send webhook-id, webhook-timestamp (whole seconds since 1970) and webhook-signature (v1,BASE64)"
_TELLS: Final = (
    ("too old", "webhook-timestamp is more than 5 minutes ago: each attempt has a timestamp and a signature of its own"),
    ("too new", "webhook-timestamp is more than 5 minutes ahead: correct the sender's clock"),
)


class Registry(Protocol):
    async def suppliers(self) -> list[Registration]: ...
    async def secrets(self) -> dict[str, tuple[str, str | None, Micros]]: ...
    async def accesses(self) -> dict[str, str]: ...


def fernet(key: Key, purpose: str) -> Fernet:
    """Encryption under the hub's key, for what must be kept but not be readable with the data alone."""
    return Fernet(base64.urlsafe_b64encode(key.derive(purpose)))


def new_secret() -> str:
    """A Standard Webhooks secret (24-64 random bytes, `whsec_` and base64); also the password of Basic authentication."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True)
class _Known:
    """old: the secret before the newest, taken until that instant."""

    registration: Registration
    secret: str
    old: str | None
    until: Micros

    def secrets(self, now: Micros) -> list[str]:
        return [self.secret, self.old] if self.old and now < self.until else [self.secret]


class Suppliers:
    """The registered suppliers, held in memory; `load` again after one was added."""

    def __init__(self, registry: Registry, key: Key, clock: Clock) -> None:
        self._registry, self._fernet, self._clock = registry, fernet(key, "suppliers"), clock
        self._known: dict[str, _Known] = {}
        self._pulled: list[Pulled] = []

    async def load(self) -> None:
        """Who is registered between two of the questions is known after the next `load`, which a change calls for."""
        kept, accesses = await self._registry.secrets(), await self._registry.accesses()
        told = [one for one in await self._registry.suppliers() if one.supplier in kept]
        self._known = {one.supplier: self._opened(one, *kept[one.supplier]) for one in told}
        self._pulled = [self._access(name, access) for name, access in accesses.items() if name in self._known]

    def _opened(self, registration: Registration, secret: str, old: str | None, until: Micros) -> _Known:
        plain = self._fernet.decrypt(old).decode() if old else None
        return _Known(registration, self._fernet.decrypt(secret).decode(), plain, until)

    def _access(self, supplier: str, access: str) -> Pulled:
        return Pulled(self._known[supplier].registration, msgspec.json.decode(self._fernet.decrypt(access), type=Access))

    def pulled(self) -> list[Pulled]:
        """Those that the hub itself fetches from."""
        return self._pulled

    def all(self) -> list[Registration]:
        return [known.registration for known in self._known.values()]

    def basic(self, authorization: str | None) -> Registration:
        """By HTTP Basic: the supplier's name and secret."""
        scheme, _, encoded = (authorization or "").partition(" ")
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (Base64Error, UnicodeDecodeError):
            raise NotAllowed("the Basic credential cannot be read", "Basic") from None
        known = self._known.get(name)
        valid = known.secrets(self._clock.now()) if known else ["none"]
        fits = [hmac.compare_digest(secret.encode(), one.encode()) for one in valid]
        if scheme.lower() != "basic" or known is None or not any(fits):
            raise NotAllowed("no such credential", "Basic")
        return known.registration

    def named(self, supplier: str) -> Registration:
        """Before anything of a signed request is read."""
        if supplier not in self._known:
            raise NotAllowed("no such credential", "Basic")
        return self._known[supplier].registration

    def signed(self, supplier: str, headers: Mapping[str, str], body: bytes) -> Registration:
        """By Standard Webhooks signature over the raw body, at most 5 minutes old or ahead; any one that is listed may fit, by any secret
        that is valid now."""
        registration = self.named(supplier)
        listed = _listed(headers)
        tried = [_verified(secret, listed, body) for secret in self._known[supplier].secrets(self._clock.now())]
        if None not in tried:
            raise NotAllowed(str(tried[0]), "Basic")
        return registration


def _listed(headers: Mapping[str, str]) -> dict[str, str]:
    """The three headers, of the signatures those that can be checked."""
    told = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    told["webhook-signature"] = " ".join(one for one in told["webhook-signature"].split(" ") if _V1.fullmatch(one))
    if not all(told.values()) or not _SECONDS.fullmatch(told["webhook-timestamp"]):
        raise NotAllowed(_HEADERS, "Basic")
    return told


def _verified(secret: str, listed: dict[str, str], body: bytes) -> str | None:
    """Nothing where the signature fits, else why it does not."""
    try:
        Webhook(secret).verify(body, listed, json_parse=False)
    except UnicodeDecodeError:
        return "the body is not UTF-8, so its signature cannot be checked"
    except (WebhookVerificationError, ValueError) as error:
        return next((tell for word, tell in _TELLS if word in str(error)), "no signature fits the body")
    return None
