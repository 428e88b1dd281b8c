"""A local well-being check-in: its signed webhook, and its export as a CSV file."""

from connectors.wellbeing_checkin import export, message
from connectors.wellbeing_checkin.answer import KIND
from contracts.connector import Connector, Door
from contracts.events import SelfReport
from contracts.files import CSV_TYPES

CONNECTOR = Connector(
    name="wellbeing_checkin",
    route="/webhooks/wellbeing_checkin",
    title="A local well-being check-in, by webhook or as a CSV file",
    emits=frozenset({SelfReport}),
    item_kinds=frozenset({KIND}),
    takes={
        "pupil | unilogin, elevid": "whose answer it is: sealed to a pseudonym, never written",
        "institution": "the school, where the credential is for several",
        "instrument, version | instrument, version": "which questions were asked; the national survey's are refused",
        "run | runde": "which asking it was: an answer to the same question of the same run is the same fact",
        "item, dimension | spoergsmaal, dimension": "the question's id and what it is about; never its words",
        "scale, value, reversed | skala_min, skala_max, svar, vendt": "the answer as a number on its scale, and which end is good",
        "declined": "that the child chose not to answer",
        "visibility | synlig_for": "whom the child was told would see it: nobody else does",
        "timestamp, answered_at, revision | dato, klokken, revision": "when it was answered, and which word of it is the newest",
        "school_year | skoleaar": "the school year of the run",
    },
    translate=message.translate,
    content_types=frozenset({"application/json"}),
    whole=True,
    beside=(Door("/files/wellbeing_checkin", export.translate, CSV_TYPES, options=frozenset({"complete"})),),
)
