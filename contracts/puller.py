"""A puller as a value: how a source is asked for what is new, and which connector reads the items of its answer.

Asking and reading are its own; connection, retries, pace and the taking of items are the loop's (`services.pull`). A puller keeps
nothing: where it stands is a cursor that goes in with every call and comes out with every page, and is saved in one step with the
page's items.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from msgspec import Struct

from contracts.connector import Registration
from contracts.dates import Micros


@dataclass(frozen=True)
class Trouble:
    """Why a source could not be read, and what its operator can do. lasting: trying again at once would be of no use."""

    title: str
    mend: str
    lasting: bool = False


TROUBLES: Final[Mapping[str, Trouble]] = MappingProxyType(
    {
        "unreachable": Trouble("It does not answer", "Check its address, its certificate and the way to it."),
        "throttled": Trouble("It asks to be asked less often", "Nothing to mend: the hub waits as long as it says."),
        "failing": Trouble("It answers that it failed itself", "Tell whoever runs it."),
        "not_allowed": Trouble("It does not take the credential", "Register the source again with the right one.", lasting=True),
        "refused": Trouble("It does not take the request", "Check that the registered address is that of the source.", lasting=True),
        "too_large": Trouble("Its answer is larger than the hub takes", "Lower FREMGANG_PULL_PAGE_ITEMS.", lasting=True),
        "not_a_page": Trouble("Its answer is not what its standard says", "Tell whoever runs it.", lasting=True),
        "foreign_address": Trouble("It points at another server", "Tell whoever runs it; the credential is for it alone.", lasting=True),
        "endless": Trouble("Its pages do not come to an end", "Tell whoever runs it.", lasting=True),
        "hub_failed": Trouble("The hub failed on its answer", "Tell the hub's operator; the hub's log says where.", lasting=True),
    }
)
"""The closed list, which metrics and log use."""


class Unfetched(Exception):
    """A source gave no page. trouble: a key of `TROUBLES`. after: seconds that it asks to be left alone."""

    def __init__(self, trouble: str, after: float = 0) -> None:
        super().__init__(trouble)
        self.trouble, self.after = trouble, after

    @property
    def lasting(self) -> bool:
        return TROUBLES[self.trouble].lasting


class Answer(Struct, frozen=True):
    """headers: names in lower case."""

    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """A client of one source, signed in to it."""

    def own(self, address: str) -> bool:
        """Whether an address is on the source's own server."""
        ...

    async def get(self, address: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """A 200 answer. address: relative to the registered one, or one that is `own`. Raises `Unfetched`; what may pass is tried again
        first."""
        ...


class Asking(Struct, frozen=True):
    """items: in one page, at most. overlap: how far behind the newest known the source is asked again, since two of its writers may
    finish in another order than they began. now: the hub's time."""

    items: int
    overlap: Micros
    now: Micros


class Page(Struct, frozen=True):
    """items: each is what the reading connector takes as the body of one request. cursor: where to go on when they are saved.
    more: there is more already."""

    items: tuple[bytes, ...]
    cursor: bytes
    more: bool


Fetch = Callable[[Http, bytes, Asking], Awaitable[Page]]
"""(client, cursor, asking) -> the next page. An empty cursor: from the beginning."""


@dataclass(frozen=True)
class Puller:
    """reads: the connector that translates its items, as whose they count: what a source also pushes is the same report. kind: what an
    item that cannot be read counts as, of that connector's. headers: of the requests that the connector is given."""

    name: str
    title: str
    reads: str
    kind: str
    fetch: Fetch
    headers: Mapping[str, str] = field(default_factory=dict)


class Access(Struct, frozen=True):
    """By which puller a source is fetched, where it is, and the credential that it knows the hub by."""

    puller: str
    url: str
    username: str
    password: str

    def __repr__(self) -> str:
        return "Access(..)"


@dataclass(frozen=True)
class Pulled:
    """One registered source."""

    registration: Registration
    access: Access

    @property
    def source(self) -> str:
        """What its cursor is kept under: another address begins anew."""
        return f"{self.access.puller} {self.registration.supplier} {self.access.url}"
