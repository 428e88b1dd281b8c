"""What can go wrong, grouped by what to do next.

    FremgangError
    ├── Refused          the request as a whole was not received: answer it, count it, go on
    │   └── Conflict     a report id was sent again with another content
    ├── NotAllowed       no credential, or one that cannot be used: say which kind is needed
    ├── Retry            the same call may succeed later
    └── Fatal            this process cannot make progress: say why and stop
        └── Taken        another process holds what this one would change

An item that fails inside a batch that is taken is a value (`contracts.connector.Failed`), not an error.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One thing wrong: its reason (a key of `contracts.reasons.REASONS`), where (a JSON pointer, or `line 7, column date`)."""

    reason: str
    pointer: str = ""
    detail: str = ""


class FremgangError(Exception):
    """The root of the hub's own errors; texts never hold payload values."""


class Refused(FremgangError):
    """A request that is refused whole; `faults` says what is wrong where."""

    def __init__(self, faults: Sequence[Fault], status: int = 400) -> None:
        super().__init__(", ".join(sorted({fault.reason for fault in faults})))
        self.faults = tuple(faults)
        self.status = status

    @classmethod
    def because(cls, reason: str, pointer: str = "", detail: str = "", status: int = 400) -> "Refused":
        return cls([Fault(reason, pointer, detail)], status)


class Conflict(Refused):
    """The id is known with another content (xAPI 1.0.3, Data 2.3.1: answer 409)."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults, status=409)


class NotAllowed(FremgangError):
    """`why` is said to the caller; `scheme` is the kind of credential that is needed."""

    def __init__(self, why: str, scheme: Literal["Basic", "Bearer"]) -> None:
        super().__init__(why)
        self.why, self.scheme = why, scheme


class Retry(FremgangError):
    """Not now: the caller may try again after `after` seconds."""

    def __init__(self, why: str, after: int = 5) -> None:
        super().__init__(why)
        self.after = after


class Fatal(FremgangError):
    """The process stops with this reason."""


class Taken(Fatal):
    """Who shares the work may find out anew what is its own, and go on."""
