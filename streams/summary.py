"""A group's summary: the readings of its members, put together by each group indicator (design 4.4, domain 4.6), and
shown as the reader may see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from contracts.dates import rfc3339
from contracts.group_indicator import GroupAnswer, GroupIndicator, Member, Name, Part, Published, Split
from contracts.indicator import Given
from streams import small
from streams.frameworks import Named
from streams.reading import Span, Told
from streams.rounding import rounded


class Both(Struct, frozen=True):
    da: str
    en: str


class PartReading(Struct, frozen=True):
    """One of what a reading is made up of. of: the framework of a goal, the tool of a task. n: what its value counts. pupils: on whom it
    rests."""

    name: str
    of: str | None
    value: float
    n: int
    pupils: int
    interval: tuple[float, float] | None


class SplitReading(Struct, frozen=True, omit_defaults=True):
    """How the pupils are divided in one thing. of: as in a part. by: by whose word. counts: place -> pupils, None where they are too few to
    be told, or would tell others that are. title, due_at: of an assignment, the instant as RFC 3339."""

    name: str
    of: str | None
    by: str
    pupils: int
    counts: dict[str, int | None]
    title: str | None = None
    due_at: str | None = None


Row = TypeVar("Row", PartReading, SplitReading)


class PublishedReading(Struct, frozen=True):
    """What somebody published of the group, beside a reading and no part of it. mean: in the reading's unit."""

    survey: str
    year: int
    level: str
    mean: float
    n: int


class GroupReading(Struct, frozen=True):
    """One value of a group. of, of_version: the pupil indicator that it is made of, None where it is of all. framework: as in that one's
    readings. n: the pupils that it rests on, of `pupils` in the group today; None where they are too few to be told. quartiles: between
    which the middle half of them is. standard_error: of a mean, in the unit. details: what the value counts beside the pupils, for who
    sees them. text: what the value counts, or why there is none."""

    indicator: str
    version: int
    of: str | None
    of_version: int | None
    subject: str | None
    framework: Named | None
    value: float | None
    unit: str
    n: int | None
    pupils: int | None
    quartiles: tuple[float, float] | None
    standard_error: float | None
    parts: list[PartReading]
    splits: list[SplitReading]
    published: PublishedReading | None
    details: dict[str, int]
    window: Span
    reason: str | None
    text: Both


@dataclass(frozen=True)
class Place:
    """What a reading is of, beside its group: a pupil indicator and its version, or none; a school subject, or ""; a window;
    a framework of goals, where there is a reading of each."""

    of: str | None
    of_version: int | None
    subject: str
    window: Span
    unit: str
    decimals: int
    framework: Named | None = None


def member(pupil: str, told: Told, decimals: int, given: Given | None = None) -> Member:
    """The value exactly as it is shown."""
    shift: int = 10**decimals
    value = None if told.value is None else Fraction(round(told.value * shift), shift)
    return Member(value, told.n, tuple(told.sources), pupil, given)


def answer(group_indicator: GroupIndicator, members: Iterable[Member]) -> GroupAnswer:
    """In whatever order they come."""
    return group_indicator.read(reduce(group_indicator.combine, map(group_indicator.measure, members), group_indicator.zero))


@dataclass(frozen=True)
class Shown:
    """An answer as a reader gets it. pupils: in the group."""

    value: float | None
    n: int | None
    pupils: int | None
    reason: str | None
    quartiles: tuple[float, float] | None = None
    parts: tuple[PartReading, ...] = ()
    splits: tuple[SplitReading, ...] = ()
    error: float | None = None
    details: Mapping[str, int] = field(default_factory=dict)


def to_who_sees_the_pupils(found: GroupAnswer, pupils: int, decimals: int) -> Shown:
    parts = tuple(_part(part, decimals) for part in found.parts)
    splits = tuple(SplitReading(one.name, None, one.by, sum(one.counts.values()), {**one.counts}) for one in found.splits)
    value, error = _number(found.value, decimals), _number(found.error, decimals)
    return Shown(value, found.n, pupils, found.reason, _ends(found.quartiles, decimals), parts, splits, error, found.details)


def _part(part: Part, decimals: int) -> PartReading:
    return PartReading(part.name, None, rounded(part.value, decimals), part.n, part.pupils, _ends(part.interval, decimals))


