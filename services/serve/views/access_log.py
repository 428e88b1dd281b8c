"""Who read what of whom (R5.2; Datatilsynet 6 June 2024): a right of the pupil, a duty of the controller."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Query, Request, Response

from services.serve.asking import Asking, Missing, Reading, View


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def access_log(request: Request, student: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
        """A pupil: who read what of them. A teacher: their own reads. Management: their own, of no pupil. A controller: all reads, or those
        of one pupil."""
        asking = Asking(reading, request, "access_log")
        reader = None if asking.caller.role in ("pupil", "controller") else asking.caller.reader
        if asking.caller.role == "management" and student is not None:
            return await asking.denied(Missing(student=student))
        if asking.caller.role == "pupil":
            async with reading.views.snapshot() as snapshot:
                own = next(iter(asking.relation(snapshot).pupils))
            if student not in (None, own):
                return await asking.denied(Missing(student=student))
            student = own
        await asking.logged([student] if student else [])
        return asking.answer({"reads": await reading.access.of(student, reader, limit)})

    return access_log


VIEW = View("access_log", "GET", "/v1/access-log", endpoint)
