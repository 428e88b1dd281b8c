"""`fremgang run --demo`: a hub with the invented school beside it, in a process of its own, so that the hub's memory is the hub's."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from rich.console import Console
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from contracts.errors import Fatal
from contracts.privacy import GroupRef, Key
from services.demo.plan import USUAL
from services.demo.school import INSTITUTION, NAME
from services.demo.teacher import TEACHER
from services.operate.client import ask, running
from services.settings import Settings

HOURS: Final = 12
"""How long the token to try is good for."""
ENDED: Final = (0, -signal.SIGINT, -signal.SIGTERM)
"""Exit codes of a school that was told to end."""
_SCHOOL: Final = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); from services.cli import main; main()"
"""Ctrl-C reaches both; the school leaves it to the hub, which ends it."""
out, err = Console(soft_wrap=True, highlight=False), Console(stderr=True, soft_wrap=True, highlight=False)


class Keyed(Protocol):
    """A hub that runs, as far as it is needed here."""

    @property
    def key(self) -> Key: ...


Run = Callable[[Settings, Callable[[Keyed, str], None]], Awaitable[None]]
"""As `services.run.run`."""


async def with_demo(settings: Settings, run: Run, classes: int = USUAL) -> None:
    """Runs the hub; the school ends with the hub, and the hub goes on without the school."""
    beside: list[asyncio.Task[None]] = []
    try:
        await run(
            settings,
            lambda hub, address: beside.append(
                asyncio.create_task(_accompany(settings, address, hub.key.seal(GroupRef(INSTITUTION, "5.A")), classes))
            ),
        )
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _accompany(settings: Settings, address: str, group: str, classes: int) -> None:
    token = await asyncio.to_thread(_token, settings)
    out.print(_welcome(address, group, token), markup=False)
    command = (sys.executable, "-c", _SCHOOL, "demo", "--hub", address, "--classes", str(classes))
    school = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    try:
        if (code := await school.wait()) not in ENDED:
            err.print(f"The invented school ended with an error (exit code {code}, its reason stands above); the hub goes on.")
    finally:
        if school.returncode is None:
            school.terminate()
            await school.wait()


def _token(settings: Settings) -> str:
    """Of the teacher whom the page is for; asked for until the operator's socket answers."""
    told = Retrying(retry=retry_if_exception_type(Fatal), stop=stop_after_delay(10), wait=wait_fixed(0.1), reraise=True)
    with running(settings) as client:
        identity = {"scheme": TEACHER.scheme, "value": TEACHER.value}
        made = told(ask, client, "/tokens", role="teacher", identity=identity, hours=HOURS)
    token: str = made["token"]
    return token


def _welcome(address: str, group: str, token: str) -> str:
    return f"""
Fremgang runs, and an invented school, {NAME}, streams in. Nobody in it exists.

  The page    {address}/
  The API     {address}/docs
  Class 5.A   curl -H "Authorization: Bearer {token}" {address}/v1/groups/{group}/indicators

The token is a teacher's, good for {HOURS} hours. Ctrl-C stops the hub; its data stay, and it goes on from there.
"""