def to_others(found: GroupAnswer, pupils: int, unit: str, decimals: int = 0, *, beside: bool = False) -> Shown:
    """By the rules of small numbers; why there is no value is not told of few either. beside: whether what
    stands beside it would tell of few (R7.2)."""
    of_all = small.coarse(pupils) if pupils >= small.LEAST else None
    if reason := small.withheld(found.n, unit, alike=found.alike, largest=found.largest) or ("told_beside" if beside else None):
        return Shown(None, None, of_all, reason)
    allowed = small.shown({part.name: part.pupils for part in found.parts})
    parts = tuple(
        PartReading(part.name, None, rounded(part.value, decimals), small.coarse(part.n), small.coarse(part.pupils), None)
        for part in found.parts
        if part.name in allowed
    )
    splits = tuple(told for one in found.splits if (told := _to_others(one)) is not None)
    value, error = _number(found.value, decimals), _number(found.error, decimals)
    return Shown(value, small.coarse(found.n), of_all, found.reason, _ends(found.quartiles, decimals), parts, splits, error)


def _to_others(split: Split) -> SplitReading | None:
    """None where none of its counts may be told."""
    allowed = small.shown(split.counts)
    counts = {place: small.coarse(split.counts[place]) if place in allowed else None for place in split.counts}
    return SplitReading(split.name, None, split.by, small.coarse(sum(split.counts.values())), counts) if allowed else None


def _number(value: Fraction | float | None, decimals: int) -> float | None:
    return None if value is None else rounded(value, decimals)


def _ends(between: tuple[Fraction | float, Fraction | float] | None, decimals: int) -> tuple[float, float] | None:
    if between is None:
        return None
    low, high = (rounded(Fraction(one), decimals) for one in between)
    return low, high


def reading(one: GroupIndicator, place: Place, members: Sequence[Member], pupils: int) -> GroupReading:
    """To a reader who sees what is read of each of them. pupils: how many are in the group."""
    return _reading(one, place, to_who_sees_the_pupils(answer(one, members), pupils, place.decimals), sees_pupils=True)


def of_many(
    one: GroupIndicator, place: Place, members: Sequence[Member], pupils: int, within: Iterable[frozenset[str]], decimals: int = 0,
    published: Published | None = None, *, hidden: bool = False,
) -> GroupReading:  # fmt: skip
    """By the rules of small numbers, to a reader who does not see them, and of what pupils say of themselves to everybody (R7.1). within:
    the pupils of the reader's other groups that lie within this one. published: what stands beside it. hidden:
    whether a part of it is, which it would tell (R7.2)."""
    known = frozenset(member.pupil for member in members if one.measure(member) != one.zero)
    shown = to_others(answer(one, members), pupils, place.unit, decimals, beside=hidden or small.told_beside(known, within))
    return _reading(one, place, shown, sees_pupils=False, published=published)


def _reading(one: GroupIndicator, place: Place, shown: Shown, *, sees_pupils: bool, published: Published | None = None) -> GroupReading:
    beside = published and PublishedReading(
        published.survey, published.year, published.level, rounded(published.mean, place.decimals), published.n
    )
    return GroupReading(
        one.name, one.version, place.of, place.of_version, place.subject or None, place.framework, shown.value, place.unit, shown.n,
        shown.pupils,
        shown.quartiles, shown.error, list(shown.parts), list(shown.splits), beside, {**shown.details}, place.window, shown.reason,
        explained(one, shown, sees_pupils=sees_pupils),
    )  # fmt: skip


def explained(one: GroupIndicator, shown: Shown, *, sees_pupils: bool) -> Both:
    if shown.reason is not None:
        told = {**one.reasons, **small.REASONS}[shown.reason]
        return Both(told.da, told.en)
    low, high = shown.quartiles or (None, None)
    told = one.explanation.told(value=shown.value, n=shown.n, pupils=shown.pupils, low=low, high=high, error=shown.error)
    return Both(told.da, told.en) if sees_pupils else Both(told.da + small.ROUNDED.da, told.en + small.ROUNDED.en)


def keys(told: GroupReading) -> set[str]:
    """By which its parts and splits are named."""
    return {part.name for part in told.parts} | {split.name for split in told.splits}


def named(told: GroupReading, names: Mapping[str, Name]) -> GroupReading:
    """With what the sources call them: parts in their order, splits in that of when they are due, and of their names."""
    dated = [_dated(one, names[one.name]) if one.name in names else one for one in told.splits]
    splits = sorted(_named(dated, names), key=lambda one: (one.due_at or "", one.of or "", one.name))
    return replace(told, parts=_named(told.parts, names), splits=splits)


def _dated(split: SplitReading, name: Name) -> SplitReading:
    return replace(split, title=name.title, due_at=None if name.due_at is None else rfc3339(name.due_at))


def _named(told: Sequence[Row], names: Mapping[str, Name]) -> list[Row]:
    known = [(one, names.get(one.name, Name(one.name, None))) for one in told]
    return [replace(one, name=name.name, of=name.of) for one, name in known]
