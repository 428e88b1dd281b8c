"""What every file connector asks of its request: when the file was exported, for which school, and nothing that it does not know."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from contracts.connector import Draft, Item, Published, Registration, Request
from contracts.csvfile import Row
from contracts.dates import DAY, Micros, micros, written_instant
from contracts.errors import Refused
from contracts.events import Snapshot
from contracts.kinds import FUTURE_HOURS
from contracts.privacy import Identity

CSV_TYPES: Final = frozenset({"text/csv", "application/csv", "application/vnd.ms-excel", "text/plain", "application/octet-stream"})
LONGEST: Final = 500
"""Characters of a person's identity."""
_LOST_PLUS = re.compile(r"(.{10}[T ][0-9:.]+) ([0-9]{2}:?[0-9]{2})")


def parameters(request: Request, known: Iterable[str]) -> None:
    if set(request.query) - set(known):
        raise Refused.because("unknown_parameter")


def flag(request: Request, name: str) -> bool:
    """A parameter that is true or false; false where it is left out."""
    given = request.query.get(name, "false")
    if given not in {"true", "false"}:
        raise Refused.because("parameter_invalid", detail=f"{name}: true or false")
    return given == "true"


def export_time(request: Request) -> Micros:
    """`as_of`, with its offset: the order of all that the file says. A `+` that a form's decoding made a space is one again."""
    written = request.query.get("as_of", "")
    if not written:
        raise Refused.because("export_time_missing")
    lost = _LOST_PLUS.fullmatch(written)
    try:
        told = datetime.fromisoformat(f"{lost[1]}+{lost[2]}" if lost else written)
        if told.tzinfo is None or not 2000 <= told.year <= 2199:
            raise ValueError
    except ValueError:
        raise Refused.because("parameter_invalid", detail="as_of: a date and time with its offset, 2026-11-24T08:00:00+01:00") from None
    if micros(told) > request.received + FUTURE_HOURS * DAY // 24:
        raise Refused.because("event_in_future", detail="as_of")
    return micros(told)


def institution(row: Row, registration: Registration, column: str = "institution") -> str:
    """The school that a row names, or else the one that the credential is for."""
    told = row[column]
    if told and told not in registration.institutions:
        raise row.fault("institution_not_registered", column)
    school = told or registration.institution
    if not school:
        raise row.fault("institution_missing", column)
    return school


def identity(row: Row, scheme: str, column: str) -> Identity:
    """The identity in a cell, as the hub compares it."""
    value = row.needed(column)
    if len(value) > LONGEST:
        raise row.fault("value_invalid", column, f"at most {LONGEST} characters")
    return Identity(scheme, value).normalised()


def local_time(row: Row, column: str) -> Micros:
    """A date and time in a cell; Danish time where it names no offset."""
    try:
        return written_instant(row.needed(column))
    except ValueError:
        raise row.fault("timestamp_invalid", column) from None


def snapshots(schools: Iterable[str], registration: Registration, scope: str, as_of: Micros) -> tuple[Draft, ...]:
    """For each school: the file was complete, so what an older one of the same scope said and this one does not, no longer stands."""
    data = {"source": registration.supplier, "scope": scope}
    return tuple(
        Draft(Snapshot, school_subject(school), school, data, "snapshot|" + school, as_of, as_of) for school in sorted(set(schools))
    )


def told_of(items: Iterable[Item]) -> set[str]:
    """The schools of which something was published."""
    return {draft.institution for item in items if isinstance(item, Published) for draft in item.drafts}


def school_subject(school: str) -> str:
    """How an institution is the subject of an event."""
    return "i_" + school
