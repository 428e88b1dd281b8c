"""What the hub answers 503 to stands in its log, with the reason."""

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from structlog.testing import capture_logs

from contracts.errors import Fatal, Retry
from services.problems import install


def app_that_raises(error: Exception) -> FastAPI:
    app = FastAPI()
    install(app)

    @app.get("/")
    async def _() -> None:
        raise error from ValueError("Kanariefugl")

    return app


@pytest.mark.parametrize("error", [Fatal("writing the log: the disk is full"), Retry("writing the access log")])
async def test_a_503_is_logged_with_its_reason(error: Exception) -> None:
    async with AsyncClient(transport=ASGITransport(app_that_raises(error)), base_url="http://hub") as client:
        with capture_logs() as told:
            answer = await client.get("/")
    assert answer.status_code == 503
    assert [(one["error"], one["reason"], one["cause"]) for one in told] == [(type(error).__name__, str(error), "ValueError")]
    assert "Kanariefugl" not in str(told) + answer.text
