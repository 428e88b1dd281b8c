"""The page at `/`: it plays the learning platform, through the read API alone."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import HTMLResponse


def routes(token: Callable[[], str]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse(f'<!doctype html><meta name="fremgang-token" content="{token()}">')

    return router
