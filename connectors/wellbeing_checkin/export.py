"""A check-in's export to answers, row by row."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from connectors.wellbeing_checkin.answer import CODE, KIND, VERSION, Answer, Asked, Dimension, Reader, draft, unsound
from contracts import csvfile, files, selfreport
from contracts.connector import Draft, Failed, Item, NotUsed, Published, Registration, Request, Translation
from contracts.csvfile import Row
from contracts.dates import Micros, local_instant
from contracts.privacy import UNILOGIN, Identity

PUPIL: Final = ("unilogin", "elevid")
NEEDED: Final = (
    "instrument", "version", "runde", "dato", "spoergsmaal", "dimension", "skala_min", "skala_max", "svar", "synlig_for",
)  # fmt: skip
DIMENSIONS: Final[Mapping[str, Dimension]] = MappingProxyType(
    {"motivation": "motivation", "social": "social", "faglig": "academic", "støtte": "support", "stoette": "support", "ro": "calm"}
)
READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "elev": "pupil", "forælder": "guardian", "foraelder": "guardian", "kontaktlærer": "home_class_teacher",
        "kontaktlaerer": "home_class_teacher", "lærere": "teachers", "laerere": "teachers",
    }
)  # fmt: skip
DECLINED: Final = ("afslået", "afslaaet")
YES_NO: Final = {"ja": True, "nej": False, "1": True, "0": False, "": False}
NOON: Final = "12:00"
FIELDS: Final = {
    "instrument_id": "instrument", "survey": "undersoegelse", "visibility": "synlig_for", "scale_max": "skala_max", "value": "svar",
    "normalised": "svar",
}  # fmt: skip
"""Field of the event -> the column that tells it."""
_WHOLE = re.compile(r"(-?[0-9]{1,4})([.,]0{1,6})?")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_YEAR = re.compile(r"[0-9]{4}-[0-9]{4}")
_REVISION = re.compile(r"[0-9]{1,18}")


def translate(request: Request) -> Translation:
    """Every row is an item of its own; two rows that tell one answer differently fail both."""
    files.parameters(request, ("as_of", "complete"))
    reading = _Reading(request.registration, files.export_time(request), files.flag(request, "complete"))
    table = csvfile.table(request.body, NEEDED, known=PUPIL)
    if not set(PUPIL) & set(table.header):
        table.require(PUPIL[:1])
    items = [csvfile.item(KIND, row, reading.answer, reading.who) for row in table.rows]
    return Translation(tuple(_unkept(item) for item in _undisputed(items, table.rows, reading)))


def _unkept(item: Item) -> Item:
    """A row that failed may hold a child's own words; nothing of it is kept."""
    return replace(item, body=b"") if isinstance(item, Failed) else item


class _Reading(Struct, frozen=True):
    """complete: the file holds everybody who was asked and every question, so a blank answer was declined."""

    registration: Registration
    as_of: Micros
    complete: bool

    def who(self, row: Row) -> Identity:
        """The pupil of a row that cannot be used."""
        return _pupil(row, row["institution"] or self.registration.institution or "")

    def answer(self, row: Row) -> Item:
        _lawful(row)
        asked = self._asked(row)
        if not row["svar"] and not self.complete:
            return NotUsed(KIND, "blank", institution=asked.school)
        made = draft(asked, _answer(row))
        if wrong := unsound(made):
            raise row.fault(wrong.reason, FIELDS[wrong.pointer], wrong.detail)
        return Published(KIND, (made,))

    def _asked(self, row: Row) -> Asked:
        school = files.institution(row, self.registration)
        return Asked(
            _pupil(row, school), school, _code(row, "instrument"), _code(row, "version", VERSION), _code(row, "runde"), _readers(row),
            _time(row), self._order(row), _school_year(row),
        )  # fmt: skip

    def _order(self, row: Row) -> int:
        if row["revision"] and not _REVISION.fullmatch(row["revision"]):
            raise row.fault("value_invalid", "revision", "a whole number")
        return int(row["revision"]) if row["revision"] else self.as_of


def _lawful(row: Row) -> None:
    told = {"instrument_id": row["instrument"], "survey": row["undersoegelse"], "visibility": row["synlig_for"]}
    if wrong := selfreport.unlawful(told):
        raise row.fault(wrong.reason, FIELDS[wrong.pointer])


def _pupil(row: Row, school: str) -> Identity:
    if row["unilogin"] or "elevid" not in row.cells:
        return files.identity(row, UNILOGIN, "unilogin")
    return files.identity(row, "local:" + school, "elevid")


def _answer(row: Row) -> Answer:
    """The row's, declined where it says so or, in a complete file, says nothing."""
    declined = row["svar"].lower() in (*DECLINED, "")
    dimension: Dimension = _one_of(row, "dimension", DIMENSIONS, "motivation, social, faglig, støtte or ro")
    scale_min, scale_max = _number(row, "skala_min"), _number(row, "skala_max")
    value = None if declined else _number(row, "svar")
    reverse: bool = _one_of(row, "vendt", YES_NO, "ja or nej")
    return Answer(_code(row, "spoergsmaal"), dimension, scale_min, scale_max, value, declined, reverse)


def _readers(row: Row) -> tuple[Reader, ...]:
    """Several are separated by commas."""
    named = [one.strip().lower() for one in row.needed("synlig_for").split(",")]
    if not set(named) <= set(READERS):
        raise row.fault("value_invalid", "synlig_for", "elev, forælder, kontaktlærer, lærere, separated by commas")
    return tuple(READERS[one] for one in named)


def _time(row: Row) -> Micros:
    """Local; noon where the file has no time of day."""
    day, clock = csvfile.danish_date(row, "dato"), row["klokken"] or NOON
    try:
        if _CLOCK.fullmatch(clock):
            return local_instant(datetime.combine(day, time.fromisoformat(clock)))
    except ValueError:
        pass
    raise row.fault("value_invalid", "klokken", "HH:MM or HH:MM:SS")


def _school_year(row: Row) -> str | None:
    if row["skoleaar"] and not _YEAR.fullmatch(row["skoleaar"]):
        raise row.fault("value_invalid", "skoleaar", "2026-2027, or left out")
    return row["skoleaar"] or None


def _code(row: Row, column: str, form: str = CODE) -> str:
    if not re.fullmatch(form, row.needed(column)):
        raise row.fault("value_invalid", column, "an id: letters, digits, . : / - and _")
    return row[column]


def _number(row: Row, column: str) -> int:
    """A whole number, which a spreadsheet may have given a decimal comma."""
    found = _WHOLE.fullmatch(row.needed(column))
    if not found or abs(int(found[1])) > 1_000:
        raise row.fault("value_invalid", column, "a whole number from -1000 to 1000")
    return int(found[1])


def _one_of(row: Row, column: str, words: Mapping[str, Any], known: str) -> Any:
    told = row[column].lower()
    if told not in words:
        raise row.fault("value_invalid", column, known)
    return words[told]


def _undisputed(items: list[Item], rows: tuple[Row, ...], reading: _Reading) -> list[Item]:
    """Two contents for one answer: nobody can say which is meant, so none of them counts."""
    told: dict[str, list[Draft]] = defaultdict(list)
    for item in items:
        if isinstance(item, Published):
            told[item.drafts[0].report].append(item.drafts[0])
    disputed = {report for report, drafts in told.items() if any(one != drafts[0] for one in drafts)}
    return [
        csvfile.failed(KIND, row, "row_repeated", row.where(), who=reading.who)
        if isinstance(item, Published) and item.drafts[0].report in disputed
        else item
        for item, row in zip(items, rows, strict=True)
    ]
