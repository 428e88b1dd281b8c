"""xAPI 1.0.3 statements as models (adlnet/xAPI-Spec, Data, part 2): the shape; `connectors.xapi.check` has the rules of values.

A member that a statement lacks is UNSET, so null is refused wherever the standard gives no null; inside extensions anything goes.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

LanguageMap = dict[str, str]
Extensions = dict[str, Any]
Text = str | UnsetType
Interaction = Literal[
    "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other"
]


def _member(name: str) -> str:
    """The JSON name of a field: camel case, but for the one that the standard writes with an underscore."""
    first, *rest = name.split("_")
    return name if name == "mbox_sha1sum" else first + "".join(part.capitalize() for part in rest)


class _Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=_member):
    pass


class Account(_Told, frozen=True, kw_only=True):
    home_page: str
    name: str


class Actor(_Told, frozen=True, kw_only=True):
    """An agent or a group."""

    object_type: Literal["Agent", "Group"] | UnsetType = UNSET
    name: Text = UNSET
    mbox: Text = UNSET
    mbox_sha1sum: Text = UNSET
    openid: Text = UNSET
    account: Account | UnsetType = UNSET
    member: list["Actor"] | UnsetType = UNSET

    @property
    def is_group(self) -> bool:
        return self.object_type == "Group"


class Verb(_Told, frozen=True, kw_only=True):
    id: str
    display: LanguageMap | UnsetType = UNSET


class Component(_Told, frozen=True, kw_only=True):
    """A choice, a step, a point of a scale, one side of a match."""

    id: str
    description: LanguageMap | UnsetType = UNSET


class Definition(_Told, frozen=True, kw_only=True):
    name: LanguageMap | UnsetType = UNSET
    description: LanguageMap | UnsetType = UNSET
    type: Text = UNSET
    more_info: Text = UNSET
    interaction_type: Interaction | UnsetType = UNSET
    correct_responses_pattern: list[str] | UnsetType = UNSET
    choices: list[Component] | UnsetType = UNSET
    scale: list[Component] | UnsetType = UNSET
    source: list[Component] | UnsetType = UNSET
    target: list[Component] | UnsetType = UNSET
    steps: list[Component] | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Activity(_Told, frozen=True, kw_only=True):
    object_type: Literal["Activity"] | UnsetType = UNSET
    id: str
    definition: Definition | UnsetType = UNSET


class StatementRef(_Told, frozen=True, kw_only=True):
    object_type: Literal["StatementRef"]
    id: str


class Score(_Told, frozen=True, kw_only=True):
    scaled: float | UnsetType = UNSET
    raw: float | UnsetType = UNSET
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET


class Result(_Told, frozen=True, kw_only=True):
    score: Score | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    response: Text = UNSET
    duration: Text = UNSET
    extensions: Extensions | UnsetType = UNSET


class ContextActivities(_Told, frozen=True, kw_only=True):
    """Lists of activities; a single one is taken for a list of one, as 1.0.x asks."""

    parent: list[Activity] | Activity | UnsetType = UNSET
    grouping: list[Activity] | Activity | UnsetType = UNSET
    category: list[Activity] | Activity | UnsetType = UNSET
    other: list[Activity] | Activity | UnsetType = UNSET


class Context(_Told, frozen=True, kw_only=True):
    registration: Text = UNSET
    instructor: Actor | UnsetType = UNSET
    team: Actor | UnsetType = UNSET
    context_activities: ContextActivities | UnsetType = UNSET
    revision: Text = UNSET
    platform: Text = UNSET
    language: Text = UNSET
    statement: StatementRef | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Attachment(_Told, frozen=True, kw_only=True):
    """length: bytes. sha2: hexadecimal. file_url: where the receiver of a JSON statement finds it."""

    usage_type: str
    display: LanguageMap
    description: LanguageMap | UnsetType = UNSET
    content_type: str
    length: int
    sha2: str
    file_url: Text = UNSET


class _Said(_Told, frozen=True, kw_only=True):
    """What a statement and a SubStatement share; `object` is read by its objectType."""

    actor: Actor
    verb: Verb
    object: dict[str, Any]
    result: Result | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: Text = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


class SubStatement(_Said, frozen=True, kw_only=True):
    object_type: Literal["SubStatement"]


class Statement(_Said, frozen=True, kw_only=True):
    id: Text = UNSET
    stored: Text = UNSET
    authority: Actor | UnsetType = UNSET
    version: Text = UNSET


Object = Activity | Actor | StatementRef | SubStatement
Said = Statement | SubStatement

OBJECTS: dict[str, type[Object]] = {
    "Activity": Activity,
    "Agent": Actor,
    "Group": Actor,
    "StatementRef": StatementRef,
    "SubStatement": SubStatement,
}


def listed(activities: list[Activity] | Activity | UnsetType) -> list[Activity]:
    if isinstance(activities, UnsetType):
        return []
    return [activities] if isinstance(activities, Activity) else activities
