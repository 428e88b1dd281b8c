"""The invented school: who is there, and the files by which its systems and suppliers tell of it. Pure; nobody in it exists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random
from typing import Final

import msgspec

from contracts.dates import Micros, local_date, school_year
from contracts.privacy import UNILOGIN
from services.demo.days import is_school, span
from services.demo.dice import dice
from services.demo.package import Rows, package
from services.demo.teacher import TEACHER

INSTITUTION: Final = "101001"
NAME: Final = "Skovbakkeskolen"
CLASSES: Final[Mapping[str, int]] = {"5.A": 22, "6.B": 21, "8.C": 20}
"""Class -> number of pupils; the number before the point is the grade."""
ORDLEG: Final = "ordleg"
"""The scheme of the ids that one material knows pupils by, and the material's name."""

_GIVEN: Final = (
    "Alma Anton Agnes Aksel Asta Albert Clara Carl Ella Emil Freja Felix Frida Frederik Ida Elias Karla Hugo Laura Johan Liva Kasper "
    "Luna Lauge Maja Liam Mathilde Magnus Merle Malthe Nanna Marius Nora Mikkel Olivia Noah Rosa Oliver Saga Oscar Signe Otto Sofia "
    "Philip Søren Storm Thea Theo Vigga Valdemar Viola Victor Yasmin Villads Zahra William Åse Yusuf Ævar Øjvind"
)
_FAMILY: Final = (
    "Andersen Bach Berg Bruun Christensen Dahl Eriksen Frandsen Friis Hansen Holm Iversen Jensen Juhl Kjær Kristensen Krogh Lassen Lund "
    "Madsen Møller Nielsen Nygaard Olesen Petersen Poulsen Ravn Schmidt Skov Sørensen Thomsen Toft Vestergaard Winther Østergaard Aaby"
)
_PLAIN: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Pupil:
    """key: what `ordleg` calls the pupil. skill: how often right at first try. zeal: how much the pupil does, 1 is usual.
    away: the share of school days absent."""

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


@dataclass(frozen=True)
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
SUBJECTS: Final = {"MAT": "Matematik", "DAN": "Dansk"}


@lru_cache(maxsize=1)
def pupils() -> tuple[Pupil, ...]:
    """All pupils, by class."""
    chance = dice("pupils")
    groups = [group for group, count in CLASSES.items() for _ in range(count)]
    given = _drawn(chance, _GIVEN)
    family = _drawn(chance, _FAMILY)
    people = zip(groups, given, family, strict=False)
    return tuple(_pupil(number, group, first, last) for number, (group, first, last) in enumerate(people, 1))


def _drawn(chance: Random, names: str) -> list[str]:
    """All of the names in any order, and over again."""
    return chance.sample(names.split(), names.count(" ") + 1) * 2


def _pupil(number: int, group: str, given: str, family: str) -> Pupil:
    chance = dice("pupil", number)
    tail = f"{chance.randrange(1, 10)}{chance.choice(_LETTERS)}{chance.randrange(1, 10)}{chance.choice(_LETTERS)}"
    return Pupil(
        unilogin=given.lower().translate(_PLAIN).ljust(4, "x")[:4] + tail,
        name=f"{given} {family}",
        group=group,
        key=f"K-{number:04}",
        skill=chance.uniform(0.5, 0.95),
        zeal=0.05 if number % 20 == 7 else chance.uniform(0.5, 1.4),
        away=chance.triangular(0.0, 0.14, 0.02),
    )


def of_class(group: str) -> tuple[Pupil, ...]:
    return tuple(pupil for pupil in pupils() if pupil.group == group)


def names() -> list[dict[str, str]]:
    """What a learning platform knows of its own pupils, for the page that plays one."""
    return [{"scheme": UNILOGIN, "value": pupil.unilogin, "name": pupil.name, "class": pupil.group} for pupil in pupils()]


def names_text() -> str:
    """`names` as the page keeps them (services/serve/page/pupils.json)."""
    return msgspec.json.format(msgspec.json.encode(names()), indent=1).decode() + "\n"


def calendar_csv(around: date) -> bytes:
    """Every date of the school year, the one before and the one after, as a municipality's system exports them."""
    first = int(school_year(around)[:4]) - 1
    rows = (f"{INSTITUTION};{day:%d-%m-%Y};{'ja' if is_school(day) else 'nej'}" for day in span(date(first, 8, 1), date(first + 3, 7, 31)))
    return _lines("institution;dato;skoledag", rows)


