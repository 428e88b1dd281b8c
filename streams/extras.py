"""What a pupil's view tells beside the indicators (domain 4.5, extra facts): the latest of a kind, and what waits. Counts and dates, and
nothing else is made of them.

Each is for the purposes that the catalogue declares for what it shows, and follows the reader's school subjects: what belongs to none, as a
note does, is for those who see all of a pupil's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from contracts.dates import Micros, local_date
from contracts.facts import Fact, day_of
from contracts.indicator import Texts, Window, WindowName
from contracts.kinds import BY_NAME
from streams.assignments import name as named
from streams.words import clock, words

MOST: Final = 20
"""Of one extra that are shown, the count telling of all."""
LATEST_NOTES: Final = 5
ANSWERED: Final = ("feedback_given", "returned")
"""The states in which a teacher has answered a hand-in."""

Said = tuple[str, Fact]
"""Of which group it is said, "" where it is of the pupil; and what."""


class Item(NamedTuple):
    """subject: the school subject, None where there is none. text: what a reader sees. told: the fields of it."""

    subject: str | None
    text: Texts
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Extra:
    """kinds: the event types that it reads, the one first that it shows. window: within which n is counted, None for all that is kept.
    text: a sentence with n as placeholder. read: the items, in the order in which they are shown; it is given nothing of after the
    window's last day. counts: what n counts of the items. most: how many of them are shown."""

    name: str
    title: Texts
    text: Texts
    unseen: Texts
    kinds: tuple[str, ...]
    read: Callable[[Sequence[Said], Window], list[Item]]
    window: WindowName
    most: int = MOST
    counts: Callable[[Item, Window], bool] = lambda _item, _window: True

    @property
    def purposes(self) -> tuple[str, ...]:
        return BY_NAME[self.kinds[0]].purposes

    @property
    def families(self) -> frozenset[str]:
        """Whose sheets it reads."""
        return frozenset(BY_NAME[kind].family.value for kind in self.kinds)

    def items(self, known: Iterable[Said], window: Window, allowed: frozenset[str] | None) -> list[Item]:
        """Those of the school subjects that the reader sees, None for all."""
        told = [(group, fact) for group, fact in known if fact.kind in self.kinds and day_of(fact) <= window.last]
        return [item for item in self.read(told, window) if allowed is None or item.subject in allowed]


def _subject(code: str) -> str | None:
    return None if code == "unassigned" else code


def _tests(known: Sequence[Said], _window: Window) -> list[Item]:
    """Of each subject the latest national test."""
    latest: dict[str, Fact] = {}
    for _, fact in sorted(known, key=lambda one: (one[1].content["taken_on"], one[1].key)):
        if fact.content["test_kind"] == "national":
            latest[fact.content["subject_code"]] = fact
    return [Item(_subject(code), words(fact), _test(fact)) for code, fact in sorted(latest.items())]


def _test(fact: Fact) -> dict[str, Any]:
    told = fact.content
    points = {"value": told["value"] / 1_000_000, "scale": told["scale_id"]} if "value" in told else {}
    return {"taken_on": told["taken_on"], "grade": told["grade"], "category": told.get("category"), **points, "source": fact.supplier}


def _notes(known: Sequence[Said], _window: Window) -> list[Item]:
    """Newest first."""
    newest = sorted((fact for _, fact in known), key=lambda fact: (-fact.content["at"], fact.key))
    return [Item(None, words(fact), _note(fact)) for fact in newest]


def _note(fact: Fact) -> dict[str, Any]:
    told = fact.content
    return {
        "at": told["at"], "kind": told["kind"], "title": told["title"], "link": told["href"], "author_role": told["author_role"],
        "source": fact.supplier,
    }  # fmt: skip


def _is_in(item: Item, window: Window) -> bool:
    return window.first <= local_date(item.told["at"])


