"""CSV text as schools and their systems export it (domain 4.3): encodings, delimiters, a header that is checked, rows one by one.

A file that cannot be read at all is refused; a row that cannot be is one failed item, and the others go on. No text of a file is ever
repeated in an error: faults name lines, and columns by the names that the connector gives them.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice
from typing import Final

from contracts import cpr
from contracts.connector import Failed, Item
from contracts.errors import Refused
from contracts.privacy import Direct
from contracts.reasons import REASONS

BOM: Final = "\ufeff"
MOST_ROWS: Final = 50_000
DELIMITERS: Final = (";", ",", "\t", "|")
_NAMES: Final = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
_DANISH = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DECIMAL = re.compile(r"[0-9]{1,6}([.,][0-9]{1,6})?")


@dataclass(frozen=True)
class Row:
    """One row of a file. line: where it begins, from 1. cells: by column name, without surrounding space. width: cells that it had,
    columns that the header has. raw: its own text. file: the name within a package, or nothing."""

    line: int
    cells: Mapping[str, str]
    width: tuple[int, int]
    raw: str
    file: str = ""

    def __getitem__(self, column: str) -> str:
        """The cell; empty where the file has no such column."""
        return self.cells.get(column, "")

    def where(self, column: str = "") -> str:
        """`line 7, column dato`."""
        line = f"{self.file} line {self.line}" if self.file else f"line {self.line}"
        return f"{line}, column {column}" if column else line

    def fault(self, reason: str, column: str = "", detail: str = "") -> Refused:
        """To be raised: what is wrong with this row."""
        return Refused.because(reason, self.where(column), detail)

    def needed(self, column: str) -> str:
        if not self[column]:
            raise self.fault("row_incomplete", column)
        return self[column]

    def check(self) -> None:
        """No cell holds a CPR number, of a column that is read or not; and the row has the header's columns."""
        if cpr.present(self.raw):
            raise self.fault("national_identifier_present")
        cells, columns = self.width
        if cells != columns:
            raise self.fault("row_incomplete" if cells < columns else "not_csv", detail=f"{cells} cells, {columns} columns")


@dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    file: str = ""

    def require(self, columns: Sequence[str]) -> None:
        if missing := [name for name in columns if name not in self.header]:
            raise Refused.because("column_missing", self.file, ", ".join(missing))


def text(body: bytes, *, legacy: bool = True) -> str:
    """UTF-8 with or without a byte order mark; else, where `legacy`, the Windows form of ISO-8859-1, which older systems write."""
    for encoding in ("utf-8", "cp1252") if legacy else ("utf-8",):
        try:
            decoded = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in decoded:
            break
        return decoded.removeprefix(BOM)
    raise Refused.because("encoding_unknown" if legacy else "not_utf8")