def links_csv() -> bytes:
    """Who is who between a material's own ids and Unilogin."""
    return _lines("skema_fra;id_fra;skema_til;id_til", (f"{ORDLEG};{pupil.key};{UNILOGIN};{pupil.unilogin}" for pupil in pupils()))


def _lines(header: str, rows: Iterable[str]) -> bytes:
    return "\r\n".join((header, *rows, "")).encode()


def roster_zip(as_of: Micros) -> bytes:
    """The OneRoster 1.1 package of the school year at an instant; the same bytes all year."""
    year = school_year(local_date(as_of))
    return package(
        {
            "academicSessions": [_session(year)],
            "orgs": [{"sourcedId": INSTITUTION, "name": NAME, "type": "school", "identifier": INSTITUTION}],
            "courses": [_course(code, year) for code in ("KLASSE", *SUBJECTS)],
            "classes": [*(_home(group, year) for group in CLASSES), *(_hold(*hold, year) for one in TEACHERS for hold in one.holds)],
            "users": [*(_user(one.unilogin, one.name, "teacher") for one in TEACHERS), *_pupil_users()],
            "enrollments": list(_enrollments()),
        }
    )


def _session(year: str) -> dict[str, str]:
    first, last = year.split("-")
    return {
        "sourcedId": year, "title": f"Skoleåret {year}", "type": "schoolYear", "startDate": f"{first}-08-01",
        "endDate": f"{last}-07-31", "schoolYear": last,
    }  # fmt: skip


def _course(code: str, year: str) -> dict[str, str]:
    title = SUBJECTS.get(code, "Stamklasse")
    return {
        "sourcedId": code, "schoolYearSourcedId": year, "title": title, "courseCode": code, "orgSourcedId": INSTITUTION,
        **({"subjects": title, "subjectCodes": code} if code in SUBJECTS else {}),
    }  # fmt: skip


def _home(group: str, year: str) -> dict[str, str]:
    return {
        "sourcedId": group, "title": group, "grades": f"{int(group.partition('.')[0]):02}", "courseSourcedId": "KLASSE",
        "classCode": group, "classType": "homeroom", "schoolSourcedId": INSTITUTION, "termSourcedIds": year,
    }  # fmt: skip


def _hold(group: str, subject: str, year: str) -> dict[str, str]:
    return {
        **_home(group, year), "sourcedId": f"{group} {subject}", "title": f"{group} {SUBJECTS[subject]}", "classCode": f"{group} {subject}",
        "courseSourcedId": subject, "classType": "scheduled", "subjects": SUBJECTS[subject], "subjectCodes": subject,
    }  # fmt: skip


def _pupil_users() -> Rows:
    return [{**_user(pupil.unilogin, pupil.name, "student"), "grades": f"{pupil.grade:02}"} for pupil in pupils()]


def _user(unilogin: str, name: str, role: str) -> dict[str, str]:
    given, family = name.split(" ", 1)
    return {
        "sourcedId": f"u-{unilogin}", "enabledUser": "true", "orgSourcedIds": INSTITUTION, "role": role, "username": unilogin,
        "userIds": f"{{UNI-Login:{unilogin}}}", "givenName": given, "familyName": family,
    }  # fmt: skip


def _enrollments() -> Iterable[dict[str, str]]:
    """Without dates: the school is the same for as long as anybody looks back."""
    for pupil in pupils():
        yield _enrolled(pupil.unilogin, pupil.group, "student")
    for one in TEACHERS:
        if one.home:
            yield _enrolled(one.unilogin, one.home, "teacher", primary="true")
        for group, subject in one.holds:
            yield _enrolled(one.unilogin, f"{group} {subject}", "teacher")
            yield from (_enrolled(pupil.unilogin, f"{group} {subject}", "student") for pupil in of_class(group))


def _enrolled(unilogin: str, group: str, role: str, primary: str = "false") -> dict[str, str]:
    return {
        "sourcedId": f"{unilogin} {group}", "classSourcedId": group, "schoolSourcedId": INSTITUTION, "userSourcedId": f"u-{unilogin}",
        "role": role, "primary": primary,
    }  # fmt: skip
