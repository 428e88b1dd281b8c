"""What gives 400 (domain 1.1; adlnet/xAPI-Spec, Data, 2 and 4): a JSON value in, a checked statement or `Refused` with one fault out.

Pointers are relative to the statement.
"""

import re
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from connectors.xapi import forms
from connectors.xapi.statement import (
    OBJECTS,
    Activity,
    Actor,
    Attachment,
    Component,
    Context,
    Definition,
    Extensions,
    LanguageMap,
    Object,
    Result,
    Said,
    Score,
    Statement,
    StatementRef,
    SubStatement,
    Text,
    listed,
)
from contracts.errors import Refused
from contracts.seal import fault

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
_COMPONENTS = ("choices", "scale", "source", "target", "steps")
_PLACES = ("parent", "grouping", "category", "other")
_T = TypeVar("_T")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(?:\s*;.*)?", re.ASCII)


class Checked(NamedTuple):
    """A statement with its object, and its time where it has one (microseconds)."""

    statement: Statement
    object: Object
    time: int | None


def statement(value: Any) -> Checked:
    said = _shaped(value, Statement)
    if said.id is not UNSET and not forms.is_uuid(said.id):
        raise Refused.because("uuid_invalid", "/id")
    if said.version is not UNSET and not forms.is_version(said.version):
        raise Refused.because("version_unsupported", "/version")
    if said.authority is not UNSET:
        _authority(said.authority)
    _time(said.stored, "/stored")
    target = _said(said, "")
    return Checked(said, target, _time(said.timestamp, "/timestamp"))


def _shaped(value: Any, model: type[_T], root: str = "") -> _T:
    try:
        return msgspec.convert(value, model)
    except msgspec.ValidationError as error:
        raise Refused([fault(error, root)]) from None


def _said(said: Said, at: str) -> Object:
    """Checks what statements and SubStatements share; gives the object by its type."""
    _actor(said.actor, f"{at}/actor")
    _iri(said.verb.id, f"{at}/verb/id")
    _languages(said.verb.display, f"{at}/verb/display")
    target = _object(said.object, f"{at}/object", nested=isinstance(said, SubStatement))
    if said.result is not UNSET:
        _result(said.result, f"{at}/result")
    if said.context is not UNSET:
        _context(said.context, f"{at}/context", of_activity=isinstance(target, Activity))
    if said.attachments is not UNSET:
        for index, attachment in enumerate(said.attachments):
            _attachment(attachment, f"{at}/attachments/{index}")
    return target


def _object(value: dict[str, Any], at: str, *, nested: bool) -> Object:
    told = value.get("objectType", "Activity")
    if not isinstance(told, str):
        raise Refused.because("null_value" if told is None else "wrong_type", f"{at}/objectType")
    model = OBJECTS.get(told)
    if model is None or (nested and model is SubStatement):
        raise Refused.because("value_invalid", f"{at}/objectType")
    target = _shaped(value, model, at)
    _inside(target, at)
    return target


def _inside(target: Object, at: str) -> None:
    if isinstance(target, Activity):
        _activity(target, at)
    elif isinstance(target, Actor):
        _actor(target, at)
    elif isinstance(target, StatementRef):
        _uuid(target.id, f"{at}/id")
    else:
        _time(target.timestamp, f"{at}/timestamp")
        _said(target, at)


def _actor(actor: Actor, at: str) -> None:
    """Exactly one identifier, but for a group that lists its members."""
    named = [member for member in (actor.mbox, actor.mbox_sha1sum, actor.openid, actor.account) if member is not UNSET]
    if len(named) > 1 or (not named and not (actor.is_group and actor.member)):
        raise Refused.because("agent_invalid", at)
    _identifiers(actor, at)
    if actor.member is UNSET:
        return
    if not actor.is_group:
        raise Refused.because("unknown_member", at)
    for index, member in enumerate(actor.member):
        if member.is_group:
            raise Refused.because("agent_invalid", f"{at}/member/{index}", "a group in a group")
        _actor(member, f"{at}/member/{index}")


def _identifiers(actor: Actor, at: str) -> None:
    if actor.account is not UNSET:
        _iri(actor.account.home_page, f"{at}/account/homePage")
        if not actor.account.name.strip():
            raise Refused.because("agent_invalid", f"{at}/account/name")
    if actor.mbox is not UNSET and not forms.is_mailto(actor.mbox):
        raise Refused.because("agent_invalid", f"{at}/mbox", "mailto:ADDRESS")
    if actor.mbox_sha1sum is not UNSET and not forms.is_sha1(actor.mbox_sha1sum):
        raise Refused.because("agent_invalid", f"{at}/mbox_sha1sum", "40 hexadecimal digits")
    _iri(actor.openid, f"{at}/openid")


def _authority(actor: Actor) -> None:
    """An agent, or the two of three-legged OAuth (Data 2.4.9)."""
    _actor(actor, "/authority")
    if actor.is_group and (actor.member is UNSET or len(actor.member) != 2):
        raise Refused.because("agent_invalid", "/authority", "a group of exactly two agents")


def _activity(activity: Activity, at: str) -> None:
    _iri(activity.id, f"{at}/id")
    if activity.definition is not UNSET:
        _definition(activity.definition, f"{at}/definition")


