"""The hub's own event types as CloudEvents 1.0 over HTTP: binary, structured and batched."""

from connectors.cloudevents.data import EMITTED, TAKEN
from connectors.cloudevents.translate import BATCH, BINARY, STRUCTURED, UNKNOWN, translate
from contracts.connector import Connector

CONNECTOR = Connector(
    name="cloudevents",
    route="/events",
    title="The hub's own events, CloudEvents 1.0",
    emits=EMITTED,
    item_kinds=frozenset({UNKNOWN, *(kind.name for kind in TAKEN.values())}),
    takes={
        "source, id": "the report: a repeat counts once, a later revision replaces it; only its hash is kept",
        "type": "which of the hub's event types it is",
        "subject": "whom it is said of: a pupil's identity is sealed to a pseudonym, never written",
        "time": "when it happened: its day, and its order where the source gives no revision",
        "institution": "the school, where the credential is for several",
        "order": "the source's revision of the report",
        "op": "whether the report is told or taken back",
        "data": "the fields of the type's schema and no other: what the indicators count",
    },
    translate=translate,
    content_types=frozenset({BINARY, STRUCTURED, BATCH}),
)
