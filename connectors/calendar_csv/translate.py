"""A calendar file to items, row by row, and the word that it was complete."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from contracts import csvfile, files
from contracts.connector import Draft, Item, Published, Registration, Request, Translation
from contracts.csvfile import Row
from contracts.dates import Micros
from contracts.events import CalendarDay

KIND: Final = "row"
SAID: Final = {"ja": True, "1": True, "nej": False, "0": False}


def translate(request: Request) -> Translation:
    """Every row is an item of its own; two rows that tell a date differently fail both."""
    files.parameters(request, ("as_of",))
    registration, as_of = request.registration, files.export_time(request)
    table = csvfile.table(request.body, ("dato", "skoledag"))
    read = [csvfile.item(KIND, row, lambda row: _day(row, registration, as_of)) for row in table.rows]
    items = _undisputed(read, table.rows)
    return Translation(items, derived=files.snapshots(files.told_of(items), registration, "calendar_csv", as_of))


def _day(row: Row, registration: Registration, as_of: Micros) -> Item:
    school, day = files.institution(row, registration), csvfile.danish_date(row, "dato")
    said = SAID.get(row.needed("skoledag").lower())
    if said is None:
        raise row.fault("value_invalid", "skoledag", "ja or nej, 1 or 0")
    data, report = {"date": day, "school_day": said}, f"calendar_day|{school}|{day.isoformat()}"
    return Published(KIND, (Draft(CalendarDay, files.school_subject(school), school, data, report, as_of, as_of),))


def _undisputed(items: Iterable[Item], rows: Iterable[Row]) -> tuple[Item, ...]:
    pairs = list(zip(items, rows, strict=True))
    told: dict[str, set[Any]] = defaultdict(set)
    for item, _ in pairs:
        if isinstance(item, Published):
            told[item.drafts[0].report].add(item.drafts[0].data["school_day"])
    return tuple(
        csvfile.failed(KIND, row, "row_repeated", row.where())
        if isinstance(item, Published) and len(told[item.drafts[0].report]) > 1
        else item
        for item, row in pairs
    )
