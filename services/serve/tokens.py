"""Bearer tokens (JWT): the embedded hub's own issuer, and what a token says of its caller."""

from typing import Any, Final, Literal, get_args

import jwt
from msgspec import Struct

from contracts.dates import SECOND, Micros
from contracts.errors import NotAllowed
from contracts.privacy import Key

AUDIENCE: Final = "fremgang"
ALGORITHM: Final = "HS256"
HOUR: Final = 3_600

Role = Literal["teacher", "pupil", "management", "controller"]
"""teacher: the groups they teach. pupil: themselves. management: the classes and years of their schools as a whole, and no pupil.
controller: access log, ledger and failed items of the hub, no person's readings."""


class Caller(Struct, frozen=True):
    """reader: the sealed identity (or the pupil's hub id). client: the platform. purpose: one of T1-T4 or insight (R2.2). institutions: of
    management, the schools that they are of."""

    reader: str
    role: Role
    client: str
    purpose: str
    institutions: tuple[str, ...] = ()


class Issuer:
    """Makes and reads tokens; `open` is False where the hub listens beyond loopback, and then it does neither."""

    def __init__(self, key: Key, *, open_: bool) -> None:
        self._secret, self._open = key.derive("tokens"), open_
        self._issuer = f"urn:fremgang:hub:{key.check}"

    def issue(self, caller: Caller, now: Micros, hours: float = 12) -> str:
        if not self._open:
            raise NotAllowed("this hub listens beyond loopback and makes no tokens", "Bearer")
        issued = now // SECOND
        claims = {
            "iss": self._issuer, "aud": AUDIENCE, "iat": issued, "exp": issued + round(hours * HOUR), "sub": caller.reader,
            "role": caller.role, "azp": caller.client, "purpose": caller.purpose, "institutions": caller.institutions,
        }  # fmt: skip
        return jwt.encode(claims, self._secret, ALGORITHM)

    def read(self, authorization: str | None, now: Micros) -> Caller:
        """The caller of a request. Raises `NotAllowed`: no token, forged, expired by the hub's clock, or for another hub."""
        if not self._open:
            raise NotAllowed("this hub listens beyond loopback, where its own tokens do not count", "Bearer")
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAllowed("a bearer token is needed", "Bearer")
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._secret, [ALGORITHM], audience=AUDIENCE, issuer=self._issuer,
                options={"require": ["exp", "sub", "role", "azp", "purpose"], "verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.PyJWTError:
            raise NotAllowed("the token is not one of this hub's", "Bearer") from None
        if claims["exp"] * SECOND <= now:
            raise NotAllowed("the token has expired", "Bearer")
        if claims["role"] not in get_args(Role):
            raise NotAllowed("the token has no role that is known here", "Bearer")
        return Caller(claims["sub"], claims["role"], claims["azp"], claims["purpose"], tuple(claims.get("institutions", ())))
