"""A class in one request: every pupil's readings (T1)."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.serve.asking import Reading, View
from services.serve.extras import LastActive, last_active
from services.serve.grouped import Class, endpoint_of
from services.serve.shapes import Asked
from streams import reading as r
from streams.last_activity import LAST_ACTIVITY
from streams.remembered import Remembering


class Student(Struct, frozen=True):
    """last_activity: of each school subject, where there is any."""

    student: str
    indicators: list[r.Reading]
    last_activity: list[LastActive]


def shown(seen: Class, asked: Asked, _reading: Reading) -> Mapping[str, Sequence[str]]:
    return seen.shown(asked, asked.of(seen.indicators))


async def readings(seen: Class, asked: Asked, reading: Reading) -> list[Student]:
    subjects = shown(seen, asked, reading)
    places = [(one, subject) for one in asked.of(seen.indicators) for subject in subjects[one.key]]
    codes = seen.shown(asked, [LAST_ACTIVITY])[LAST_ACTIVITY.key] if asked.wants(LAST_ACTIVITY.name) else ()
    return [Student(one.pupil, one.readings(places), _last_active(one, codes)) for one in seen.pupils]


def _last_active(pupil: Remembering, codes: Sequence[str]) -> list[LastActive]:
    return last_active((code, pupil.told(LAST_ACTIVITY, code)[0]) for code in codes)


SAYS = (
    "The pupils who are in the group today, in one request, and when each was last active in each subject; `subject` and `indicator` "
    "narrow it. ETag and 304."
)

VIEW = View("group", "GET", "/v1/groups/{group_id}/indicators", endpoint_of("group", SAYS, readings, shown))
