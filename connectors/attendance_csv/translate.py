"""An attendance file to items, row by row."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from contracts import csvfile, files
from contracts.connector import Draft, Failed, Item, NotUsed, Published, Registration, Request, Translation
from contracts.csvfile import Row
from contracts.dates import Micros
from contracts.events import AttendanceDayTotal, AttendanceRegistered
from contracts.privacy import UNILOGIN, Identity

KIND: Final = "row"
PUPIL: Final = ("unilogin", "elevid")
COLUMNS: Final = (*PUPIL, "start", "slut", "fravaer", "aarsag")
CAUSES: Final = {"S": "illness", "L": "leave", "U": "unlawful"}
LATE: Final = "F"
PARTS: Final = frozenset({Decimal(0), Decimal("0.5"), Decimal(1)})
DAY_MINUTES: Final = 1_440

Slot = Literal["start", "end"]
SLOTS: Final[tuple[tuple[Slot, str], ...]] = (("start", "start"), ("end", "slut"))
Said = Mapping[str, Any]


def translate(request: Request) -> Translation:
    """Every row is an item of its own; two rows that tell one pupil's day differently fail both."""
    files.parameters(request, ("as_of", "complete"))
    reading = _Reading(request.registration, files.export_time(request), files.flag(request, "complete"))
    read, table = _variant(request.body, reading)
    items = [csvfile.item(KIND, row, read, reading.who) for row in table.rows]
    return Translation(tuple(_undisputed(items, table.rows, reading.who)))


def _variant(body: bytes, reading: "_Reading") -> tuple[Callable[[Row], Item], csvfile.Table]:
    """Slots where the file has a column `start`, else whole days."""
    table = csvfile.table(body, ("dato",), known=COLUMNS)
    by_day = "fravaer" in table.header and "start" not in table.header
    table.require(("fravaer", "aarsag") if by_day else ("start",))
    if not set(PUPIL) & set(table.header):
        table.require(PUPIL[:1])
    return (reading.day if by_day else reading.slots), table


@dataclass(frozen=True)
class _Reading:
    """complete: the file holds every pupil of its classes and days, so a blank cell says present."""

    registration: Registration
    as_of: Micros
    complete: bool

    def slots(self, row: Row) -> Item:
        told: dict[str, Said] = {slot: said for slot, column in SLOTS if (said := self._slot(row, slot, column)) is not None}
        return self._published(row, AttendanceRegistered, told)

    def day(self, row: Row) -> Item:
        said = self._day(row)
        return self._published(row, AttendanceDayTotal, {} if said is None else {"day": said})

    def who(self, row: Row) -> Identity:
        """The pupil of a row that cannot be used."""
        return _pupil(row, row["institution"] or self.registration.institution or "")

    def _slot(self, row: Row, slot: Slot, column: str) -> Said | None:
        """What a slot's code says; None where it is blank, or where the file has no such column."""
        code = row[column].upper()
        if column not in row.cells or (not code and not self.complete):
            return None
        if code and code not in CAUSES and code != LATE:
            raise row.fault("code_unknown", column)
        status = "absent" if code in CAUSES else "late" if code else "present"
        return {"slot": slot, "status": status, "cause": CAUSES.get(code), "minutes_missed": _minutes(row, "minutter_" + column)}

    def _day(self, row: Row) -> Said | None:
        part, code = csvfile.decimal(row, "fravaer"), row["aarsag"].upper()
        if code and code not in CAUSES:
            raise row.fault("code_unknown", "aarsag")
        if part is None and code:
            raise row.fault("row_incomplete", "fravaer")
        if part is None and not self.complete:
            return None
        if part is not None and part not in PARTS:
            raise row.fault("value_invalid", "fravaer", "0, 0,5 or 1")
        if code and not part:
            raise row.fault("value_invalid", "aarsag", "a cause without absence")
        return {"absent_fraction": float(part or 0), "cause": CAUSES.get(code)}

    def _published(self, row: Row, model: type[AttendanceRegistered | AttendanceDayTotal], told: Mapping[str, Said]) -> Item:
        school = files.institution(row, self.registration)
        who, day = _pupil(row, school), csvfile.danish_date(row, "dato")
        if not told:
            return NotUsed(KIND, "blank", institution=school)
        return Published(KIND, tuple(self._draft(model, who, school, day, name, said) for name, said in told.items()))

    def _draft(
        self, model: type[AttendanceRegistered | AttendanceDayTotal], who: Identity, school: str, day: date, name: str, said: Said
    ) -> Draft:
        report = f"attendance|{school}|{who.scheme}|{who.value}|{day.isoformat()}|{name}"
        return Draft(model, who, school, {"date": day, **said}, report, self.as_of, self.as_of)


def _pupil(row: Row, school: str) -> Identity:
    if row["unilogin"] or "elevid" not in row.cells:
        return files.identity(row, UNILOGIN, "unilogin")
    return files.identity(row, "local:" + school, "elevid")


def _minutes(row: Row, column: str) -> int | None:
    told = csvfile.decimal(row, column)
    if told is None:
        return None
    if told > DAY_MINUTES:
        raise row.fault("value_invalid", column, f"at most {DAY_MINUTES} minutes")
    return csvfile.whole(told)


def _undisputed(items: Iterable[Item], rows: Iterable[Row], who: Callable[[Row], Identity]) -> list[Item]:
    """Two contents for one pupil and date: nobody can say which is meant, so none of them counts."""
    pairs = list(zip(items, rows, strict=True))
    told: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for item, _ in pairs:
        if isinstance(item, Published):
            told[_fact(item)].add(repr([draft.data for draft in item.drafts]))
    return [_repeated(row, who) if isinstance(item, Published) and len(told[_fact(item)]) > 1 else item for item, row in pairs]


def _fact(item: Published) -> tuple[Any, ...]:
    first = item.drafts[0]
    return first.institution, first.subject, first.data["date"]


def _repeated(row: Row, who: Callable[[Row], Identity]) -> Failed:
    return csvfile.failed(KIND, row, "row_repeated", row.where(), who=who)
