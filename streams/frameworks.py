"""Versions of a curriculum's goals: which is in force, and what follows it (domain 2.4, 4.2 no. 22).

Goals are items of a framework (CASE 1.0, CFItem of a CFDocument), and what a pupil reaches in one is not reached in the next: each has a
reading of its own. That an item, or a whole framework, is followed by another is what CASE calls `replacedBy`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from msgspec import Struct

from contracts.facts import Fact
from contracts.indicator import Texts


@dataclass(frozen=True)
class Framework:
    """first, last: the local dates between which this version is in force, both included. replaced_by: a goal of it, or its own id -> the
    goal, or the framework, that follows."""

    id: str
    version: str
    first: date
    last: date
    replaced_by: Mapping[str, str]

    @classmethod
    def of(cls, fact: Fact) -> "Framework":
        told = fact.content
        last = date.fromisoformat(told["valid_to"]) if "valid_to" in told else date.max
        return cls(told["framework_id"], told["version"], date.fromisoformat(told["valid_from"]), last, told["replaced_by"])


class Named(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """A framework as a reading names it. All but the id is null where nobody told of it; `to` also where no end is known, replaced_by where
    no framework follows."""

    id: str
    version: str | None = None
    first: date | None = None
    last: date | None = None
    in_force: bool | None = None
    replaced_by: str | None = None


def as_of(told: Iterable[Framework], id_: str, day: date) -> Framework | None:
    """The version of a framework that is in force on a date; else the last one that was, else the first one that will be."""
    versions = sorted((one.first, one.version, one) for one in told if one.id == id_)
    begun = [one for first, _, one in versions if first <= day]
    return begun[-1] if begun else versions[0][-1] if versions else None


def named(id_: str, known: Framework | None, day: date) -> Named:
    if known is None:
        return Named(id_)
    last = None if known.last == date.max else known.last
    return Named(id_, known.version, known.first, last, known.first <= day <= known.last, known.replaced_by.get(id_))


_GOALS: Final = Texts(" Målene er dem i {id}", " The goals are those of {id}")
_SINCE: Final = Texts(", version {version}, gyldig fra {first}", ", version {version}, valid from {first}")
_UNTIL: Final = Texts(" til {last}", " to {last}")
_FOLLOWED: Final = Texts(
    ". Den følges af {replaced_by}; det, der er nået her, tæller ikke som nået dér.",
    ". It is followed by {replaced_by}; what is reached here does not count as reached there.",
)
_GOALS_FOLLOWED: Final = Texts(
    ". {goals} af dens mål følges af andre, som tæller for sig.", ". {goals} of its goals are followed by others, which count apart."
)
_END: Final = Texts(".", ".")


def sentence(id_: str, known: Framework | None) -> Texts:
    """Which goals a reading is of, and what follows them; to stand after an explanation."""
    if known is None:
        return _together([_GOALS, _END], id=id_)
    goals = len(known.replaced_by.keys() - {id_})
    follows = _FOLLOWED if id_ in known.replaced_by else _GOALS_FOLLOWED if goals else _END
    until = [_UNTIL] if known.last < date.max else []
    return _together(
        [_GOALS, _SINCE, *until, follows], id=id_, version=known.version, first=str(known.first), last=str(known.last), goals=goals,
        replaced_by=known.replaced_by.get(id_),
    )  # fmt: skip


def _together(parts: Iterable[Texts], **told: str | int | None) -> Texts:
    texts = [part.told(**told) for part in parts]
    return Texts("".join(one.da for one in texts), "".join(one.en for one in texts))
