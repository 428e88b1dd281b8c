"""The failed items of a supplier: reason, where, and how to mend it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Query, Request, Response

from contracts.dates import rfc3339
from contracts.reasons import REASONS
from services.serve.account import account
from services.serve.asking import Reading, View, encode


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def failed(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
        """Newest first, of the last 14 days; neither bodies nor pupils are shown. A supplier sees its own."""
        supplier = account(reading, request)
        async with reading.views.snapshot() as snapshot:
            rows = await snapshot.failed(supplier, limit)
        return Response(encode({"failed": [_item(row) for row in rows]}), media_type="application/json")

    return failed


def _item(row: dict[str, Any]) -> dict[str, Any]:
    reason = REASONS.get(row["reason"])
    return {**row, "received": rfc3339(row["received"]), "mend": reason.mend if reason else ""}


VIEW = View("failed", "GET", "/v1/failed", endpoint, persons=False)
