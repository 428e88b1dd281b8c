"""What is taken for a date, a school year and a retraction, at their limits."""

from datetime import date
from itertools import permutations

import pytest

from contracts.connector import Draft
from contracts.dates import instant
from contracts.errors import Refused
from contracts.events import Scored
from contracts.facts import Facts, Report, merge
from contracts.kinds import OLDEST, Family, Sheet, accepted_until
from contracts.privacy import Identity, Key
from contracts.seal import Origin, seal

pytestmark = pytest.mark.quick

NOW = instant("2026-11-24T09:00:00Z")


def scored(school_year: str) -> str:
    data = {"tool": "m", "activity_id": "a", "school_year": school_year}
    draft = Draft(Scored, Identity("unilogin", "anna1a2b"), "101001", data, "r1", NOW)
    return str(seal(draft, Origin("m", "cloudevents", 0, NOW), "result.scored", "1/1", Key(bytes(32)), NOW).period)


@pytest.mark.parametrize("said", ["2025-2026", "2026-2027", "2027-2028"])
def test_a_school_year_may_be_that_of_the_date_or_the_one_beside_it(said: str) -> None:
    assert scored(said) == said


@pytest.mark.parametrize("said", ["2026-0000", "2026-2028", "2024-2025", "9998-9999", "2026-2026"])
def test_a_school_year_that_is_none_or_far_away_is_refused(said: str) -> None:
    with pytest.raises(Refused) as refused:
        scored(said)
    assert [(fault.reason, fault.pointer) for fault in refused.value.faults] == [("value_invalid", "/school_year")]


@pytest.mark.parametrize("family", [Family.ACTIVITY, Family.ATTENDANCE])
@pytest.mark.parametrize("year", [1, 5, 999, OLDEST - 1])
def test_what_is_dated_before_there_were_such_data_is_too_late(family: Family, year: int) -> None:
    until = accepted_until(family, Sheet.DATED, date(year, 1, 1))
    assert until is not None
    assert until < date(2000, 1, 1)


def test_what_is_taken_back_without_a_revision_stays_so() -> None:
    """A source that has no revisions repeats its event with `op: retract`, so both have the event's time for their order."""
    told = [Report("m", "cloudevents", 0, 7, {"at": 1, "item_id": f"i{number}"}) for number in range(3)]
    for words in permutations([*told, Report("m", "cloudevents", 0, 7, None)]):
        facts: Facts = {}
        for word in words:
            merge(facts, "activity.item_answered", "[]", "r", word)
        assert facts["activity.item_answered"]["[]"]["r"].content is None
