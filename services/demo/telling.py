"""What the invented schools' five digital materials and their learning platform say, in the standards that they speak: xAPI statements and
CloudEvents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import msgspec

from contracts.dates import SECOND, Micros, rfc3339
from services.demo.dice import named
from services.demo.people import Pupil
from services.demo.school import ORDLEG

MATEMATIK: Final = "matematik-x"
DANSK_VIDEO: Final = "dansk-video"
BOGORM: Final = "bogorm"
NATURLAB: Final = "naturlab"
OPGAVERUM: Final = "opgaverum"
HOMEPAGE: Final = "https://unilogin.dk"
MOST: Final = 100
"""Reports in one request."""

_ADL: Final = "http://adlnet.gov/expapi/"
_VIDEO: Final = "https://w3id.org/xapi/video"
_CMI5: Final = "https://w3id.org/xapi/cmi5/context"
_INSTITUTION: Final = "https://fremgang.dk/xapi/extensions/institution"
XAPI_HEADERS: Final = MappingProxyType({"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"})
EVENT_HEADERS: Final = MappingProxyType({"Content-Type": "application/cloudevents-batch+json"})

Document = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """One report of a material. at: when it happened."""

    at: Micros
    supplier: str
    document: Document


@dataclass(frozen=True)
class Delivery:
    """One request of a supplier. due: when it is sent; sent again, its bytes are the same. items: what it holds, to count by."""

    due: Micros
    supplier: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    items: int
    query: Mapping[str, str] = field(default_factory=dict)


def bundled(due: Micros, said: Iterable[Said]) -> list[Delivery]:
    """The requests by which the materials send these reports, each its own."""
    by_supplier: dict[str, list[Document]] = {}
    for one in sorted(said, key=lambda one: one.at):
        by_supplier.setdefault(one.supplier, []).append(one.document)
    return [
        _request(due, supplier, documents[start : start + MOST])
        for supplier, documents in by_supplier.items()
        for start in range(0, len(documents), MOST)
    ]


def _request(due: Micros, supplier: str, documents: list[Document]) -> Delivery:
    body = msgspec.json.encode(documents)
    if "specversion" in documents[0]:
        return Delivery(due, supplier, "/events", EVENT_HEADERS, body, len(documents))
    return Delivery(due, supplier, "/xapi/statements", XAPI_HEADERS, body, len(documents))


def answered(pupil: Pupil, at: Micros, item: object, right: bool, seconds: float, *name: object) -> Said:
    """An exercise of matematik-x. right: at this try. seconds: how long it took. name: what makes the statement's id."""
    thing = _thing(f"https://matematik-x.example/opgaver/{item}", f"{_ADL}activities/cmi.interaction")
    result = {"success": right, "duration": f"PT{seconds:.1f}S"}
    return Said(at, MATEMATIK, _statement(pupil, at, f"{_ADL}verbs/answered", *name) | {"object": thing, "result": result})


def player(pupil: Pupil, at: Micros, verb: str, film: int, position: int, *session: object) -> Said:
    """One event of dansk-video's player. verb: played, paused, seeked or completed. position: s into the film."""
    space = f"{_ADL}verbs/" if verb == "completed" else f"{_VIDEO}/verbs/"
    told = {
        f"{_VIDEO}/extensions/session-id": named("film", pupil.key, *session),
        f"{_VIDEO}/extensions/length": length(film),
    }
    document = _statement(pupil, at, space + verb, *session, verb, at) | {
        "object": _thing(f"https://dansk-video.example/film/{film}", f"{_VIDEO}/activity-type/video"),
        "result": {"extensions": {f"{_VIDEO}/extensions/{'time-to' if verb == 'seeked' else 'time'}": position}},
        "context": _context(pupil, told) | {"contextActivities": {"category": [{"id": _VIDEO}]}},
    }
    return Said(at, DANSK_VIDEO, document)


