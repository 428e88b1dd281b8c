"""A group's summary: the readings of its members, put together by each group indicator (design 4.4, domain 4.6)."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce

from msgspec import Struct

from contracts.group_indicator import GroupAnswer, GroupIndicator, Member
from contracts.indicator import Indicator
from streams.reading import Span, Told
from streams.rounding import rounded


class Both(Struct, frozen=True):
    da: str
    en: str


class GroupReading(Struct, frozen=True):
    """One value of a group. of: the pupil indicator that it is made of. n: the pupils that it rests on, of `pupils` in the group today.
    quartiles: between which the middle half of them is. text: what the value counts, or why there is none."""

    indicator: str
    version: int
    of: str
    subject: str | None
    value: float | None
    unit: str
    n: int
    pupils: int
    quartiles: tuple[float, float] | None
    window: Span
    reason: str | None
    text: Both


def member(told: Told, decimals: int) -> Member:
    """The value exactly as it is shown."""
    shift: int = 10**decimals
    return Member(None if told.value is None else Fraction(round(told.value * shift), shift), told.n)


def answer(group_indicator: GroupIndicator, members: Iterable[Member]) -> GroupAnswer:
    """In whatever order they come."""
    return group_indicator.read(reduce(group_indicator.combine, map(group_indicator.measure, members), group_indicator.zero))


def reading(group_indicator: GroupIndicator, indicator: Indicator, subject: str, window: Span, members: Sequence[Told]) -> GroupReading:
    """members: what is told of each pupil of the group by this indicator, in this subject and window."""
    found = answer(group_indicator, (member(told, indicator.decimals) for told in members))
    value = None if found.value is None else rounded(found.value, indicator.decimals)
    between = found.quartiles and (rounded(found.quartiles[0], indicator.decimals), rounded(found.quartiles[1], indicator.decimals))
    return GroupReading(
        group_indicator.name, group_indicator.version, indicator.name, subject or None, value, indicator.unit, found.n, len(members),
        between, window, found.reason, _explained(group_indicator, found, value, between, len(members)),
    )  # fmt: skip


def _explained(
    group_indicator: GroupIndicator, found: GroupAnswer, value: float | None, between: tuple[float, float] | None, pupils: int
) -> Both:
    text = group_indicator.explanation if found.reason is None else group_indicator.reasons[found.reason]
    low, high = between or (None, None)
    sentence = text.told(value=value, n=found.n, pupils=pupils, low=low, high=high)
    return Both(sentence.da, sentence.en)