def _definition(definition: Definition, at: str) -> None:
    _languages(definition.name, f"{at}/name")
    _languages(definition.description, f"{at}/description")
    _iri(definition.type, f"{at}/type")
    _iri(definition.more_info, f"{at}/moreInfo")
    _extensions(definition.extensions, f"{at}/extensions")
    given = {name: value for name in _COMPONENTS if (value := getattr(definition, name)) is not UNSET}
    if definition.interaction_type is UNSET and (given or definition.correct_responses_pattern is not UNSET):
        raise Refused.because("missing_member", at, "interactionType")
    _components(given, at)


def _components(given: dict[str, list[Component]], at: str) -> None:
    """The ids of a list differ (Data 2.4.4.1)."""
    for name, components in given.items():
        if len({component.id for component in components}) != len(components):
            raise Refused.because("value_invalid", f"{at}/{name}")
        for index, component in enumerate(components):
            _languages(component.description, f"{at}/{name}/{index}/description")


def _result(result: Result, at: str) -> None:
    if result.duration is not UNSET and forms.duration(result.duration) is None:
        raise Refused.because("duration_invalid", f"{at}/duration")
    if result.score is not UNSET and not _holds(result.score):
        raise Refused.because("score_invalid", f"{at}/score")
    _extensions(result.extensions, f"{at}/extensions")


def _holds(score: Score) -> bool:
    """scaled in -1..1, min below max, raw between them; NaN never comes out of the parser."""
    low = float("-inf") if isinstance(score.min, UnsetType) else score.min
    high = float("inf") if isinstance(score.max, UnsetType) else score.max
    scaled = isinstance(score.scaled, UnsetType) or -1 <= score.scaled <= 1
    return scaled and low < high and (isinstance(score.raw, UnsetType) or low <= score.raw <= high)


def _context(context: Context, at: str, *, of_activity: bool) -> None:
    if context.registration is not UNSET:
        _uuid(context.registration, f"{at}/registration")
    if context.instructor is not UNSET:
        _actor(context.instructor, f"{at}/instructor")
    if context.team is not UNSET:
        _team(context.team, f"{at}/team")
    for name in ("revision", "platform"):
        if not of_activity and getattr(context, name) is not UNSET:
            raise Refused.because("unknown_member", f"{at}/{name}", "only where the object is an activity")
    if context.language is not UNSET and not forms.is_language(context.language):
        raise Refused.because("language_invalid", f"{at}/language")
    if context.statement is not UNSET:
        _uuid(context.statement.id, f"{at}/statement/id")
    _activities(context, f"{at}/contextActivities")
    _extensions(context.extensions, f"{at}/extensions")


def _team(team: Actor, at: str) -> None:
    if not team.is_group:
        raise Refused.because("agent_invalid", at, "a group")
    _actor(team, at)


def _activities(context: Context, at: str) -> None:
    if context.context_activities is UNSET:
        return
    for place in _PLACES:
        for index, activity in enumerate(listed(getattr(context.context_activities, place))):
            _activity(activity, f"{at}/{place}/{index}")


def _attachment(attachment: Attachment, at: str) -> None:
    """JSON statements carry no attachment bodies, so each says where its own is."""
    if attachment.file_url is UNSET:
        raise Refused.because("missing_member", at, "fileUrl")
    _iri(attachment.usage_type, f"{at}/usageType")
    _iri(attachment.file_url, f"{at}/fileUrl")
    _languages(attachment.display, f"{at}/display")
    _languages(attachment.description, f"{at}/description")
    if attachment.length < 0:
        raise Refused.because("value_invalid", f"{at}/length")
    if not forms.is_sha2(attachment.sha2):
        raise Refused.because("value_invalid", f"{at}/sha2")
    if not _MEDIA_TYPE.fullmatch(attachment.content_type) or _unsigned(attachment):
        raise Refused.because("value_invalid", f"{at}/contentType")


def _unsigned(attachment: Attachment) -> bool:
    """A signature is a JWS in octets (Data 2.6); its body is not fetched, so no more of it can be known."""
    return attachment.usage_type == SIGNATURE and attachment.content_type != "application/octet-stream"


def _iri(text: Text, at: str) -> None:
    if not isinstance(text, UnsetType) and not forms.is_iri(text):
        raise Refused.because("iri_invalid", at)


def _uuid(text: str, at: str) -> None:
    if not forms.is_uuid(text):
        raise Refused.because("uuid_invalid", at)


def _time(text: Text, at: str) -> int | None:
    if isinstance(text, UnsetType):
        return None
    time = forms.instant(text)
    if time is None:
        raise Refused.because("timestamp_invalid", at)
    return time


def _languages(languages: LanguageMap | UnsetType, at: str) -> None:
    if not isinstance(languages, UnsetType) and not all(map(forms.is_language, languages)):
        raise Refused.because("language_invalid", at)


def _extensions(extensions: Extensions | UnsetType, at: str) -> None:
    if not isinstance(extensions, UnsetType) and not all(map(forms.is_iri, extensions)):
        raise Refused.because("iri_invalid", at)
