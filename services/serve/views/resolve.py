"""The platform's own ids to hub ids, in a body, so that no direct identifier is ever in a URL."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from contracts import strictjson
from contracts.errors import Refused
from contracts.privacy import Identity
from services import bodies
from services.serve.asking import Asking, Reading, View

MOST_BYTES: Final = 64 * 1024
UNPROCESSABLE: Final = 422


class SourceIdentity(BaseModel):
    scheme: str = Field(min_length=1, max_length=200)
    value: str = Field(min_length=1, max_length=500)


class Resolve(BaseModel):
    identities: list[SourceIdentity] = Field(min_length=1, max_length=500)


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def resolve(request: Request) -> Response:
        """In the order asked; null where there is no such pupil for this caller.

        The body, at most 64 KiB: `{"identities": [{"scheme": "unilogin", "value": "anna1a2b"}]}`, 1 to 500 of them.
        """
        asking = Asking(reading, request, "resolve")
        asked = _asked(await bodies.read(request, MOST_BYTES))
        async with reading.views.snapshot() as snapshot:
            view = snapshot.narrowed(asking.relation(snapshot))
            found = [view.resolve(reading.key.seal(Identity(one.scheme, one.value))) for one in asked.identities]
        await asking.logged(sorted({student for student in found if student}))
        return asking.answer({"students": [{"student": student} for student in found]})

    return resolve


def _asked(body: bytes) -> Resolve:
    """Errors say where, by pointers into the body, and hold no values."""
    try:
        return Resolve.model_validate(strictjson.parse(body))
    except Refused as refused:
        raise Refused(refused.faults, UNPROCESSABLE) from None
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in told]) from None


VIEW = View("resolve", "POST", "/v1/students:resolve", endpoint)
