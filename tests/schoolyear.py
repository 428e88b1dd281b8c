"""A school year of the invented school as its suppliers send it, day by day, with what is awkward planted in it; and what the oracle is
told of its people and its calendar."""

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from invented import InClass, classes_of, tell
from oracle.people import People, pupil
from oracle.year import Year
from traps import NIGHTLY, Planted, fifteen_percent, planted

from contracts.dates import Micros, moment, start_of
from contracts.privacy import UNILOGIN
from services.demo import school
from services.demo.changes import ALL, begins_in, is_change
from services.demo.day import Ahead
from services.demo.days import ONE, is_school, span
from services.demo.dice import dice
from services.demo.package import Rows, package
from services.demo.people import Pupil, pupils, stays
from services.demo.plan import School, schools
from services.demo.play import SUPPLIERS, introduction
from services.demo.telling import Delivery

REGISTERED: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {**SUPPLIERS, NIGHTLY: {"connectors": ["cloudevents"], "tool": school.ORDLEG, "subject": "DAN"}}
)
SUBSTITUTE: Final = "vika3b7d"
"""Who teaches the small groups."""
LEAVES: Final = date(2026, 10, 23)
"""The first day on which the substitute does so no more."""
SMALL_GROUPS: Final[Mapping[str, int]] = MappingProxyType({"MAT 4": 4, "MAT 5": 5, "MAT 0": 0})
"""Group -> its pupils, around the least of which anything is told (domain 2.7)."""
CLOSED: Final = (date(2026, 10, 21), date(2027, 1, 27))
"""Snow days; the calendar says so two days later."""
STEP: Final = 20
"""School days from one comparison to the next."""
MOST: Final[Mapping[str, int]] = MappingProxyType({"/xapi/statements": 500, "/events": 1_000})
"""Reports in one request, by the door (its connector's README)."""
HOLIDAYS: Final = timedelta(days=6)


