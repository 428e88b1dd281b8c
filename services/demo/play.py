"""The invented school, played: four weeks of history through the doors that real suppliers use, then the day as it goes."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from types import MappingProxyType
from typing import Any, Final

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from contracts.dates import DAY, SECOND, Micros, local_date, rfc3339, start_of
from contracts.privacy import UNILOGIN
from services.demo import school
from services.demo.attendance import SKOLEADM
from services.demo.day import deliveries
from services.demo.days import ONE, school_days_before
from services.demo.lively import trickle
from services.demo.memory import Memory, keep, recall
from services.demo.school import INSTITUTION, ORDLEG
from services.demo.sending import Sender, asked, now_of
from services.demo.telling import DANSK_VIDEO, HOMEPAGE, MATEMATIK, Delivery
from services.operate.client import ask, running
from services.settings import Settings

HISTORY: Final = 20
"""School days before today, four weeks."""
STEP: Final = DAY // 4
"""What is remembered as sent at a time, of the history."""
AHEAD: Final = 20 * 3_600 * SECOND
"""How far the day may run ahead of the hub's clock, which refuses what is more than 24 h ahead."""
TICK: Final = 1.0
LOOKED: Final = 10 * 60 * SECOND
"""How far back the trickle reaches at most."""
SUPPLIERS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        MATEMATIK: {"connectors": ["xapi"], "subject": "MAT", "identities": {HOMEPAGE: UNILOGIN}, "expected_by": "16:00"},
        DANSK_VIDEO: {"connectors": ["xapi"], "subject": "DAN", "identities": {HOMEPAGE: UNILOGIN}},
        ORDLEG: {"connectors": ["cloudevents", "identity_links_csv"], "subject": "DAN"},
        SKOLEADM: {"connectors": ["oneroster_csv", "calendar_csv", "attendance_csv"], "expected_by": "09:00"},
    }
)
err = Console(stderr=True, soft_wrap=True, highlight=False)


async def play(hub: str, speed: float, settings: Settings) -> None:
    """Never returns of itself. Raises `Fatal` when the hub refuses something or is gone for long."""
    async with httpx.AsyncClient(base_url=hub, timeout=60) as http:
        with err.status(f"{school.NAME}: asking for the hub at {hub}"):
            now = await now_of(http)
        memory = await _credentials(http, settings)
        sender = Sender(http, memory.secrets)
        await _introduce(sender, memory, now, settings)
        await _history(sender, memory, await now_of(http), settings)
        await _stream(sender, http, memory, speed, settings)


async def _credentials(http: httpx.AsyncClient, settings: Settings) -> Memory:
    """Those of the run before where the hub still knows them; else the suppliers are registered, and nothing counts as sent."""
    memory = recall(settings)
    if set(memory.secrets) == set(SUPPLIERS):
        known = [await asked(http, "GET", "/v1/ledger", auth=httpx.BasicAuth(*one)) for one in memory.secrets.items()]
        if all(one.is_success for one in known):
            return memory
    memory = Memory(await asyncio.to_thread(_register, settings))
    keep(memory, settings)
    return memory


def _register(settings: Settings) -> dict[str, str]:
    with running(settings) as client:
        return {
            name: ask(client, "/suppliers", name=name, institutions=[INSTITUTION], **told)["secret"] for name, told in SUPPLIERS.items()
        }


async def _introduce(sender: Sender, memory: Memory, now: Micros, settings: Settings) -> None:
    """The roster, the calendar and the links, as they are exported each night."""
    today = local_date(now)
    if memory.told == today.isoformat():
        return
    as_of = {"as_of": rfc3339(start_of(today))}
    for supplier, name, media, body in (
        (SKOLEADM, "oneroster_csv", "application/zip", school.roster_zip(now)),
        (SKOLEADM, "calendar_csv", "text/csv", school.calendar_csv(today)),
        (ORDLEG, "identity_links_csv", "text/csv", school.links_csv()),
    ):
        await sender.send_all([Delivery(now, supplier, f"/files/{name}", {"Content-Type": media}, body, 1, as_of)])
    memory.told = today.isoformat()
    keep(memory, settings)


async def _history(sender: Sender, memory: Memory, now: Micros, settings: Settings) -> None:
    """What was due up to now and was not sent before, step by step, so that a run that is broken off goes on from there."""
    first = start_of(school_days_before(local_date(now), HISTORY)[0])
    due = await asyncio.to_thread(lambda: list(deliveries(max(memory.sent, first), now)))
    with _bar() as bar:
        task = bar.add_task(f"{school.NAME}: what happened up to now", total=sum(one.items for one in due), visible=bool(due))
        for step, some in groupby(due, key=lambda one: one.due // STEP):
            await sender.send_all(some, lambda items: bar.advance(task, items))
            memory.sent = min(now, (step + 1) * STEP - 1)
            keep(memory, settings)
    memory.sent = max(memory.sent, now)
    keep(memory, settings)


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err)


@dataclass
class _Day:
    """How the day is played. begun: when by the hub's clock. played: up to when. ends: where the hub's local day does."""

    begun: Micros
    played: Micros
    ends: Micros
    speed: float

    @classmethod
    def beginning(cls, now: Micros, speed: float) -> "_Day":
        return cls(now, now, start_of(local_date(now) + ONE) - 1, speed)

    def until(self, now: Micros) -> Micros:
        """Up to when it has come: as far as the hub's clock, or ahead of it where it is played faster."""
        if self.speed <= 1:
            return now
        return max(self.played, min(self.ends, now + AHEAD, self.begun + round((now - self.begun) * self.speed)))

    def due(self, memory: Memory, until: Micros) -> Iterator[Delivery]:
        """The day's own plan, and the trickle beside it; not of a time through which this process slept."""
        pace = max(1, round(self.speed))
        return chain(deliveries(memory.sent, until), trickle(max(self.played, until - LOOKED * pace), until, memory.turn, pace))


async def _stream(sender: Sender, http: httpx.AsyncClient, memory: Memory, speed: float, settings: Settings) -> None:
    """The day from now on, `speed` times as fast as life until it ends; then from now on again, as fast as life."""
    day = _Day.beginning(await now_of(http), speed)
    memory.turn += memory.sent > day.begun
    err.print(f"{school.NAME}: the day streams, {_pace(speed)}; Ctrl-C ends it.")
    while True:
        now = await now_of(http)
        until = day.until(now)
        await sender.send_all(day.due(memory, until))
        day.played, memory.sent = until, max(memory.sent, until)
        if day.speed > 1 and until >= day.ends:
            err.print(f"{school.NAME}: the day has been played to its end; it goes on from now, as fast as life.")
            day, memory.turn = _Day.beginning(now, 1), memory.turn + 1
        keep(memory, settings)
        await asyncio.sleep(TICK)


def _pace(speed: float) -> str:
    return "as fast as life" if speed <= 1 else f"{speed:g} times as fast as life"
