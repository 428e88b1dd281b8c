"""Verbs, profiles and the extension IRIs that are read: what a statement is called in the ledger, never a name from its payload."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from contracts.events import Event, GoalMarked, ItemAnswered, MediaPlayed, ResourceViewed, Scored, Session

Player = Literal["played", "paused", "seeked", "ended"]
EndReason = Literal["ended", "abandoned"]

ADL: Final = "http://adlnet.gov/expapi/verbs/"
ACTIVITY_STREAMS: Final = "http://activitystrea.ms/schema/1.0/"
VIDEO: Final = "https://w3id.org/xapi/video"
CMI5: Final = "https://w3id.org/xapi/cmi5"
CMI5_DEFINED: Final = f"{CMI5}/context/categories/cmi5"
VIDEO_TYPE: Final = f"{VIDEO}/activity-type/video"
_FREMGANG: Final = "https://fremgang.dk/xapi/extensions/"

OBJECTIVE: Final = "http://adlnet.gov/expapi/activities/objective"

ANSWERED: Final = f"{ADL}answered"
VOIDED: Final = f"{ADL}voided"

PLAYER: Final[Mapping[str, Player]] = MappingProxyType(
    {f"{VIDEO}/verbs/played": "played", f"{VIDEO}/verbs/paused": "paused", f"{VIDEO}/verbs/seeked": "seeked"}
)
COMPLETED: Final = f"{ADL}completed"
TERMINATED: Final = f"{ADL}terminated"
LAUNCHED: Final = f"{ADL}launched"
INTERACTED: Final = f"{ADL}interacted"
PLAYER_ENDS: Final = frozenset({COMPLETED, TERMINATED})
"""They end a player's event only in statements of the video profile."""

RESULTS: Final[Mapping[str, bool | None]] = MappingProxyType(
    {f"{ADL}scored": None, f"{ADL}passed": True, f"{ADL}failed": False, COMPLETED: None}
)
"""The verbs that tell a result, and what they say of it themselves."""

MASTERS: Final = frozenset({f"{ADL}mastered", f"{ADL}achieved", "https://w3id.org/xapi/tla/verbs/achieved"})
"""The verbs that tell that a goal is reached."""

STARTS: Final = frozenset({f"{ADL}initialized", LAUNCHED})
ENDS: Final[Mapping[str, EndReason]] = MappingProxyType(
    {TERMINATED: "ended", f"{ADL}exited": "ended", "https://w3id.org/xapi/adl/verbs/abandoned": "abandoned"}
)

READ: Final = f"{ACTIVITY_STREAMS}read"
WATCH: Final = frozenset({f"{ACTIVITY_STREAMS}watch", "http://activitystrea.ms/watch"})
VIEWS: Final = WATCH | {
    f"{ADL}experienced",
    "https://w3id.org/xapi/acrossx/verbs/viewed",
    "http://id.tincanapi.com/verb/viewed",
    READ,
    INTERACTED,
}

MODELS: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {ANSWERED: ItemAnswered}
    | dict.fromkeys(PLAYER, MediaPlayed)
    | dict.fromkeys(RESULTS, Scored)
    | dict.fromkeys(MASTERS, GoalMarked)
    | dict.fromkeys(VIEWS, ResourceViewed)
    | dict.fromkeys((*STARTS, *ENDS), Session)
)
"""Verb IRI -> the event that it tells of an activity, where no profile says otherwise; no other verb is used."""

BY_PROFILE: Final = PLAYER_ENDS | STARTS | {INTERACTED}
"""The verbs that the video profile or cmi5 uses for something else."""

CMI5_SESSION_ID: Final = f"{CMI5}/context/extensions/sessionid"
SESSION_ID: Final = f"{VIDEO}/extensions/session-id"
TIME: Final = f"{VIDEO}/extensions/time"
TIME_TO: Final = f"{VIDEO}/extensions/time-to"
LENGTH: Final = f"{VIDEO}/extensions/length"

INSTITUTION: Final = f"{_FREMGANG}institution"
SUBJECT: Final = f"{_FREMGANG}subject"
FRAMEWORK: Final = f"{_FREMGANG}framework"
ATTEMPT: Final = f"{_FREMGANG}attempt"
ATTEMPT_NO: Final = f"{_FREMGANG}attempt-no"

_BY_SPACE: Final = {
    ADL: (
        "achieved answered asked attempted attended commented completed exited experienced failed imported initialized interacted launched "
        "logged-in logged-out mastered passed preferred progressed registered responded resumed satisfied scored shared suspended "
        "terminated voided"
    ),
    f"{VIDEO}/verbs/": "played paused seeked",
    "https://w3id.org/xapi/adl/verbs/": "abandoned waived satisfied logged-in logged-out",
    "https://w3id.org/xapi/tla/verbs/": "achieved",
    "https://w3id.org/xapi/acrossx/verbs/": "edited evaluated liked posted searched viewed",
    "http://id.tincanapi.com/verb/": (
        "adjusted bookmarked downloaded earned expected mentioned previewed promoted rated replied reviewed selected skipped tweeted viewed"
    ),
    ACTIVITY_STREAMS: (
        "access add archive attach complete create delete deny join leave like open play read receive reject remove search share start "
        "submit unlike update watch consume"
    ),
    "http://activitystrea.ms/": "submit create update watch start complete",
    "http://curatr3.com/define/verb/": "edited pressed voted-down voted-up",
}

KIND_BY_VERB: Final[Mapping[str, str]] = MappingProxyType(
    {
        space + name: name.replace("-", "_")
        for space, names in _BY_SPACE.items()
        for name in names.split()
    }
    | {f"https://brindlewaye.com/xAPITerms/verbs/{name}/": name for name in ("loggedin", "loggedout")}
)  # fmt: skip
"""Verb IRI -> the name it has in the ledger; every other verb is `other`."""

OTHER: Final = "other"
KINDS: Final = frozenset(KIND_BY_VERB.values()) | {OTHER}


def kind_of(verb: str) -> str:
    return KIND_BY_VERB.get(verb, OTHER)
