"""Facts that are kept in parts are those that they would be, had they been kept whole (`services.stores.packed`)."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from proving import law
from workers import kept_with

from contracts.facts import Facts, Report, decode_facts, decode_open, encode, merge
from services.stores import packed as p

REPORTS: Final = [f"r{number}" for number in range(40)]
words = st.builds(
    lambda kind, key, report, order, content: (kind, key, report, Report("material", "xapi", 0, order, content)),
    st.sampled_from(("activity.item_answered", "activity.session")), st.sampled_from("abcdef"), st.sampled_from(REPORTS),
    st.integers(0, 2), st.sampled_from((None, {"at": 1, "tool": "matematik-x"}, {"at": 2, "tool": "matematik-x"})),
)  # fmt: skip
batches = st.lists(st.lists(words, min_size=1, max_size=6), max_size=30)


@pytest.fixture(scope="module", autouse=True)
def _small() -> Iterator[None]:
    """Parts of a few facts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(p, "FROM_BYTES", 100)
        patch.setattr(p, "PART_BYTES", 400)
        yield


@law(200, 5_000)
@given(told=batches)
def test_merging_into_a_part_is_merging_into_the_whole(told: list[list[Any]]) -> None:
    whole: Facts = {}
    kept, parts = p.packed(encode(whole)), 0
    for batch in told:
        facts, known = p.lately(kept.facts)
        if p.meets(known, [report for _, _, report, _ in batch]):
            facts, known = p.unpacked(*kept), b""
        some = decode_open(facts)
        assert [merge(some, *one) for one in batch] == [merge(whole, *one) for one in batch]
        before, kept = kept, kept_with(kept, encode(some), known)
        parts += bool(known)
        assert p.unpacked(*kept) == encode(whole)
        assert (kept.facts == before.facts) == (kept == before), "what is measured is known by the first column alone"
    event(f"opened in part: {parts > 0}")


def many(size: int) -> Facts:
    return {"a": {f"key {n}": {f"r{n}": Report("material", "xapi", 0, 0, {"at": n})} for n in range(size)}}


def test_a_rest_is_known_by_all_its_reports_and_stays_where_it_is() -> None:
    facts = many(40)
    kept = p.packed(encode(facts))
    told, known = p.lately(kept.facts)
    assert (told, p.meets(known, ["another"]), p.meets(b"", ["another"])) == (b"{}", False, False)
    assert all(p.meets(known, ["another", f"r{n}"]) for n in range(40))
    new = {"a": {"key": {"another": facts["a"]["key 1"]["r1"]}}}
    more, rest = p.part(encode(new), known)
    assert (rest, len(more) < len(encode(facts)) / 4) == (b"", True)
    assert p.lately(more) == (encode(new), known)
    assert decode_facts(p.unpacked(more, kept.rest)) == {"a": facts["a"] | new["a"]}


def test_a_part_that_is_large_is_added_to_the_rest() -> None:
    first, second = many(20), {"a": dict([*many(40)["a"].items()][20:])}
    before = p.packed(encode(first))
    after = kept_with(before, encode(second), p.lately(before.facts)[1])
    assert before.rest
    assert after.rest
    assert after.rest.startswith(before.rest)
    told, known = p.lately(after.facts)
    assert (told, all(p.meets(known, [f"r{n}"]) for n in range(40))) == (b"{}", True)
    assert p.unpacked(*after) == encode(many(40))


def test_another_word_of_a_report_of_the_rest_makes_another_part() -> None:
    facts, newer = many(40), many(40)
    merge(newer, "a", "key 1", "r1", Report("material", "xapi", 0, 1, {"at": 1}))
    assert p.packed(encode(facts)).facts != p.packed(encode(newer)).facts


@pytest.mark.parametrize(("size", "begin"), [(1, b"{"), (5, p.FRAME), (40, p.PART)])
def test_each_form_is_read_as_it_was(size: int, begin: bytes) -> None:
    kept = p.packed(encode(many(size)))
    assert kept.facts.startswith(begin)
    assert (kept.rest is None) == (begin != p.PART)
    assert p.unpacked(*kept) == encode(many(size))
