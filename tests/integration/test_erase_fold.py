"""What was appended and is not folded yet, while something is erased, deleted or measured: the real log, store and fold, step by step."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
from sending import HOME_PAGE, statement
from stored import Seal, rows

from contracts.dates import DAY, SECOND, instant
from services.hub import Hub, open_hub
from services.settings import Settings

CLOCK = "2026-11-24T12:00:00+01:00@0"
NOW = instant("2026-11-24T11:00:00Z")


def settings(folder: Path, clock: str = CLOCK) -> Settings:
    var = folder / "var"
    return Settings(
        log=f"sqlite:///{var}/log.db", store=f"sqlite+aiosqlite:///{var}/store.db", access_log=f"sqlite+aiosqlite:///{var}/access.db",
        key_file=folder / ".key" / "hub.key", inbox=var / "inbox", socket=var / "hub.sock", clock=clock,
    )  # fmt: skip


async def operate(hub: Hub, path: str, **asked: Any) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(hub.admin), base_url="http://hub") as client:
        return (await client.post(path, json=asked)).raise_for_status().json()


async def send(hub: Hub, secret: str, *pupils: str) -> None:
    """Of each an answer, and one that lies too far ahead."""
    told = [statement(pupil, at, item=f"item-of-{pupil}") for pupil in pupils for at in (NOW, NOW + 30 * DAY)]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(hub.app), base_url="http://localhost", auth=("material", secret)) as client:
        (await client.post("/xapi/statements", json=told, headers={"X-Experience-API-Version": "1.0.3"})).raise_for_status()


def outcomes(folder: Path) -> dict[tuple[str, str], int]:
    told = rows(folder, "store.db", "SELECT outcome, reason, sum(count) FROM ledger GROUP BY outcome, reason")
    return {(outcome, reason): count for outcome, reason, count in told}


async def test_items_in_the_log_are_not_used_after_the_erasure(tmp_path: Path) -> None:
    async with open_hub(settings(tmp_path)) as hub:
        registered = {"connectors": ["xapi"], "institutions": ["101001"], "identities": {HOME_PAGE: "unilogin"}}
        secret = (await operate(hub, "/suppliers", name="material", **registered))["secret"]
        await send(hub, secret, "anna1a2b")
        held = await hub.process.step(await hub.process.taken())
        await send(hub, secret, "anna1a2b", "bo12345x")
        await operate(hub, "/erasures", scheme="unilogin", value="anna1a2b")
        assert rows(tmp_path, "store.db", "SELECT subject FROM sheets UNION SELECT subject FROM failed") == []
        held = await hub.process.step(held)
        await send(hub, secret, "anna1a2b", "bo12345x")
        assert (await hub.process.step(held)).positions == await hub.log.ends()
    bo = Seal(tmp_path).identity("unilogin", "bo12345x")
    assert set(rows(tmp_path, "store.db", "SELECT subject FROM sheets UNION SELECT subject FROM failed")) == {(bo,)}
    assert outcomes(tmp_path) == {
        ("published", ""): 3,
        ("failed", "event_in_future"): 3,
        ("not_used", "erased"): 4,
    }


async def test_an_erasure_survives_the_position_it_came_at(tmp_path: Path) -> None:
    """Erased before anything was folded, by a hub that then stopped: the next one folds nothing of it."""
    async with open_hub(settings(tmp_path)) as hub:
        registered = {"connectors": ["xapi"], "institutions": ["101001"], "identities": {HOME_PAGE: "unilogin"}}
        secret = (await operate(hub, "/suppliers", name="material", **registered))["secret"]
        await send(hub, secret, "anna1a2b")
        await operate(hub, "/erasures", scheme="unilogin", value="anna1a2b")
    async with open_hub(settings(tmp_path)) as hub:
        await hub.process.step(await hub.process.taken())
        await send(hub, secret, "anna1a2b")
        await hub.process.step(await hub.process.taken())
    assert rows(tmp_path, "store.db", "SELECT subject FROM sheets UNION SELECT subject FROM failed") == []
    assert outcomes(tmp_path) == {("not_used", "erased"): 4}


async def test_the_daily_deletion_waits_until_everything_is_folded_and_measured(tmp_path: Path) -> None:
    async with open_hub(settings(tmp_path)) as hub:
        registered = {"connectors": ["xapi"], "institutions": ["101001"], "identities": {HOME_PAGE: "unilogin"}}
        secret = (await operate(hub, "/suppliers", name="material", **registered))["secret"]
        await send(hub, secret, "anna1a2b")
        held = await hub.process.step(await hub.process.taken())
        await send(hub, secret, "bo12345x")
        later = date(2028, 1, 1)
        assert not await hub.daily.forget(later)
        assert len(rows(tmp_path, "store.db", "SELECT 1 FROM sheets")) == 1
        assert (await hub.process.step(held)).positions == await hub.log.ends()
        assert not await hub.daily.forget(later)
        assert len(rows(tmp_path, "store.db", "SELECT 1 FROM sheets")) == 2
        assert await hub.process.measure()
        assert await hub.daily.forget(later)
        assert rows(tmp_path, "store.db", "SELECT 1 FROM sheets") == []


async def test_metrics_tell_how_far_the_fold_is_behind_when_they_are_asked(tmp_path: Path) -> None:
    async with open_hub(settings(tmp_path)) as hub:
        registered = {"connectors": ["xapi"], "institutions": ["101001"], "identities": {HOME_PAGE: "unilogin"}}
        secret = (await operate(hub, "/suppliers", name="material", **registered))["secret"]
        await send(hub, secret, "anna1a2b")
    async with open_hub(settings(tmp_path, "2026-11-24T12:01:30+01:00@0")) as hub:
        assert (await gauges(hub))["fremgang_pending_records"] == 2
        assert (await gauges(hub))["fremgang_lag_seconds"] == 90
        await hub.process.step(await hub.process.taken())
        told = await gauges(hub)
        assert (told["fremgang_pending_records"], told["fremgang_lag_seconds"]) == (0, 0)
        assert told['fremgang_source_newest_event_timestamp_seconds{source="material"}'] == NOW / SECOND


async def gauges(hub: Hub) -> dict[str, float]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(hub.app), base_url="http://localhost") as client:
        lines = (await client.get("/metrics")).raise_for_status().text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}
