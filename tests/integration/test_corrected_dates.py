"""Corrected dates in a real hub: in whatever order the news comes, and read after each piece, a fact counts once and where it holds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from corrected import AT_ONCE, AT_ONCE_READ, HOME, PUPIL, News
from harness import Hub, running
from rosters import Person, SchoolClass, package

SCHOOL, NOW = "101001", datetime(2026, 11, 24, 11, tzinfo=UTC)
LONE = Person("t1", "teacher", "lone0001")
CLASSES = [SchoolClass("5.A", "5.A", 5, [LONE, Person("e1", "student", PUPIL)])]
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
ASKED = ["on-time-submission", "open-overdue", "attendance"]


def send(hub: Hub, one: News) -> None:
    by = hub.supplier("opgaver", "cloudevents", subject="MAT", identity=f"{HOME}=unilogin")
    answer = hub.http.post("/events", content=one.body, auth=by, headers=BATCH)
    assert answer.status_code == 200, answer.text
    assert answer.json()["failed"] == 0, answer.text
    hub.ledger(hub.token("--controller"))


def read(hub: Hub) -> list[Any]:
    """Of the one pupil, as the class view has it; it is what is computed anew for the pupil's own."""
    token = hub.token("--teacher", f"unilogin:{LONE.unilogin}")
    (group,) = hub.get("/v1/groups", token)["groups"]
    (seen,) = hub.get(f"/v1/groups/{group['id']}/indicators", token, indicator=ASKED)["readings"]
    told: list[Any] = hub.get(f"/v1/students/{seen['student']}", token, indicator=ASKED)["readings"]
    assert seen["indicators"] == told
    return told


@pytest.mark.parametrize("news", [AT_ONCE, AT_ONCE[::-1]], ids=["as it happened", "backwards"])
def test_each_fact_counts_once_in_the_window_of_the_date_that_holds(news: tuple[News, ...], tmp_path: Path) -> None:
    with running(tmp_path, clock=f"{NOW.isoformat()}@0") as hub:
        school = hub.supplier("skole", "oneroster_csv")
        assert hub.file(school, "oneroster_csv", package(SCHOOL, CLASSES), as_of="2026-08-10T08:00:00+02:00").status_code == 200
        for one in news:
            send(hub, one)
            told = {(cell["indicator"], cell["subject"], cell["window"]["name"]): (cell["value"], cell["n"]) for cell in read(hub)}
    assert {one.place: told[one.place] for one in AT_ONCE_READ} == {one.place: (one.value, one.n) for one in AT_ONCE_READ}
