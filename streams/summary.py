"""A group's summary: the readings of its members, put together by each group indicator (design 4.4, domain 4.6), and
shown as the reader may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from msgspec import Struct

from contracts.group_indicator import GroupAnswer, GroupIndicator, Member
from contracts.indicator import Indicator
from streams import small
from streams.reading import Span, Told
from streams.rounding import rounded


class Both(Struct, frozen=True):
    da: str
    en: str


class GroupReading(Struct, frozen=True):
    """One value of a group. of: the pupil indicator that it is made of. n: the pupils that it rests on, of `pupils` in the group today;
    None where they are too few to be told. quartiles: between which the middle half of them is. text: what the value counts, or why there
    is none."""

    indicator: str
    version: int
    of: str
    subject: str | None
    value: float | None
    unit: str
    n: int | None
    pupils: int | None
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


@dataclass(frozen=True)
class Shown:
    """An answer as a reader gets it. pupils: in the group."""

    value: float | None
    n: int | None
    pupils: int | None
    quartiles: tuple[float, float] | None
    reason: str | None


def to_who_sees_the_pupils(found: GroupAnswer, pupils: int, decimals: int) -> Shown:
    return Shown(_number(found.value, decimals), found.n, pupils, _between(found, decimals), found.reason)


def to_others(found: GroupAnswer, pupils: int, unit: str) -> Shown:
    """By the rules of small numbers; why there is no value is not told of few either."""
    of_all = small.coarse(pupils) if pupils >= small.LEAST else None
    if reason := small.withheld(found.n, unit, alike=found.alike):
        return Shown(None, None, of_all, None, reason)
    return Shown(_number(found.value, 0), small.coarse(found.n), of_all, _between(found, 0), found.reason)


def _number(value: Fraction | None, decimals: int) -> float | None:
    return None if value is None else rounded(value, decimals)


def _between(found: GroupAnswer, decimals: int) -> tuple[float, float] | None:
    if found.quartiles is None:
        return None
    low, high = (rounded(one, decimals) for one in found.quartiles)
    return low, high


def reading(
    group_indicator: GroupIndicator, indicator: Indicator, subject: str, window: Span, members: Sequence[Told], *, sees_pupils: bool
) -> GroupReading:
    """members: what is told of each pupil of the group by this indicator, in this subject and window. sees_pupils: whether the reader sees
    the same of each of them."""
    found = answer(group_indicator, (member(told, indicator.decimals) for told in members))
    shown = (
        to_who_sees_the_pupils(found, len(members), indicator.decimals) if sees_pupils else to_others(found, len(members), indicator.unit)
    )
    return GroupReading(
        group_indicator.name, group_indicator.version, indicator.name, subject or None, shown.value, indicator.unit, shown.n, shown.pupils,
        shown.quartiles, window, shown.reason, explained(group_indicator, shown, sees_pupils=sees_pupils),
    )  # fmt: skip


def explained(group_indicator: GroupIndicator, shown: Shown, *, sees_pupils: bool) -> Both:
    if shown.reason is not None:
        told = {**group_indicator.reasons, **small.REASONS}[shown.reason]
        return Both(told.da, told.en)
    low, high = shown.quartiles or (None, None)
    told = group_indicator.explanation.told(value=shown.value, n=shown.n, pupils=shown.pupils, low=low, high=high)
    return Both(told.da, told.en) if sees_pupils else Both(told.da + small.ROUNDED.da, told.en + small.ROUNDED.en)
