"""The kit that every group indicator is held to, with no line of test code of its own: its declaration, texts, examples, mutants, laws and
version."""

import string
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from types import ModuleType

import pytest
from contract import group_examples as kit
from hypothesis import event, given
from hypothesis import strategies as st
from oracle.groups import MADE_OF, OF_FACTS
from proving import law

from contracts.group_indicator import GroupAnswer, GroupIndicator, Member
from contracts.indicator import Summary, Texts
from services.registry import definition_name, discover_group_indicators, discover_indicators
from services.serve.definitions import group_definition
from services.serve.shapes import made_of
from streams import small
from streams.summary import explained, to_others

NAMES = kit.names()
MUTANTS = [(name, one["says"], one["old"], one["new"]) for name in NAMES for one in kit.beside(name)["mutants"]]
PLACEHOLDERS = {"value", "n", "pupils", "low", "high", "error"}

each_indicator = pytest.mark.parametrize("name", NAMES)
each_example = pytest.mark.parametrize(("name", "index"), [(name, k) for name in NAMES for k in range(len(kit.declared(name).examples))])

pytestmark = pytest.mark.quick

values = st.none() | st.integers(0, 1_000).map(lambda tenths: Fraction(tenths, 10))
sources = st.lists(st.sampled_from(("matematik-x", "ordbog", "skoleadm")), unique=True).map(tuple)
ids = st.sampled_from([f"s_{n}" for n in range(20)])
members = st.builds(Member, values, st.integers(1, 60), sources, ids)


def classes(name: str) -> st.SearchStrategy[list[Member]]:
    """Of any values; of an indicator that looks into what is measured, of the pupils of its examples."""
    declared = kit.declared(name)
    known = [member for example in declared.examples for member in example.members]
    return st.lists(st.builds(replace, st.sampled_from(known), pupil=ids) if declared.names or declared.into else members, max_size=30)


def test_they_are_found_and_their_names_and_numbers_are_their_own() -> None:
    assert NAMES
    found = discover_group_indicators()
    assert {one.name for one in found} == {definition_name(name) for name in NAMES}
    assert len({one.id for one in found}) == len({one.name for one in found}) == len({(one.id, one.name) for one in found})
    assert not {one.name for one in found} & {one.name for one in discover_indicators()}
    assert {one.name for one in found} == {*MADE_OF, *OF_FACTS}, "the oracle works each of them out another way"


def test_a_module_that_declares_nothing_is_an_error() -> None:
    with pytest.raises(AttributeError, match="INDICATOR"):
        kit.declaration(ModuleType("streams.groups.forgotten"))


@each_indicator
def test_the_declaration_is_complete(name: str) -> None:
    declared = kit.declared(name)
    assert declared.name == definition_name(name)
    assert declared.id[0] == "G"
    assert declared.id[1:].isdigit()
    assert declared.version >= 1
    assert declared.tasks
    assert set(declared.tasks) <= {"T1", "T2", "T3", "T4"}
    assert (declared.unit is not None) == declared.together
    assert all(declared.window in (None, *one.windows) for one in made_of(declared, discover_indicators()) if not declared.together)
    assert made_of(declared, discover_indicators())
    assert {one.self_report for one in made_of(declared, discover_indicators())} == {declared.self_reports}
    assert set(group_definition(declared, discover_indicators()).reasons) >= set(declared.reasons)


@each_indicator
def test_every_text_is_there_in_both_languages(name: str) -> None:
    declared = kit.declared(name)
    sentences = [declared.formula, declared.unseen, declared.explanation, declared.minimum, *declared.reasons.values()]
    for text in (declared.title, *sentences):
        assert text.da.strip() == text.da != ""
        assert text.en.strip() == text.en != ""
        assert text.da != text.en
        assert placeholders(text) == placeholders(Texts(text.en, text.da)) <= PLACEHOLDERS
    assert all(sentence.da.endswith(".") and sentence.en.endswith(".") for sentence in sentences)
    assert placeholders(declared.explanation)


def placeholders(text: Texts) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text.da) if field is not None}


@each_indicator
def test_the_examples_hold(name: str) -> None:
    assert list(kit.wrong(kit.declared(name))) == []


@each_indicator
def test_the_examples_show_what_they_must(name: str) -> None:
    declared = kit.declared(name)
    told = [one.says for one in declared.examples]
    assert len(set(told)) == len(told) >= 4
    assert any(one.value is not None for one in declared.examples)
    assert {one.reason for one in declared.examples} - {None} == set(declared.reasons)


@each_indicator
def test_a_recorded_version_reads_as_it_did(name: str) -> None:
    assert kit.recorded(name) == kit.results(kit.declared(name)), "python tests/contract/group_examples.py --write"


@pytest.mark.parametrize(("name", "says", "old", "new"), MUTANTS, ids=[f"{name}: {says}" for name, says, *_ in MUTANTS])
def test_the_examples_catch_the_mutant(name: str, says: str, old: str, new: str) -> None:
    assert list(kit.wrong(kit.planted(name, old, new))), f"every example still holds: {says}"


