"""A sheet's facts into its summaries: by subject, by what counts, by the highest channel."""

from collections.abc import Sequence

import pytest

from contracts.facts import Fact, Facts, Report, union
from streams.indicators.attendance import INDICATOR as ATTENDANCE
from streams.indicators.items_answered import INDICATOR as ITEMS
from streams.invented import answered, player, registered
from streams.keyed import digest
from streams.sheet import combine, counted, decode, encode, measure_sheet, ranked, side_by_side

pytestmark = pytest.mark.quick

MATEMATIK, NO_TOOL = [digest("matematik-x")], [digest("")]
RIGHT = answered("2026-11-16 09:00", "a", correct=True)
WRONG = answered("2026-11-16 09:05", "b", correct=False)


def told(*reports: tuple[Fact, Report]) -> Facts:
    facts: Facts = {}
    for number, (fact, report) in enumerate(reports):
        facts.setdefault(fact.kind, {}).setdefault(fact.key, {})[f"r{number}"] = report
    return facts


def said(
    fact: Fact, *, supplier: str = "x", channel: str = "xapi", rank: int = 0, order: int = 1, back: bool = False
) -> tuple[Fact, Report]:
    return fact, Report(supplier, channel, rank, order, None if back else fact.content)


def subject(fact: Fact, code: str) -> Fact:
    return fact._replace(content={**fact.content, "subject_code": code})


def keys(facts: Sequence[Fact]) -> set[str]:
    return {fact.key for fact in facts}


def test_facts_are_measured_by_subject_and_counted_by_supplier() -> None:
    facts = told(said(RIGHT), said(subject(WRONG, "DAN"), supplier="y"))
    assert measure_sheet(facts, "activity", [ITEMS]) == {
        "items-answered@1": {"MAT": [{"2026-11-16": 1}, {"x": 1}, MATEMATIK], "DAN": [{"2026-11-16": 1}, {"y": 1}, MATEMATIK]}
    }


def test_attendance_has_no_subject() -> None:
    facts = told(said(registered("2026-11-16", "start", "absent")))
    assert measure_sheet(facts, "attendance", [ATTENDANCE, ITEMS]) == {
        "attendance@1": {"": [{"2026-11-16": {"start": 1_000_000}}, {"x": 1}, NO_TOOL]}
    }


def test_there_is_no_entry_where_there_are_no_facts() -> None:
    assert measure_sheet({}, "activity", [ITEMS]) == {}
    assert measure_sheet(told(said(player("2026-11-16 09:00", "played"))), "activity", [ITEMS]) == {}
    assert measure_sheet(told(said(RIGHT, back=True)), "activity", [ITEMS]) == {}


def test_another_familys_indicators_are_left_alone() -> None:
    assert measure_sheet(told(said(RIGHT)), "attendance", [ITEMS, ATTENDANCE]) == {}


def test_a_correction_replaces_and_a_retraction_uncovers() -> None:
    late, absent = registered("2026-11-16", "start", "late"), registered("2026-11-16", "start", "absent")
    corrected = told(said(absent, order=1), said(late, order=2))
    assert measure_sheet(corrected, "attendance", [ATTENDANCE])["attendance@1"][""][0] == {"2026-11-16": {"start": 0}}
    uncovered = told(said(absent, order=1), said(late, order=2, back=True))
    assert measure_sheet(uncovered, "attendance", [ATTENDANCE])["attendance@1"][""][0] == {"2026-11-16": {"start": 1_000_000}}


def test_of_a_tools_channels_the_highest_present_counts() -> None:
    facts = told(said(RIGHT, rank=0), said(WRONG, channel="export", rank=1))
    assert keys(counted(facts)) == {RIGHT.key}
    assert measure_sheet(facts, "activity", [ITEMS])["items-answered@1"]["MAT"] == [{"2026-11-16": 1}, {"x": 1}, MATEMATIK, ["x"]]


def test_who_was_left_out_is_told_by_subject_also_where_nothing_else_is_known_of_it() -> None:
    export = {"supplier": "y", "channel": "export", "rank": 1}
    facts = told(said(RIGHT), said(WRONG, **export), said(subject(answered("2026-11-16 10:00", "c", correct=True), "DAN"), **export))
    assert measure_sheet(facts, "activity", [ITEMS])["items-answered@1"] == {
        "MAT": [{"2026-11-16": 1}, {"x": 1}, MATEMATIK, ["y"]],
        "DAN": [{}, {}, MATEMATIK, ["y"]],
    }


