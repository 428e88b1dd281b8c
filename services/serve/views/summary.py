"""A class as a whole: what is read of its pupils, put together by each group indicator (T3, T4)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from contracts.group_indicator import GroupIndicator, Member, Name
from contracts.indicator import Indicator, WindowName
from services.serve.asking import Reading, View
from services.serve.grouped import Class, endpoint_of
from services.serve.shapes import Asked, made_of
from streams import reading as r
from streams import summary as s
from streams.sheet import subject_and_framework

DECIMALS: Final = 1
"""Of what is not in the unit of one pupil indicator."""


class Answered(NamedTuple):
    """A reading, by which group indicator and of what of whom. of: the pupil indicator, None where it is of all."""

    by: GroupIndicator
    of: Indicator | None
    members: Sequence[Member]
    reading: s.GroupReading


async def summary(seen: Class, asked: Asked, reading: Reading) -> list[s.GroupReading]:
    """Named as the sources name them."""
    told = list(whole(seen, asked, reading.group_indicators))
    names = {one.key: await _names(one, [each for each in told if each.by is one], seen) for one in reading.group_indicators if one.names}
    return [s.named(one.reading, names[one.by.key]) if one.by.names else one.reading for one in told]


def whole(seen: Class, asked: Asked, group_indicators: Sequence[GroupIndicator]) -> Iterator[Answered]:
    """Of what the class view shows of the pupils. Who does not see them is shown those for the talk with school management (T4) alone, by
    the rules of small numbers."""
    subjects = seen.shown(asked, seen.indicators)
    for one in _wanted(seen, asked, group_indicators):
        yield from _told(one, seen, subjects)
        if one.all_subjects and seen.allowed is None:
            yield from _over_subjects(one, seen, subjects)


def shown(seen: Class, asked: Asked, reading: Reading) -> Mapping[str, Sequence[str]]:
    """Of the pupil indicators that those which are wanted are made of."""
    of = {indicator.key for one in _wanted(seen, asked, reading.group_indicators) for indicator in made_of(one, seen.indicators)}
    return {key: subjects for key, subjects in seen.shown(asked, seen.indicators).items() if key in of}


def _wanted(seen: Class, asked: Asked, group_indicators: Sequence[GroupIndicator]) -> list[GroupIndicator]:
    return [one for one in asked.of_groups(group_indicators) if seen.sees_pupils or "T4" in one.tasks]


def _told(one: GroupIndicator, seen: Class, shown: Mapping[str, Sequence[str]]) -> Iterator[Answered]:
    if one.self_reports:
        return _of_answers(one, seen)
    return (_together if one.together else _each)(one, seen, shown)


def _each(one: GroupIndicator, seen: Class, shown: Mapping[str, Sequence[str]]) -> Iterator[Answered]:
    """Of each pupil indicator, in each of its subjects and windows."""
    for of in made_of(one, seen.indicators):
        for code in shown[of.key]:
            subject, framework = subject_and_framework(code)
            for name in of.windows:
                if one.window in (None, name):
                    goals = r.of_goals(framework, seen.frameworks, seen.windows[name].last)
                    place = s.Place(of.name, of.version, subject, r.span(seen.windows[name]), of.unit, of.decimals, goals)
                    yield _answered(one, of, place, _members(one, seen, of, code, name), seen)


def _over_subjects(one: GroupIndicator, seen: Class, shown: Mapping[str, Sequence[str]]) -> Iterator[Answered]:
    """Of each pupil indicator, in all subjects at once. It is a total of them, so hidden with any that is."""
    for of in made_of(one, seen.indicators):
        for name in of.windows:
            place, told = s.Place(of.name, of.version, "", r.span(seen.windows[name]), of.unit, of.decimals), [*_each(one, seen, shown)]
            same = [each for each in told if (each.of, each.reading.window.name) == (of, name)]
            hidden = any(each.reading.value is None and s.answer(one, each.members).n for each in same)
            yield _answered(one, of, place, [member for each in same for member in each.members], seen, hidden=hidden)


def _together(one: GroupIndicator, seen: Class, shown: Mapping[str, Sequence[str]]) -> Iterator[Answered]:
    """Of all of them at once."""
    assert one.window is not None
    assert one.unit is not None
    members = [
        member
        for of in made_of(one, seen.indicators)
        for subject in shown[of.key]
        if one.window in of.windows
        for member in _members(one, seen, of, subject, one.window)
    ]
    yield _answered(one, None, s.Place(None, None, "", r.span(seen.windows[one.window]), one.unit, DECIMALS), members, seen)


def _of_answers(one: GroupIndicator, seen: Class) -> Iterator[Answered]:
    """Of each self-report, in each of its windows."""
    said = seen.answers
    for of in made_of(one, said.indicators):
        for name in of.windows:
            place = s.Place(of.name, of.version, "", r.span(seen.windows[name]), of.unit, of.decimals)
            members = [s.member(pupil.id, r.told(of, *r.answer(pupil, of, "", seen.windows[name])), of.decimals) for pupil in said.pupils]
            beside = one.published(of.name, said.published) if one.published else None
            told = s.of_many(one, place, members, len(seen.pupils), seen.within, of.decimals, beside)
            yield Answered(one, of, members, told)


def _members(one: GroupIndicator, seen: Class, of: Indicator, subject: str, window: WindowName) -> list[Member]:
    at = of.windows.index(window)
    return [
        s.member(pupil.pupil, pupil.told(of, subject)[at], of.decimals, pupil.given(of, subject)[at] if one.into or one.names else None)
        for pupil in seen.pupils
    ]


def _answered(
    one: GroupIndicator, of: Indicator | None, place: s.Place, members: Sequence[Member], seen: Class, *, hidden: bool = False
) -> Answered:
    """hidden: whether a part of it is, from who does not see the pupils."""
    many = len(seen.pupils)
    told = s.reading(one, place, members, many) if seen.sees_pupils else s.of_many(one, place, members, many, seen.within, hidden=hidden)
    return Answered(one, of, members, told)


async def _names(one: GroupIndicator, told: Sequence[Answered], seen: Class) -> dict[str, Name]:
    """Of the keys that stand in the readings, by the facts of pupils who have them; no more pupils are looked at than it takes."""
    assert one.names is not None
    missing, found = {key for each in told for key in s.keys(each.reading)}, dict[str, Name]()
    for _, of, members, reading in told:
        for member in members:
            if of is None or not missing or missing.isdisjoint(one.measure(member)):
                continue
            for _, fact in await seen.facts(member.pupil, of, reading.window.first, reading.window.last):
                found |= one.names(fact)
            missing -= found.keys()
    return found


SAYS = "The pupils who are in the group today, taken together; `subject` and `indicator` narrow it. ETag and 304."


def told_of_groups(asked: Asked, reading: Reading) -> list[GroupIndicator]:
    return asked.of_groups(reading.group_indicators)


VIEW = View("summary", "GET", "/v1/groups/{group_id}/summary", endpoint_of("summary", SAYS, summary, shown, told_of_groups))
