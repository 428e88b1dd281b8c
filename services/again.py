"""Trying again what may succeed later (`contracts.errors.Retry`), for a loop that nobody answers for."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, RetryError, retry_if_exception_type, wait_random_exponential

from contracts.errors import Fatal, Retry

PATIENCE_SECONDS: Final = 60.0
"""From the first failure; then the process says why and ends."""

_Done = TypeVar("_Done")


async def again(work: Callable[[], Awaitable[_Done]], told: Callable[[str], None], seconds: float = PATIENCE_SECONDS) -> _Done:
    """told: gets the reason of each failure. Raises `Fatal` with the last one, so many seconds after the first."""
    since: list[float] = []

    def tell(state: RetryCallState) -> None:
        told(str(state.outcome.exception()) if state.outcome else "")

    def enough(state: RetryCallState) -> bool:
        since.append(state.outcome_timestamp or 0)
        return since[-1] - since[0] >= seconds

    trying = AsyncRetrying(retry=retry_if_exception_type(Retry), wait=wait_random_exponential(0.1, max=5), stop=enough, before_sleep=tell)
    try:
        return await trying(work)
    except RetryError as error:
        raise Fatal(f"for {seconds:.0f} s in vain: {error.last_attempt.exception()}") from None
