"""A class in one request: every pupil's readings (T1)."""

from msgspec import Struct

from services.serve.asking import Reading, View
from services.serve.grouped import Class, endpoint_of
from services.serve.shapes import Asked
from streams import reading as r


class Student(Struct, frozen=True):
    student: str
    indicators: list[r.Reading]


def readings(seen: Class, asked: Asked, _reading: Reading) -> list[Student]:
    indicators = asked.of(seen.indicators)
    shown = seen.shown(asked, indicators)
    places = [(one, subject) for one in indicators for subject in shown[one.name]]
    return [Student(one.pupil, one.readings(places)) for one in seen.pupils]


SAYS = "The pupils who are in the group today, in one request; `subject` and `indicator` narrow it. ETag and 304."

VIEW = View("group", "GET", "/v1/groups/{group_id}/indicators", endpoint_of("group", SAYS, readings))
