"""A class in one request: every pupil's readings (T1)."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request, Response
from msgspec import Struct

from services.serve.asking import Asking, Many, Missing, Reading, View
from services.serve.shapes import Asked, described
from services.stores.reading import Narrowed, Snapshot
from streams import reading as r
from streams.remembered import subjects
from streams.roster import Group


class Student(Struct, frozen=True):
    student: str
    indicators: list[r.Reading]


async def readings(view: Narrowed, snapshot: Snapshot, group: Group, members: Sequence[str], asked: Asked, asking: Asking) -> list[Student]:
    """Over what the pupils did wherever they were enrolled; computed only where it is not what it was."""
    every = Asked.by(None, None).of_many(asking.reading.indicators)
    windows = r.windows(every, snapshot.roster.calendar(group.institution), asking.today)
    recalled = await view.recall(members, windows, asking.today)
    found = asked.shown(lambda one: subjects(recalled, one), asked.of_many(every), view.group_subjects(group.id))
    places = [(one, subject) for one in asked.of_many(every) for subject in found[one.name]]
    students = [Student(one.pupil, one.readings(places)) for one in recalled]
    view.remember(recalled, windows)
    return students


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def group_indicators(request: Request, group_id: str, subject: Many = None, indicator: Many = None) -> Response:
        """The pupils who are in the group today, in one request; `subject` and `indicator` narrow it. ETag and 304."""
        asking, asked = Asking(reading, request, "group"), Asked.by(subject, indicator)
        try:
            async with reading.views.snapshot() as snapshot:
                view = snapshot.narrowed(asking.relation(snapshot))
                group = view.group(group_id)
                if group is None:
                    raise Missing(group=group_id)
                members = snapshot.roster.pupils(group.id, asking.today)
                told = asking.delivery(snapshot, [group.institution], snapshot.roster.calendar(group.institution))
                known = asking.knows(asking.etag(told))
                named = ",".join(sorted(asked.indicators)) or "all"
                async with asking.logging(members, group=group_id, indicators=named):
                    students = [] if known else await readings(view, snapshot, group, members, asked, asking)
        except Missing as missing:
            return await asking.denied(missing)
        return asking.answer({"group": described(group), "readings": students, "delivery": told}, asking.etag(told))

    return group_indicators


VIEW = View("group", "GET", "/v1/groups/{group_id}/indicators", endpoint)
