"""How the invented school's suppliers send: over the public doors, each with its own credential, and again when it did not arrive."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from standardwebhooks import Webhook
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from contracts.dates import Micros, instant
from contracts.errors import Fatal
from services.demo.checkins import MESSAGE
from services.demo.telling import Delivery

PATIENCE: Final = 120
"""Seconds for which a request is tried again."""
AT_ONCE: Final = 4
"""Requests under way at a time."""
_NOT_NOW: Final = frozenset({429, 502, 503, 504})


class _NotNow(Exception):
    """The hub cannot take it at this moment; the same bytes may be sent again."""


class Sender:
    """secrets: supplier -> its secret."""

    def __init__(self, http: httpx.AsyncClient, secrets: Mapping[str, str]) -> None:
        self._http = http
        self._secrets = secrets
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def send_all(self, deliveries: Iterable[Delivery], sent: Callable[[int], Any] = lambda _: None) -> None:
        """Returns when all are acknowledged. sent: told of each, how many items it held."""
        try:
            async with asyncio.TaskGroup() as under_way:
                for one in deliveries:
                    under_way.create_task(self._one(one, sent))
        except* Fatal as failed:
            raise failed.exceptions[0] from None

    async def _one(self, one: Delivery, sent: Callable[[int], Any]) -> None:
        async with self._slots:
            response = await asked(self._http, "POST", one.path, content=one.body, **self._signed_in(one))
        _accepted(response, one)
        sent(one.items)

    def _signed_in(self, one: Delivery) -> dict[str, Any]:
        """By Basic; a webhook by its signature."""
        if MESSAGE in one.headers:
            headers = signed(one.headers, one.body, self._secrets[one.supplier], datetime.now(UTC))
            return {"params": {**one.query, "supplier": one.supplier}, "headers": headers}
        return {"params": one.query, "headers": one.headers, "auth": httpx.BasicAuth(one.supplier, self._secrets[one.supplier])}


def signed(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """A message's headers with the time and the signature of an attempt (Standard Webhooks 1.0.0)."""
    stamp = str(int(at.timestamp()))
    signature = Webhook(secret).sign(headers[MESSAGE], at, body.decode())
    return {**headers, "webhook-timestamp": stamp, "webhook-signature": signature}


async def asked(http: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
    """The answer, after a while where the hub is not there or not ready. Raises `Fatal` when that takes too long."""
    trying = AsyncRetrying(
        retry=retry_if_exception_type((httpx.TransportError, _NotNow)), stop=stop_after_delay(PATIENCE),
        wait=wait_random_exponential(multiplier=0.2, max=5), reraise=True,
    )  # fmt: skip
    try:
        return await trying(_tried, http, method, path, **request)
    except (httpx.TransportError, _NotNow) as error:
        raise Fatal(f"the hub at {http.base_url} did not answer {path} for {PATIENCE} s ({error or type(error).__name__})") from None


async def _tried(http: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
    response = await http.request(method, path, **request)
    if response.status_code in _NOT_NOW:
        raise _NotNow(f"answered {response.status_code}")
    return response


def _accepted(response: httpx.Response, one: Delivery) -> None:
    """A refusal, or an item that failed, is a fault of this school or of the hub: it is shown and ends the demo."""
    told = f"{one.supplier}, POST {one.path}: {response.status_code}"
    if response.is_error:
        raise Fatal(f"the hub refused what {told}\n{response.text}")
    report = response.json()
    if isinstance(report, dict) and report.get("failed"):
        raise Fatal(f"the hub did not take all items of {told}\n{response.text[:2000]}")


async def now_of(http: httpx.AsyncClient) -> Micros:
    """The hub's clock, once it is ready."""
    response = await asked(http, "GET", "/health/ready")
    if response.is_error:
        raise Fatal(f"what answers at {http.base_url} is no hub: {response.status_code}")
    return instant(response.json()["now"])
