"""A hub on loopback answers to loopback's names alone, so that a page of another site cannot have the browser ask it (DNS rebinding)."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.problems import problem

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class LoopbackNames:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _name(Headers(scope=scope).get("host", "")) not in LOOPBACK:
            return await problem(400, "This is not the hub's name", "Ask for localhost.")(scope, receive, send)
        return await self._app(scope, receive, send)


def _name(host: str) -> str:
    """The name without its port; an IPv6 address stands in brackets."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
