"""Whether the hub lives, whether it is ready, and what it measures; none of it names a person or a school."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from contracts.dates import rfc3339
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
        """Ready when log and store answer. now: the hub's clock."""
        try:
            async with reading.views.snapshot() as snapshot:
                pending = await reading.log.end() - await snapshot.position()
        except Exception:
            return problem(503, "Not ready", "The log or the store does not answer.", {"Retry-After": "5"})
        return JSONResponse({"status": "ready", "now": rfc3339(reading.clock.now()), "pending": pending})

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(telemetry.registry), media_type=CONTENT_TYPE_LATEST)

    return router
