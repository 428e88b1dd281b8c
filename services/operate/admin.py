"""What the operator's commands ask of the hub: reached over its own socket in the file system, never over the network."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, HttpUrl, SecretStr, field_validator

from contracts.connector import Registration
from contracts.dates import rfc3339
from contracts.errors import Refused
from contracts.privacy import Identity
from contracts.puller import Access
from services.loopback import LOOPBACK
from services.operate.operator import Operator
from services.serve.tokens import Role


class Where(BaseModel):
    """Where a source is fetched from, and as whom. A credential goes over TLS, but on this machine."""

    url: HttpUrl
    username: str = Field(min_length=1, max_length=200, pattern=r"^[^:\x00-\x1f]+$")
    password: SecretStr = Field(min_length=1, max_length=1_000)

    @field_validator("url")
    @classmethod
    def _guarded(cls, url: HttpUrl) -> HttpUrl:
        if url.scheme != "https" and (url.host or "").strip("[]") not in LOOPBACK:
            raise ValueError("https only")
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("no credential, query or fragment in the address")
        return url


class SupplierAsked(BaseModel):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    connectors: list[str] = Field(min_length=1)
    institutions: list[Annotated[str, Field(pattern=r"^[0-9A-ZÆØÅ]{6}$")]] = Field(min_length=1)
    tool: str | None = None
    subject: str = Field("unassigned", pattern=r"^([0-9A-ZÆØÅ]{2,8}|unassigned)$")
    identities: dict[str, str] = {}
    rank: int = Field(0, ge=0, le=99)
    expected_by: str | None = Field(None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    roster: bool = False
    fetched: Where | None = None


class SupplierMade(BaseModel):
    name: str
    secret: str


class RotationAsked(BaseModel):
    name: str
    hours: float = Field(24, ge=0, le=168)


class IdentityAsked(BaseModel):
    scheme: str
    value: str


class TokenAsked(BaseModel):
    role: Role
    identity: IdentityAsked | None = None
    client: str = "command-line"
    purpose: str = "T1"
    hours: float = Field(12, gt=0, le=720)
    institutions: list[str] = []


class TokenMade(BaseModel):
    token: str


class Receipt(BaseModel):
    rows: int
    identities: int
    remembered_until: str
    log_gone_at: str


def _access(asked: SupplierAsked, pullers: frozenset[str]) -> Access | None:
    """Raises `Refused` where a source that is fetched from has no address, or one that is not has."""
    named = sorted(set(asked.connectors) & pullers)
    if len(named) > 1 or bool(named) != (asked.fetched is not None):
        detail = f"an address and a credential go with exactly one of {', '.join(sorted(pullers))}"
        raise Refused.because("parameter_invalid", "/fetched", detail)
    if asked.fetched is None:
        return None
    return Access(named[0], str(asked.fetched.url).rstrip("/"), asked.fetched.username, asked.fetched.password.get_secret_value())


def routes(operator: Operator) -> APIRouter:
    router = APIRouter()

    @router.post("/suppliers")
    async def add_supplier(asked: SupplierAsked) -> SupplierMade:
        """Registers a supplier, or changes it; either way it gets a new secret, shown this once."""
        known = operator.connectors | operator.pullers
        if set(asked.connectors) - known:
            raise Refused.because("parameter_invalid", "/connectors", f"there are {', '.join(sorted(known))}")
        registration = Registration(
            asked.name, frozenset(asked.connectors), frozenset(asked.institutions), asked.tool or asked.name, asked.subject,
            asked.identities, asked.rank, asked.expected_by, asked.roster,
        )  # fmt: skip
        return SupplierMade(name=asked.name, secret=await operator.register(registration, _access(asked, operator.pullers)))

    @router.post("/rotations")
    async def rotate(asked: RotationAsked) -> SupplierMade:
        """A new secret, shown this once, while the one before it is still taken for so many hours."""
        return SupplierMade(name=asked.name, secret=await operator.rotate(asked.name, asked.hours))

    @router.post("/tokens")
    async def make_token(asked: TokenAsked) -> TokenMade:
        """For a teacher, a pupil or one of the management by a source identity, or for the controller."""
        if bool(asked.institutions) != (asked.role == "management"):
            raise Refused.because("parameter_invalid", "/institutions", "management, and nobody else, is of one or more schools")
        identity = Identity(asked.identity.scheme, asked.identity.value) if asked.identity else None
        return TokenMade(token=operator.issue(identity, asked.role, asked.client, asked.purpose, asked.hours, asked.institutions))

    @router.post("/erasures")
    async def erase(asked: IdentityAsked) -> Receipt:
        """Deletes a pupil and remembers their pseudonyms to the 31 October after the school year (R4.1)."""
        receipt = await operator.erase(Identity(asked.scheme, asked.value))
        return Receipt(
            rows=receipt.rows,
            identities=receipt.identities,
            remembered_until=receipt.until.isoformat(),
            log_gone_at=rfc3339(receipt.log_gone),
        )

    return router
