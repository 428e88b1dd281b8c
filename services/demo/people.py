"""Who goes to the invented schools and who teaches there. Pure; nobody here exists."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from services.demo.changes import ALL, Change, came
from services.demo.dice import dice
from services.demo.plan import MOST_PUPILS, PLACES_OF_A_CLASS, SKOVBAKKEN, SUBJECTS, School, first_number
from services.demo.practice import LEVEL, ability, diligence, share
from services.demo.teacher import TEACHER

_GIVEN_NAMES: Final = (
    "Alma Anton Agnes Aksel Asta Albert Clara Carl Ella Emil Freja Felix Frida Frederik Ida Elias Karla Hugo Laura Johan Liva Kasper "
    "Luna Lauge Maja Liam Mathilde Magnus Merle Malthe Nanna Marius Nora Mikkel Olivia Noah Rosa Oliver Saga Oscar Signe Otto Sofia "
    "Philip Søren Storm Thea Theo Vigga Valdemar Viola Victor Yasmin Villads Zahra William Åse Yusuf Ævar Øjvind"
)
_GIVEN: Final = _GIVEN_NAMES.split()
_FAMILY_NAMES: Final = (
    "Andersen Bach Berg Bruun Christensen Dahl Eriksen Frandsen Friis Hansen Holm Iversen Jensen Juhl Kjær Kristensen Krogh Lassen Lund "
    "Madsen Møller Nielsen Nygaard Olesen Petersen Poulsen Ravn Schmidt Skov Sørensen Thomsen Toft Vestergaard Winther Østergaard Aaby"
)
_FAMILY: Final = _FAMILY_NAMES.split()
_PLAIN: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_TAILS: Final = (9 * len(_LETTERS)) ** 2
_STRIDE: Final = 20_011
"""Coprime to `_TAILS`, so that no two numbers below `_TAILS` get the same tail."""
_OF_PUPILS: Final = _TAILS - 4_000
"""The others are for teachers."""


@dataclass(frozen=True, slots=True)
class Pupil:
    """group: the class at the time asked for. key: what `ordleg` calls the pupil. able: against others, a logit. zeal: how much the pupil
    does, 1 is usual. away: the share of school days absent."""

    institution: str
    unilogin: str
    name: str
    group: str
    key: str
    able: float
    zeal: float
    away: float

    @property
    def grade(self) -> int:
        return int(self.group.partition(".")[0])

    @property
    def skill(self) -> float:
        """How often right at first try, in a middling skill."""
        return share(LEVEL + self.able)


@dataclass(frozen=True, slots=True)
class Teacher:
    """home: the class whose home-class teacher it is. holds: (class, subject) taught besides."""

    unilogin: str
    name: str
    home: str | None
    holds: tuple[tuple[str, str], ...]


TEACHERS: Final = (
    Teacher(TEACHER.value, "Lone Holm", "5.A", (("6.B", "MAT"),)),
    Teacher("mads4k7p", "Mads Friis", "6.B", (("6.B", "DAN"), ("8.C", "DAN"))),
    Teacher("gith2w9d", "Githa Ravn", "8.C", (("8.C", "MAT"),)),
    Teacher("jens5f3m", "Jens Toft", None, (("5.A", "MAT"),)),
)
"""Those of the first three classes of Skovbakkeskolen."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A pupil in a class. since, until: the changes with which it begins and ends, None where the whole year has it."""

    pupil: Pupil
    since: Change | None
    until: Change | None


@lru_cache(maxsize=128)
def stays(school: School, changes: int) -> tuple[Stay, ...]:
    """Who is and was in which class of a school in a year after so many of its changes, by class."""
    found = [Stay(pupil, None, None) for place, group in enumerate(school.classes) for pupil in _class(school, place, group)]
    for change in ALL[:changes]:
        found.extend(_moved(school, found, change) if change.moves else _came(school, change))
    order = list(school.classes)
    return tuple(sorted(found, key=lambda stay: order.index(stay.pupil.group)))


def _moved(school: School, found: list[Stay], change: Change) -> Iterator[Stay]:
    """Somebody who has not moved yet goes over to the next class."""
    still = [at for at, stay in enumerate(found) if stay.since is None and stay.until is None]
    at, groups = dice("moves", school.index, change.index).choice(still), list(school.classes)
    pupil = found[at].pupil
    if len(groups) > 1:
        found[at] = replace(found[at], until=change)
        yield Stay(replace(pupil, group=groups[(groups.index(pupil.group) + 1) % len(groups)]), change, None)


