"""Attendance as Danish school systems export it: a `;` file with S, L, U and F by slot, or with fractions of days."""

from connectors.attendance_csv.translate import translate
from contracts.connector import Connector
from contracts.events import AttendanceDayTotal, AttendanceRegistered
from contracts.files import CSV_TYPES

CONNECTOR = Connector(
    name="attendance_csv",
    route="/files/attendance_csv",
    title="Attendance, a CSV file as Danish schools export it",
    emits=frozenset({AttendanceRegistered, AttendanceDayTotal}),
    item_kinds=frozenset({"row"}),
    takes={
        "unilogin | elevid": "whom the row is said of: sealed to a pseudonym, never written",
        "institution": "the school, where the credential is for several",
        "dato": "the school day",
        "start, slut": "absence and lateness at the start and the end of the day, and its cause",
        "minutter_start, minutter_slut": "how much of the day was missed",
        "fravaer, aarsag": "the absent part of the day and its cause, from systems that have only days",
    },
    translate=translate,
    options=frozenset({"complete"}),
    content_types=CSV_TYPES,
)
