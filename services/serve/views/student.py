"""One pupil: all readings, and what is told beside them (T2)."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from services.serve.asking import Asking, Many, Missing, Reading, View
from services.serve.extras import Shown, extras
from services.serve.shapes import Asked, resting, span
from services.stores.reading import Narrowed, Snapshot
from streams import reading as r
from streams.last_activity import LAST_ACTIVITY


async def told(view: Narrowed, snapshot: Snapshot, student: str, asked: Asked, asking: Asking) -> tuple[list[r.Reading], list[Shown]]:
    """Readings and extras. Windows are those of the home class's school."""
    wanted = asked.of(asking.reading.indicators)
    windows = r.windows([*wanted, LAST_ACTIVITY], snapshot.home_calendar(student, asking.today), asking.today)
    pupil = await view.pupil(student, *span(windows.values()))
    shown = asked.shown(lambda one: r.subjects([pupil], one), wanted, view.pupil_subjects(student))
    return r.readings(pupil, wanted, windows, shown), await extras(view, snapshot, pupil, asked, asking)


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def student(request: Request, student_id: str, subject: Many = None, indicator: Many = None) -> Response:
        """One pupil's readings and extras; `subject` and `indicator` (either's name) narrow them. ETag and 304."""
        asking, asked = Asking(reading, request, "student"), Asked.by(subject, indicator)
        try:
            async with reading.views.snapshot() as snapshot:
                view = snapshot.narrowed(asking.relation(snapshot))
                if not view.sees(student_id):
                    raise Missing(student=student_id)
                delivered = asking.delivery(snapshot, snapshot.roster.enrolled(student_id))
                known = asking.knows(asking.etag(delivered))
                readings, beside = ([], []) if known else await told(view, snapshot, student_id, asked, asking)
        except Missing as missing:
            return await asking.denied(missing)
        await asking.logged([student_id], indicators=",".join(sorted(asked.indicators)) or "all")
        answer = {"student": student_id, "readings": readings, "extras": beside, "delivery": resting(readings, delivered)}
        return asking.answer(answer, asking.etag(delivered))

    return student


VIEW = View("student", "GET", "/v1/students/{student_id}", endpoint)