def _came(school: School, change: Change) -> Iterator[Stay]:
    """Somebody new, in each class in turn as long as its numbers last."""
    turn, groups = change.index // 2, list(school.classes)
    place, at = turn % len(groups), MOST_PUPILS + turn // len(groups)
    if at < PLACES_OF_A_CLASS:
        yield Stay(_at(school, place, groups[place], at), change, None)


def pupils(school: School = SKOVBAKKEN, day: date | None = None) -> tuple[Pupil, ...]:
    """The pupils of a school on a day, or at the beginning of the year, by class; the same however many classes there are after theirs."""
    return _present(school, came(day) if day else 0)


@lru_cache(maxsize=128)
def _present(school: School, changes: int) -> tuple[Pupil, ...]:
    return tuple(stay.pupil for stay in stays(school, changes) if stay.until is None)


def of_class(group: str, school: School = SKOVBAKKEN, day: date | None = None) -> tuple[Pupil, ...]:
    return tuple(pupil for pupil in pupils(school, day) if pupil.group == group)


def _class(school: School, place: int, group: str) -> Iterator[Pupil]:
    return (_at(school, place, group, at) for at in range(school.classes[group]))


def _at(school: School, place: int, group: str, at: int) -> Pupil:
    """No two pupils of a class share a given name, nor two of a school both names."""
    given = _drawn(school.index, place)[at]
    return _pupil(school, first_number(school, place) + at, group, _GIVEN[given], _FAMILY[(place + 7 * given) % len(_FAMILY)])


@lru_cache(maxsize=1000)
def _drawn(index: int, place: int) -> tuple[int, ...]:
    return tuple(dice("names", index, place).sample(range(len(_GIVEN)), PLACES_OF_A_CLASS))


def _pupil(school: School, number: int, group: str, given: str, family: str) -> Pupil:
    chance = dice("pupil", number)
    return Pupil(
        institution=school.number,
        unilogin=_unilogin(given, number % _OF_PUPILS, number // _OF_PUPILS),
        name=f"{given} {family}",
        group=group,
        key=f"K-{number:05}",
        able=ability(chance),
        zeal=diligence(chance),
        away=chance.triangular(0.0, 0.16, 0.03),
    )


def _unilogin(given: str, number: int, again: int = 0) -> str:
    """Four letters of the name and a tail that is the number's own; where all tails are taken and begin again, a letter instead of the
    fourth that no name has."""
    rest, letters = number * _STRIDE % _TAILS, len(_LETTERS)
    tail = ""
    for size in (letters, 9, letters, 9):
        rest, place = divmod(rest, size)
        tail = (_LETTERS[place] if size == letters else str(place + 1)) + tail
    name = given.lower().translate(_PLAIN).ljust(4, "x")
    return name[:4] + tail if again == 0 else f"{name[:3]}{'qwz'[again - 1]}{tail}"


@lru_cache(maxsize=64)
def teachers(school: School = SKOVBAKKEN) -> tuple[Teacher, ...]:
    """A home-class teacher for each class, who teaches Danish there and mathematics in the class after it."""
    known = TEACHERS if school.index == 0 else ()
    taught = {hold for one in known for hold in one.holds}
    homes = {one.home for one in known}
    classes = list(school.classes)
    after = dict(zip(classes, classes[1:] + classes[:1], strict=True))
    made = (_teacher(school, place, group, after[group], taught) for place, group in enumerate(classes) if group not in homes)
    return (*known, *made)


def _teacher(school: School, place: int, home: str, other: str, taught: set[tuple[str, str]]) -> Teacher:
    number = _TAILS - 1 - school.index * 30 - place
    chance = dice("teacher", number)
    given = chance.choice(_GIVEN)
    holds = tuple(hold for hold in zip((home, other), SUBJECTS, strict=True) if hold not in taught)
    return Teacher(_unilogin(given, number), f"{given} {chance.choice(_FAMILY)}", home, holds)


def everybody(schools: tuple[School, ...]) -> Iterator[Pupil]:
    for school in schools:
        yield from pupils(school)
