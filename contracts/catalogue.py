"""The catalogue of what is computed on pupils and on groups, as `GET /v1/indicators` answers it (R2.1, R8.1, R10).

All of it follows from the declarations of the indicators and from the one table of event types; what is said here besides is what an event
type is called, for how long it is kept, and what is deliberately computed by nobody (domain 4.5, R8.3).
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from msgspec import Struct

from contracts.indicator import Texts, WindowName
from contracts.kinds import ACTIVITY_DAYS, Family, Kind, Sheet


class Words(Struct, frozen=True):
    """The same in Danish and in English."""

    da: str
    en: str


class EventType(Struct, frozen=True):
    """What the hub keeps of one kind. said_of: a pupil, a group, .. sensitivity: normal, confidential or sensitive. purposes: the tasks
    that it may serve. kept: for how long."""

    title: Words
    said_of: str
    sensitivity: Literal["n", "c", "s"]
    purposes: list[str]
    legal_basis: str
    kept: Words


class Definition(Struct, frozen=True, kw_only=True):
    """What is computed on a pupil. indicator, version: as readings say; id: its number. until: of a version that a newer one supersedes,
    the last date on which it is served beside it, to who asks for `indicator@version`. windows: over what. reads: event types.
    per_subject: one for each school subject. per_framework: and for each framework of goals in it. self_report: of what pupils say of
    themselves. of_groups_alone: shown of no pupil, read for what is computed on groups. explanation, reasons: the sentences that a reading
    is told in, and why it may have no value, with names of numbers in braces. minimum: below it there is no value. unseen: what it does
    not see. tasks: what it is for. interval: what the one beside a value is; null where all there is is counted."""

    id: str
    indicator: str
    version: int
    until: date | None
    unit: str
    decimals: int
    windows: list[WindowName]
    per_subject: bool
    per_framework: bool
    reads: list[str]
    self_report: bool
    of_groups_alone: bool
    tasks: list[str]
    title: Words
    formula: Words
    minimum: Words
    unseen: Words
    explanation: Words
    reasons: dict[str, Words]
    interval: Words | None


class Beside(Struct, frozen=True, kw_only=True):
    """What a pupil's view tells beside the indicators: recorded facts and their dates. extra: its name there. text: the sentence that it is
    told in. window: within which it is counted. reads: event types. purposes: for which it is told."""

    extra: str
    title: Words
    text: Words
    unseen: Words
    window: WindowName
    reads: list[str]
    purposes: list[str]


class GroupDefinition(Struct, frozen=True, kw_only=True):
    """What is computed on a group. until: as of what is computed on a pupil. of: the indicators of its pupils that it is made of, each in
    its newest version. together: of all of them at once, with a unit and a window of its own; else of each, in its unit and window (or in
    the one that `window` names)."""

    id: str
    indicator: str
    version: int
    until: date | None
    of: list[str]
    together: bool
    unit: str | None
    window: WindowName | None
    tasks: list[str]
    title: Words
    formula: Words
    minimum: Words
    unseen: Words
    explanation: Words
    reasons: dict[str, Words]


class Catalogue(Struct, frozen=True):
    """Everything that a hub computes on pupils and on groups, what it reads for it, and what it leaves out. event_types: by name, as
    `reads` has it. windows, tasks: by their short names."""

    indicators: list[Definition]
    extras: list[Beside]
    group_indicators: list[GroupDefinition]
    event_types: dict[str, EventType]
    windows: dict[str, Words]
    tasks: dict[str, Words]
    left_out: list[Words]


TASKS: Final[Mapping[str, Texts]] = {
    "T1": Texts("lærerens forberedelse af undervisningen", "the teacher's preparation of lessons"),
    "T2": Texts("samtalen med eleven og forældrene", "the talk with the pupil and the parents"),
    "T3": Texts("lærerteamets samtale om klassen", "the teaching team's talk about the class"),
    "T4": Texts("samtalen med skolens ledelse om klassen", "the talk with school management about the class"),
    "insight": Texts("elevens og forældrenes egen indsigt", "the pupil's and the parents' own insight"),
}
"""The purposes of `contracts.kinds` in words (domain 0)."""

LEFT_OUT: Final = (
    Texts(
        "Rangordning: ingen elev stilles op mod en anden, og ingen plads i en rækkefølge regnes ud.",
        "Ranking: no pupil is held against another, and no place in an order is computed.",
    ),
    Texts(
        "Forudsigelse: intet tal siger, hvordan det vil gå en elev. Alt er opgjort af det, der er sket.",
        "Prediction: no number says how a pupil will do. Everything is counted from what has happened.",
    ),
    Texts(
        "Risikomarkering: ingen elev udpeges som udsat, svag eller bagud, og ingen farver sættes på elever.",
        "Risk flags: no pupil is pointed out as at risk, weak or behind, and no colours are put on pupils.",
    ),
    Texts(
        "Samlet score: tallene lægges ikke sammen til ét tal for fremgang, indsats eller dygtighed, og ingen skjulte vægte bruges.",
        "Composite score: the numbers are not put together into one of progress, effort or ability, and no hidden weights are used.",
    ),
    Texts(
        "Sammenligning med klassens gennemsnit på elevens egen side.",
        "Comparison with the class mean on a pupil's own page.",
    ),
)
"""Domain 4.5 and R8.3."""

CALLED: Final[Mapping[str, Texts]] = {
    "activity.session": Texts("Hvornår arbejdet i et materiale begyndte og sluttede", "When work in a material began and ended"),
    "activity.item_answered": Texts("Besvarelser af opgaver i digitale materialer", "Answers to tasks in digital materials"),
    "activity.resource_viewed": Texts("Sider, film og bøger, der blev åbnet", "Pages, films and books that were opened"),
    "activity.media_played": Texts("Afspilning af film og lyd", "Playing of films and sound"),
    "activity.summary": Texts("Et materiales egen opgørelse af brugen", "A material's own count of its use"),
    "result.scored": Texts("Resultater af opgaver og prøver", "Results of tasks and tests"),
    "result.grade": Texts("Karakterer", "Grades"),
    "curriculum.goal_marked": Texts("Mål, der er markeret som nået eller på vej", "Goals marked as reached or on the way"),
    "curriculum.goal_planned": Texts("Mål, der er planlagt for en klasse eller et hold", "Goals planned for a class or group"),
    "curriculum.framework": Texts("Rammer af mål, som fag undervises efter", "Frameworks of goals that subjects are taught by"),
    "assignment.published": Texts("Afleveringsopgaver, givet til klasser og hold", "Assignments given to classes and groups"),
    "assignment.submitted": Texts("Afleveringer", "Hand-ins"),
    "assignment.state": Texts("Fritagelser, tilbageleveringer og feedback", "Exemptions, returns and feedback"),
    "attendance.registered": Texts("Fremmøde ved dagens start og slut", "Attendance at the start and end of the day"),
    "attendance.day_total": Texts("Fremmøde, opgjort for hele dage", "Attendance, counted by whole days"),
    "wellbeing.self_report": Texts("Elevens egne svar om trivsel og motivation", "The pupil's own answers about well-being and motivation"),
    "wellbeing.aggregate_published": Texts(
        "Offentliggjorte tal fra den nationale trivselsmåling", "Published figures of the national well-being survey"
    ),
    "note.linked": Texts("Henvisninger til lærernes noter, ikke teksten", "Links to teachers' notes, not the text"),
    "test.result": Texts("Resultater af nationale og frivillige test", "Results of national and voluntary tests"),
    "roster.membership": Texts("Hvem der er i hvilken klasse eller hvilket hold", "Who is in which class or group"),
    "roster.group": Texts("Klasser og hold", "Classes and groups"),
    "roster.calendar_day": Texts("Skoledage og fridage", "School days and days off"),
    "roster.identity": Texts("Hvilke pseudonymer der er samme elev", "Which pseudonyms are the same pupil"),
    "source.snapshot": Texts("Hvilke filer der var fuldstændige", "Which files were complete"),
    "source.cadence": Texts("Hvornår en kilde har aftalt at levere", "When a source is to deliver"),
    "control.retraction": Texts("Tilbagetrækninger", "Retractions"),
}
"""Event type -> what a parent would call it."""


def kept(kind: Kind) -> Texts:
    """For how long (design 4, Retention)."""
    if kind.sheet is Sheet.UNDATED:
        return Texts(
            "til 31. oktober efter det skoleår, hvor det sidst gjaldt", "to 31 October after the school year in which it was last valid"
        )
    if kind.family is Family.ACTIVITY:
        return Texts(
            f"{ACTIVITY_DAYS} dage; det, der er regnet ud af det, til 31. oktober efter skoleåret",
            f"{ACTIVITY_DAYS} days; summaries to 31 October after the school year",
        )
    return Texts("til 31. oktober efter skoleåret", "to 31 October after the school year")
