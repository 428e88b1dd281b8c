"""The operator's commands where no hub runs: the hub is opened in this process for the moment, without its port and loops."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from anyio.from_thread import start_blocking_portal

from services.hub import open_hub
from services.settings import Settings
from services.telemetry import configure


@contextmanager
def client_of(settings: Settings) -> Iterator[httpx.Client]:
    """A client whose requests go straight to the operator's application."""
    configure("warning")
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(open_hub(settings)) as hub:

        class _Transport(httpx.BaseTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                async def asked() -> httpx.Response:
                    async with httpx.AsyncClient(transport=httpx.ASGITransport(hub.admin), base_url="http://hub") as client:
                        return await client.request(request.method, request.url, content=request.content, headers=request.headers)

                answer = portal.call(asked)
                return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

        with httpx.Client(transport=_Transport(), base_url="http://hub", timeout=60) as client:
            yield client
