"""Attendance as schools export it: `;`, dd-mm-yyyy, the codes S, L, U, F and blank (domain 2.3, 4.3)."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal

from oracle.days import microseconds
from oracle.sent import Attendance, DayTotal, Report, Slot, spelt

COLUMNS = {
    "pupil": ("unilogin", "uni-login", "elev", "elevid", "elev-id", "elev_id", "pupil"),
    "date": ("dato", "date"),
    "slot": ("tidspunkt", "lektion", "slot", "registrering"),
    "code": ("kode", "fraværskode", "fravær", "status", "code"),
    "fraction": ("andel", "fraværsandel", "dag", "fraction"),
}
"""What a column may be called, in lower case; `attendance(columns=...)` adds to it."""

SLOTS = {"start": "start", "morgen": "start", "første": "start", "1": "start", "slut": "end", "end": "end", "sidste": "end"}
ABSENT = frozenset("SLU")
LATE = "F"


def danish_date(text: str) -> date:
    return datetime.strptime(text.strip(), "%d-%m-%Y").date()  # noqa: DTZ007 - a date has no zone


def cell(row: dict[str, str], column: str, extra: dict[str, str]) -> str:
    """The row's value in the column meant, stripped; empty where there is no such column."""
    names = (extra[column].casefold(),) if column in extra else COLUMNS[column]
    return next((row[name].strip() for name in names if row.get(name) is not None), "")


def absent(code: str, complete: bool) -> bool | None:
    """Whether the code says absent; None where it says nothing."""
    if code in ABSENT:
        return True
    if code == LATE or (code == "" and complete):
        return False
    return None


def said(row: dict[str, str], complete: bool, extra: dict[str, str]) -> Attendance | None:
    """What one row says of a day, or None."""
    day = danish_date(cell(row, "date", extra))
    slot, code = cell(row, "slot", extra).casefold(), cell(row, "code", extra).upper()
    missed = absent(code, complete)
    if slot:
        return None if missed is None else Slot(day, SLOTS[slot], missed, code == LATE)
    share = cell(row, "fraction", extra)
    if share:
        return DayTotal(day, Decimal(share.replace(",", ".")))
    return None if missed is None else DayTotal(day, Decimal(missed))


def reports(
    text: str, as_of: datetime, institution: str, supplier: str, complete: bool, scheme: str, extra: dict[str, str]
) -> list[Report]:
    """One report for each row that says something; its order is the export's time."""
    lines = text.removeprefix("\ufeff").splitlines()
    header = [name.strip().casefold() for name in lines[0].split(";")]
    found = []
    for row in csv.DictReader(lines[1:], fieldnames=header, delimiter=";"):
        what = said(row, complete, extra)
        if what is not None:
            whose = spelt(scheme, cell(row, "pupil", extra))
            slot = what.slot if isinstance(what, Slot) else "day"
            name = (supplier, "csv", *whose, what.day.isoformat(), slot)
            found.append(Report(name, microseconds(as_of), whose, institution, what.day, what))
    return found
