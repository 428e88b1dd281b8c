"""The loop that fetches, over a real log, and its client: pace, patience, and what becomes of a page that is partly wrong."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from harness import until
from lrs import PASSWORD, USERNAME, Lrs
from sending import HOME_PAGE, Statement, statement

from contracts.connector import Registration
from contracts.dates import SECOND, Micros, instant
from contracts.envelope import decode
from contracts.errors import Retry
from contracts.privacy import Key
from contracts.puller import TROUBLES, Access, Pulled, Unfetched
from services.ingest.intake import Intake
from services.logs.sqlite import SqliteLog
from services.pull import loop
from services.pull.client import LONGEST, PATIENCE, TRIES, Client, retry_after
from services.pull.loop import Pace, Pull
from services.registry import discover_connectors, discover_pullers
from services.telemetry import Telemetry
from services.turns import at_once

NOW: Micros = instant("2026-11-24T12:00:00Z")
URL = "https://lrs.example/xapi"
KEY = Key(bytes(range(32)))


def registered(url: str = URL, password: str = PASSWORD) -> Pulled:
    registration = Registration(
        "arkiv", frozenset({"xapi_lrs"}), frozenset({"101001"}), "arkiv", "MAT", {HOME_PAGE: "unilogin"}
    )  # fmt: skip
    return Pulled(registration, Access("xapi_lrs", url, USERNAME, password))


@dataclass
class Still:
    """`Clock`, stopped."""

    def now(self) -> Micros:
        return NOW


async def nobody(*_: str) -> frozenset[str]:
    return frozenset()


@dataclass
class Hub:
    """A log and the loop before it. sources: those registered now. pauses: seconds for which the client has waited."""

    folder: Path
    lrs: Lrs = field(default_factory=Lrs)
    sources: list[Pulled] = field(default_factory=lambda: [registered()])
    pauses: list[float] = field(default_factory=list)
    telemetry: Telemetry = field(default_factory=Telemetry)

    @asynccontextmanager
    async def opened(self, items: int = 4, seconds: float = 0.01) -> AsyncIterator["Hub"]:
        self.log = SqliteLog(self.folder / "log.db", "off")
        connectors = discover_connectors()
        intake = Intake(self.log, KEY, Still(), self.telemetry, Fernet(Fernet.generate_key()), nobody, 0.3, frozenset, at_once)
        self.pull = Pull(
            lambda: self.sources, discover_pullers(connectors), connectors, self.log, intake.fetched, Still(), self.telemetry,
            Pace(seconds, 60, items, 1_000_000), lambda access: self.http(access.password),
        )  # fmt: skip
        try:
            yield self
        finally:
            await self.log.close()

    def http(self, password: str = PASSWORD) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self.lrs.transport(), auth=httpx.BasicAuth(USERNAME, password))

    def client(self) -> Client:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        return Client(self.http(), URL, 1_000_000, pause)

    async def scan(self) -> None:
        await self.pull.scan(self.sources[0], self.client())

    async def records(self) -> list[str]:
        return [decode(record.value).type.removeprefix("dk.fremgang.") for record in await self.log.read({}, 10_000)]

    def store(self, *told: Statement) -> None:
        for number, one in enumerate(told):
            self.lrs.store(one, NOW - 100 * SECOND + number)

    def counted(self, name: str, **labels: str) -> float:
        return self.telemetry.registry.get_sample_value(name, labels) or 0


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    async with Hub(tmp_path).opened() as opened:
        yield opened


def answers(count: int) -> list[Statement]:
    return [statement("anna1a2b", NOW - 200 * SECOND, item=f"n{number}") for number in range(count)]


async def test_a_scan_takes_all_pages_and_a_second_writes_nothing(hub: Hub) -> None:
    hub.store(*answers(10))
    await hub.scan()
    assert await hub.records() == ["activity.item_answered.v1"] * 10
    await hub.scan()
    assert len(await hub.records()) == 10
    assert hub.counted("fremgang_pulled_items_total", source="arkiv", known="new") == 10
    assert hub.counted("fremgang_pulled_items_total", source="arkiv", known="known") == 10
    assert hub.counted("fremgang_items_total", connector="xapi", outcome="published") == 10


def wrong() -> list[Any]:
    """Each stands in a page of good ones."""
    without_id = statement("bo12345x", NOW)
    del without_id["id"]
    return [
        {"id": "x"}, {**statement("bo12345x", NOW), "timestamp": "yesterday"}, statement("bo12345x", NOW, item="010110-4321"),
        {**statement("bo12345x", NOW), "id": "no uuid"}, without_id,
        statement("bo12345x", NOW, context={"extensions": {"https://fremgang.dk/xapi/extensions/institution": "999999"}}),
        statement("bo12345x", NOW + 200 * 86_400 * SECOND),
    ]  # fmt: skip


async def test_each_that_is_wrong_fails_alone_and_once_however_often_it_is_read(hub: Hub) -> None:
    bad = wrong()
    hub.store(*(one for pair in zip(answers(len(bad)), bad, strict=True) for one in pair))
    for _ in range(3):
        await hub.scan()
    assert sorted(await hub.records()) == ["activity.item_answered.v1"] * len(bad) + ["intake.failed.v1"] * len(bad)


BODY = b'{"statements": [7, null, "x", [], [%s, %s], {"id": "a", "id": "b"}, {"x": NaN}, %s]}'


async def test_what_is_no_statement_fails_alone(hub: Hub) -> None:
    one = httpx.Request("POST", URL, json=statement("anna1a2b", NOW)).content
    hub.lrs.faults = [(200, {}, BODY.replace(b"NaN", b"1") % (one, one, one))]
    await hub.scan()
    assert sorted(await hub.records()) == ["activity.item_answered.v1"] + ["intake.failed.v1"] * 7


async def test_an_id_that_is_known_with_another_content_fails_and_the_first_stands(hub: Hub) -> None:
    first = statement("anna1a2b", NOW)
    hub.store(first, {**first, "result": {"success": False}}, statement("anna1a2b", NOW))
    for _ in range(2):
        await hub.scan()
    hub.lrs.store({**first, "result": {"completion": True}}, NOW - 50 * SECOND)
    for _ in range(2):
        await hub.scan()
    assert sorted(await hub.records()) == ["activity.item_answered.v1"] * 2 + ["intake.failed.v1"] * 2


async def test_attachments_are_left_behind(hub: Hub) -> None:
    raw = {"usageType": "https://x.example/u", "display": {"da": "x"}, "contentType": "text/plain", "length": 1, "sha2": "0" * 64}
    hub.store(statement("anna1a2b", NOW, attachments=[raw]))
    await hub.scan()
    assert await hub.records() == ["activity.item_answered.v1"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0), ({"retry-after": "7"}, 7), ({"retry-after": " 30 "}, 30), ({"retry-after": "99999999"}, LONGEST),
        ({"retry-after": "-5"}, 0), ({"retry-after": "soon"}, 0), ({"retry-after": "1.5"}, 0), ({"retry-after": "²"}, 0),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:20 GMT", "date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 20),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT", "date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 0),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:20 GMT", "date": "never"}, 0),
    ],
)  # fmt: skip
def test_how_long_a_source_asks_to_be_left_alone(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds


async def test_what_passes_is_waited_for_as_asked_and_with_growing_jitter(hub: Hub) -> None:
    hub.store(*answers(1))
    hub.lrs.faults = [(429, {"Retry-After": "20"}, b""), (503, {}, b""), (500, {"Retry-After": "5"}, b""), (502, {}, b"")]
    await hub.scan()
    assert len(await hub.records()) == 1
    asked, grown = [20, 0, 5, 0], [0.5, 1, 2, 4]
    assert all(least <= pause <= least + most for pause, least, most in zip(hub.pauses, asked, grown, strict=True))


@pytest.mark.parametrize(("status", "trouble"), [(429, "throttled"), (503, "failing")])
async def test_it_gives_up_for_now_after_some_tries(hub: Hub, status: int, trouble: str) -> None:
    hub.lrs.faults = [(status, {}, b"")] * 9
    with pytest.raises(Unfetched) as unfetched:
        await hub.scan()
    assert (unfetched.value.trouble, len(hub.lrs.asked)) == (trouble, TRIES)


async def test_a_long_wait_is_the_loops(hub: Hub) -> None:
    hub.lrs.faults = [(429, {"Retry-After": str(int(PATIENCE) + 1)}, b"")]
    with pytest.raises(Unfetched) as unfetched:
        await hub.scan()
    assert (unfetched.value.after, hub.pauses) == (PATIENCE + 1, [])


@pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x"), httpx.ReadError("x")])
async def test_silence_is_a_trouble_that_may_pass(hub: Hub, error: httpx.TransportError) -> None:
    def fails(_: httpx.Request) -> httpx.Response:
        raise error

    client = hub.client()
    client._http = httpx.AsyncClient(transport=httpx.MockTransport(fails))
    with pytest.raises(Unfetched) as unfetched:
        await client.get("statements", {}, {})
    assert (unfetched.value.trouble, len(hub.pauses)) == ("unreachable", TRIES - 1)


async def test_a_body_that_unpacks_to_nothing_that_can_be_read_is_no_page(hub: Hub) -> None:
    hub.lrs.faults = [(200, {"Content-Encoding": "gzip"}, b"no gzip")]
    with pytest.raises(Unfetched) as unfetched:
        await hub.scan()
    assert unfetched.value.trouble == "not_a_page"


async def test_paging_that_never_ends_is_stopped_and_what_it_held_is_kept(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "UNCHANGED_PAGES", 20)  # a thousand would take as many requests
    one = httpx.Request("POST", URL, json=statement("anna1a2b", NOW)).content
    hub.lrs.faults = [(200, {}, b'{"statements": [%s], "more": "/xapi/more?%d"}' % (one, number)) for number in range(99)]
    with pytest.raises(Unfetched) as unfetched:
        await hub.scan()
    assert unfetched.value.trouble == "endless"
    assert len(hub.lrs.asked) == 21
    assert await hub.records() == ["activity.item_answered.v1"]


def patience(pull: Pull, trouble: str, failures: int, after: float = 0) -> Sequence[float]:
    return [pull._patience(failures, Unfetched(trouble, after)) for _ in range(200)]


async def test_a_source_is_tried_less_and_less_often_and_never_before_it_asks_to_be(hub: Hub) -> None:
    hub.pull._pace = Pace(30, 300, 500, 1)
    assert all(15 <= told <= 60 for told in patience(hub.pull, "failing", 1))
    assert all(150 <= told <= 300 for told in patience(hub.pull, "unreachable", 1_000))
    assert all(told >= 3_600 for told in patience(hub.pull, "throttled", 1, 3_600))
    lasting = [trouble for trouble, told in TROUBLES.items() if told.lasting]
    assert "not_allowed" in lasting
    assert all(told >= loop.SLOWEST_SECONDS / 2 for trouble in lasting for told in patience(hub.pull, trouble, 1))
    assert len(set(patience(hub.pull, "failing", 3))) > 100


async def test_the_loop_follows_the_register(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that is new is read, one whose credential was mended too, one that is gone is left alone."""
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.01)  # so that the test need not wait as long
    hub.store(*answers(3))
    hub.sources = [registered(password="wrong")]
    running = asyncio.create_task(hub.pull.run())
    await asyncio.to_thread(until, lambda: hub.telemetry.pulling.get("arkiv") == "not_allowed")
    assert await hub.records() == []
    hub.sources = [registered()]
    await asyncio.to_thread(until, lambda: hub.telemetry.pulling.get("arkiv") == "")
    assert len(await hub.records()) == 3
    hub.sources = []
    await asyncio.to_thread(until, lambda: "arkiv" not in hub.telemetry.pulling)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_another_address_is_another_source_read_from_its_beginning(hub: Hub) -> None:
    hub.store(*answers(5))
    await hub.scan()
    assert await hub.log.cursor(registered().source) != b""
    assert await hub.log.cursor(registered("https://lrs.example/other").source) == b""


async def test_a_log_that_cannot_be_written_now_is_no_trouble_of_the_source(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> Any:
        raise Retry("away", after=0)

    hub.store(*answers(1))
    with monkeypatch.context() as patched:
        patched.setattr(hub.pull, "_take", away)  # brokers that are gone for a moment
        running = asyncio.create_task(hub.pull.run())
        await asyncio.to_thread(until, lambda: hub.counted("fremgang_interruptions_total") > 1)
    await asyncio.to_thread(until, lambda: hub.telemetry.pulling)
    assert hub.telemetry.pulling == {"arkiv": ""}
    assert hub.counted("fremgang_pulled_items_total", source="arkiv", known="new") == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_the_hub_fails_on_is_that_sources_trouble(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> Any:
        raise LookupError("anna1a2b")

    monkeypatch.setattr(hub.pull, "_take", broken)  # a fault that the hub is not known to have
    hub.store(*answers(1))
    with pytest.raises(Unfetched) as unfetched:
        await hub.scan()
    assert unfetched.value.trouble == "hub_failed"
    assert await hub.log.cursor(registered().source) == b""
