"""Facts that are kept in parts are those that they would be, had they been kept whole (`services.stores.packed`)."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from proving import law

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
    kept, parts = encode(whole), 0
    for batch in told:
        facts, rest = p.opened(kept, [report for _, _, report, _ in batch])
        part = decode_open(facts)
        assert [merge(part, *one) for one in batch] == [merge(whole, *one) for one in batch]
        kept, parts = p.packed(encode(part), rest), parts + bool(rest)
        assert p.unpacked(kept) == encode(whole)
    event(f"opened in part: {parts > 0}")
    assert p.opened(kept, REPORTS) == (encode(whole), b"") or not any(whole.values())


def test_a_part_is_opened_alone_for_what_the_rest_does_not_know() -> None:
    facts = {"a": {f"key {n}": {f"r{n}": Report("material", "xapi", 0, 0, {"at": n})} for n in range(40)}}
    kept = p.packed(encode(facts))
    given, rest = p.opened(kept, ["another"])
    assert (given, bool(rest)) == (b"{}", True)
    assert len(given) + len(rest) < len(encode(facts)) / 3
    assert all(p.opened(kept, ["another", f"r{n}"]) == (encode(facts), b"") for n in range(40))
    more = p.packed(encode({"a": {"key": {"another": facts["a"]["key 1"]["r1"]}}}), rest)
    assert p.opened(more, ["a third"])[1] == rest
    assert decode_facts(p.unpacked(more)) == {"a": {**facts["a"], "key": {"another": facts["a"]["key 1"]["r1"]}}}


@pytest.mark.parametrize("size", [1, 5, 40])
def test_each_form_is_read_as_it_was(size: int) -> None:
    facts = encode({"a": {f"key {n}": {f"r{n}": Report("material", "xapi", 0, 0, {"at": n})} for n in range(size)}})
    kept = p.packed(facts)
    assert p.unpacked(kept) == facts
    assert {1: kept == facts, 5: kept.startswith(p.FRAME), 40: kept.startswith(p.PARTS)}[size]
