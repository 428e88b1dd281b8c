"""The page at `/`: it plays the learning platform, through the read API alone. Served on loopback only, since it carries a token.

What it needs beyond the API it brings itself: the texts, and the platform's own list of (invented) pupils, whose names never reach the hub.
"""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse

HERE: Final = Path(__file__).parent
MEDIA_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}
ASSETS: Final = {file.name: file for file in sorted(HERE.iterdir()) if file.suffix in MEDIA_TYPES}
TOKENS: Final = {"{{token}}": "T1", "{{token-pupil}}": "T2"}
"""Place in index.html -> purpose (R2.2): a class is looked at to prepare teaching, one pupil for the talk with the parents."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def routes(token: Callable[[str], str]) -> APIRouter:
    """token: makes the page's bearer tokens, by purpose, new ones for each time the page is opened."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def page() -> HTMLResponse:
        html = (HERE / "index.html").read_text(encoding="utf-8")
        for place, purpose in TOKENS.items():
            html = html.replace(place, escape(token(purpose)))
        return HTMLResponse(html, headers={**HEADERS, "Cache-Control": "no-cache, no-store"})

    @router.get("/page/{name}")
    async def asset(name: str) -> FileResponse:
        if name not in ASSETS:
            raise HTTPException(404, "Not found")
        file = ASSETS[name]
        return FileResponse(file, media_type=MEDIA_TYPES[file.suffix], headers={**HEADERS, "Cache-Control": "no-cache"})

    return router