def _waiting(known: Sequence[Said], window: Window) -> list[Item]:
    """The first hand-in of each assignment that nobody has answered since, the longest wait first."""
    given = {named(fact): fact for _, fact in sorted(known, key=_due) if fact.kind == "assignment.published"}
    answered = _answered(fact for _, fact in known)
    handed: dict[str, Fact] = {}
    for _, fact in sorted(known, key=lambda one: (one[1].content.get("submitted_at", 0), one[1].key), reverse=True):
        name = named(fact)
        if fact.kind == "assignment.submitted" and fact.content["submitted_at"] > answered.get(name, 0):
            handed[name] = fact
    of_year = [fact for fact in handed.values() if local_date(fact.content["submitted_at"]) >= window.first]
    longest = sorted(of_year, key=lambda fact: (fact.content["submitted_at"], fact.key))
    return [_waits(fact, given.get(named(fact)), window.last) for fact in longest]


def _due(said: Said) -> tuple[Any, ...]:
    """Of an assignment given to two groups the later deadline holds, as in `streams.assignments`."""
    group, fact = said
    return fact.content.get("due_at", 0), group, fact.key


def _answered(facts: Iterable[Fact]) -> dict[str, Micros]:
    """Assignment -> when a teacher last answered it."""
    found: dict[str, Micros] = {}
    for fact in facts:
        if fact.kind == "assignment.state" and fact.content["state"] in ANSWERED:
            name, told = named(fact), fact.content
            found[name] = max(told["feedback_at" if "feedback_at" in told else "at"], found.get(name, 0))
    return found


def _waits(fact: Fact, given: Fact | None, today: date) -> Item:
    told, of = fact.content, given.content if given else {}
    days, title = (today - local_date(told["submitted_at"])).days, of.get("title", told["assignment_id"])
    text = Texts(
        f"{title}: afleveret {clock(told['submitted_at'])}, har ventet {days} {'dag' if days == 1 else 'dage'}",
        f"{title}: handed in {clock(told['submitted_at'])}, has waited {days} {'day' if days == 1 else 'days'}",
    )
    return Item(
        _subject(of.get("subject_code", "unassigned")), text,
        {"at": told["submitted_at"], "assignment_id": told["assignment_id"], "title": of.get("title"), "days": days,
         "link": told.get("link"), "source": fact.supplier},
    )  # fmt: skip


LATEST_TEST: Final = Extra(
    name="latest-test",
    title=Texts("Seneste nationale test", "Latest national test"),
    text=Texts(
        "Den seneste nationale test i hvert fag (her: {n}). Resultatet er fortroligt (folkeskoleloven § 55 b).",
        "The latest national test in each subject (here: {n}). The result is confidential (folkeskoleloven § 55 b).",
    ),
    unseen=Texts(
        "En test måler det, den spørger om, på den dag, den blev taget. Andre test og screeninger vises ikke.",
        "A test measures what it asks on the day on which it was taken. Other tests and screenings are not shown.",
    ),
    kinds=("test.result",),
    read=_tests,
    window="Y",
)

_LATEST_NOTES: Final = Extra(
    name="latest-notes",
    title=Texts("Seneste noter", "Latest notes"),
    text=Texts(
        "Noter i de seneste 20 skoledage: {n}. Teksten bliver i sit eget system; her er titel og link.",
        "Notes in the last 20 school days: {n}. The text stays in its own system; here are title and link.",
    ),
    unseen=Texts("Noter uden for de tilkoblede systemer ses ikke.", "Notes outside the connected systems are not seen."),
    kinds=("note.linked",),
    read=_notes,
    window="W20",
    most=LATEST_NOTES,
    counts=_is_in,
)

FEEDBACK_WAITING: Final = Extra(
    name="feedback-waiting",
    title=Texts("Venter på feedback", "Waiting for feedback"),
    text=Texts(
        "Afleveringer i skoleåret, som ingen feedback er meldt på, og som ikke er givet tilbage: {n}. Ventetiden er i kalenderdage.",
        "Hand-ins of the school year for which no feedback was told, and that were not handed back: {n}. The wait is in calendar days.",
    ),
    unseen=Texts(
        "Mundtlig feedback, og feedback i systemer, der ikke melder den, ses ikke.",
        "Oral feedback, and feedback in systems that do not tell of it, is not seen.",
    ),
    kinds=("assignment.submitted", "assignment.state", "assignment.published"),
    read=_waiting,
    window="Y",
)

EXTRAS: Final = (LATEST_TEST, _LATEST_NOTES, FEEDBACK_WAITING)
