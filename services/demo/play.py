"""The invented school, played: four weeks of history through the doors that real suppliers use, then the day as it goes."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from contracts.dates import DAY, SECOND, Micros, local_date, rfc3339, school_year, start_of
from contracts.privacy import UNILOGIN
from services.demo import school
from services.demo.attendance import SKOLEADM
from services.demo.checkins import TRIVSELSTJEK
from services.demo.day import Ahead
from services.demo.days import ONE, school_days_before
from services.demo.lively import trickle
from services.demo.memory import Memory, keep, recall
from services.demo.plan import USUAL, School, schools
from services.demo.school import ORDLEG
from services.demo.sending import Sender, asked, now_of
from services.demo.telling import BOGORM, DANSK_VIDEO, HOMEPAGE, MATEMATIK, NATURLAB, OPGAVERUM, Delivery
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
        BOGORM: {"connectors": ["xapi"], "subject": "DAN", "identities": {HOMEPAGE: UNILOGIN}},
        NATURLAB: {"connectors": ["xapi"], "subject": "NAT", "identities": {HOMEPAGE: UNILOGIN}},
        TRIVSELSTJEK: {"connectors": ["wellbeing_checkin"]},
        OPGAVERUM: {"connectors": ["cloudevents"]},
        SKOLEADM: {"connectors": ["oneroster_csv", "calendar_csv", "attendance_csv", "cloudevents"], "expected_by": "09:00"},
    }
)
err = Console(stderr=True, soft_wrap=True, highlight=False)


async def play(hub: str, speed: float, settings: Settings, classes: int = USUAL) -> None:
    """Never returns of itself. Raises `Fatal` when the hub refuses something or is gone for long."""
    places = schools(classes)
    async with httpx.AsyncClient(base_url=hub, timeout=60) as http:
        with err.status(f"{_called(places)}: asking for the hub at {hub}"):
            now = await now_of(http)
        memory = await _credentials(http, settings, classes)
        sender = Sender(http, memory.secrets)
        since = max(memory.sent, start_of(school_days_before(local_date(now), HISTORY)[0]))
        await _introduce(sender, memory, since, settings)
        ahead = Ahead(since, places)
        await _history(sender, memory, ahead, await now_of(http), settings)
        await _stream(sender, http, memory, ahead, speed, settings)


def _called(places: Sequence[School]) -> str:
    return school.NAME if len(places) == 1 else f"{school.NAME} and {len(places) - 1} schools more"


async def _credentials(http: httpx.AsyncClient, settings: Settings, classes: int) -> Memory:
    """Those of the run before where the hub still knows them; else the suppliers are registered, and nothing counts as sent."""
    memory = recall(settings)
    if set(memory.secrets) == set(SUPPLIERS) and memory.classes == classes:
        known = [await asked(http, "GET", "/v1/ledger", auth=httpx.BasicAuth(*one)) for one in memory.secrets.items()]
        if all(one.is_success for one in known):
            return memory
    memory = Memory(await asyncio.to_thread(_register, settings, classes), classes=classes)
    keep(memory, settings)
    return memory


def _register(settings: Settings, classes: int) -> dict[str, str]:
    everywhere = [place.number for place in schools(classes)]
    with running(settings) as client:
        return {name: ask(client, "/suppliers", name=name, institutions=everywhere, **told)["secret"] for name, told in SUPPLIERS.items()}


async def _introduce(sender: Sender, memory: Memory, since: Micros, settings: Settings) -> None:
    """Rosters, calendars and links as they stood on the day from which on the rest is sent; what changes comes with the days."""
    first = local_date(since)
    if memory.told == school_year(first):
        return
    for place in schools(memory.classes):
        await sender.send_all(introduction(place, start_of(first)))
    memory.told = school_year(first)
    keep(memory, settings)


def introduction(place: School, at: Micros) -> Iterator[Delivery]:
    """The files of one school, as they are exported each night."""
    as_of = {"as_of": rfc3339(at)}
    for supplier, name, media, body in (
        (SKOLEADM, "oneroster_csv", "application/zip", school.roster_zip(at, place)),
        (SKOLEADM, "calendar_csv", "text/csv", school.calendar_csv(local_date(at), place)),
        (ORDLEG, "identity_links_csv", "text/csv", school.links_csv(place)),
    ):
        yield Delivery(at, supplier, f"/files/{name}", {"Content-Type": media}, body, 1, as_of)


async def _history(sender: Sender, memory: Memory, ahead: Ahead, now: Micros, settings: Settings) -> None:
    """What was due up to now and was not sent before, step by step, so that a run that is broken off goes on from there."""
    first = memory.sent or ahead.since
    with _bar() as bar:
        task = bar.add_task(
            f"{_called(ahead.places)}: the days up to now", total=max(1, -(-(now - first) // STEP)), visible=now - first > STEP
        )
        for until in (*range(first + STEP, now, STEP), now):
            await sender.send_all(await asyncio.to_thread(_listed, ahead, until))
            memory.sent = max(memory.sent, until)
            keep(memory, settings)
            bar.advance(task)


def _listed(ahead: Ahead, until: Micros) -> list[Delivery]:
    return list(ahead.until(until))


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

    def due(self, ahead: Ahead, memory: Memory, until: Micros) -> Iterator[Delivery]:
        """The day's own plan, and the trickle beside it; not of a time through which this process slept."""
        pace = max(1, round(self.speed))
        return chain(ahead.until(until), trickle(max(self.played, until - LOOKED * pace), until, memory.turn, pace))


async def _stream(sender: Sender, http: httpx.AsyncClient, memory: Memory, ahead: Ahead, speed: float, settings: Settings) -> None:
    """The day from now on, `speed` times as fast as life until it ends; then from now on again, as fast as life."""
    day = _Day.beginning(await now_of(http), speed)
    memory.turn += memory.sent > day.begun
    err.print(f"{_called(ahead.places)}: the day streams, {_pace(speed)}; Ctrl-C ends it.")
    while True:
        now = await now_of(http)
        until = day.until(now)
        await sender.send_all(day.due(ahead, memory, until))
        day.played, memory.sent = until, max(memory.sent, until)
        if day.speed > 1 and until >= day.ends:
            err.print(f"{_called(ahead.places)}: the day has been played to its end; it goes on from now, as fast as life.")
            day, memory.turn = _Day.beginning(now, 1), memory.turn + 1
        keep(memory, settings)
        await asyncio.sleep(TICK)


def _pace(speed: float) -> str:
    return "as fast as life" if speed <= 1 else f"{speed:g} times as fast as life"