def reading(pupil: Pupil, at: Micros, verb: str, chapter: str, registration: str, result: Document | None = None) -> Said:
    """A cmi5 statement of bogorm. verb: initialized, passed, failed or terminated. registration: the sitting, a UUID."""
    categories = [{"id": f"{_CMI5}/categories/{name}"} for name in (("cmi5", "moveon") if verb in {"passed", "failed"} else ("cmi5",))]
    context = _context(pupil, {f"{_CMI5}/extensions/sessionid": registration})
    document = _statement(pupil, at, f"{_ADL}verbs/{verb}", registration, verb) | {
        "object": _thing(f"https://bogorm.example/kapitler/{chapter}", f"{_ADL}activities/lesson"),
        "context": context | {"registration": registration, "contextActivities": {"category": categories}},
        **({"result": result} if result else {}),
    }
    return Said(at, BOGORM, document)


def experiment(pupil: Pupil, at: Micros, verb: str, number: int, result: Document) -> Said:
    """A statement of naturlab. verb: experienced (a simulation looked at) or scored (its questions answered)."""
    thing = _thing(f"https://naturlab.example/forsoeg/{number}", f"{_ADL}activities/simulation")
    return Said(at, NATURLAB, _statement(pupil, at, f"{_ADL}verbs/{verb}", number, verb, at) | {"object": thing, "result": result})


def lasted(seconds: float) -> str:
    return f"PT{round(seconds)}S"


def _thing(name: str, kind: str) -> Document:
    return {"id": name, "definition": {"type": kind}}


def length(film: int) -> int:
    """Seconds: 4 to 12 minutes."""
    return 240 + film * 37 % 480


def _statement(pupil: Pupil, at: Micros, verb: str, *name: object) -> Document:
    return {
        "id": named("statement", pupil.key, *name),
        "actor": {"account": {"homePage": HOMEPAGE, "name": pupil.unilogin}},
        "verb": {"id": verb},
        "timestamp": rfc3339(at),
        "context": _context(pupil, {}),
    }


def _context(pupil: Pupil, extensions: Document) -> Document:
    """Each material is registered for all institutions, so a statement names its own."""
    return {"extensions": {_INSTITUTION: pupil.institution, **extensions}}


def word(pupil: Pupil, at: Micros, item: str, right: bool, seconds: float, attempt: str, number: int) -> Said:
    """A word of ordleg, which numbers tries within an attempt and says which skill a word is of. item: begins with the skill."""
    data = {
        "tool": ORDLEG, "subject_code": "DAN", "item_id": f"ord-{item}", "attempt": attempt, "attempt_no": number, "correct": right,
        "response_seconds": round(seconds, 1), "goal_ids": [f"https://ordleg.example/maal/{item.partition('-')[0]}"],
    }  # fmt: skip
    return _event(pupil, at, "activity.item_answered", data, attempt, item, number)


def session(pupil: Pupil, at: Micros, kind: str, name: str, ended: str | None = None) -> Said:
    """A session of ordleg. kind: started or ended."""
    data = {"tool": ORDLEG, "subject_code": "DAN", "session": name, "kind": kind, "at": rfc3339(at)}
    return _event(pupil, at, "activity.session", data | ({"end_reason": ended} if ended else {}), name, kind)


def _event(pupil: Pupil, at: Micros, kind: str, data: Document, *name: object) -> Said:
    document = {
        "specversion": "1.0",
        "id": named("event", pupil.key, kind, *name),
        "source": "https://ordleg.example/hub",
        "type": f"dk.fremgang.{kind}.v1",
        "subject": f"{ORDLEG}:{pupil.key}",
        "time": rfc3339(at),
        "datacontenttype": "application/json",
        "institution": pupil.institution,
        "data": data,
    }
    return Said(at, ORDLEG, document)


def on_platform(institution: str, at: Micros, kind: str, subject: str, data: Document, name: str, op: str = "assert") -> Said:
    """What opgaverum, the schools' learning platform, says of a pupil or a group. name: the event's id."""
    document = {
        "specversion": "1.0", "id": name, "op": op, "source": "https://opgaverum.example/hub", "type": f"dk.fremgang.{kind}.v1",
        "subject": subject, "time": rfc3339(at), "datacontenttype": "application/json", "institution": institution, "data": data,
    }  # fmt: skip
    return Said(at, OPGAVERUM, document)


def later(at: Micros, seconds: float) -> Micros:
    return at + round(seconds * SECOND)
