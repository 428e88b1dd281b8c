"""What an operator can do to a hub: register a supplier, make a token, erase a pupil."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date

import msgspec
from msgspec import Struct

from contracts.connector import Registration
from contracts.dates import DAY, Micros, local_date, school_year, year_end
from contracts.errors import Refused
from contracts.ports import Clock, Log
from contracts.privacy import Identity, Key
from contracts.puller import Access
from services.ingest.suppliers import Suppliers, fernet, new_secret
from services.serve.tokens import Caller, Issuer, Role
from services.stores.reading import Views
from services.stores.store import SqlStore


class Erased:
    """The pseudonyms whose items are not used any more, as the store has them; in memory for the intake."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._subjects: frozenset[str] = frozenset()

    async def load(self) -> None:
        self._subjects = await self._store.erased()

    def now(self) -> frozenset[str]:
        return self._subjects


class Receipt(Struct, frozen=True):
    """rows: deleted from the store. log_gone: when nothing of the pupil can be in the log any more."""

    rows: int
    identities: int
    until: date
    log_gone: Micros


@dataclass(frozen=True)
class Operator:
    """paused: held while sheets are deleted, so that no fold writes them back. deleting: held until all is gone, so that no backup is made
    meanwhile. pulling: source that is fetched from -> its trouble, empty where it is read; without those not looked at yet."""

    key: Key
    clock: Clock
    connectors: frozenset[str]
    pullers: frozenset[str]
    store: SqlStore
    log: Log
    suppliers: Suppliers
    views: Views
    paused: Callable[[], AbstractAsyncContextManager[None]]
    erased: Erased
    issuer: Issuer
    deleting: asyncio.Lock
    pulling: Callable[[], Mapping[str, str]]

    async def register(self, supplier: Registration, access: Access | None = None) -> str:
        """Answers the new secret; the store keeps it encrypted, like the credential by which the supplier is fetched from."""
        secret, kept = new_secret(), fernet(self.key, "suppliers")
        fetched = None if access is None else kept.encrypt(msgspec.json.encode(access)).decode()
        await self.store.register(supplier, kept.encrypt(secret.encode()).decode(), fetched)
        await self.suppliers.load()
        return secret

    async def rotate(self, supplier: str, hours: float) -> str:
        """Answers the new secret; the one before it is taken for so long still, by signature and by password."""
        secret, until = new_secret(), self.clock.now() + round(hours * DAY / 24)
        if not await self.store.rotate(supplier, fernet(self.key, "suppliers").encrypt(secret.encode()).decode(), until):
            raise Refused.because("parameter_invalid", "/name", "no supplier is registered by this name")
        await self.suppliers.load()
        return secret

    def issue(
        self, identity: Identity | None, role: Role, client: str, purpose: str, hours: float, institutions: Sequence[str] = ()
    ) -> str:
        """identity: None for a controller. institutions: of management. Raises `NotAllowed` where the hub makes no tokens."""
        reader = self.key.seal(identity) if identity else "controller"
        return self.issuer.issue(Caller(reader, role, client, purpose, tuple(institutions)), self.clock.now(), hours)

    async def erase(self, identity: Identity) -> Receipt:
        """All identities of the pupil whose identity this is; that identity alone where no roster names it (R4.1)."""
        async with self.deleting:
            return await self._erase(identity)

    async def _erase(self, identity: Identity) -> Receipt:
        sealed = self.key.seal(identity)
        now = self.clock.now()
        until = year_end(school_year(local_date(now)))
        async with self.paused():
            async with self.views.snapshot() as snapshot:
                owner = snapshot.roster.owner(sealed)
                subjects = {sealed, *(snapshot.roster.identities[owner] if owner else ())}
            rows = await self.store.erase(subjects, until)
        self.views.forget(await self.store.change())
        await self.erased.load()
        await self.log.release(frozenset(subjects))
        return Receipt(rows, len(subjects), until, now + self.log.days * DAY)