@each_indicator
def test_there_are_three_mutants_of_each(name: str) -> None:
    assert len({(old, new) for of, _, old, new in MUTANTS if of == name}) >= 3


def test_a_replacement_that_replaces_nothing_is_an_error() -> None:
    with pytest.raises(LookupError, match="0 times"):
        kit.planted(NAMES[0], "this text is not there", "")


@each_example
def test_an_answer_is_a_value_or_a_reason(name: str, index: int) -> None:
    declared = kit.declared(name)
    assert_sound(declared, list(declared.examples[index].members))


@each_indicator
def test_an_empty_group_has_no_value_and_a_reason(name: str) -> None:
    declared = kit.declared(name)
    told = declared.read(declared.zero)
    assert (told.value, told.n, told.quartiles, told.alike) == (None, 0, None, False)
    assert told.reason in declared.reasons


@each_indicator
@law(60, 1_000)
@given(data=st.data())
def test_the_order_of_the_members_does_not_matter(name: str, data: st.DataObject) -> None:
    declared, of_class = kit.declared(name), data.draw(classes(name))
    assert read(declared, of_class) == read(declared, data.draw(st.permutations(of_class)))
    assert_sound(declared, of_class)


@each_indicator
@law(60, 1_000)
@given(data=st.data(), cut=st.integers(0, 30))
def test_a_class_cut_in_two_and_put_together_is_the_class(name: str, data: st.DataObject, cut: int) -> None:
    declared, of_class = kit.declared(name), data.draw(classes(name))
    one, other = summary(declared, of_class[:cut]), summary(declared, of_class[cut:])
    assert declared.combine(one, other) == declared.combine(other, one) == summary(declared, of_class)
    assert declared.read(declared.combine(one, other)) == read(declared, of_class)
    assert declared.combine(declared.zero, one) == one == declared.combine(one, declared.zero)


@each_indicator
@law(30, 300)
@given(data=st.data())
def test_three_classes_together_are_the_same_however_they_are_paired(name: str, data: st.DataObject) -> None:
    declared = kit.declared(name)
    a, b, c = (summary(declared, data.draw(classes(name))) for _ in range(3))
    before = repr([a, b, c, declared.zero])
    assert declared.combine(declared.combine(a, b), c) == declared.combine(a, declared.combine(b, c))
    assert repr([a, b, c, declared.zero]) == before, "combining changed what it was given"


@each_indicator
@law(100, 2_000)
@given(data=st.data(), unit=st.sampled_from(["percent", "items_per_day"]))
def test_who_does_not_see_the_pupils_is_told_nothing_of_few(name: str, data: st.DataObject, unit: str) -> None:
    declared, of_class = kit.declared(name), data.draw(classes(name))
    found = read(declared, of_class)
    told = to_others(found, len(of_class), unit)
    text = explained(declared, told, sees_pupils=False)
    event(f"shown: {told.value is not None}")
    assert (told.value is None) == (told.reason is not None)
    assert told.pupils is None or (len(of_class) >= 5 and told.pupils % 5 == 0)
    exact = {(one.name, one.by): one.counts for one in found.splits}
    for split in told.splits:
        hidden = [exact[split.name, split.by][place] for place, count in split.counts.items() if count is None]
        assert split.pupils >= 5
        assert all(count is None or (count % 5 == 0 and exact[split.name, split.by][place] >= 5) for place, count in split.counts.items())
        assert len(hidden) != 1
        assert not hidden or sum(hidden) >= 5
    if found.n < 5 or (unit == "percent" and found.n < 10) or found.alike or found.largest > small.MOST_OF_ONE:
        assert (told.value, told.n, told.quartiles, told.splits) == (None, None, None, ())
        assert told.reason in small.REASONS
        assert not {word for word in text.da.split() if word.isdigit()} - {"5,", "10", "80"}
    elif found.value is not None:
        assert told.value is not None
        assert told.n is not None
        assert all(number % 1 == 0 for number in (told.value, told.n / 5, *(told.quartiles or ())))
        assert text.da.endswith(small.ROUNDED.da)


def summary(declared: GroupIndicator, of_class: list[Member]) -> Summary:
    return reduce(declared.combine, map(declared.measure, of_class), declared.zero)


def read(declared: GroupIndicator, of_class: list[Member]) -> GroupAnswer:
    return declared.read(summary(declared, of_class))


def assert_sound(declared: GroupIndicator, of_class: list[Member]) -> None:
    told = read(declared, of_class)
    assert (told.value is None) == (told.reason is not None)
    assert told.reason is None or told.reason in declared.reasons
    assert 0 <= told.n <= len(of_class)
    assert told.n > 0 or told.value is None
    for part in told.parts:
        assert told.value is not None
        assert 0 < part.pupils <= told.n
    for split in told.splits:
        assert told.value is not None
        assert 0 < sum(split.counts.values()) <= told.n
    assert len({(split.name, split.by) for split in told.splits}) == len(told.splits)
    if told.quartiles is not None:
        assert told.value is not None
        assert told.quartiles[0] <= told.quartiles[1]