def table(
    body: bytes,
    required: Sequence[str],
    delimiter: str = ";",
    *,
    known: Sequence[str] = (),
    legacy: bool = True,
    file: str = "",
    bare: bool = False,
) -> Table:
    """The file's rows under its header, which must have the `required` columns, spelt so, in any order.

    known: other columns, by which the header is recognised as one. bare: the file may have no rows.

    Refuses with `empty_file`, `encoding_unknown`, `not_csv`, `column_missing`, `too_many_items` or `national_identifier_present`.
    """
    lines = _records(text(body, legacy=legacy), delimiter, file)
    first = next(lines, None)
    if first is None:
        raise Refused.because("empty_file", file)
    header = _header(first, (*required, *known), delimiter, file)
    rows = tuple(Row(line, _cells(header, cells), _width(header, cells), raw, file) for line, cells, raw in islice(lines, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise Refused.because("too_many_items", file, f"at most {MOST_ROWS} rows", REASONS["too_many_items"].status)
    if not rows and not bare:
        raise Refused.because("empty_file", file)
    found = Table(header, rows, file)
    found.require(required)
    return found


def _records(content: str, delimiter: str, file: str) -> Iterator[tuple[int, list[str], str]]:
    """(first line, cells, its own text) of every record that is not blank."""
    read: list[str] = []
    reader = csv.reader(_noted(io.StringIO(content, newline=""), read), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells], "".join(read)
            read.clear()
            line = reader.line_num + 1
    except csv.Error:
        raise Refused.because("not_csv", f"{file} line {line}".strip(), "quotes do not close, or a cell is longer than 128 KiB") from None


def _noted(lines: Iterable[str], read: list[str]) -> Iterator[str]:
    for line in lines:
        read.append(line)
        yield line


def _header(first: tuple[int, list[str], str], known: Sequence[str], delimiter: str, file: str) -> tuple[str, ...]:
    _, cells, raw = first
    if cpr.present(raw):
        raise Refused.because("national_identifier_present", f"{file} line 1".strip())
    header = tuple(cells[:-1] if cells[-1] == "" else cells)
    if not set(header) & set(known):
        raise Refused.because("not_csv", f"{file} line 1".strip(), _unlike(raw, known, delimiter))
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        raise Refused.because("not_csv", f"{file} line 1".strip(), "two columns have the same name")
    return header


def _unlike(raw: str, known: Sequence[str], delimiter: str) -> str:
    counts = {other: raw.count(other) for other in DELIMITERS}
    likely = max(DELIMITERS, key=lambda other: counts[other])
    if counts[likely] > counts[delimiter] and set(re.split(re.escape(likely), raw.strip())) & set(known):
        return f"the columns are separated by {_NAMES[likely]}, not {_NAMES[delimiter]}"
    return f"none of the columns {delimiter.join(known)}"


def _cells(header: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(header, cells, strict=False) if name}


def _width(header: tuple[str, ...], cells: list[str]) -> tuple[int, int]:
    """Empty cells beyond the header are what a spreadsheet leaves at the end of a line."""
    beyond = any(cells[len(header) :])
    return (len(cells) if beyond else min(len(cells), len(header))), len(header)


def item(kind: str, row: Row, read: Callable[[Row], Item], who: Callable[[Row], Direct | None] = lambda _: None) -> Item:
    """What `read` makes of a row; a bad row is one failed item, without its text where that holds a CPR number, of `who` it names."""
    try:
        row.check()
        return read(row)
    except Refused as refused:
        fault = refused.faults[0]
        return failed(kind, row, fault.reason, fault.pointer, fault.detail, who)


def failed(
    kind: str, row: Row, reason: str, pointer: str, detail: str = "", who: Callable[[Row], Direct | None] = lambda _: None
) -> Failed:
    """The row as a failed item, of the school that it names if it names one, and of the person if that can be read."""
    if reason == "national_identifier_present":
        return Failed(kind, reason, pointer, b"", detail, row["institution"])
    try:
        subject = who(row)
    except Refused:
        subject = None
    return Failed(kind, reason, pointer, row.raw.encode(), detail, row["institution"], subject)


def danish_date(row: Row, column: str) -> date:
    """dd-mm-yyyy."""
    match = _DANISH.fullmatch(row.needed(column))
    return _date(row, column, match and (match[3], match[2], match[1]))


def iso_date(row: Row, column: str) -> date | None:
    """yyyy-mm-dd, or None where the cell is blank."""
    if not row[column]:
        return None
    match = _ISO.fullmatch(row[column])
    return _date(row, column, match and (match[1], match[2], match[3]))


def _date(row: Row, column: str, parts: tuple[str, str, str] | None) -> date:
    try:
        if parts is not None and 1900 <= int(parts[0]) <= 2199:
            return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        pass
    raise row.fault("date_invalid", column)


def decimal(row: Row, column: str) -> Decimal | None:
    """A number of at least 0 with a decimal comma or point, or None where the cell is blank."""
    if not row[column]:
        return None
    if not _DECIMAL.fullmatch(row[column]):
        raise row.fault("value_invalid", column, "a number such as 12 or 12,5")
    return Decimal(row[column].replace(",", "."))


def whole(number: Decimal) -> int:
    """To the nearest whole number, halves to the even one."""
    return int(number.to_integral_value(ROUND_HALF_EVEN))
