"""The groups that the caller teaches, or is of the management of."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from services.serve.asking import Asking, Reading, View
from services.serve.shapes import described


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def groups(request: Request) -> Response:
        """Classes and teaching groups of a teacher; of management the classes and years of their schools; and nobody else's."""
        asking = Asking(reading, request, "groups")
        async with reading.views.snapshot() as snapshot:
            found = snapshot.narrowed(asking.relation(snapshot)).groups()
        await asking.logged([])
        return asking.answer({"groups": [described(group) for group in found]})

    return groups


VIEW = View("groups", "GET", "/v1/groups", endpoint)
