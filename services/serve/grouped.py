"""What the views of a group share: who may see it, the record of the read, and its pupils' readings, computed only where they are not what
they were."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from fastapi import Request, Response

from contracts.facts import Fact
from contracts.group_indicator import GroupIndicator
from contracts.indicator import Indicator
from services.serve.asking import Asking, Many, Missing, Reading
from services.serve.shapes import Asked, Late, described, late, span
from services.stores.reading import Narrowed
from streams import reading as r
from streams import small
from streams.last_activity import LAST_ACTIVITY
from streams.remembered import Remembering, Windows, subjects
from streams.roster import Group
from streams.sheet import by_subject

PUBLISHED: Final = ("wellbeing.aggregate_published",)


@dataclass(frozen=True)
class Answers:
    """What pupils of a group say of themselves, as far as the children were told that the caller would see it, by each self-report.
    published: what others have published of the group."""

    indicators: Sequence[Indicator] = ()
    pupils: Sequence[r.Pupil] = ()
    published: Sequence[Fact] = ()


@dataclass(frozen=True)
class Class:
    """The pupils who are in a group today, over what they did wherever they were enrolled. indicators: all but self-reports. allowed: the
    school subjects that the caller sees of it, None for all. sees_pupils: and sees them of each of the pupils. facts: of a pupil, what an
    indicator reads between two dates, each with the group that it is said of, "" for the pupil's own. within: the pupils of the
    caller's other groups that lie within this one. answers: for what is told of many together; none where that is not asked for.
    frameworks: as the group's school tells of them."""

    pupils: Sequence[Remembering]
    windows: Windows
    indicators: Sequence[Indicator]
    allowed: frozenset[str] | None
    sees_pupils: bool
    facts: Callable[[str, Indicator, date, date], Awaitable[Sequence[tuple[str, Fact]]]]
    within: Sequence[frozenset[str]] = ()
    answers: Answers = Answers()
    frameworks: r.Frameworks = r.untold

    def shown(self, asked: Asked, indicators: Sequence[Indicator]) -> dict[str, Sequence[str]]:
        """Indicator key -> the subjects to show: those asked for, else those in which any of the pupils has anything."""
        return asked.shown(lambda one: subjects(self.pupils, one, self._least), indicators, self.allowed)

    @property
    def _least(self) -> int:
        """Who does not see the pupils is told of nothing that tells of few."""
        return 1 if self.sees_pupils else small.LEAST

    def late(self, shown: Mapping[str, Sequence[str]], silent: frozenset[str]) -> list[Late]:
        """Of an indicator and a subject that are shown."""
        told = (
            (one.name, subject, {source for code in codes for window in pupil.told(one, code) for source in window.sources})
            for one in self.indicators
            for subject, codes in by_subject(shown.get(one.key, ())).items()
            for pupil in self.pupils
        )
        return late(told, silent, self._least) if silent else []


Read = Callable[[Class, Asked, Reading], Awaitable[Sequence[Any]]]
Shown = Callable[[Class, Asked, Reading], Mapping[str, Sequence[str]]]


def endpoint_of(
    name: str, says: str, read: Read, shown: Shown, of_groups: Callable[[Asked, Reading], Sequence[GroupIndicator]] | None = None
) -> Callable[[Reading], Callable[..., Awaitable[Response]]]:
    """read: the view's `readings`. shown: which indicators of the pupils it shows or is made of, and of which subjects. of_groups: the
    group indicators that it tells of; None where it tells of each pupil, so that it is for those alone who see them."""

    def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
        async def of_group(request: Request, group_id: str, subject: Many = None, indicator: Many = None) -> Response:
            asking, asked = Asking(reading, request, name), Asked.by(subject, indicator)
            try:
                async with reading.views.snapshot() as snapshot:
                    relation = asking.relation(snapshot)
                    view = snapshot.narrowed(relation)
                    group = view.group(group_id)
                    members = snapshot.roster.pupils(group.id, asking.today) if group else []
                    sees_pupils = all(map(view.sees, members))
                    if group is None or not (of_groups or sees_pupils):
                        raise Missing(group=group_id)
                    told = asking.delivery(snapshot, [group.institution])
                    named = ",".join(sorted(asked.indicators)) or "all"
                    async with asking.logging(members, group=group_id, indicators=named):
                        known = asking.knows(asking.etag(told))
                        found: Sequence[Any] = []
                        if not known:
                            together, wanted = snapshot.narrowed(relation.together), of_groups(asked, asking.reading) if of_groups else ()
                            seen = await _class(together, group, members, asking, wanted, sees_pupils=sees_pupils)
                            found = await read(seen, asked, asking.reading)
                            told = msgspec.structs.replace(told, stale=seen.late(shown(seen, asked, asking.reading), told.silent))
                            view.remember(seen.pupils, seen.windows)
            except Missing as missing:
                return await asking.denied(missing)
            return asking.answer({"group": described(group), "readings": found, "delivery": told}, asking.etag(told))

        of_group.__doc__ = says
        return of_group

    return endpoint


async def _class(
    view: Narrowed, group: Group, members: Sequence[str], asking: Asking, wanted: Sequence[GroupIndicator], *, sees_pupils: bool
) -> Class:
    every = [one for one in asking.reading.indicators if not one.self_report]
    windows = r.windows([*every, LAST_ACTIVITY], view.calendar(group), asking.today)
    recalled = await view.recall(members, windows, asking.today)
    answers = await _answers(view, group, members, asking, windows) if any(one.self_reports for one in wanted) else Answers()
    within, frameworks = view.within(group.id, asking.today), view.frameworks(group)
    return Class(recalled, windows, every, view.group_subjects(group.id), sees_pupils, view.facts, within, answers, frameworks)


async def _answers(view: Narrowed, group: Group, members: Sequence[str], asking: Asking, windows: Windows) -> Answers:
    indicators = [one for one in asking.reading.indicators if one.self_report]
    pupils = await view.answers(members, *span(windows.values()))
    return Answers(indicators, pupils, await view.said_of(group.id, PUBLISHED))
