"""The plan of the invented municipality: which schools it has, and their classes. Pure.

Institutions have 10 to 30 classes of 22 to 28 pupils (domain 2.10: about 23 home classes a school); 400 classes are the schools of about
10,000 pupils. The first is Skovbakkeskolen, whose first three classes are the whole school where nobody asks for more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from services.demo.dice import dice

USUAL: Final = 3
MUNICIPALITY: Final = 400
MOST: Final = 800
"""Classes."""
MOST_PUPILS: Final = 28
"""The legal maximum of a class."""
PLACES_OF_A_CLASS: Final = 32
"""Pupils that a class can be given numbers for, those who come later among them."""
MOST_CLASSES: Final = 30
"""Classes of a school."""
SUBJECTS: Final[Mapping[str, str]] = MappingProxyType({"DAN": "Dansk", "MAT": "Matematik"})
_FIRST: Final = 101_001
_OPENING: Final[Mapping[str, int]] = MappingProxyType({"5.A": 22, "6.B": 21, "8.C": 20})
_PLACES_NAMES: Final = (
    "Skovbakke Højvang Engbjerg Åbrink Møllehøj Lyngdal Bøgelund Kærmark Strandmose Nordvang Solbjerg Egehøj Birkelund Hedegård Fuglsang "
    "Vesterbæk Lindehøj Rønnevang Klintebjerg Søndermark Tornhøj Pilegård Ellemose Granlund Havrebakke"
)
_PLACES: Final = _PLACES_NAMES.split()


@dataclass(frozen=True, eq=False)
class School:
    """number: its institution number. classes: class -> pupils at the beginning of a year; before the point is the grade."""

    index: int
    number: str
    name: str
    classes: Mapping[str, int]


@lru_cache(maxsize=8)
def schools(classes: int = USUAL) -> tuple[School, ...]:
    """The municipality's first `classes` classes, each school filled before the next begins."""
    found: list[School] = []
    while classes > 0:
        found.append(_school(len(found), classes))
        classes -= len(found[-1].classes)
    return tuple(found)


def _school(index: int, most: int) -> School:
    sizes = _sizes(index)
    name = f"{_PLACES[index % len(_PLACES)]}skolen" + (f" {index // len(_PLACES) + 1}" if index >= len(_PLACES) else "")
    return School(index, str(_FIRST + index), name, MappingProxyType(dict(list(sizes.items())[:most])))


def _sizes(index: int) -> dict[str, int]:
    """All classes of a school: of each grade one, then of each a second, then a third, as many as it has."""
    count = MOST_CLASSES if index == 0 else dice("classes", index).randint(10, MOST_CLASSES)
    named = [f"{grade}.{letter}" for letter in "ABC" for grade in range(10)]
    opening = dict(_OPENING) if index == 0 else {}
    return opening | {group: dice("size", index, group).randint(22, MOST_PUPILS) for group in named[:count] if group not in opening}


def first_number(school: School, place: int) -> int:
    """Of the pupils of a class: no two of the municipality have one number."""
    return (school.index * MOST_CLASSES + place) * PLACES_OF_A_CLASS + 1


SKOVBAKKEN: Final = schools()[0]
