"""Rounding, the Wilson interval, stretches of time and keyed summaries: the arithmetic that indicators share."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.intervals import length, union
from streams.keyed import digest, joined
from streams.rounding import plain, rounded
from streams.wilson import wilson

pytestmark = pytest.mark.quick

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda told: [told[0], told[0] + told[1]]), max_size=12)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(5, 4), 1, 1.2),
        (Fraction(27, 20), 1, 1.4),
        (Fraction(-5, 4), 1, -1.2),
        (Fraction(1, 2), 0, 0.0),
        (Fraction(3, 2), 0, 2.0),
        (Fraction(100 * 34, 46), 1, 73.9),
        (Fraction(2, 3), 3, 0.667),
        (0.25, 1, 0.2),
        (0.35, 1, 0.3),
    ],
)
def test_a_tie_goes_to_the_even_digit(value: Fraction | float, decimals: int, expected: float) -> None:
    assert rounded(value, decimals) == expected


@pytest.mark.parametrize(("value", "expected"), [(Fraction(18), 18), (Fraction(37, 2), 18.5), (Fraction(1, 3), 0.3)])
def test_a_sentence_names_whole_numbers_whole(value: Fraction, expected: float) -> None:
    assert plain(value) == expected
    assert isinstance(plain(value), int) == (value.denominator == 1)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(34, 46, 59.7, 84.4), (10, 10, 72.2, 100.0), (81, 263, 25.5, 36.6), (0, 20, 0.0, 16.1), (1, 29, 0.6, 17.2)],
)
def test_wilson_as_published(right: int, n: int, low: float, high: float) -> None:
    """The first is design 7's; 81 of 263, 0 of 20 and 1 of 29 are those of Newcombe 1998 (Statistics in Medicine 17, table I, method 3)."""
    assert [rounded(100 * end, 1) for end in wilson(right, n)] == [low, high]


@given(n=st.integers(1, 500), data=st.data())
def test_wilson_holds_the_share_and_mirrors(n: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, n))
    low, high = wilson(right, n)
    assert 0 <= low <= high <= 1
    assert low - 1e-12 <= right / n <= high + 1e-12
    assert wilson(n - right, n) == pytest.approx((1 - high, 1 - low))


@given(told=spans)
def test_a_union_covers_the_same_time(told: list[list[int]]) -> None:
    joined_up = union(told)
    assert all(end < start for (_, end), (start, _) in pairwise(joined_up))
    assert length(joined_up) == len({second for start, end in told for second in range(start, end)})
    assert union(joined_up) == joined_up


@given(told=spans)
def test_a_union_leaves_what_it_is_given(told: list[list[int]]) -> None:
    before = [list(span) for span in told]
    union(told)
    assert told == before


def test_spans_that_touch_are_one_and_moments_stay() -> None:
    assert union([[5, 9], [0, 5], [20, 20], [3, 3]]) == [[0, 9], [20, 20]]


def test_maps_are_joined_key_by_key() -> None:
    one, other = {"a": 1, "b": 2}, {"b": 3, "c": 4}
    assert joined(one, other, max) == {"a": 1, "b": 3, "c": 4}
    assert (one, other) == ({"a": 1, "b": 2}, {"b": 3, "c": 4})


def test_a_digest_tells_parts_apart() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc")}) == 3
    assert digest("a", "b") == digest("a", "b")
    assert len(digest("x")) == 16
