"""What the operator's backup and check ask of the running hub, over its own socket; a backup answers a line for each step."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.operate.backup import Backups
from services.operate.check import report
from services.operate.operator import Operator
from services.settings import Settings


class BackupAsked(BaseModel):
    """folder: absolute, and the hub's own user must be able to write there."""

    folder: Path


def routes(settings: Settings, operator: Operator, backups: Backups) -> APIRouter:
    router = APIRouter()

    @router.post("/backups")
    async def backup(asked: BackupAsked) -> StreamingResponse:
        async def lines() -> AsyncIterator[bytes]:
            async for step in backups.make(asked.folder):
                yield msgspec.json.encode(step) + b"\n"

        return StreamingResponse(lines(), media_type="application/jsonl")

    @router.post("/check")
    async def check() -> Response:
        """Nothing is deleted for good meanwhile: that would wait in vain for what is read here."""
        async with operator.deleting:
            return Response(
                msgspec.json.encode(await report(settings, backups.files, operator, running=True)), media_type="application/json"
            )

    return router
