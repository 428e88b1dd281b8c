"""Who goes to the invented schools and who teaches there. Pure; nobody here exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.demo.dice import dice
from services.demo.plan import MOST_PUPILS, SKOVBAKKEN, SUBJECTS, School
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


@dataclass(frozen=True, slots=True)
class Pupil:
    """key: what `ordleg` calls the pupil. skill: how often right at first try. zeal: how much the pupil does, 1 is usual.
    away: the share of school days absent."""

    institution: str
    unilogin: str
    name: str
    group: str
    key: str
    skill: float
    zeal: float
    away: float

    @property
    def grade(self) -> int:
        return int(self.group.partition(".")[0])


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


@lru_cache(maxsize=64)
def pupils(school: School = SKOVBAKKEN) -> tuple[Pupil, ...]:
    """All pupils of a school, by class. Those of a class are the same however many classes there are."""
    return tuple(pupil for place, group in enumerate(school.classes) for pupil in _class(school, place, group))


def of_class(group: str, school: School = SKOVBAKKEN) -> tuple[Pupil, ...]:
    return tuple(pupil for pupil in pupils(school) if pupil.group == group)


def _class(school: School, place: int, group: str) -> Iterator[Pupil]:
    """No two pupils of a class share a given name, nor two of a school both names."""
    first = (school.index * 30 + place) * MOST_PUPILS + 1
    drawn = dice("names", school.index, place).sample(range(len(_GIVEN)), MOST_PUPILS)
    for at, given in enumerate(drawn[: school.classes[group]]):
        yield _pupil(school, first + at, group, _GIVEN[given], _FAMILY[(place + 7 * given) % len(_FAMILY)])


def _pupil(school: School, number: int, group: str, given: str, family: str) -> Pupil:
    chance = dice("pupil", number)
    return Pupil(
        institution=school.number,
        unilogin=_unilogin(given, number),
        name=f"{given} {family}",
        group=group,
        key=f"K-{number:05}",
        skill=chance.uniform(0.5, 0.95),
        zeal=0.05 if number % 20 == 7 else chance.uniform(0.5, 1.4),
        away=chance.triangular(0.0, 0.14, 0.02),
    )


def _unilogin(given: str, number: int) -> str:
    """Four letters of the name and a tail that is the number's own."""
    rest, letters = number * _STRIDE % _TAILS, len(_LETTERS)
    tail = ""
    for size in (letters, 9, letters, 9):
        rest, place = divmod(rest, size)
        tail = (_LETTERS[place] if size == letters else str(place + 1)) + tail
    return given.lower().translate(_PLAIN).ljust(4, "x")[:4] + tail


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
