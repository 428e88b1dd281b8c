"""One pupil: all readings (T2)."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from services.serve.asking import Asking, Many, Missing, Reading, View
from services.serve.shapes import Asked, resting, span
from services.stores.reading import Narrowed, Snapshot
from streams import reading as r


async def readings(view: Narrowed, snapshot: Snapshot, student: str, asked: Asked, asking: Asking) -> list[r.Reading]:
    """Windows are those of the home class's school."""
    wanted = asked.of(asking.reading.indicators)
    windows = r.windows(wanted, snapshot.home_calendar(student, asking.today), asking.today)
    if not windows:
        return []
    pupil = await view.pupil(student, *span(windows.values()))
    return r.readings(pupil, wanted, windows, asked.shown(lambda one: r.subjects([pupil], one), wanted, view.pupil_subjects(student)))


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def student(request: Request, student_id: str, subject: Many = None, indicator: Many = None) -> Response:
        """One pupil's readings; `subject` and `indicator` narrow them. ETag and 304."""
        asking, asked = Asking(reading, request, "student"), Asked.by(subject, indicator)
        try:
            async with reading.views.snapshot() as snapshot:
                view = snapshot.narrowed(asking.relation(snapshot))
                if not view.sees(student_id):
                    raise Missing(student=student_id)
                delivered = asking.delivery(snapshot, snapshot.roster.enrolled(student_id))
                known = asking.knows(asking.etag(delivered))
                told = [] if known else await readings(view, snapshot, student_id, asked, asking)
        except Missing as missing:
            return await asking.denied(missing)
        await asking.logged([student_id], indicators=",".join(sorted(asked.indicators)) or "all")
        answer = {"student": student_id, "readings": told, "delivery": resting(told, delivered)}
        return asking.answer(answer, asking.etag(delivered))

    return student


VIEW = View("student", "GET", "/v1/students/{student_id}", endpoint)
