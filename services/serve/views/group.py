"""A class in one request: every pupil's readings (T1)."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.serve.asking import Reading, View
from services.serve.grouped import Class, endpoint_of
from services.serve.shapes import Asked
from streams import reading as r


class Student(Struct, frozen=True):
    student: str
    indicators: list[r.Reading]


def shown(seen: Class, asked: Asked, _reading: Reading) -> Mapping[str, Sequence[str]]:
    return seen.shown(asked, asked.of(seen.indicators))


async def readings(seen: Class, asked: Asked, reading: Reading) -> list[Student]:
    subjects = shown(seen, asked, reading)
    places = [(one, subject) for one in asked.of(seen.indicators) for subject in subjects[one.name]]
    return [Student(one.pupil, one.readings(places)) for one in seen.pupils]


SAYS = "The pupils who are in the group today, in one request; `subject` and `indicator` narrow it. ETag and 304."

VIEW = View("group", "GET", "/v1/groups/{group_id}/indicators", endpoint_of("group", SAYS, readings, shown))
