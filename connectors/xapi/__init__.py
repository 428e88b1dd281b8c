"""xAPI 1.0.3 statements, received: answers to items, the player events of the video profile, voiding."""

from connectors.xapi.translate import CONTENT_TYPE, translate
from connectors.xapi.verbs import KINDS
from contracts.connector import Connector
from contracts.events import ItemAnswered, MediaPlayed

CONNECTOR = Connector(
    name="xapi",
    route="/xapi/statements",
    title="xAPI 1.0.3 statements",
    emits=frozenset({ItemAnswered, MediaPlayed}),
    item_kinds=KINDS,
    takes={
        "id": "the report: a repeat counts once, and a void finds it; only its hash is kept",
        "actor.account | mbox | mbox_sha1sum | openid": "whom it is said of: sealed to a pseudonym, never written",
        "verb.id": "what happened, and the kind in the ledger",
        "object.id": "which item or recording: first tries and watching time are counted by it",
        "object.objectType": "whether it is an activity, or a statement that is voided",
        "object.definition.type": "whether a completed or terminated is that of a video player",
        "result.success": "whether the answer was right",
        "result.score": "the share of the points",
        "result.duration": "the response time",
        "result.extensions[video time, time-to, length]": "where in the recording, and how long that is",
        "context.registration": "the player's session where it names none",
        "context.contextActivities.category": "whether it is of the video profile",
        "context.extensions[video session-id, length]": "watching time is measured within a session",
        "context.extensions[institution, subject, attempt, attempt-no]": "school, school subject and try, for which xAPI has no field",
        "timestamp": "when it happened: its day, its order",
    },
    translate=translate,
    content_types=frozenset({CONTENT_TYPE}),
    whole=True,
    headers={"X-Experience-API-Version": "1.0.3"},
)
