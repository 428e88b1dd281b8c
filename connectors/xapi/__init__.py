"""xAPI 1.0.3 statements, received: answers, results, goals, views, sessions (cmi5 and others), the video profile, voids."""

from connectors.xapi.translate import CONTENT_TYPE, translate
from connectors.xapi.verbs import KINDS
from contracts.connector import Connector
from contracts.events import GoalMarked, ItemAnswered, MediaPlayed, ResourceViewed, Scored, Session

CONNECTOR = Connector(
    name="xapi",
    route="/xapi/statements",
    title="xAPI 1.0.3 statements",
    emits=frozenset({GoalMarked, ItemAnswered, MediaPlayed, ResourceViewed, Scored, Session}),
    item_kinds=KINDS,
    takes={
        "id": "the report: a repeat counts once, and a void finds it; only its hash is kept",
        "actor.account | mbox | mbox_sha1sum | openid": "whom it is said of: sealed to a pseudonym, never written",
        "verb.id": "what happened, and the kind in the ledger",
        "object.id": "which item, activity, goal or recording: first tries, best results and watching time are counted by it",
        "object.objectType": "whether it is an activity, or a statement that is voided",
        "object.definition.type": "whether a verb is that of a video player; whether a page, a film, a book or an exercise was viewed",
        "result.success": "whether the answer was right, the activity passed",
        "result.completion": "whether more of the result is to come",
        "result.score": "the points, their maximum and their share",
        "result.duration": "the response time, the time of a view, the length of a session",
        "result.extensions[video time, time-to, length]": "where in the recording, and how long that is",
        "context.registration": "the session where it names none",
        "context.contextActivities.category": "whether it is of the video profile or of cmi5",
        "context.contextActivities.parent | grouping | other [objective]": "which goals an item is for",
        "context.extensions[video session-id, length]": "watching time is measured within a session",
        "context.extensions[cmi5 sessionid]": "a session's start and end are joined by it",
        "context.extensions[institution, subject, attempt, attempt-no]": "school, school subject and try, for which xAPI has no field",
        "context.extensions[framework]": "which framework a goal is of: each has a reading of its own",
        "timestamp": "when it happened: its day, its order",
    },
    translate=translate,
    content_types=frozenset({CONTENT_TYPE}),
    whole=True,
    headers={"X-Experience-API-Version": "1.0.3"},
)
