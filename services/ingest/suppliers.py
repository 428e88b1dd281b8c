"""Who may send: each supplier's own credential, told apart before anything of the request is parsed."""

import base64
import hmac
import secrets
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Final, Protocol

from cryptography.fernet import Fernet
from standardwebhooks import Webhook, WebhookVerificationError

from contracts.connector import Registration
from contracts.errors import NotAllowed
from contracts.privacy import Key

PREFIX: Final = "whsec_"


class Registry(Protocol):
    async def suppliers(self) -> list[Registration]: ...
    async def secrets(self) -> dict[str, str]: ...


def fernet(key: Key, purpose: str) -> Fernet:
    """Encryption under the hub's key, for what must be kept but not be readable with the data alone."""
    return Fernet(base64.urlsafe_b64encode(key.derive(purpose)))


def new_secret() -> str:
    """A Standard Webhooks secret (24-64 random bytes, `whsec_` and base64); also the password of Basic authentication."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


class Suppliers:
    """The registered suppliers, held in memory; `load` again after one was added."""

    def __init__(self, registry: Registry, key: Key) -> None:
        self._registry, self._fernet = registry, fernet(key, "suppliers")
        self._known: dict[str, tuple[Registration, str]] = {}

    async def load(self) -> None:
        kept = await self._registry.secrets()
        self._known = {one.supplier: (one, self._fernet.decrypt(kept[one.supplier]).decode()) for one in await self._registry.suppliers()}

    def all(self) -> list[Registration]:
        return [registration for registration, _ in self._known.values()]

    def basic(self, authorization: str | None) -> Registration:
        """By HTTP Basic: the supplier's name and secret."""
        scheme, _, encoded = (authorization or "").partition(" ")
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (Base64Error, UnicodeDecodeError):
            raise NotAllowed("the Basic credential cannot be read", "Basic") from None
        registration, known = self._known.get(name, (None, "none"))
        if scheme.lower() != "basic" or registration is None or not hmac.compare_digest(secret.encode(), known.encode()):
            raise NotAllowed("no such credential", "Basic")
        return registration

    def named(self, supplier: str) -> Registration:
        """Before anything of a signed request is read."""
        if supplier not in self._known:
            raise NotAllowed("no such credential", "Basic")
        return self._known[supplier][0]

    def signed(self, supplier: str, headers: Mapping[str, str], body: bytes) -> Registration:
        """By Standard Webhooks signature over the raw body, at most 5 minutes old."""
        registration, known = self.named(supplier), self._known[supplier][1]
        try:
            Webhook(known).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            raise NotAllowed("the signature does not fit", "Basic") from None
        return registration
