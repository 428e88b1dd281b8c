"""A month of the invented school: what its suppliers sent, and the independent oracle fed with it."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from oracle.batch import Oracle
from oracle.people import pupil

from contracts.dates import instant, start_of
from services.demo import school
from services.demo.changes import begins_in, came
from services.demo.day import deliveries
from services.demo.people import stays, teachers
from services.demo.play import SUPPLIERS
from services.demo.telling import BOGORM, NATURLAB, OPGAVERUM, Delivery

NOW = "2026-11-24T13:30:00+01:00"
TODAY = date(2026, 11, 24)
HISTORY = timedelta(days=28)
EARLIER = timedelta(days=64)
"""In the days before the last 28 only those send that tell of results and goals."""
SUBJECTS = ("DAN", "MAT", "NAT")
HOLDS = sorted(hold for one in teachers() for hold in one.holds)
"""(class, subject)."""


def sent() -> list[Delivery]:
    since = start_of(TODAY - HISTORY)
    earlier = (one for one in deliveries(start_of(TODAY - EARLIER), since) if one.supplier in (BOGORM, NATURLAB, OPGAVERUM))
    return [*earlier, *deliveries(since, instant(NOW))]


def fed(told: Sequence[Delivery]) -> Oracle:
    oracle = Oracle(TODAY, datetime.fromisoformat(NOW).astimezone(UTC))
    for one in told:
        if one.path == "/xapi/statements":
            subject = SUPPLIERS[one.supplier]["subject"]
            oracle.xapi(
                json.loads(one.body), school.INSTITUTION, subject, one.supplier, one.supplier, dict(SUPPLIERS[one.supplier]["identities"])
            )
        elif one.path == "/events":
            subject = SUPPLIERS[one.supplier].get("subject")
            oracle.cloudevents(json.loads(one.body), one.supplier, one.supplier, subject, school.INSTITUTION)
        elif one.path == "/webhooks/wellbeing_checkin":
            oracle.checkins([json.loads(one.body)], one.supplier, school.INSTITUTION)
        elif one.path == "/files/attendance_csv":
            as_of = datetime.fromisoformat(one.query["as_of"])
            oracle.attendance(by_slot(one.body), as_of, school.INSTITUTION, one.query.get("complete") == "true", one.supplier)
    oracle.roster(pupil(name, [("unilogin", name)], places) for name, places in classes_of().items())
    oracle.links([((school.ORDLEG, one.key), ("unilogin", one.unilogin)) for one in school.pupils(day=TODAY)])
    days = csv.DictReader(io.StringIO(school.calendar_csv(TODAY).decode("utf-8-sig")), delimiter=";")
    oracle.calendar(
        school.INSTITUTION,
        {datetime.strptime(row["dato"], "%d-%m-%Y").replace(tzinfo=UTC).date(): row["skoledag"] in ("ja", "1") for row in days},
    )
    return oracle


def classes_of() -> dict[str, list[tuple[str, str, int | None, date | None, date | None]]]:
    """Unilogin -> the classes and groups of a pupil in the year up to today, each with its first and last day where it has them."""
    year, found = begins_in(TODAY), dict[str, list[tuple[str, str, int | None, date | None, date | None]]]()
    for stay in stays(school.SKOVBAKKEN, came(TODAY)):
        first = stay.since.on(year) if stay.since else None
        last = stay.until.on(year) - timedelta(days=1) if stay.until else None
        group = stay.pupil.group
        places = found.setdefault(stay.pupil.unilogin, [])
        places.append((school.INSTITUTION, group, stay.pupil.grade, first, last))
        places += [(school.INSTITUTION, " ".join(hold), None, first, last) for hold in HOLDS if hold[0] == group]
    return found


def by_slot(body: bytes) -> str:
    """A file with a column for each slot as the oracle reads it: a row for each slot."""
    rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";")
    lines = [f"{row['unilogin']};{row['dato']};{slot};{row[slot]}" for row in rows for slot in ("start", "slut") if slot in row]
    return "\n".join(["unilogin;dato;lektion;kode", *lines])
