"""The nightly export of a school's roster: a full snapshot, sent when it is another than that of the night before."""

from collections.abc import Iterator
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Final

from contracts.dates import SECOND, local_instant, rfc3339
from services.demo.attendance import SKOLEADM
from services.demo.changes import is_change
from services.demo.plan import School
from services.demo.school import roster_zip
from services.demo.telling import Delivery

NIGHT: Final = time(3, 30)
ZIP: Final = MappingProxyType({"Content-Type": "application/zip"})


def roster_of(day: date, place: School) -> Iterator[Delivery]:
    if not is_change(day):
        return
    as_of = local_instant(datetime.combine(day, NIGHT))
    body, query = roster_zip(as_of, place), {"as_of": rfc3339(as_of)}
    yield Delivery(as_of + 20 * SECOND, SKOLEADM, "/files/oneroster_csv", ZIP, body, 1, query)
