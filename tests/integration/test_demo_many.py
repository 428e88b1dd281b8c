"""Several invented schools in one hub: a day of theirs is taken whole, and each teacher sees their own class."""

from collections.abc import Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
from harness import running

from contracts.dates import DAY, local_date, start_of
from services.demo.day import Ahead
from services.demo.people import pupils, teachers
from services.demo.plan import schools
from services.demo.play import SUPPLIERS, introduction
from services.demo.sending import Sender
from services.demo.telling import HOMEPAGE

MONDAY = date(2026, 11, 23)
CLASSES = 34


async def test_a_day_of_two_schools_is_taken_whole_and_each_sees_its_own(tmp_path: Path) -> None:
    places = schools(CLASSES)
    assert [len(place.classes) for place in places] == [30, 4]
    with running(tmp_path, clock="2026-11-23T18:00:00+01:00") as hub:
        everywhere = tuple(place.number for place in places)
        secrets = dict(
            hub.supplier(name, *asked["connectors"], institutions=everywhere, **_options(asked)) for name, asked in SUPPLIERS.items()
        )
        told = chain(
            *(introduction(place, start_of(MONDAY)) for place in places),
            Ahead(start_of(MONDAY), places).until(start_of(MONDAY) + DAY * 3 // 4),
        )
        async with httpx.AsyncClient(base_url=hub.url, timeout=60) as http:
            await Sender(http, secrets).send_all(told)
        ledger = hub.ledger(hub.token("--controller"))
        assert ledger["received"] > 8_000
        assert ledger["failed"] == ledger["refused"] == ledger["unlinked_identities"] == 0
        for place in places:
            teacher = teachers(place)[-1] if place.index else teachers(place)[0]
            token = hub.token("--teacher", f"unilogin:{teacher.unilogin}")
            groups = {one["source_id"]: one for one in hub.get("/v1/groups", token)["groups"]}
            assert groups[teacher.home]["institution"] == place.number
            view = hub.get(f"/v1/groups/{groups[teacher.home]['id']}/indicators", token)
            assert len(view["readings"]) == sum(pupil.group == teacher.home for pupil in pupils(place, local_date(start_of(MONDAY))))
            assert any(one["today"] and one["today"]["value"] for pupil in view["readings"] for one in pupil["indicators"])


def _options(asked: Mapping[str, Any]) -> dict[str, str]:
    """Of `fremgang supplier add`."""
    options = {"subject": asked["subject"]} if "subject" in asked else {}
    return options | ({"identity": f"{HOMEPAGE}=unilogin"} if "identities" in asked else {})
