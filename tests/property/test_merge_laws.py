"""The union of facts is associative, commutative and idempotent, and what counts is a function of the set (design 4.1)."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from proving import law

from contracts.facts import VOID_ORDER, Fact, Facts, Report, counting, decode_facts, decode_open, encode, join, merge, union
from streams.sheet import counted

pytestmark = pytest.mark.quick

KINDS = ("activity.item_answered", "attendance.registered")
KEYS = ('["a"]', '["b"]')
SENDERS = {"r1": ("s1", "xapi"), "r2": ("s1", "csv"), "r3": ("s2", "xapi"), "r4": ("s2", "xapi")}
"""A report's id is made of its supplier and channel (`Key.report`), so one id is of one sender; its rank may change."""
ORDERS = (0, 1, 2, VOID_ORDER)
CONTENTS = (None, *({"at": at, "tool": tool, "hints": hints} for at in (1, 2) for tool in ("x", "y") for hints in (0, 1)))


def said(name: str) -> list[Report]:
    return [Report(*SENDERS[name], rank, order, content) for rank in range(3) for order in ORDERS for content in CONTENTS]


reports = st.sampled_from(said("r1"))
told = st.lists(
    st.sampled_from([(kind, key, name, one) for kind in KINDS for key in KEYS for name in SENDERS for one in said(name)]), max_size=10
)
"""Few of everything, so that things collide."""


def made(history: list[Any]) -> Facts:
    facts: Facts = {}
    for one in history:
        merge(facts, *one)
    return facts


facts = told.map(made)


@law(200, 5_000)
@given(a=facts, b=facts, c=facts)
def test_union_is_associative_commutative_and_idempotent(a: Facts, b: Facts, c: Facts) -> None:
    before = encode([a, b, c])
    assert encode(union(union(a, b), c)) == encode(union(a, union(b, c)))
    assert encode(union(a, b)) == encode(union(b, a))
    assert encode(union(a, a)) == encode(a) == encode(union(a, {})) == encode(union({}, a))
    assert encode([a, b, c]) == before, "union changed what it was given"


@law(200, 5_000)
@given(a=facts, b=facts)
def test_joining_sheets_that_are_not_read_is_their_union(a: Facts, b: Facts) -> None:
    made = decode_open(encode(a))
    join(made, decode_open(encode(b)))
    assert encode(made) == encode(union(a, b))


@law(200, 5_000)
@given(history=told, data=st.data())
def test_merging_is_the_union_of_its_reports_in_any_order(history: list[Any], data: st.DataObject) -> None:
    once, shuffled = made(history), made(data.draw(st.permutations(history + history[::2])))
    assert encode(shuffled) == encode(once)
    alone: Facts = {}
    for one in history:
        alone = union(alone, made([one]))
    assert encode(alone) == encode(once)
    assert not any(merge(shuffled, *one) for one in history), "a report that is known changes nothing"


@law(200, 2_000)
@given(one=reports, other=reports)
def test_of_one_report_the_higher_order_stays_then_what_takes_it_back_then_the_larger_digest(one: Report, other: Report) -> None:
    for first, second in permutations((one, other)):
        kept = made([(KINDS[0], KEYS[0], "r1", first), (KINDS[0], KEYS[0], "r1", second)])[KINDS[0]][KEYS[0]]["r1"]
        words = [(told.order, told.content is None, told.digest) for told in (kept, one, other)]
        assert words[0] == max(words)


def again(value: Any) -> Any:
    """The same in another order of insertion, at every level."""
    return {name: again(value[name]) for name in reversed(list(value))} if isinstance(value, dict) else value


@law(300, 5_000)
@given(history=told)
def test_what_counts_is_a_function_of_the_set(history: list[Any]) -> None:
    facts = made(history)
    for same in (again(facts), decode_facts(encode(facts)), made(history[::-1])):
        assert counting(same) == counting(facts)
        assert counted(same) == counted(facts)


def without(facts: Facts, kind: str, key: str, report: str) -> Facts:
    left = union({}, facts)
    del left[kind][key][report]
    return left


def chosen(facts: Facts, fact: Fact) -> str:
    """The report that the fact is."""
    told = facts[fact.kind][fact.key]
    (name, *_) = sorted(
        (
            name
            for name, one in told.items()
            if (one.content, one.supplier, one.order, one.channel) == (fact.content, fact.supplier, fact.order, fact.channel)
        ),
        reverse=True,
    )
    return name


@law(300, 5_000)
@given(facts=facts)
def test_a_report_that_is_taken_back_uncovers_the_one_below(facts: Facts) -> None:
    for fact in counting(facts):
        name = chosen(facts, fact)
        top = facts[fact.kind][fact.key][name]
        back = (fact.kind, fact.key, name, Report(top.supplier, top.channel, top.rank, VOID_ORDER, None))
        taken = union(facts, made([back])) if top.order < VOID_ORDER else without(facts, *back[:3])
        below = counting(without(facts, *back[:3]))
        assert counting(taken) == below
        event("uncovers another" if any((one.kind, one.key) == (fact.kind, fact.key) for one in below) else "leaves nothing")
