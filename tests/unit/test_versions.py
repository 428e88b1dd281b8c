"""Two versions of a definition side by side: how they are declared, which one a caller is shown, and until when."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import pytest
from contract import indicator_examples as kit
from hypothesis import given
from hypothesis import strategies as st
from proving import law
from stranger.items_answered_v2 import INDICATOR as NEW

from contracts.errors import Fatal
from contracts.indicator import Indicator, Window
from contracts.versions import beside_each_other, is_asked_for, served
from services.registry import definition_name, discover_group_indicators, discover_indicators
from services.serve.definitions import catalogue, group_definition
from services.serve.shapes import Asked
from streams.invented import answered, by_date
from streams.reading import Pupil, address, readings, subjects
from streams.sheet import Summaries, generation, side_by_side
from streams.window import Calendar

pytestmark = pytest.mark.quick

TODAY, LAST = date(2026, 11, 24), date(2026, 12, 31)
(ONLY,) = [one for one in discover_indicators() if one.name == "items-answered"]
OLD = replace(ONLY, until=LAST)
OTHERS = [one for one in discover_indicators() if one.name != "items-answered"]
FACTS = by_date([answered(f"2026-11-23 09:{minute:02}", "brøk", correct=minute == 1) for minute in range(2)])


def test_the_newest_stands_first() -> None:
    third = replace(NEW, version=3)
    told = [one for one in beside_each_other([OLD, third, *OTHERS, replace(NEW, until=LAST)]) if one.name == OLD.name]
    assert [one.version for one in told] == [3, 2, 1]


@pytest.mark.parametrize(
    ("several", "why"),
    [
        ([ONLY, NEW], "items-answered@1 has a successor and does not say until when it is served"),
        ([replace(NEW, until=LAST), OLD], "items-answered@2 says until when it is served and has no successor"),
        ([OLD], "items-answered@1 says until when it is served and has no successor"),
        ([OLD, NEW, replace(NEW, decimals=0)], "items-answered@2 is declared twice"),
        ([OLD, NEW, replace(NEW, version=3)], "items-answered@2 has a successor"),
    ],
)
def test_what_is_declared_otherwise_does_not_start(several: list[Indicator], why: str) -> None:
    with pytest.raises(Fatal, match=why):
        beside_each_other([*OTHERS, *several])


def test_it_holds_of_groups_too() -> None:
    one = discover_group_indicators()[0]
    assert beside_each_other([replace(one, until=LAST), replace(one, version=one.version + 1)])[0].version == one.version + 1
    with pytest.raises(Fatal, match=f"{one.key} has a successor"):
        beside_each_other([one, replace(one, version=one.version + 1)])


@pytest.mark.parametrize(
    ("module", "name"),
    [("items_answered", "items-answered"), ("items_answered_v2", "items-answered"), ("x_v12", "x"), ("by_value", "by-value"), ("v2", "v2")],
)
def test_a_file_is_named_after_what_it_declares(module: str, name: str) -> None:
    assert definition_name(module) == name


@pytest.mark.parametrize(
    ("named", "versions"),
    [
        ((), [2]),
        (("items-answered",), [2]),
        (("items-answered@1",), [1]),
        (("items-answered@2",), [2]),
        (("items-answered@1", "items-answered"), [2, 1]),
        (("attendance",), []),
        (("items-answered@3", "items-answered@"), []),
    ],
)
def test_a_caller_is_shown_the_newest_or_the_one_asked_for(named: Collection[str], versions: list[int]) -> None:
    assert [one.version for one in (NEW, OLD) if is_asked_for(one, named)] == versions
    assert [one.version for one in Asked.by(None, list(named)).of([NEW, OLD])] == versions


def test_the_older_is_served_to_its_last_day_and_no_longer() -> None:
    assert served([NEW, OLD], LAST) == [NEW, OLD]
    assert served([NEW, OLD], date(2027, 1, 1)) == [NEW]


def test_both_are_read_of_the_same_facts_each_by_its_own_words() -> None:
    both = [NEW, OLD]
    pupil = Pupil("s_pupil", [day for one in both for day in kit.measured(one, FACTS)], lambda _: 5)
    windows: dict[str, Window] = {"W5": Calendar().window("W5", TODAY)}
    shown = Asked.by(None, ["items-answered@1", "items-answered@2"]).shown(lambda one: subjects([pupil], one), both, None)
    told = readings(pupil, both, windows, shown)  # type: ignore[arg-type] # of the one window that they have
    assert [(one.version, one.value, one.n) for one in told] == [(2, 0.2, 1), (1, 0.5, 2)]
    assert [one.explanation.split("?")[0] for one in told] == [
        "/v1/students/s_pupil/indicators/items-answered/explanation", "/v1/students/s_pupil/indicators/items-answered@1/explanation",
    ]  # fmt: skip
    assert address("s_pupil", ONLY, "MAT", "W5") == address("s_pupil", NEW, "MAT", "W5")


def test_a_new_version_is_measured_beside_the_old_and_the_date_alone_measures_nothing_anew() -> None:
    assert generation([NEW, OLD, *OTHERS]) != generation([ONLY, *OTHERS])
    assert generation([OLD, *OTHERS]) == generation([ONLY, *OTHERS])
    measured: Summaries = {one.key: day.summaries[one.key] for one in (NEW, OLD) for day in kit.measured(one, FACTS)}
    assert side_by_side([measured], [NEW, OLD]) == measured


def test_the_catalogue_tells_of_both_and_until_when() -> None:
    told = catalogue([NEW, OLD, *OTHERS], discover_group_indicators())
    assert [(one.version, one.until) for one in told.indicators if one.indicator == "items-answered"] == [(2, None), (1, LAST)]


def test_what_is_computed_of_a_group_is_made_of_the_newest() -> None:
    for one in discover_group_indicators():
        assert group_definition(one, [NEW, OLD, *OTHERS]) == group_definition(one, [ONLY, *OTHERS])


def test_the_strangers_version_keeps_what_the_kit_asks() -> None:
    assert list(kit.wrong(NEW)) == []
    assert {one.says for one in NEW.examples} != {one.says for one in OLD.examples}


@law(100, 1_000)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4), st.booleans()), max_size=8))
def test_what_is_accepted_has_one_newest_of_each_name(drawn: list[tuple[str, int, bool]]) -> None:
    several = [replace(ONLY, name=name, version=version, until=LAST if ends else None) for name, version, ends in drawn]
    try:
        found = beside_each_other(several)
    except Fatal:
        return
    newest = [one for one in found if one.until is None]
    assert sorted(one.name for one in newest) == sorted({one.name for one in several})
    assert all(one.version == max(other.version for other in several if other.name == one.name) for one in newest)
    assert len(found) == len(several) == len({one.key for one in several})
