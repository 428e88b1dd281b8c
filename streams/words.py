"""A fact in words, in Danish and English, for who asks what a value counts (R8.1). Ids of a source are shown by their last part."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from contracts.dates import COPENHAGEN, Micros, moment
from contracts.facts import Content, Fact
from contracts.indicator import Texts

LONGEST_ID: Final = 40
_MILLIONTHS: Final = 1_000_000
_HIGHEST_GOAL: Final = 3


def words(fact: Fact) -> Texts:
    """Of a type that there are no words for, its name."""
    tell = _WORDS.get(fact.kind)
    return tell(fact.content) if tell else Texts(fact.kind, fact.kind)


def clock(at: Micros) -> str:
    """A Danish wall-clock time, in digits that both languages read."""
    return f"{moment(at).astimezone(COPENHAGEN):%d.%m.%Y %H:%M}"


def short(name: str) -> str:
    """The last part of an address, or as much of a name as there is room for."""
    last = name.rstrip("/#").replace("#", "/").rpartition("/")[2]
    return last if len(last) <= LONGEST_ID else f"…{last[-LONGEST_ID:]}"


def _both(names: Mapping[str, tuple[str, str]], name: str) -> Texts:
    return Texts(*names.get(name, (name, name)))


_VERDICTS: Final[Mapping[bool | None, Texts]] = MappingProxyType({
    True: Texts("rigtig", "right"), False: Texts("forkert", "wrong"), None: Texts("ikke bedømt", "not judged"),
})  # fmt: skip


def _answered(told: Content) -> Texts:
    verdict, item, attempt = _VERDICTS[told.get("correct")], short(told["item_id"]), told.get("attempt_no")
    more = Texts(f" (forsøg {attempt})", f" (attempt {attempt})") if attempt else Texts("", "")
    return Texts(f"Besvarede {item}: {verdict.da}{more.da}", f"Answered {item}: {verdict.en}{more.en}")


_PLAYED: Final = MappingProxyType({
    "played": ("Afspillede", "Played"), "paused": ("Satte på pause", "Paused"), "seeked": ("Sprang i", "Sought in"),
    "ended": ("Sluttede", "Ended"),
})  # fmt: skip


def _played(told: Content) -> Texts:
    did, film = _both(_PLAYED, told["kind"]), short(told["resource_id"])
    if "position" not in told:
        return Texts(f"{did.da} {film}", f"{did.en} {film}")
    seconds = told["position"] // 1_000
    return Texts(f"{did.da} {film} (ved {seconds} s)", f"{did.en} {film} (at {seconds} s)")


def _viewed(told: Content) -> Texts:
    page = short(told["resource_id"])
    if "active_seconds" not in told:
        return Texts(f"Så på {page}", f"Looked at {page}")
    seconds = told["active_seconds"] // 1_000
    return Texts(f"Så på {page} i {seconds} s", f"Looked at {page} for {seconds} s")


def _session(told: Content) -> Texts:
    if told["kind"] == "started":
        return Texts("Begyndte at arbejde i materialet", "Began to work in the material")
    return Texts("Holdt op med at arbejde i materialet", "Stopped working in the material")


def _scored(told: Content) -> Texts:
    activity = told.get("title") or short(told["activity_id"])
    state = Texts(" (foreløbigt)", " (not final)") if told["state"] == "partial" else Texts("", "")
    score = _score(told)
    return Texts(f"Resultat af {activity}: {score.da}{state.da}", f"Result of {activity}: {score.en}{state.en}")


def _score(told: Content) -> Texts:
    if "score_given" in told and "score_max" in told:
        points = Texts("{given} af {most} point", "{given} of {most} points")
        return points.told(given=told["score_given"] / _MILLIONTHS, most=told["score_max"] / _MILLIONTHS)
    if "score_fraction" in told:
        return Texts("{share} %", "{share} %").told(share=round(100 * told["score_fraction"] / _MILLIONTHS, 1))
    return Texts("uden point", "without points")


_LEVELS: Final = MappingProxyType({
    "0": ("ikke begyndt", "not started"), "1": ("i gang", "working"), "2": ("næsten nået", "nearly reached"), "3": ("nået", "reached"),
})  # fmt: skip
_MARKERS: Final = MappingProxyType(
    {"teacher": ("læreren", "the teacher"), "pupil": ("eleven", "the pupil"), "tool": ("et materiale", "a material")}
)


def _marked(told: Content) -> Texts:
    goal, level, who = short(told["goal_id"]), _both(_LEVELS, str(told["level"])), _both(_MARKERS, told["marked_by"])
    at = f"{told['level']}/{_HIGHEST_GOAL}"
    return Texts(f"Mål {goal}: {level.da} ({at}), markeret af {who.da}", f"Goal {goal}: {level.en} ({at}), marked by {who.en}")


def _planned(told: Content) -> Texts:
    goal, when = short(told["goal_id"]), told["period"]
    return Texts(f"Mål {goal} planlagt for klassen eller holdet: {when}", f"Goal {goal} planned for the class or group: {when}")


def _given(told: Content) -> Texts:
    due = clock(told["due_at"]) if "due_at" in told else None
    until = Texts(f"frist {due}", f"due {due}") if due else Texts("uden frist", "no deadline")
    free = Texts(" (frivillig)", " (optional)") if told["optional"] else Texts("", "")
    return Texts(f"Opgave givet: {told['title']}, {until.da}{free.da}", f"Assignment given: {told['title']}, {until.en}{free.en}")


def _handed_in(told: Content) -> Texts:
    when, name, number = clock(told["submitted_at"]), short(told["assignment_id"]), told["submission_no"]
    again = Texts(f" (aflevering {number})", f" (hand-in {number})") if number > 1 else Texts("", "")
    return Texts(f"Afleverede opgave {name} den {when}{again.da}", f"Handed in assignment {name} on {when}{again.en}")


_STATES: Final = MappingProxyType({
    "not_submitted": ("ikke afleveret", "not handed in"), "excused": ("eleven er fritaget", "the pupil is excused"),
    "returned": ("givet tilbage", "handed back"), "feedback_given": ("feedback givet", "feedback given"),
})  # fmt: skip


def _state(told: Content) -> Texts:
    state, name = _both(_STATES, told["state"]), short(told["assignment_id"])
    return Texts(f"Opgave {name}: {state.da}", f"Assignment {name}: {state.en}")


_SLOTS: Final = MappingProxyType({"start": ("Dagens start", "Start of the day"), "end": ("Dagens slut", "End of the day")})
_STATUSES: Final = MappingProxyType({
    "present": ("til stede", "present"), "absent": ("fraværende", "absent"), "late": ("kom for sent", "came late"),
    "left_early": ("gik før tid", "left early"),
})  # fmt: skip


def _registered(told: Content) -> Texts:
    slot, status = _both(_SLOTS, told["slot"]), _both(_STATUSES, told["status"])
    return Texts(f"{slot.da}: {status.da}", f"{slot.en}: {status.en}")


def _day_total(told: Content) -> Texts:
    part = told["absent_fraction"] / _MILLIONTHS
    if not part:
        return Texts("Hele dagen: til stede", "The whole day: present")
    return Texts("Hele dagen: fraværende {part} dag", "The whole day: absent {part} day").told(part=int(part) if part == 1 else part)


def _self_report(told: Content) -> Texts:
    item = short(told["item_id"])
    if told["declined"] or "value" not in told:
        return Texts(f"Spørgsmål {item}: ville ikke svare", f"Question {item}: would not answer")
    of = f"{told['value']} ({told['scale_min']}-{told['scale_max']})"
    return Texts(f"Spørgsmål {item}: eleven svarede {of}", f"Question {item}: the pupil answered {of}")


_NOTES: Final = MappingProxyType({
    "note": ("Note", "Note"), "meddelelsesbog": ("Meddelelsesbog", "Meddelelsesbog"), "feedback": ("Feedback", "Feedback"),
    "portfolio": ("Portfolio", "Portfolio"),
})  # fmt: skip


def _note(told: Content) -> Texts:
    kind, title, role = _both(_NOTES, told["kind"]), told["title"], told["author_role"]
    return Texts(f"{kind.da}: {title} ({role})", f"{kind.en}: {title} ({role})")


_TESTS: Final = MappingProxyType({
    "national": ("National test", "National test"), "voluntary": ("Frivillig test", "Voluntary test"),
    "screening": ("Screening", "Screening"),
})  # fmt: skip


def _tested(told: Content) -> Texts:
    kind, day = _both(_TESTS, told["test_kind"]), f"{date.fromisoformat(told['taken_on']):%d.%m.%Y}"
    points = Texts("{value}", "{value}").told(value=told["value"] / _MILLIONTHS) if "value" in told else Texts("–", "–")
    result = Texts(told["category"], told["category"]) if "category" in told else points
    return Texts(f"{kind.da} {day}, {told['grade']}. klasse: {result.da}", f"{kind.en} on {day}, grade {told['grade']}: {result.en}")


_WORDS: Final[Mapping[str, Callable[[dict[str, Any]], Texts]]] = MappingProxyType({
    "activity.item_answered": _answered, "activity.media_played": _played, "activity.resource_viewed": _viewed,
    "activity.session": _session, "result.scored": _scored, "curriculum.goal_marked": _marked, "curriculum.goal_planned": _planned,
    "assignment.published": _given, "assignment.submitted": _handed_in, "assignment.state": _state,
    "attendance.registered": _registered, "attendance.day_total": _day_total, "wellbeing.self_report": _self_report,
    "note.linked": _note, "test.result": _tested,
})  # fmt: skip
KINDS: Final = frozenset(_WORDS)
