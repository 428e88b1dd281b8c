"""A fact's content in the units of its event again, as an explanation shows it."""

from datetime import UTC, date, datetime

import pytest

from contracts.events import AttendanceRegistered, ItemAnswered
from contracts.facts import content, shown
from contracts.kinds import KINDS

pytestmark = pytest.mark.quick
AT = 1_795_510_800_000_000


def kind_of(model: type) -> str:
    (name,) = [kind.name for kind in KINDS.values() if kind.model is model]
    return name


def told(event: object) -> dict[str, object]:
    name = kind_of(type(event))
    (kind,) = [one for one in KINDS.values() if one.name == name]
    return dict(shown(name, content(kind, event, AT)))


def test_a_date_stays_a_date_and_an_instant_is_one() -> None:
    registered = AttendanceRegistered(
        date=date(2026, 11, 24), slot="start", status="late", registered_at=datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    )
    answer = told(registered)
    assert answer["date"] == "2026-11-24"
    assert answer["registered_at"] == "2026-11-24T08:05:00.000000Z"
    assert answer["at"] == "2026-11-24T09:00:00.000000Z"


def test_a_fraction_comes_back_in_its_unit() -> None:
    answer = told(ItemAnswered(tool="matematik-x", item_id="7", score_fraction=0.25, response_seconds=12.5))
    assert (answer["score_fraction"], answer["response_seconds"]) == (0.25, 12.5)
