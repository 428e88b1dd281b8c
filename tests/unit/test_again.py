"""How long a loop tries again, and what it tells."""

import asyncio

import pytest

from contracts.errors import Fatal, Retry
from services.again import again

pytestmark = pytest.mark.quick


async def test_it_tells_each_failure_and_answers_what_came_at_last() -> None:
    told, left = list[str](), 2

    async def work() -> str:
        nonlocal left
        left -= 1
        if left >= 0:
            raise Retry(f"{left} left")
        return "done"

    assert await again(work, told.append) == "done"
    assert told == ["1 left", "0 left"]


async def test_patience_begins_with_the_first_failure_and_ends_in_the_last_reason() -> None:
    """The first attempt alone is longer than the patience."""
    tried = 0

    async def work() -> None:
        nonlocal tried
        tried += 1
        await asyncio.sleep(0.3 if tried == 1 else 0)
        raise Retry(f"try {tried}")

    with pytest.raises(Fatal, match=r"for 0 s in vain: try [2-9]"):
        await again(work, lambda _: None, seconds=0.2)


async def test_what_will_not_succeed_later_is_not_tried_again() -> None:
    async def work() -> None:
        raise Fatal("no")

    with pytest.raises(Fatal, match=r"^no$"):
        await again(work, lambda _: pytest.fail("told"))
