"""The oracle itself is held to cells worked out by hand and to what is known of the shared real statements (design 8)."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from oracle import hand
from oracle.batch import I1, I3, I4, WINDOWS, Oracle
from oracle.compare import NothingCompared, compare
from oracle.measures import Cell, wilson
from oracle.people import pupil

Json = dict[str, Any]
HAND = hand.hand_cells()
REAL = Path(__file__).parents[3] / "shared" / "data" / "xapi-statements.jsonl.gz"
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.mark.quick
@pytest.mark.parametrize("cell", HAND, ids=[cell["name"] for cell in HAND])
def test_the_oracle_gives_the_cell_worked_out_by_hand(cell: Json) -> None:
    assert hand.fed(cell).cells(subjects=["MAT"])[hand.key(cell)] == hand.expected(cell)


@pytest.mark.quick
def test_there_are_more_than_twenty_hand_cells_and_of_every_indicator() -> None:
    assert len({cell["name"] for cell in HAND}) == len(HAND) > 20
    assert {cell["indicator"] for cell in HAND if cell["cell"]["value"] is not None} == set(WINDOWS)
    assert {cell["indicator"] for cell in HAND if cell["cell"]["reason"]} == set(WINDOWS)
    assert all(cell["working"] for cell in HAND)


@pytest.mark.quick
@pytest.mark.parametrize("cell", HAND, ids=[cell["name"] for cell in HAND])
def test_the_order_in_which_it_was_sent_does_not_matter(cell: Json) -> None:
    turned = {name: value[::-1] if name in {"xapi", "cloudevents", "attendance"} else value for name, value in cell.items()}
    assert hand.fed(turned).cells(subjects=["MAT"])[hand.key(cell)] == hand.expected(cell)


def real_oracle() -> Oracle:
    assert REAL.exists(), "the shared real statements (../shared/data beside the repository) are not there"
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        statements = [json.loads(line) for line in lines]
    assert len(statements) == 7547
    oracle = Oracle(date(2021, 12, 1), datetime(2021, 12, 1, 23, tzinfo=UTC))
    names = {one["actor"]["account"]["name"] for one in statements}
    oracle.roster(pupil(name, [("fun", name)], [("101001", "5.A", 5, None, None)]) for name in names)
    oracle.xapi(statements, "101001", "NAT", "fun-mooc", "fun", {"http://fun-mooc.fr": "fun"})
    return oracle


def test_the_real_statements_give_as_many_values_as_are_known() -> None:
    cells = real_oracle().cells()
    with_value = [key[3] for key, cell in cells.items() if key[1] == I1 and cell.value is not None]
    assert (with_value.count("W20"), with_value.count("W5")) == (107, 87)
    assert {cell.reason for key, cell in cells.items() if key[1] == I1 and cell.value is None} == {"too_few_days"}


def answered(number: int, name: str, day: str = "2026-11-19", school: str = "101001", **more: Any) -> Json:
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "urn:x",
        "type": "dk.fremgang.activity.item_answered.v1",
        "time": f"{day}T09:00:00Z",
        "subject": name,
        "institution": school,
        "data": {"item_id": f"i{number}", "correct": True},
        **more,
    }


def count(oracle: Oracle, key: str) -> int:
    return oracle.cells(subjects=["MAT"])[key, I3, "MAT", "W5"].n


def two_pupils() -> Oracle:
    oracle = Oracle(TODAY, NOON)
    until = date(2026, 11, 18)
    oracle.roster(
        [
            pupil("anna", [("unilogin", "Anna1 "), ("local", "7")], [("101001", "5.A", 5, None, None)]),
            pupil("bo", [("unilogin", "bo1"), ("local", "7")], [("101001", "5.A", 5, None, until), ("202002", "5.X", 5, until, None)]),
        ]
    )
    return oracle


@pytest.mark.quick
def test_an_identity_of_two_pupils_counts_for_neither() -> None:
    oracle = two_pupils()
    oracle.cloudevents([answered(1, "local:7"), answered(2, "unilogin: ANNA1")], "s", "t", "MAT")
    assert (count(oracle, "anna"), count(oracle, "bo")) == (1, 0)


@pytest.mark.quick
def test_a_link_is_one_hop_and_no_chain() -> None:
    oracle = two_pupils()
    oracle.links([(("own", "1"), ("unilogin", "anna1")), (("own", "2"), ("own", "1")), (("own", "3"), ("unilogin", "anna1"))])
    oracle.links([(("own", "3"), ("unilogin", "bo1"))])
    oracle.cloudevents([answered(number, f"own:{number}") for number in (1, 2, 3)], "s", "t", "MAT")
    assert (count(oracle, "anna"), count(oracle, "bo")) == (1, 0)


@pytest.mark.quick
def test_a_link_holds_in_the_school_that_names_the_pupil_and_outweighs_no_roster() -> None:
    oracle = two_pupils()
    oracle.links([(("unilogin", "anna1"), ("unilogin", "bo1"))])
    oracle.links([(("own", "1"), ("unilogin", "anna1"))], "999999")
    oracle.cloudevents([answered(1, "unilogin:anna1"), answered(2, "own:1")], "s", "t", "MAT")
    assert (count(oracle, "anna"), count(oracle, "bo")) == (1, 0)


@pytest.mark.quick
def test_only_a_school_where_the_pupil_was_enrolled_on_the_date_speaks_for_the_pupil() -> None:
    oracle = two_pupils()
    dated = [("2026-11-18", "101001"), ("2026-11-19", "101001"), ("2026-11-17", "202002"), ("2026-11-19", "202002")]
    oracle.cloudevents([answered(number, "unilogin:bo1", *where) for number, where in enumerate(dated)], "s", "t", "MAT")
    assert count(oracle, "bo") == 2


@pytest.mark.quick
def test_a_time_far_ahead_or_long_ago_at_receipt_does_not_count() -> None:
    oracle, day = two_pupils(), timedelta(days=1)
    event = answered(1, "unilogin:anna1")
    at = datetime.fromisoformat(event["time"])
    for number, received in enumerate([at - day, at - day - timedelta(seconds=1), at + 120 * day, at + 121 * day]):
        oracle.cloudevents([event | {"id": f"r{number}"}], "s", "t", "MAT", received=received)
    assert count(oracle, "anna") == 2


@pytest.mark.quick
def test_a_report_corrected_counts_as_corrected_and_one_taken_back_uncovers_the_other() -> None:
    numbered = {"item_id": "i", "attempt": "t", "attempt_no": 1}
    for taken_back, right in ((False, 100.0), (True, 0.0)):
        oracle = two_pupils()
        low = answered(1, "unilogin:anna1", "2026-11-23", order=1, data=numbered | {"correct": False})
        high = answered(2, "unilogin:anna1", "2026-11-23", order=2, data=numbered | {"correct": True})
        oracle.cloudevents([high, low] + [high | {"op": "retract", "order": 3}] * taken_back, "s", "t", "MAT")
        assert oracle.cells(subjects=["MAT"])["anna", I4, "MAT", "W20"].today == (right, 1)


def first_minutes(lines: list[str], strip: str = "") -> Cell:
    """Today's minutes of these statements; those with the id `strip` lose the video profile's category."""
    cell = {"name": "x", "pupil": "anna1", "xapi": lines}
    sent = hand.statements(cell)
    for one in sent:
        if one["id"] == hand.statement_id("x", strip):
            one["context"].pop("contextActivities")
    oracle = two_pupils()
    oracle.xapi(sent, "101001", "MAT", "t", "s", {hand.HOME: "unilogin"})
    return oracle.cells(subjects=["MAT"])["anna", I1, "MAT", "W5"]


@pytest.mark.quick
def test_of_two_bodies_under_one_statement_id_the_first_counts() -> None:
    lines = [
        "a 2026-11-23T09:00:00Z played session=S",
        "b 2026-11-23T09:02:00Z paused session=S",
        "b 2026-11-23T09:10:00Z paused session=S",
    ]
    assert first_minutes(lines).today == (2.0, 1)


@pytest.mark.quick
@pytest.mark.parametrize("verb", ["completed", "terminated"])
def test_completed_and_terminated_are_player_events_only_in_the_video_profile(verb: str) -> None:
    lines = ["a 2026-11-23T09:00:00Z played session=S", f"b 2026-11-23T09:10:00Z {verb} session=S"]
    assert (first_minutes(lines).today, first_minutes(lines, strip="b").today) == ((10.0, 1), (5.0, 1))


@pytest.mark.quick
def test_wilsons_interval_at_its_ends() -> None:
    assert wilson(20, 20) == (83.9, 100.0)
    assert wilson(0, 20) == (0.0, 16.1)


def told(indicator: str, value: float | None, n: int = 9, **more: Any) -> Json:
    return {
        "indicator": indicator,
        "subject": "MAT",
        "value": value,
        "n": n,
        "interval": None,
        "window": {"name": "W5"},
        "today": None,
    } | more


@pytest.mark.quick
def test_comparing_lists_what_differs_and_counts_what_was_compared(capsys: pytest.CaptureFixture[str]) -> None:
    cells = {
        ("p", I1, "MAT", "W5"): Cell(3.5, 9),
        ("p", I3, "MAT", "W5"): Cell(1.0, 4),
        ("q", I1, "MAT", "W5"): Cell(None, 2, reason="too_few_days"),
    }
    served = [{"student": "s_p", "indicators": [told(I1, 3.5), told(I3, 1.2, 4), told(I4, None, 0, reason="too_few_items")]}]
    report = compare(cells, served, lambda student: student.removeprefix("s_"), [I1, I3])
    assert [(one.key[0], one.key[1], one.field) for one in report.differences] == [("p", I3, "value"), ("q", I1, "cell")]
    assert (report.compared, report.non_null[I1], report.unserved_nulls) == (2, 1, 1)
    assert "2 cells compared, 2 differences" in capsys.readouterr().out


@pytest.mark.quick
def test_comparing_nothing_is_a_failure() -> None:
    with pytest.raises(NothingCompared, match=I1):
        compare({("p", I1, "MAT", "W5"): Cell(None, 0)}, [{"student": "p", "indicators": [told(I1, None, 0)]}], str, [I1])
