"""School days by institution, as a complete file."""

from connectors.calendar_csv.translate import translate
from contracts.connector import Connector
from contracts.events import CalendarDay, Snapshot
from contracts.files import CSV_TYPES

CONNECTOR = Connector(
    name="calendar_csv",
    route="/files/calendar_csv",
    title="School days, a CSV file",
    emits=frozenset({CalendarDay, Snapshot}),
    item_kinds=frozenset({"row"}),
    takes={
        "institution": "whose calendar it is",
        "dato": "the date",
        "skoledag": "whether it is a school day: every window counts them",
    },
    translate=translate,
    content_types=CSV_TYPES,
)