def test_a_fact_that_two_channels_share_leaves_nobody_out() -> None:
    facts = told(said(RIGHT), said(RIGHT, supplier="y", channel="export", rank=1))
    both: Facts = {
        RIGHT.kind: {RIGHT.key: {name: report for keyed in facts.values() for of in keyed.values() for name, report in of.items()}}
    }
    assert measure_sheet(both, "activity", [ITEMS])["items-answered@1"]["MAT"] == [{"2026-11-16": 1}, {"x": 1}, MATEMATIK]


def test_in_a_school_years_sheet_a_channel_is_left_out_only_on_the_dates_of_a_higher_one() -> None:
    higher, same, other = (
        Fact("result.scored", f"k{at}", "", at, {"tool": "t", "activity_id": f"a{at}", "subject_code": "MAT", "at": at})
        for at in (1_795_510_800_000_000, 1_795_510_900_000_000, 1_795_610_800_000_000)
    )
    export = {"supplier": "y", "channel": "export", "rank": 1}
    facts = told(said(higher), said(same, **export), said(other, **export))
    assert [keys(part) for part in ranked(facts)] == [{higher.key, other.key}, {same.key}]


def test_a_lower_channel_counts_where_the_higher_said_nothing() -> None:
    film = player("2026-11-16 09:00", "played")
    other = answered("2026-11-16 09:00", "a", correct=True, tool="dansk-y")
    lower = {"channel": "export", "rank": 1}
    facts = told(said(film), said(RIGHT, **lower), said(WRONG, **lower), said(other, **lower))
    assert keys(counted(facts)) == {film.key, RIGHT.key, WRONG.key, other.key}


def test_a_channel_that_took_all_back_said_nothing() -> None:
    facts = told(said(RIGHT, back=True), said(WRONG, channel="export", rank=1))
    assert keys(counted(facts)) == {WRONG.key}


def test_channels_without_a_tool_do_not_silence_each_other() -> None:
    start, end = registered("2026-11-16", "start", "absent"), registered("2026-11-16", "end", "absent")
    facts = told(said(start), said(end, supplier="y", rank=1))
    assert keys(counted(facts)) == {start.key, end.key}


def test_summaries_are_combined_with_their_counts() -> None:
    one, other = [{"2026-11-16": 2}, {"x": 2}, ["t"]], [{"2026-11-16": 1, "2026-11-17": 4}, {"x": 4, "y": 1}, ["s", "t"]]
    both = [{"2026-11-16": 3, "2026-11-17": 4}, {"x": 6, "y": 1}, ["s", "t"]]
    assert combine(ITEMS, [one, other]) == combine(ITEMS, iter([other, one])) == both
    assert combine(ITEMS, []) == [{}, {}, []]
    left = [[*one, ["b"]], other, [*other, ["a"]]]
    assert combine(ITEMS, left)[3] == combine(ITEMS, left[::-1])[3] == ["a", "b"]
    assert one == [{"2026-11-16": 2}, {"x": 2}, ["t"]]
    assert other == [{"2026-11-16": 1, "2026-11-17": 4}, {"x": 4, "y": 1}, ["s", "t"]]


def test_identities_with_tools_of_their_own_need_no_facts_to_be_measured_together() -> None:
    mine = told(said(RIGHT), said(answered("2026-11-16 08:00", "b", correct=True)))
    theirs = told(said(answered("2026-11-16 09:00", "a", correct=True, tool="dansk-y")))
    apart = side_by_side([measure_sheet(one, "activity", [ITEMS]) for one in (mine, theirs)], [ITEMS])
    assert apart == measure_sheet(union(mine, theirs), "activity", [ITEMS])


def test_identities_that_share_a_tool_or_are_of_none_are_merged_as_facts_first() -> None:
    mine, theirs = told(said(RIGHT)), told(said(WRONG))
    assert side_by_side([measure_sheet(one, "activity", [ITEMS]) for one in (mine, theirs)], [ITEMS]) is None
    start, end = told(said(registered("2026-11-16", "start", "absent"))), told(said(registered("2026-11-16", "end", "absent")))
    assert side_by_side([measure_sheet(one, "attendance", [ATTENDANCE]) for one in (start, end)], [ATTENDANCE]) is None


def test_summaries_are_stored_canonically() -> None:
    summaries = measure_sheet(told(said(RIGHT), said(subject(WRONG, "DAN"))), "activity", [ITEMS])
    one = f'[{{"2026-11-16":1}},{{"x":1}},["{MATEMATIK[0]}"]]'
    assert encode(summaries).decode() == '{"items-answered@1":{"DAN":' + one + ',"MAT":' + one + "}}"
    assert decode(encode(summaries)) == summaries
