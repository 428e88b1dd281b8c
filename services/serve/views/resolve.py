"""The platform's own ids to hub ids, in a body, so that no direct identifier is ever in a URL."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from pydantic import BaseModel, Field

from contracts.privacy import Identity
from services.serve.asking import Asking, Reading, View


class SourceIdentity(BaseModel):
    scheme: str = Field(min_length=1, max_length=200)
    value: str = Field(min_length=1, max_length=500)


class Resolve(BaseModel):
    identities: list[SourceIdentity] = Field(min_length=1, max_length=500)


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def resolve(request: Request, asked: Resolve) -> Response:
        """In the order asked; null where there is no such pupil for this caller."""
        asking = Asking(reading, request, "resolve")
        async with reading.views.snapshot() as snapshot:
            view = snapshot.narrowed(asking.relation(snapshot))
            found = [view.resolve(reading.key.seal(Identity(one.scheme, one.value))) for one in asked.identities]
        await asking.logged(sorted({student for student in found if student}))
        return asking.answer({"students": [{"student": student} for student in found]})

    return resolve


VIEW = View("resolve", "POST", "/v1/students:resolve", endpoint)
