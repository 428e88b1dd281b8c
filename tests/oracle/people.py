"""Who a pupil is, and where and in which grade on a date (design 3, "Who a pupil is" and "Which school")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from oracle.sent import Identity, spelt


@dataclass(frozen=True)
class Place:
    """A class of an institution that a pupil is in, from a date to a date, both included; None is open."""

    institution: str
    class_id: str
    grade: int | None
    valid_from: date | None
    valid_to: date | None

    def holds(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Pupil:
    """A pupil as the roster tells of them; `key` is the test's own name for the pupil."""

    key: str
    identities: frozenset[Identity]
    places: tuple[Place, ...]

    def enrolled(self, institution: str, day: date) -> bool:
        return any(place.institution == institution and place.holds(day) for place in self.places)

    def in_group(self, group: tuple[str, str], day: date) -> bool:
        """group: institution, and what the roster calls it there."""
        return any((place.institution, place.class_id) == group and place.holds(day) for place in self.places)

    def grade(self, institution: str, day: date) -> int | None:
        """The grade of the class there on that date; of several the first by class id that has one."""
        here = sorted((p.class_id, p.grade) for p in self.places if p.institution == institution and p.holds(day) and p.grade is not None)
        return here[0][1] if here else None

    def home(self, today: date) -> str:
        """The institution whose calendar counts: that of today, else the one left last."""
        now = sorted(place.institution for place in self.places if place.holds(today))
        past = sorted((place.valid_to or date.max, place.institution) for place in self.places)
        return now[0] if now else past[-1][1]


def pupil(key: str, identities: Iterable[Identity], classes: Iterable[tuple[str, str, int | None, date | None, date | None]]) -> Pupil:
    """A pupil from plain values."""
    return Pupil(key, frozenset(spelt(*one) for one in identities), tuple(Place(*one) for one in classes))


@dataclass
class People:
    """The rosters' pupils and the suppliers' links: (identity, the roster's identity, school that it is said of; None where all are)."""

    pupils: dict[str, Pupil] = field(default_factory=dict)
    links: list[tuple[Identity, Identity, str | None]] = field(default_factory=list)

    def owners(self) -> dict[Identity, str]:
        """Identity -> pupil key, for the identities that exactly one pupil has, by the roster or one link away from it.

        A roster outweighs every link, and a link holds only in a school whose roster names the pupil that it leads to.
        """
        named = self.claims()
        claims = {identity: set(keys) for identity, keys in named.items()}
        for left, right, school in self.links:
            pupils = named.get(right, set())
            if left not in named and any(school in (None, place.institution) for key in pupils for place in self.pupils[key].places):
                claims.setdefault(left, set()).update(pupils)
        return {identity: next(iter(keys)) for identity, keys in claims.items() if len(keys) == 1}

    def claims(self) -> dict[Identity, set[str]]:
        """Identity -> the pupils that the roster names by it."""
        named = defaultdict[Identity, set[str]](set)
        for one in self.pupils.values():
            for identity in one.identities:
                named[identity].add(one.key)
        return dict(named)
