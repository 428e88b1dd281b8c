"""A link file: which of a supplier's own ids is which pupil of the roster."""

from connectors.identity_links_csv.translate import translate
from contracts.connector import Connector
from contracts.events import RosterIdentity, Snapshot
from contracts.files import CSV_TYPES

CONNECTOR = Connector(
    name="identity_links_csv",
    route="/files/identity_links_csv",
    title="Links from a supplier's own ids to the roster's, a CSV file",
    emits=frozenset({RosterIdentity, Snapshot}),
    item_kinds=frozenset({"row"}),
    takes={
        "skema_fra, id_fra": "the supplier's own identity of a pupil: sealed to a pseudonym, never written",
        "skema_til, id_til": "the same pupil's identity in the roster: sealed to a pseudonym, never written",
        "institution": "the school, where the credential is for several",
    },
    translate=translate,
    content_types=CSV_TYPES,
)
