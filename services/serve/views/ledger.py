"""The ledger: what became of everything received (design 3)."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Request, Response

from contracts.ports import pending
from services.serve.account import account
from services.serve.asking import Reading, View, encode
from services.stores.reading import Snapshot

OUTCOMES: Final = ("published", "repeated", "not_used", "failed")


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def ledger(request: Request) -> Response:
        """By supplier, school, day of receipt, outcome, reason and kind. received = published + repeated + not_used + failed; pending is
        appended and not yet folded; a refused request was not received. A supplier sees its own."""
        supplier = account(reading, request)
        async with reading.views.snapshot() as snapshot:
            rows = await snapshot.ledger(supplier)
            waiting = pending(await reading.log.ends(), await snapshot.positions())
            whole = {} if supplier else await _of_the_hub(snapshot, rows)
        return Response(encode({**_totals(rows), "pending": waiting, **whole, "rows": rows}), media_type="application/json")

    return ledger


async def _of_the_hub(snapshot: Snapshot, rows: list[dict[str, Any]]) -> dict[str, int]:
    """What is no supplier's own: identities that no roster names, and those that two pupils claim."""
    unlinked = await snapshot.unlinked({row["institution"] for row in rows if row["institution"]})
    return {"unlinked_identities": unlinked, "disputed_identities": len(snapshot.roster.disputed)}


def _totals(rows: list[dict[str, Any]]) -> dict[str, int]:
    by_outcome = {name: sum(row["count"] for row in rows if row["outcome"] == name) for name in (*OUTCOMES, "refused")}
    return {"received": sum(by_outcome[name] for name in OUTCOMES), **by_outcome}


VIEW = View("ledger", "GET", "/v1/ledger", endpoint, persons=False)
