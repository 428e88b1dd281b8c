"""A month of the invented school: what its suppliers sent, and the independent oracle fed with it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from oracle.batch import Oracle
from oracle.people import pupil
from through import registered, request

from connectors.attendance_csv import CONNECTOR as ATTENDANCE
from connectors.calendar_csv import CONNECTOR as CALENDAR
from connectors.cloudevents import CONNECTOR as CLOUDEVENTS
from connectors.identity_links_csv import CONNECTOR as LINKS
from connectors.oneroster_csv import CONNECTOR as ONEROSTER
from connectors.wellbeing_checkin import CONNECTOR as CHECKIN
from connectors.xapi import CONNECTOR as XAPI
from contracts.connector import Connector, Request
from contracts.dates import instant, start_of
from services.demo import school
from services.demo.changes import begins_in, came
from services.demo.day import deliveries
from services.demo.people import stays, teachers
from services.demo.plan import School
from services.demo.play import SUPPLIERS
from services.demo.telling import BOGORM, NATURLAB, OPGAVERUM, Delivery

NOW = "2026-11-24T13:30:00+01:00"
AUGUST = "2026-08-10T08:00:00+02:00"
TODAY = date(2026, 11, 24)
HISTORY = timedelta(days=28)
EARLIER = timedelta(days=64)
"""In the days before the last 28 only those send that tell of results and goals."""
SUBJECTS = ("DAN", "MAT", "NAT")
DOORS = {
    "/xapi/statements": XAPI, "/events": CLOUDEVENTS, "/files/attendance_csv": ATTENDANCE, "/files/oneroster_csv": ONEROSTER,
    "/webhooks/wellbeing_checkin": CHECKIN,
}  # fmt: skip
InClass = tuple[str, str, int | None, date | None, date | None]
"""Institution, class or group, grade, first and last day where it has them."""


def sent() -> list[Delivery]:
    since = start_of(TODAY - HISTORY)
    earlier = (one for one in deliveries(start_of(TODAY - EARLIER), since) if one.supplier in (BOGORM, NATURLAB, OPGAVERUM))
    return [*earlier, *deliveries(since, instant(NOW))]


def requests(told: Iterable[Delivery]) -> Iterator[tuple[Connector, Request]]:
    """What the doors of a hub get of it, all of it now; the school's own files first."""
    received = instant(NOW)
    office, words = (registered(school.INSTITUTION, name) for name in ("skoleadm", school.ORDLEG))
    yield ONEROSTER, request(ONEROSTER, office, school.roster_zip(instant(AUGUST)), received, as_of=AUGUST)
    yield CALENDAR, request(CALENDAR, office, school.calendar_csv(TODAY), received, as_of=AUGUST)
    yield LINKS, request(LINKS, words, school.links_csv(), received, as_of=AUGUST)
    for one in told:
        asked = SUPPLIERS[one.supplier]
        by = registered(school.INSTITUTION, one.supplier, subject=asked.get("subject", "unassigned"), schemes=asked.get("identities"))
        yield DOORS[one.path], request(DOORS[one.path], by, one.body, received, **one.query)


def fed(told: Sequence[Delivery]) -> Oracle:
    oracle = Oracle(TODAY, datetime.fromisoformat(NOW).astimezone(UTC))
    for one in told:
        tell(oracle, one)
    oracle.roster(pupil(name, [("unilogin", name)], places) for name, places in classes_of().items())
    oracle.links([((school.ORDLEG, one.key), ("unilogin", one.unilogin)) for one in school.pupils(day=TODAY)])
    days = csv.DictReader(io.StringIO(school.calendar_csv(TODAY).decode("utf-8-sig")), delimiter=";")
    oracle.calendar(
        school.INSTITUTION,
        {datetime.strptime(row["dato"], "%d-%m-%Y").replace(tzinfo=UTC).date(): row["skoledag"] in ("ja", "1") for row in days},
    )
    return oracle


def tell(oracle: Oracle, one: Delivery, received: datetime | None = None) -> None:
    """One request to the oracle; received: when, where it is not the oracle's own time."""
    if one.path == "/xapi/statements":
        registered = SUPPLIERS[one.supplier]
        schemes = dict(registered["identities"])
        oracle.xapi(json.loads(one.body), school.INSTITUTION, registered["subject"], one.supplier, one.supplier, schemes, received)
    elif one.path == "/events":
        registered = SUPPLIERS.get(one.supplier, {})
        oracle.cloudevents(json.loads(one.body), one.supplier, one.supplier, registered.get("subject"), school.INSTITUTION, received)
    elif one.path == "/webhooks/wellbeing_checkin":
        oracle.checkins([json.loads(one.body)], one.supplier, school.INSTITUTION)
    elif one.path == "/files/attendance_csv":
        as_of = datetime.fromisoformat(one.query["as_of"])
        oracle.attendance(by_slot(one.body), as_of, school.INSTITUTION, one.query.get("complete") == "true", one.supplier)


def classes_of(place: School = school.SKOVBAKKEN, today: date = TODAY) -> dict[str, list[InClass]]:
    """Unilogin -> the classes and groups of a pupil in the year up to a day."""
    year, found = begins_in(today), dict[str, list[InClass]]()
    holds = sorted(hold for one in teachers(place) for hold in one.holds)
    for stay in stays(place, came(today)):
        first = stay.since.on(year) if stay.since else None
        last = stay.until.on(year) - timedelta(days=1) if stay.until else None
        group = stay.pupil.group
        places = found.setdefault(stay.pupil.unilogin, [])
        places.append((school.INSTITUTION, group, stay.pupil.grade, first, last))
        places += [(school.INSTITUTION, " ".join(hold), None, first, last) for hold in holds if hold[0] == group]
    return found


def by_slot(body: bytes) -> str:
    """A file with a column for each slot as the oracle reads it: a row for each slot."""
    rows = csv.DictReader(io.StringIO(decoded(body)), delimiter=";")
    lines = [f"{row['unilogin']};{row['dato']};{slot};{row[slot]}" for row in rows for slot in ("start", "slut") if slot in row]
    return "\n".join(["unilogin;dato;lektion;kode", *lines])


def decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")
