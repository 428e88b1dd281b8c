"""Two versions of a definition side by side (R8.5): a changed one is a new version, and the one before it is served beside it until a date
that it declares itself, so that whoever reads its numbers has the time to move on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Protocol, TypeVar

from contracts.errors import Fatal


class Versioned(Protocol):
    """key: its name and version. until: of a superseded version, the last local date on which it is served; None of the newest."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def until(self) -> date | None: ...
    @property
    def key(self) -> str: ...


Definition = TypeVar("Definition", bound=Versioned)


def beside_each_other(several: Iterable[Definition]) -> list[Definition]:
    """By name, and of each name the newest first. Raises `Fatal` where a version is declared twice, where one that has a successor does not
    say until when it is served, and where one that has none does."""
    found = sorted(several, key=lambda one: (one.name, -one.version))
    for newer, older in pairwise(found):
        if newer.key == older.key:
            raise Fatal(f"starting: {newer.key} is declared twice")
        if newer.name == older.name and older.until is None:
            raise Fatal(f"starting: {older.key} has a successor and does not say until when it is served")
    for _, versions in groupby(found, lambda one: one.name):
        if (newest := next(versions)).until is not None:
            raise Fatal(f"starting: {newest.key} says until when it is served and has no successor")
    return found


def served(several: Sequence[Definition], today: date) -> list[Definition]:
    """Without those whose time is over."""
    return [one for one in several if one.until is None or today <= one.until]


def is_asked_for(one: Versioned, named: Collection[str]) -> bool:
    """A name asks for its newest version, a key (`items-answered@1`) for that one; where nothing is named, the newest of each is meant."""
    return one.key in named or (one.until is None and (not named or one.name in named))
