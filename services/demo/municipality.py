"""The load of an invented municipality: its suppliers, its rosters, days that have been, and an endless stream of new statements.

Pure and fast, to measure a hub with: the bodies are joined from templates, so that making them costs little beside taking them. All five
materials speak xAPI here. A `Delivery` is one request (path, headers, body, items); the same arguments give the same bytes.

    suppliers()                      what to register: name -> arguments of `/suppliers`
    for school in municipality():    roster(school, day), calendar(school, day)
    preloaded(days)                  requests of 50 statements: what all pupils did on these days
    stream(seed) -> next(at)         a new request of 50 statements of random pupils at an instant, without end
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any, Final

from contracts.dates import DAY, SECOND, Micros, moment, rfc3339, start_of
from contracts.privacy import UNILOGIN
from services.demo import school as files
from services.demo.dice import dice
from services.demo.load_items import MATERIALS, Item, one_item, school_day
from services.demo.people import Pupil, everybody, pupils
from services.demo.plan import MUNICIPALITY, School, schools
from services.demo.telling import HOMEPAGE, XAPI_HEADERS, Delivery

BATCH: Final = 50
OFFICE: Final = "skoleadm"
_ODD: Final = 0x5DEECE66D | 1 << 40
_LOW: Final = (1 << 48) - 1
_STREAM: Final = 1 << 23


def municipality(classes: int = MUNICIPALITY) -> tuple[School, ...]:
    return schools(classes)


def suppliers(classes: int = MUNICIPALITY) -> Mapping[str, Mapping[str, Any]]:
    """Each is for all institutions; a statement names its own by the extension."""
    everywhere = [one.number for one in municipality(classes)]
    told: dict[str, Mapping[str, Any]] = {
        name: {"connectors": ["xapi"], "institutions": everywhere, "subject": material.subject, "identities": {HOMEPAGE: UNILOGIN}}
        for name, material in MATERIALS.items()
    }
    told[OFFICE] = {"connectors": ["oneroster_csv", "calendar_csv"], "institutions": everywhere}
    return MappingProxyType(told)


def roster(school: School, day: date) -> Delivery:
    """The OneRoster package of a school as exported at the beginning of a day."""
    body = files.roster_zip(start_of(day), school)
    return _exported(day, "oneroster_csv", "application/zip", body, sum(school.classes.values()))


def calendar(school: School, day: date) -> Delivery:
    body = files.calendar_csv(day, school)
    return _exported(day, "calendar_csv", "text/csv", body, body.count(b"\r\n") - 1)


def _exported(day: date, connector: str, media: str, body: bytes, items: int) -> Delivery:
    at = start_of(day)
    return Delivery(at, OFFICE, f"/files/{connector}", {"Content-Type": media}, body, items, {"as_of": rfc3339(at)})


def preloaded(days: Sequence[date], classes: int = MUNICIPALITY) -> Iterator[Delivery]:
    """About 18 statements a pupil and day (domain 2.11), of those who are at school: day by day, school by school, class by class."""
    for day in days:
        for school in municipality(classes):
            yield from _day_of(school, day)


def _day_of(school: School, day: date) -> Iterator[Delivery]:
    """The requests of a school's day: each material sends what its pupils did in batches, the last one smaller."""
    chance, written, waiting = dice("load", school.index, day), 0, {name: list[bytes]() for name in MATERIALS}
    midnight, due = f"{day}T".encode(), start_of(day) + 16 * 3600 * SECOND
    space, first = school.index + 1, day.toordinal() << 24
    for pupil in pupils(school):
        if chance.random() < pupil.away:
            continue
        for name, item in school_day(chance, pupil):
            waiting[name].append(_statement(item, _ident(space, first + written), pupil, midnight))
            written += 1
            if len(waiting[name]) == BATCH:
                yield _request(due, name, waiting[name])
                waiting[name] = []
    yield from (_request(due, name, told) for name, told in waiting.items() if told)


def stream(
    seed: int, people: Iterable[Pupil] | None = None, classes: int = MUNICIPALITY, materials: Iterable[str] = MATERIALS
) -> Callable[[Micros], Delivery]:
    """Each call makes the next request of 50 new statements, said to have happened in the second that ends at the instant given.

    seed: below 2 ** 22; streams of different seeds share no statement. people: whose; all of the municipality where left out.
    materials: of which.
    """
    chance, whose = Random(seed), tuple(people if people is not None else everybody(municipality(classes)))  # noqa: S311 - invented load
    numbers = iter(range(0, _LOW, BATCH))
    names = list(materials)
    weights = [MATERIALS[name].share for name in names]

    def following(at: Micros) -> Delivery:
        return _request(at, *_batch(chance, chance.choices(names, weights)[0], whose, partial(_ident, _STREAM | seed), next(numbers), at))

    return following


def _batch(
    chance: Random, name: str, whose: Sequence[Pupil], ident: Callable[[int], bytes], first: int, at: Micros
) -> tuple[str, list[bytes]]:
    midnight, since = moment(at).strftime("%Y-%m-%dT").encode(), at % DAY // 1000
    step = min(20, since // BATCH)
    told = enumerate(chance.choices(whose, k=BATCH))
    return name, [
        _statement(one_item(chance, name, pupil, since - (BATCH - 1 - number) * step), ident(first + number), pupil, midnight)
        for number, pupil in told
    ]


def _ident(space: int, number: int) -> bytes:
    """A UUID of its own for each number below 2 ** 48 of a space below 2 ** 24, spread as random ones are."""
    mixed = number * _ODD & _LOW
    return b"%08x-%04x-4%03x-8%03x-%012x" % (mixed >> 16, mixed & 0xFFFF, space >> 12, space & 0xFFF, number)


def _statement(item: Item, ident: bytes, pupil: Pupil, midnight: bytes) -> bytes:
    """item: the template, its clock (ms since midnight UTC) and what fills it."""
    template, clock, filled = item
    minutes, rest = divmod(clock, 60_000)
    when = b"%b%02d:%02d:%02d.%03dZ" % (midnight, minutes // 60, minutes % 60, rest // 1000, rest % 1000)
    return template % (ident, pupil.unilogin.encode(), when, pupil.institution.encode(), *filled)


def _request(due: Micros, name: str, told: Sequence[bytes]) -> Delivery:
    return Delivery(due, name, "/xapi/statements", XAPI_HEADERS, b"[" + b",".join(told) + b"]", len(told))
