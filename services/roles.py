"""What a process does of a hub: all of it, or one part, N processes of each."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """ingest: the doors for what is sent. pull: fetches. process: folds, ticks, deletes. serve: the read API and its page."""

    INGEST = "ingest"
    PULL = "pull"
    PROCESS = "process"
    SERVE = "serve"


Roles = frozenset[Role]
ALL: Final[Roles] = frozenset(Role)
