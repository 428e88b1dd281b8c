"""What pupils say of themselves in local check-ins, and which of their answers count (domain 4.5, I13 and I14).

Counted are the answers of the last four runs of the school year, and those of the last 20 school days where these are more. A run is as
old as its newest answer. An answer is a share of its item's scale, whatever that was; items that are worded the other way round are turned
by their source (`normalised`).
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final

from contracts.dates import local_date
from contracts.facts import Content, Fact
from contracts.indicator import Given, Summary
from streams.keyed import digest, joined

LAST_RUNS: Final = 4
LAST_DAYS: Final = 20
WHOLE: Final = 1_000_000
"""The highest answer, in millionths."""
UNSAID: Final = -1
"""In place of a share: the pupil was asked and would not say."""

Answer = Sequence[Any]
"""[instant, run, share of the scale in millionths]"""


def is_answered(told: Content) -> bool:
    scaled = "normalised" in told or ("value" in told and told["scale_max"] > told["scale_min"])
    return scaled and not told["declined"]


def answers(facts: Iterable[Fact]) -> Summary:
    """Question of a run -> its answer."""
    return {digest(fact.key): [fact.content["at"], _run(fact.content), _share(fact.content)] for fact in facts}


def _run(told: Content) -> str:
    return digest(told["instrument_id"], told["run"])


def _share(told: Content) -> int:
    if not is_answered(told):
        return UNSAID
    if "normalised" in told:
        return int(told["normalised"])
    return round(Fraction(WHOLE * (told["value"] - told["scale_min"]), told["scale_max"] - told["scale_min"]))


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, max)


def counted(given: Given) -> list[Answer]:
    """The answers of the last runs, and of the last school days."""
    return list(_counted(given).values())


def rests_on(given: Given) -> frozenset[tuple[str, str]]:
    """What an answer on these rests on, as `Answer.counted`."""
    return frozenset(("", question) for question in _counted(given))


def _counted(given: Given) -> dict[str, Answer]:
    newest: dict[str, int] = {}
    for at, run, _ in given.whole.values():
        newest[run] = max(at, newest.get(run, at))
    runs = sorted(newest, key=lambda run: (newest[run], run))[-LAST_RUNS:]
    first = next(iter(given.window.school_days[-LAST_DAYS:]), given.window.last)
    return {question: told for question, told in given.whole.items() if told[1] in runs or local_date(told[0]) >= first}


def source(told: Sequence[Answer]) -> dict[str, Any]:
    """Of how many runs they are, and since when."""
    return {"runs": len({run for _, run, _ in told}), "since": str(local_date(min(at for at, *_ in told))) if told else ""}


def on_five(share: Fraction) -> Fraction:
    """A share of the scale in millionths, on a scale from 1 to 5."""
    return 1 + 4 * share / WHOLE


def of_five(squared: Fraction) -> Fraction:
    """The square of a difference of shares in millionths, as one of differences on that scale."""
    return Fraction(4, WHOLE) ** 2 * squared