@dataclass
class SchoolYear:
    """first, last: the dates of which something is told. sent: items. traps: how many requests of each were made."""

    classes: int
    first: date
    last: date
    sent: int = 0
    traps: Counter[str] = field(default_factory=Counter)

    @cached_property
    def place(self) -> School:
        return schools(self.classes)[0]

    @cached_property
    def _ahead(self) -> Ahead:
        return Ahead(start_of(self.first), [self.place])

    @property
    def dates(self) -> Iterator[date]:
        return span(self.first, self.last)

    def is_school(self, day: date, today: date) -> bool:
        """As the calendar has it on a day."""
        return is_school(day) and not (day in CLOSED and day + 2 * ONE <= today)

    def last_school_days(self, today: date, count: int) -> list[date]:
        found, day = list[date](), today
        while len(found) < count:
            found += [day] * self.is_school(day, today)
            day -= ONE
        return found[::-1]

    def is_looked_at(self, day: date) -> bool:
        """Every 20 school days; after holidays; when the school year rolls over; at the end."""
        number = sum(is_school(one) for one in span(self.first, day))
        after_holidays = not any(is_school(day - n * ONE) for n in range(1, HOLIDAYS.days)) and day > self.first
        return (is_school(day) and (number % STEP == 0 or after_holidays)) or (day.month, day.day) == (8, 1) or day == self.last

    def introduced(self) -> list[Delivery]:
        return [self._with_small_groups(one) for one in introduction(self.place, start_of(self.first))]

    def due(self, day: date) -> list[Delivery]:
        """Of a date what is sent on it, and what was kept back before."""
        told = [self._with_small_groups(one) for one in self._ahead.until(start_of(day + ONE) - 1)]
        self.sent += sum(one.items for one in told)
        self.traps["sent again by its supplier"] += len(told) - len({(one.supplier, one.body) for one in told})
        self.traps["self-report declined"] += sum(one.body.count(b'"declined":true') for one in told)
        self.traps["changes of class, newcomers"] += is_change(day)
        return dice("order", day).sample(gathered := _gathered(told), len(gathered))

    def planted(self, day: date) -> list[Planted]:
        number = sum(is_school(one) for one in span(date(begins_in(day), 8, 1), day))
        told = list(planted(day, pupils(self.place, day), self.first, number))
        if days := self.days_watched(day):
            told.append(fifteen_percent(day, self.watched, days))
        if any(day == closed + 2 * ONE for closed in CLOSED):
            told.append(Planted("school day closed late", self._calendar(day)))
        self.sent += sum(one.delivery.items for one in told)
        self.traps.update(one.trap for one in told)
        return told

    def _calendar(self, day: date) -> Delivery:
        at = start_of(day)
        told = next(one for one in introduction(self.place, at) if one.path == "/files/calendar_csv")
        body = told.body.decode()
        for closed in CLOSED:
            if closed < day:
                body = body.replace(f"{closed:%d-%m-%Y};ja", f"{closed:%d-%m-%Y};nej")
        return replace(told, body=body.encode())

    @cached_property
    def constant(self) -> list[Pupil]:
        """Who stays in a class for the whole year, of the youngest: only the start of their days is registered."""
        return [one.pupil for one in stays(self.place, len(ALL)) if one.since is None and one.until is None and one.pupil.grade < 7]

    @property
    def watched(self) -> Pupil:
        """Whose absence is 15.0 % when it is looked at."""
        return self.constant[-1]

    def days_watched(self, day: date) -> list[date]:
        """The last 20 school days, on a date that is looked at and of which anything is told; else none."""
        days = self.last_school_days(day, STEP)
        return days if self.is_looked_at(day) and day <= self.last and days[0] >= self.first else []

    def in_small_group(self, group: str) -> list[str]:
        return [one.unilogin for one in self.constant[: SMALL_GROUPS[group]]]

    def _with_small_groups(self, one: Delivery) -> Delivery:
        """A roster with them and who teaches them, until the substitute leaves."""
        if one.path != "/files/oneroster_csv":
            return one
        with zipfile.ZipFile(io.BytesIO(one.body)) as told:
            files = {name.removesuffix(".csv"): _rows(told.read(name)) for name in told.namelist() if name != "manifest.csv"}
        hold = next(row for row in files["classes"] if row["classType"] == "scheduled" and row["courseSourcedId"] == "MAT")
        teacher = next(row for row in files["users"] if row["role"] == "teacher")
        named = {"sourcedId": f"u-{SUBSTITUTE}", "username": SUBSTITUTE, "userIds": f"{{UNI-Login:{SUBSTITUTE}}}"}
        files["users"].append(teacher | named | {"givenName": "Vera", "familyName": "Vikar"})
        for group in SMALL_GROUPS:
            files["classes"].append(hold | {"sourcedId": group, "title": group, "classCode": group})
            files["enrollments"].append(school._enrolled(self.place, SUBSTITUTE, group, "teacher") | {"endDate": f"{LEAVES}"})
            files["enrollments"] += [school._enrolled(self.place, who, group, "student") for who in self.in_small_group(group)]
        return replace(one, body=package(files))

    def left(self) -> set[str]:
        """Who was a pupil and is none at the end."""
        were = {one.unilogin for day in self.dates for one in pupils(self.place, day)}
        return were - {one.unilogin for one in pupils(self.place, self.last)}

    def rostered(self, today: date) -> date:
        """The day of the newest roster."""
        return min(today, self.last)

    def told(self, oracle: Year, today: date) -> None:
        """Who is who, and which days are school days, as of a day."""
        oracle.today, oracle.people = today, People()
        oracle.roster(pupil(name, [(UNILOGIN, name)], places) for name, places in self._places(self.rostered(today)).items())
        everybody = {stay.pupil.key: stay.pupil.unilogin for stay in stays(self.place, len(ALL))}
        oracle.links([((school.ORDLEG, key), (UNILOGIN, name)) for key, name in everybody.items()])
        days = span(date(self.first.year - 1, 8, 1), date(self.first.year + 2, 7, 31))
        oracle.calendar(self.place.number, {day: self.is_school(day, today) for day in days})

    def _places(self, today: date) -> dict[str, list[InClass]]:
        found = classes_of(self.place, today)
        for group in SMALL_GROUPS:
            for name in self.in_small_group(group):
                found[name].append((self.place.number, group, None, None, None))
        return found


def tell_all(oracle: Year, told: list[Delivery], received: Micros) -> None:
    """What was received."""
    for one in told:
        if one.supplier == NIGHTLY:
            oracle.cloudevents(json.loads(one.body), NIGHTLY, school.ORDLEG, "DAN", school.INSTITUTION, moment(received))
        else:
            tell(oracle, one, moment(received))


def at_the_end_of(day: date) -> Micros:
    return start_of(day + ONE) - 1


def _rows(body: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(body.decode())))


def _gathered(told: list[Delivery]) -> list[Delivery]:
    """Reports of a supplier go together, as many as a request takes; what is sent again goes by itself, as it went before."""
    together, alone, seen = dict[str, list[Delivery]](), list[Delivery](), set[tuple[str, bytes]]()
    for one in told:
        if one.path in MOST and (one.supplier, one.body) not in seen:
            together.setdefault(one.supplier, []).append(one)
        else:
            alone.append(one)
        seen.add((one.supplier, one.body))
    return [*alone, *(batch for some in together.values() for batch in _joined(some))]


def _joined(told: list[Delivery]) -> Iterator[Delivery]:
    while told:
        items, count = 0, 0
        while count < len(told) and items + told[count].items <= MOST[told[0].path]:
            items, count = items + told[count].items, count + 1
        some, told = told[:count], told[count:]
        yield replace(some[0], body=b"[" + b",".join(one.body[1:-1] for one in some) + b"]", items=items)
