"""A checked statement to the draft of an event, by an allow-list: what is not named here goes nowhere (R1.3, R2.3)."""

import re
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from connectors.xapi import forms
from connectors.xapi import verbs as v
from connectors.xapi.check import Checked
from connectors.xapi.statement import Activity, Actor, Extensions, Score, Statement, listed
from contracts.connector import Draft, Registration
from contracts.dates import Micros, moment
from contracts.errors import Refused
from contracts.events import ItemAnswered, MediaPlayed
from contracts.privacy import Identity

_SUBJECT = re.compile(r"[0-9A-ZÆØÅ]{2,8}|unassigned")
_LONGEST_ID = 500
_MOST_ATTEMPTS = 10_000
_NONE: Extensions = {}


@dataclass(frozen=True)
class Drafting:
    """Drafts of one registration's statements. received: the time of what a statement does not date."""

    registration: Registration
    received: Micros

    def check(self, checked: Checked) -> None:
        """The hub's own extensions have the right shape, in statements that nothing reads too."""
        own = _extensions(checked.statement.context)
        school = own.get(v.INSTITUTION, UNSET)
        if school is not UNSET and (not isinstance(school, str) or school not in self.registration.institutions):
            raise Refused.because("institution_not_registered" if isinstance(school, str) else "value_invalid", _own(v.INSTITUTION))
        subject, attempt, number = (own.get(name, UNSET) for name in (v.SUBJECT, v.ATTEMPT, v.ATTEMPT_NO))
        if subject is not UNSET and not (isinstance(subject, str) and _SUBJECT.fullmatch(subject)):
            raise Refused.because("value_invalid", _own(v.SUBJECT))
        if attempt is not UNSET and not _is_id(attempt):
            raise Refused.because("value_invalid", _own(v.ATTEMPT))
        if number is not UNSET and not (type(number) is int and 1 <= number <= _MOST_ATTEMPTS):
            raise Refused.because("value_invalid", _own(v.ATTEMPT_NO))

    def draft(self, checked: Checked, report: str) -> Draft | str:
        """The event that a statement tells, or the reason why it is not used."""
        said, target = checked.statement, checked.object
        player = _player(said, target)
        if said.verb.id != v.ANSWERED and player is None:
            return "verb_not_used"
        if not isinstance(target, Activity):
            return "object_not_used"
        if said.actor.is_group:
            return "actor_not_a_pupil"
        if not _is_id(target.id):
            raise Refused.because("value_invalid", "/object/id", f"at most {_LONGEST_ID} characters")
        data = self._answered(said, target) if player is None else self._played(checked, target, player)
        own = _extensions(said.context)
        common = {"tool": self.registration.tool, "subject_code": own.get(v.SUBJECT, self.registration.subject_code)}
        return Draft(
            model=ItemAnswered if player is None else MediaPlayed,
            subject=identity(said.actor, self.registration),
            institution=self._institution(own),
            data=common | data,
            report=report,
            time=checked.time,
        )

    def _institution(self, own: Extensions) -> str:
        school: str | None = own.get(v.INSTITUTION, self.registration.institution)
        if school is None:
            raise Refused.because("institution_missing", "/context/extensions")
        return school

    def _answered(self, said: Statement, target: Activity) -> dict[str, Any]:
        own = _extensions(said.context)
        result = said.result
        told = {"item_id": target.id, "attempt": own.get(v.ATTEMPT), "attempt_no": own.get(v.ATTEMPT_NO)}
        if isinstance(result, UnsetType):
            return told
        lasting = UNSET if isinstance(result.duration, UnsetType) else forms.duration(result.duration)
        return told | {
            "correct": None if isinstance(result.success, UnsetType) else result.success,
            "score_fraction": None if isinstance(result.score, UnsetType) else fraction(result.score),
            "response_seconds": _seconds(lasting),
        }

    def _played(self, checked: Checked, target: Activity, player: v.Player) -> dict[str, Any]:
        said = checked.statement
        context, result = _extensions(said.context), _extensions(said.result)
        return {
            "resource_id": target.id,
            "session": _session(said, target),
            "kind": player,
            "at": moment(self.received if checked.time is None else checked.time),
            "position": _seconds(result.get(v.TIME_TO if player == "seeked" else v.TIME)),
            "length": _seconds(context.get(v.LENGTH, result.get(v.LENGTH))),
        }


def identity(actor: Actor, registration: Registration) -> Identity:
    """Whom the supplier means; an account's home page is a scheme of its own unless the registration says which it is."""
    if not isinstance(actor.account, UnsetType):
        return Identity(registration.schemes.get(actor.account.home_page, actor.account.home_page), actor.account.name)
    if not isinstance(actor.mbox, UnsetType):
        return Identity("mailto", actor.mbox.removeprefix("mailto:"))
    if not isinstance(actor.mbox_sha1sum, UnsetType):
        return Identity("mbox_sha1sum", actor.mbox_sha1sum)
    assert not isinstance(actor.openid, UnsetType)
    return Identity("openid", actor.openid)


def fraction(score: Score) -> float | None:
    """0-1 by domain 1.4: scaled; else raw between min and max; else raw of max where there is no min; else nobody knows."""
    low, high = score.min, score.max
    if not isinstance(score.scaled, UnsetType):
        part = score.scaled
    elif isinstance(score.raw, UnsetType) or isinstance(high, UnsetType):
        return None
    elif not isinstance(low, UnsetType):
        part = (score.raw - low) / (high - low)
    elif high > 0:
        part = score.raw / high
    else:
        return None
    return part if 0 <= part <= 1 else None


def _player(said: Statement, target: object) -> v.Player | None:
    if said.verb.id in v.PLAYER_ENDS:
        return "ended" if _of_video_profile(said, target) else None
    return v.PLAYER.get(said.verb.id)


def _of_video_profile(said: Statement, target: object) -> bool:
    definition = target.definition if isinstance(target, Activity) else UNSET
    if not isinstance(definition, UnsetType) and definition.type == v.VIDEO_TYPE:
        return True
    if isinstance(said.context, UnsetType) or isinstance(said.context.context_activities, UnsetType):
        return False
    return any(activity.id == v.VIDEO for activity in listed(said.context.context_activities.category))


def _session(said: Statement, target: Activity) -> str:
    """The player's session; where it names none, the registration, else the recording itself."""
    session = _extensions(said.context).get(v.SESSION_ID)
    if _is_id(session):
        return str(session)
    registration = UNSET if isinstance(said.context, UnsetType) else said.context.registration
    return target.id if isinstance(registration, UnsetType) else registration


def _seconds(value: object) -> float | None:
    """A number of seconds that a day holds; anything else may stand in an extension and is not taken."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= forms.LONGEST else None


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_ID


def _extensions(holder: Any) -> Extensions:
    return _NONE if holder is UNSET or holder.extensions is UNSET else holder.extensions


def _own(name: str) -> str:
    """The pointer of one of the hub's own extensions (RFC 6901)."""
    return "/context/extensions/" + name.replace("~", "~0").replace("/", "~1")
