"""The invented school beside a real hub: its weeks come in, its day moves numbers that explain themselves, and a second start goes on."""

import re
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from harness import Hub, running, until

from contracts.dates import instant, local_date
from services.demo.school import of_class

STREAMS = "the day streams"
SHOWN = {
    "first-try-correctness", "items-answered", "active-minutes", "active-days", "attendance", "punctuality", "result-level", "goals-moved",
    "on-time-submission", "open-overdue", "goals-reached",
}  # fmt: skip
Key = tuple[str, str, str | None, str]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with running(tmp_path, "--demo") as started:
        until(lambda: started.log().count(STREAMS) == 1, 150)
        yield started


def class_view(hub: Hub, token: Mapping[str, str]) -> Any:
    groups = {group["source_id"]: group["id"] for group in hub.get("/v1/groups", token)["groups"]}
    assert set(groups) == {"5.A", "6.B MAT"}
    return hub.get(f"/v1/groups/{groups['5.A']}/indicators", token)


def cells(view: Any) -> dict[Key, Any]:
    return {
        (pupil["student"], one["indicator"], one["subject"], one["window"]["name"]): one
        for pupil in view["readings"]
        for one in pupil["indicators"]
    }


def moved(before: Any, now: Any) -> list[Any]:
    """The readings whose value or n, of the window or of today, is another."""
    old = cells(before)
    told = ("value", "n", "today")
    return [one for key, one in cells(now).items() if key in old and any(one[name] != old[key][name] for name in told)]


def published(ledger: Any) -> int:
    return sum(row["count"] for row in ledger["rows"] if row["outcome"] == "published")


def test_a_class_is_shown_moves_explains_itself_and_goes_on_after_a_restart(hub: Hub) -> None:
    teacher, controller = hub.token("--teacher", "unilogin:lone0001"), hub.token("--controller")
    told = hub.ledger(controller)
    assert told["received"] > 20_000
    assert {"failed": told["failed"], "refused": told["refused"], "unlinked": told["unlinked_identities"]} == {
        "failed": 0, "refused": 0, "unlinked": 0,
    }  # fmt: skip
    assert 0 < told["repeated"] < told["received"] / 20

    before = class_view(hub, teacher)
    assert len(before["readings"]) == len(of_class("5.A", day=local_date(instant(before["delivery"]["as_of"]))))
    valued = [key[1:3] for key, one in cells(before).items() if one["value"] is not None]
    assert {indicator for indicator, _ in valued} == SHOWN
    assert {subject for _, subject in valued} == {"MAT", "DAN", "NAT", None}
    materials = {"matematik-x", "dansk-video", "ordleg", "bogorm", "naturlab"}
    assert {source["source"] for source in before["delivery"]["sources"]} == materials | {"skoleadm", "trivselstjek", "opgaverum"}

    change = until(lambda: moved(before, class_view(hub, teacher)), 120, 1)[0]
    explained = hub.get(change["explanation"], teacher)
    second = before["delivery"]["as_of"][: len("2026-11-27T15:40:05")]
    assert explained["facts"][0]["at"] >= second, "facts are told by whole seconds, a view by its microsecond"

    assert tried(hub)["group"]["source_id"] == "5.A"

    first = restart(hub, controller)
    again = hub.ledger(controller)
    assert 0 <= published(again) - published(first) < 1_000
    assert again["repeated"] - first["repeated"] < 500
    until(lambda: published(hub.ledger(controller)) > published(again), 30, 1)


def tried(hub: Hub) -> Any:
    """What the printed command shows, with its own token and address."""
    printed = re.search(r'curl -H "Authorization: (Bearer \S+)" http://localhost:\d+(/\S+)', hub.log())
    assert printed
    return hub.get(printed[2], {"Authorization": printed[1]})


def restart(hub: Hub, controller: Mapping[str, str]) -> Any:
    """Ctrl-C for the hub alone, which takes the school with it; then a second start. Answers the ledger of just before."""
    assert hub.process is not None
    (school,) = children(hub.process.pid)
    ledger = hub.ledger(controller)
    hub.process.send_signal(signal.SIGINT)
    assert hub.process.wait(30) == 0
    assert not Path(f"/proc/{school}").exists()
    assert "Traceback" not in hub.log()
    hub.start("--demo")
    until(lambda: hub.log().count(STREAMS) == 2, 60)
    return ledger


def children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
