"""A checked statement to the draft of an event, by an allow-list: what is not named here goes nowhere (R1.3, R2.3)."""

import re
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from connectors.xapi import verbs as v
from connectors.xapi.check import Checked
from connectors.xapi.goals import marked, objectives
from connectors.xapi.members import LONGEST_ID, at, duration, extensions, has_category, is_id, seconds, session, share, type_of, within
from connectors.xapi.results import scored
from connectors.xapi.statement import Activity, Actor, Extensions, Statement
from connectors.xapi.using import session_told, viewed
from contracts.connector import Draft, Registration
from contracts.dates import Micros
from contracts.errors import Refused
from contracts.events import Event, GoalMarked, ItemAnswered, MediaPlayed, ResourceViewed, Scored
from contracts.privacy import Identity

_SUBJECT = re.compile(r"[0-9A-ZÆØÅ]{2,8}|unassigned")
_MOST_ATTEMPTS = 10_000


@dataclass(frozen=True)
class Drafting:
    """Drafts of one registration's statements. received: the time of what a statement does not date."""

    registration: Registration
    received: Micros

    def check(self, checked: Checked) -> None:
        """The hub's own extensions have the right shape, in statements that nothing reads too."""
        own = extensions(checked.statement.context)
        school = own.get(v.INSTITUTION, UNSET)
        if school is not UNSET and (not isinstance(school, str) or school not in self.registration.institutions):
            raise Refused.because("institution_not_registered" if isinstance(school, str) else "value_invalid", _own(v.INSTITUTION))
        subject, number = (own.get(name, UNSET) for name in (v.SUBJECT, v.ATTEMPT_NO))
        if subject is not UNSET and not (isinstance(subject, str) and _SUBJECT.fullmatch(subject)):
            raise Refused.because("value_invalid", _own(v.SUBJECT))
        for name in (v.ATTEMPT, v.FRAMEWORK):
            if name in own and not is_id(own[name]):
                raise Refused.because("value_invalid", _own(name))
        if number is not UNSET and not (type(number) is int and 1 <= number <= _MOST_ATTEMPTS):
            raise Refused.because("value_invalid", _own(v.ATTEMPT_NO))

    def draft(self, checked: Checked, report: str) -> Draft | str:
        """The event that a statement tells, or the reason why it is not used."""
        said, target = checked.statement, checked.object
        model = _model(said, target)
        if model is None:
            return "verb_not_used"
        if not isinstance(target, Activity):
            return "object_not_used"
        if said.actor.is_group:
            return "actor_not_a_pupil"
        if not is_id(target.id):
            raise Refused.because("value_invalid", "/object/id", f"at most {LONGEST_ID} characters")
        data = self._data(checked, target, model)
        if isinstance(data, str):
            return data
        own = extensions(said.context)
        common = {"tool": self.registration.tool, "subject_code": own.get(v.SUBJECT, self.registration.subject_code)}
        return Draft(
            model=model,
            subject=identity(said.actor, self.registration),
            institution=self._institution(own),
            data={name: value for name, value in common.items() if name in model.__struct_fields__} | data,
            report=report,
            time=checked.time,
        )

    def _data(self, checked: Checked, target: Activity, model: type[Event]) -> dict[str, Any] | str:
        """Or the reason why it is not used."""
        said = checked.statement
        if model is ItemAnswered:
            return _answered(said, target)
        if model is MediaPlayed:
            return self._played(checked, target)
        if model is Scored:
            return scored(said, target) or "no_result"
        if model is GoalMarked:
            return marked(checked, target, self.received) or "no_framework"
        return viewed(said, target) if model is ResourceViewed else session_told(checked, target, self.received)

    def _institution(self, own: Extensions) -> str:
        school: str | None = own.get(v.INSTITUTION, self.registration.institution)
        if school is None:
            raise Refused.because("institution_missing", "/context/extensions")
        return school

    def _played(self, checked: Checked, target: Activity) -> dict[str, Any]:
        said = checked.statement
        kind = v.PLAYER.get(said.verb.id, "ended")
        context, result = extensions(said.context), extensions(said.result)
        return {
            "resource_id": target.id,
            "session": session(said, target, v.SESSION_ID),
            "kind": kind,
            "at": at(checked, self.received),
            "position": seconds(result.get(v.TIME_TO if kind == "seeked" else v.TIME)),
            "length": seconds(context.get(v.LENGTH, result.get(v.LENGTH))),
        }


def _answered(said: Statement, target: Activity) -> dict[str, Any]:
    own, result = extensions(said.context), said.result
    told = {"item_id": target.id, "attempt": own.get(v.ATTEMPT), "attempt_no": own.get(v.ATTEMPT_NO)}
    if goals := objectives(said):
        told["goal_ids"] = goals
    if isinstance(result, UnsetType):
        return told
    return told | {
        "correct": None if isinstance(result.success, UnsetType) else result.success,
        "score_fraction": None if isinstance(result.score, UnsetType) else within(share(result.score), 0, 1),
        "response_seconds": duration(result),
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


def _model(said: Statement, target: object) -> type[Event] | None:
    """The event that the verb tells; in the video profile a player's end, and neither a result, a view nor a session. What cmi5 calls
    launched is the LMS's word; its session begins when the content says `initialized`."""
    verb = said.verb.id
    if verb not in v.BY_PROFILE:
        return v.MODELS.get(verb)
    if type_of(target) == v.VIDEO_TYPE or has_category(said, v.VIDEO):
        return MediaPlayed if verb in v.PLAYER_ENDS else None
    if verb == v.INTERACTED and duration(said.result) is None:
        return None
    if verb == v.LAUNCHED and has_category(said, v.CMI5_DEFINED):
        return None
    return v.MODELS[verb]


def _own(name: str) -> str:
    """The pointer of one of the hub's own extensions (RFC 6901)."""
    return "/context/extensions/" + name.replace("~", "~0").replace("/", "~1")
