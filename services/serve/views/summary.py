"""A class as a whole: what is read of its pupils, put together by each group indicator (T3, T4)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from contracts.group_indicator import GroupIndicator, Member
from contracts.indicator import Indicator, WindowName
from services.serve.asking import Reading, View
from services.serve.grouped import Class, endpoint_of
from services.serve.shapes import Asked, made_of
from streams import reading as r
from streams import summary as s

DECIMALS: Final = 1
"""Of what is not in the unit of one pupil indicator."""


def summary(seen: Class, asked: Asked, reading: Reading) -> list[s.GroupReading]:
    return whole(seen, asked, reading.group_indicators)


def whole(seen: Class, asked: Asked, group_indicators: Sequence[GroupIndicator]) -> list[s.GroupReading]:
    """Of what the class view shows of the pupils. Who does not see them is shown those for the talk with school management (T4) alone, by
    the rules of small numbers."""
    subjects = seen.shown(asked, seen.indicators)
    return [told for one in _wanted(seen, asked, group_indicators) for told in _told(one, seen, subjects)]


def shown(seen: Class, asked: Asked, reading: Reading) -> Mapping[str, Sequence[str]]:
    """Of the pupil indicators that those which are wanted are made of."""
    of = {indicator.name for one in _wanted(seen, asked, reading.group_indicators) for indicator in made_of(one, seen.indicators)}
    return {name: subjects for name, subjects in seen.shown(asked, seen.indicators).items() if name in of}


def _wanted(seen: Class, asked: Asked, group_indicators: Sequence[GroupIndicator]) -> list[GroupIndicator]:
    return [one for one in asked.of_groups(group_indicators) if seen.sees_pupils or "T4" in one.tasks]


def _told(one: GroupIndicator, seen: Class, shown: Mapping[str, Sequence[str]]) -> list[s.GroupReading]:
    if one.self_reports:
        return _of_answers(one, seen)
    return (_together if one.together else _each)(one, seen, shown)


def _each(one: GroupIndicator, seen: Class, shown: Mapping[str, Sequence[str]]) -> list[s.GroupReading]:
    """Of each pupil indicator, in each of its subjects and windows."""
    return [
        _read(one, s.Place(of.name, subject, r.span(seen.windows[name]), of.unit, of.decimals), _members(seen, of, subject, name), seen)
        for of in made_of(one, seen.indicators)
        for subject in shown[of.name]
        for name in of.windows
        if one.window in (None, name)
    ]


def _together(one: GroupIndicator, seen: Class, shown: Mapping[str, Sequence[str]]) -> list[s.GroupReading]:
    """Of all of them at once."""
    assert one.window is not None
    assert one.unit is not None
    members = [
        member
        for of in made_of(one, seen.indicators)
        for subject in shown[of.name]
        if one.window in of.windows
        for member in _members(seen, of, subject, one.window)
    ]
    return [_read(one, s.Place(None, "", r.span(seen.windows[one.window]), one.unit, DECIMALS), members, seen)]


def _of_answers(one: GroupIndicator, seen: Class) -> list[s.GroupReading]:
    """Of each self-report, in each of its windows."""
    said = seen.answers
    return [
        s.of_answers(
            one, s.Place(of.name, "", r.span(seen.windows[name]), of.unit, of.decimals),
            [s.member(pupil.id, r.told(of, *r.answer(pupil, of, "", seen.windows[name])), of.decimals) for pupil in said.pupils],
            len(seen.pupils), said.within, one.published(of.name, said.published) if one.published else None,
        )
        for of in made_of(one, said.indicators)
        for name in of.windows
    ]  # fmt: skip


def _members(seen: Class, of: Indicator, subject: str, window: WindowName) -> list[Member]:
    at = of.windows.index(window)
    return [s.member(one.pupil, one.told(of, subject)[at], of.decimals) for one in seen.pupils]


def _read(one: GroupIndicator, place: s.Place, members: Iterable[Member], seen: Class) -> s.GroupReading:
    return s.reading(one, place, members, len(seen.pupils), sees_pupils=seen.sees_pupils)


SAYS = "The pupils who are in the group today, taken together; `subject` and `indicator` narrow it. ETag and 304."


def told_of_groups(asked: Asked, reading: Reading) -> list[GroupIndicator]:
    return asked.of_groups(reading.group_indicators)


VIEW = View("summary", "GET", "/v1/groups/{group_id}/summary", endpoint_of("summary", SAYS, summary, shown, told_of_groups))
