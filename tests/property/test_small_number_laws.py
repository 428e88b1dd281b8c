"""Small numbers: nothing of fewer than five is shown, nor can it be told from what is shown beside it (R7.1, R7.2)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proving import PROVE, law

from streams.small import LEAST, LEAST_OF_PERCENT, coarse, shown, told_beside, withheld

pytestmark = pytest.mark.quick

NAMES = ("a", "b", "c", "d")
MOST = 24 if PROVE else 15
parts = st.dictionaries(st.sampled_from(("dansk-y", "matematik-x", "ordbog", "laes-let", "skriv-let")), st.integers(0, 40))
Published = tuple[int | None, tuple[tuple[str, int], ...]]


def published(told: Mapping[str, int]) -> Published:
    """All that a reader gets: the total, and the parts that are shown."""
    total = sum(told.values())
    return total if total >= LEAST else None, tuple((name, told[name]) for name in sorted(shown(told)))


def every(many: int) -> Iterator[dict[str, int]]:
    """All that so many parts can be, up to a total."""
    for counts in product(range(MOST + 1), repeat=many):
        if sum(counts) <= MOST:
            yield dict(zip(NAMES, counts, strict=False))


@pytest.mark.parametrize("many", [2, 3, 4])
def test_no_hidden_part_can_be_told_by_who_knows_the_rule(many: int) -> None:
    """Of everything that could have been counted: what is published never leaves a hidden part one possible number."""
    possible = defaultdict[Published, list[dict[str, int]]](list)
    for told in every(many):
        possible[published(told)].append(told)
    assert len(possible) > 20
    for (total, beside), worlds in possible.items():
        for name in NAMES[:many]:
            if name not in dict(beside):
                assert len({told[name] for told in worlds}) > 1, (total, beside, name)


def test_a_part_alone_with_its_total_is_hidden_with_another() -> None:
    assert shown({"a": 3, "b": 20}) == frozenset()
    assert shown({"a": 3, "b": 20, "c": 7}) == {"b"}
    assert shown({"a": 1, "b": 2, "c": 20, "d": 6}) == {"c"}
    assert shown({"a": 3, "b": 2, "c": 20}) == {"c"}
    assert shown({"a": 5, "b": 4, "c": 4}) == frozenset(), "8 in two small parts is 4 in each"
    assert shown({"a": 5, "b": 20}) == {"a", "b"}
    assert shown({"a": 25, "b": 0}) == frozenset()
    assert shown({"a": 4}) == shown({}) == frozenset()


@law(200, 5_000)
@given(told=parts)
def test_what_is_hidden_is_never_one_part_nor_few_pupils(told: dict[str, int]) -> None:
    hidden = told.keys() - shown(told)
    assert all(told[name] >= LEAST for name in shown(told))
    if hidden and shown(told):
        assert len(hidden) >= 2
        assert sum(told[name] for name in hidden) >= LEAST
    assert shown(dict(sorted(told.items(), reverse=True))) == shown(told)


@given(pupils=st.integers(0, 200), unit=st.sampled_from(("percent", "items_per_day")))
def test_four_are_too_few_and_nine_for_a_percentage(pupils: int, unit: str) -> None:
    enough = pupils >= (LEAST_OF_PERCENT if unit == "percent" else LEAST)
    assert (withheld(pupils, unit, alike=False) is None) == enough
    assert withheld(pupils, unit, alike=True) == ("all_alike" if enough else "too_few_pupils")


@law(200, 5_000)
@given(of=st.frozensets(st.sampled_from("abcdefghijklm")), within=st.lists(st.frozensets(st.sampled_from("abcdefghijklm")), max_size=4))
def test_a_group_is_not_told_where_parts_of_it_leave_few(of: frozenset[str], within: list[frozenset[str]]) -> None:
    """Whichever parts that may be told, no two of which share a pupil, are taken from it."""
    parts = [part for one in within if len(part := of & one) >= LEAST]
    told = any(
        0 < len(of) - sum(map(len, chosen)) < LEAST
        for many in range(len(parts) + 1)
        for chosen in combinations(parts, many)
        if len(frozenset[str]().union(*chosen)) == sum(map(len, chosen))
    )
    assert told_beside(of, within) == told


def test_a_class_and_its_groups() -> None:
    of_class = frozenset("abcdefghijkl")
    assert not told_beside(of_class, [])
    assert not told_beside(of_class, [frozenset("abcdef"), frozenset("ghijkl")]), "nobody is left out"
    assert not told_beside(of_class, [frozenset("abcd")]), "four are not told either"
    assert not told_beside(of_class, [frozenset("abcdefg")]), "five are left"
    assert told_beside(of_class, [frozenset("abcdefgh")])
    assert told_beside(of_class, [frozenset("abcde"), frozenset("fghijxyz")]), "two groups leave two between them"
    assert told_beside(frozenset("abcd"), [])


def test_the_edges() -> None:
    assert (LEAST, LEAST_OF_PERCENT) == (5, 10)
    assert [coarse(count) for count in (0, 2, 3, 5, 7, 8, 12, 13, 22, 23, 27)] == [0, 0, 5, 5, 5, 10, 10, 15, 20, 25, 25]
    assert [withheld(n, "items_per_day", alike=False) for n in (4, 5)] == ["too_few_pupils", None]
    assert [withheld(n, "percent", alike=False) for n in (9, 10)] == ["too_few_pupils", None]


@given(st.integers(0, 10_000))
def test_a_rounded_count_is_near_and_of_fives(count: int) -> None:
    assert coarse(count) % 5 == 0
    assert abs(coarse(count) - count) <= 2
