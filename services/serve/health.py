"""Whether the hub lives, whether it is ready, and what it measures; none of it names a person or a school."""

from math import nan

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from contracts.dates import SECOND, instant, rfc3339
from contracts.envelope import decode
from contracts.ports import pending
from services.problems import problem
from services.serve.asking import Reading
from services.telemetry import Telemetry


def routes(reading: Reading, telemetry: Telemetry) -> APIRouter:
    router = APIRouter(tags=["operate"])

    @router.get("/health/live")
    async def live() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @router.get("/health/ready")
    async def ready() -> Response:
        """Ready when log and store answer. now: the hub's clock. sources: how many of those that it fetches from are read, and not."""
        try:
            async with reading.views.snapshot() as snapshot:
                waiting = pending(await reading.log.ends(), await snapshot.positions())
        except Exception:
            return problem(503, "Not ready", "The log or the store does not answer.", {"Retry-After": "5"})
        return JSONResponse({"status": "ready", "now": rfc3339(reading.clock.now()), "pending": waiting, "sources": _sources(telemetry)})

    @router.get("/metrics")
    async def metrics() -> Response:
        telemetry.behind(*await _behind(reading))
        return Response(generate_latest(telemetry.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _sources(telemetry: Telemetry) -> dict[str, int]:
    troubles = list(telemetry.pulling.values())
    return {"read": troubles.count(""), "not_read": len(troubles) - troubles.count("")}


async def _behind(reading: Reading) -> tuple[float, float]:
    """Records that are not folded, and the age in seconds of the oldest of them by the hub's clock; not a number where unknown."""
    try:
        async with reading.views.snapshot() as snapshot:
            positions = await snapshot.positions()
        waiting = pending(await reading.log.ends(), positions)
        oldest = await reading.log.read(positions, 1) if waiting else []
        since = [reading.clock.now() - instant(decode(record.value).recordedtime) for record in oldest]
    except Exception:
        return nan, nan
    return waiting, max([0, *since]) / SECOND
