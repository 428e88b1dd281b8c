"""A client of one source: signed in, bounded, patient for a moment, and never on another server."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from contracts.puller import Access, Answer, Unfetched

TRIES: Final = 5
"""Of one request, before the source's own pace takes over."""
PATIENCE: Final = 60.0
"""A source that asks to be left alone for longer is not waited for here, seconds."""
LONGEST: Final = 86_400.0
"""Nobody is left alone for longer than a day."""
WHOLE_SECONDS: Final = 300
"""For one answer from first to last byte; between two parts of it, `QUIET_SECONDS`."""
QUIET_SECONDS: Final = 30
_PAUSE: Final = wait_random_exponential(multiplier=0.5, max=20)

Opened = Callable[[Access], AbstractAsyncContextManager[httpx.AsyncClient]]


def opened(access: Access) -> httpx.AsyncClient:
    """Certificates are checked; no redirect is followed, since the credential is for this server alone."""
    return httpx.AsyncClient(
        auth=httpx.BasicAuth(access.username, access.password), timeout=QUIET_SECONDS, follow_redirects=False,
        headers={"User-Agent": "fremgang", "Accept": "application/json"},
    )  # fmt: skip


class Client:
    """`contracts.puller.Http` on httpx. largest: bytes of one answer. pause: how it waits, seconds."""

    def __init__(self, http: httpx.AsyncClient, base: str, largest: int, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._http, self._base, self._largest, self._sleep = http, httpx.URL(base.rstrip("/") + "/"), largest, pause

    def own(self, address: str) -> bool:
        try:
            return _origin(self._base.join(address)) == _origin(self._base)
        except (httpx.InvalidURL, ValueError):
            return False

    async def get(self, address: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        if not self.own(address):
            raise Unfetched("foreign_address")
        url = self._base.join(address)
        if query:
            url = url.copy_merge_params(query)
        trying = AsyncRetrying(retry=retry_if_exception(_passing), wait=_pause, stop=_enough, sleep=self._sleep, reraise=True)
        return await trying(self._once, url, headers)

    async def _once(self, url: httpx.URL, headers: Mapping[str, str]) -> Answer:
        try:
            async with asyncio.timeout(WHOLE_SECONDS), self._http.stream("GET", url, headers=dict(headers)) as response:
                _accepted(response)
                return Answer(dict(response.headers.items()), await self._body(response))
        except (httpx.TransportError, TimeoutError):
            raise Unfetched("unreachable") from None
        except (httpx.DecodingError, httpx.InvalidURL):
            raise Unfetched("not_a_page") from None

    async def _body(self, response: httpx.Response) -> bytes:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._largest:
                raise Unfetched("too_large")
            parts.append(part)
        return b"".join(parts)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _accepted(response: httpx.Response) -> None:
    """Raises `Unfetched` for everything but 200, by what to do next."""
    status = response.status_code
    if status == 200:
        return
    if status == 429:
        raise Unfetched("throttled", retry_after(response.headers))
    if status >= 500 or status == 408:
        raise Unfetched("failing", retry_after(response.headers))
    raise Unfetched("not_allowed" if status in {401, 403} else "refused")


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds (RFC 9110, 10.2.3): a number, or a date, which is compared with the answer's own. 0 where nothing of it can be read."""
    written = headers.get("retry-after", "").strip()
    if written.isascii() and written.isdecimal():
        return min(float(written), LONGEST)
    try:
        until = _date(written)
        now = _date(headers["date"]) if "date" in headers else datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return 0
    return min(max(0, (until - now).total_seconds()), LONGEST)


def _date(written: str) -> datetime:
    date = parsedate_to_datetime(written)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _failure(state: RetryCallState) -> Unfetched:
    failure = state.outcome.exception() if state.outcome else None
    assert isinstance(failure, Unfetched)
    return failure


def _passing(error: BaseException) -> bool:
    return isinstance(error, Unfetched) and not error.lasting


def _pause(state: RetryCallState) -> float:
    """As long as the source asks for, and a little more that differs from client to client."""
    return _failure(state).after + _PAUSE(state)


def _enough(state: RetryCallState) -> bool:
    return state.attempt_number >= TRIES or _failure(state).after > PATIENCE
