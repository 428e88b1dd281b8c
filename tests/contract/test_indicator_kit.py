"""The kit that every indicator is held to, with no line of test code of its own: its declaration, texts, examples, laws and version."""

import copy
import string
from datetime import timedelta
from functools import reduce
from types import ModuleType
from typing import Any

import pytest
from contract import indicator_examples as kit
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from strategies import DATES, Told, histories, sheets

from contracts.facts import encode
from contracts.indicator import WINDOWS, Answer, Given, Indicator, Summary, Texts
from contracts.kinds import BY_NAME, Sheet
from contracts.versions import beside_each_other
from services.registry import definition_name
from streams.reading import Day, Pupil, answer, explained, reading
from streams.reading import days as days_of
from streams.reading import subjects as subjects_of
from streams.sheet import Summaries, combine, counted, decode, measure_sheet, reads
from streams.sheet import encode as encode_summaries
from streams.window import Calendar

NAMES = kit.names()
EVERYBODY = ("pupil", "guardian", "home_class_teacher", "teachers")
TASKS = {"T1", "T2", "T3", "T4"}

each_indicator = pytest.mark.parametrize("name", NAMES)
each_example = pytest.mark.parametrize(("name", "index"), [(name, k) for name in NAMES for k in range(len(kit.declared(name).examples))])

pytestmark = pytest.mark.quick
law = settings(max_examples=60, deadline=None)


def test_there_are_indicators() -> None:
    assert NAMES


def test_a_module_that_declares_nothing_is_an_error() -> None:
    with pytest.raises(AttributeError, match="INDICATOR"):
        kit.declaration(ModuleType("streams.indicators.forgotten"))


def test_names_and_numbers_are_their_own() -> None:
    """But that all dimensions of well-being have one number (domain 4.5)."""
    declared = [kit.declared(name) for name in NAMES]
    numbers = [one.id for one in declared if not one.name.startswith("wellbeing-") and one.until is None]
    assert len({one.key for one in declared}) == len(declared)
    assert len({(one.name, one.id) for one in declared}) == len({one.name for one in declared}), "all versions have one number"
    assert len(beside_each_other(declared)) == len(declared)
    assert len(set(numbers) - {"I14"}) == len(numbers)


@each_indicator
def test_the_declaration_is_complete(name: str) -> None:
    declared = kit.declared(name)
    assert declared.name == definition_name(name)
    assert declared.id[0] == ("G" if declared.of_groups_alone else "I")
    assert declared.id[1:].isdigit()
    assert declared.version >= 1
    assert declared.decimals >= 0
    assert declared.unit.isidentifier()
    assert declared.windows
    assert set(declared.windows) <= set(WINDOWS)
    assert declared.kinds
    assert {BY_NAME[kind].sheet for kind in declared.kinds} <= {Sheet.DATED, Sheet.STANDING}
    assert {BY_NAME[kind].subject for kind in declared.kinds} <= {"pupil", "group"}
    assert not declared.all_kept or {BY_NAME[kind].sheet for kind in declared.kinds} == {Sheet.STANDING}
    assert declared.self_report == any(kind.startswith("wellbeing.") for kind in declared.kinds)
    assert not (declared.self_report and declared.per_subject)
    assert not declared.per_framework or declared.per_subject
    fields = [{field.name for field in structs.fields(BY_NAME[kind].model)} for kind in declared.kinds]
    assert not declared.per_framework or all({"framework_id", "subject_code"} <= told for told in fields)
    assert declared.tasks
    assert set(declared.tasks) <= TASKS


def texts(declared: Indicator) -> list[Texts]:
    fixed = [declared.title, declared.formula, declared.unseen, declared.explanation, declared.minimum]
    fixed += [declared.interval] if declared.interval else []
    return fixed + list(declared.reasons.values())


@each_indicator
def test_every_text_is_there_in_both_languages(name: str) -> None:
    for text in texts(kit.declared(name)):
        assert text.da.strip() == text.da != ""
        assert text.en.strip() == text.en != ""
        assert text.da != text.en
        assert placeholders(text.da) == placeholders(text.en)
    for sentence in texts(kit.declared(name))[1:]:
        assert sentence.da.endswith(".")
        assert sentence.en.endswith(".")


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@each_indicator
def test_the_examples_hold(name: str) -> None:
    assert list(kit.wrong(kit.declared(name))) == []


@each_indicator
def test_the_examples_show_what_they_must(name: str) -> None:
    declared = kit.declared(name)
    told = [one.says for one in declared.examples]
    assert len(set(told)) == len(told) >= 4
    assert any(one.value is not None for one in declared.examples)
    assert any(day.weekday() >= 5 for one in declared.examples for day in one.facts), "one has a weekend"
    assert {one.window for one in declared.examples} <= set(declared.windows)


@each_example
def test_the_explanation_finds_its_numbers(name: str, index: int) -> None:
    declared = kit.declared(name)
    told = kit.result(declared, declared.examples[index])
    text = declared.explanation if told.reason is None else declared.reasons[told.reason]
    assert placeholders(text.da) <= {"value", "n", *told.details}
    filled = text.told(value=kit.shown(declared, told), n=told.n, **told.details)
    assert "{" not in filled.da + filled.en
    assert "None" not in filled.da + filled.en
    assert all(isinstance(value, int | float | str) for value in told.details.values())


@each_example
def test_an_answer_is_a_value_or_a_reason(name: str, index: int) -> None:
    declared = kit.declared(name)
    assert_sound(declared, kit.result(declared, declared.examples[index]))


@each_indicator
def test_every_reason_is_one_that_an_example_gives(name: str) -> None:
    """With the assumed calendar, or at a school that was closed all along."""
    declared = kit.declared(name)
    closed = Calendar({DATES[-1] - timedelta(days=k): False for k in range(-100, 800)})
    answers = [kit.result(declared, one, calendar) for one in declared.examples for calendar in (kit.ASSUMED, closed)]
    for told in answers:
        assert_sound(declared, told)
    assert {told.reason for told in answers} - {None} == set(declared.reasons)


def assert_sound(declared: Indicator, told: Answer) -> None:
    assert (told.value is None) == (told.reason is not None)
    assert told.reason is None or told.reason in declared.reasons
    assert told.n >= 0
    if told.value is not None:
        assert (told.interval is None) == (declared.interval is None)
    if told.interval is not None:
        assert told.value is not None
        assert told.interval[0] - 1e-9 <= float(told.value) <= told.interval[1] + 1e-9
    if declared.unit == "percent" and told.value is not None:
        assert 0 <= told.value <= 100


@each_indicator
def test_nothing_known_is_no_value_with_a_reason(name: str) -> None:
    declared = kit.declared(name)
    for window in declared.windows:
        span = Calendar().window(window, DATES[-1])
        told = declared.read(Given(declared.zero, declared.zero, span, lambda _: None))
        assert (told.value, told.n, told.interval, told.today) == (None, 0, None, None)
        assert told.reason in declared.reasons


@each_indicator
def test_a_recorded_version_reads_as_it_did(name: str) -> None:
    declared = kit.declared(name)
    assert kit.recorded(name) == kit.results(declared), "python tests/contract/indicator_examples.py --write"


@each_indicator
@law
@given(history=histories())
def test_measuring_is_a_function_of_the_facts(name: str, history: list[Told]) -> None:
    declared = kit.declared(name)
    for (family, _), facts in sheets(history).items():
        told = [fact for fact in counted(facts) if reads(declared, fact)]
        if family in declared.families:
            before = copy.deepcopy(told)
            first = encode(declared.measure(told))
            assert told == before
            assert encode(declared.measure(told[::-1])) == first


def summaries(declared: Indicator, history: list[Told]) -> list[tuple[Any, Summary]]:
    """Date -> summary of each sheet, subjects left apart by taking each in turn."""
    measured = ((day, measure_sheet(facts, family, [declared])) for (family, day), facts in sheets(history).items())
    return [(day, one) for day, told in measured for one, *_ in told.get(declared.key, {}).values()]


@each_indicator
@law
@given(history=histories(least=6), data=st.data())
def test_summaries_combine_in_any_order(name: str, history: list[Told], data: st.DataObject) -> None:
    declared = kit.declared(name)
    known = [declared.zero, *(one for _, one in summaries(declared, history))]
    a, b, c = (data.draw(st.sampled_from(known)) for _ in range(3))
    before = encode([a, b, c, declared.zero])
    both = declared.combine
    assert encode(both(a, b)) == encode(both(b, a))
    assert encode(both(both(a, b), c)) == encode(both(a, both(b, c)))
    assert encode(both(declared.zero, a)) == encode(a) == encode(both(a, declared.zero))
    assert encode([a, b, c, declared.zero]) == before, "combining changed what it was given"


@each_indicator
@law
@given(history=histories())
def test_summaries_are_the_same_after_json(name: str, history: list[Told]) -> None:
    declared = kit.declared(name)
    for (family, _), facts in sheets(history).items():
        measured = measure_sheet(facts, family, [declared])
        stored = encode_summaries(measured)
        assert decode(stored) == measured
        assert encode_summaries(decode(stored)) == stored


@each_indicator
@law
@given(history=histories())
def test_no_id_of_a_source_stands_in_a_summary(name: str, history: list[Told]) -> None:
    declared = kit.declared(name)
    ids = {b"matematik-x", b"dansk-y", b'"a"', b'"b"', b'"c"', b"illness", b"unlawful"}
    for _, summary in summaries(declared, history):
        stored = encode(summary)
        assert not [one for one in ids if one in stored]


def parted(history: list[Told]) -> tuple[list[Told], list[Told]]:
    """What is said of the pupil, and what of a group."""
    mine = [one for one in history if one.kind.subject == "pupil"]
    return mine, [one for one in history if one.kind.subject == "group"]


def read_all(declared: Indicator, measured: list[Day], of_group: list[Day], today_back: int, grade: int | None) -> list[Answer]:
    """The answers for every subject and window of the indicator, as of one of the dates, for one who came to the group in between."""
    pupil = Pupil("s_law", measured, lambda _: grade, {"g_law": of_group}, lambda _, day: day >= DATES[3])
    subjects = subjects_of([pupil], declared) if declared.per_subject else [""]
    spans = [Calendar().window(name, DATES[-1] - timedelta(days=today_back)) for name in declared.windows]
    for subject, span in ((subject, span) for subject in subjects for span in spans):
        told = reading(pupil, declared, subject, span)
        assert explained(declared, told, answer(pupil, declared, subject, span)[0].details).da
    return [answer(pupil, declared, subject, span)[0] for subject in subjects for span in spans]


def days(declared: Indicator, history: list[Told]) -> list[Day]:
    made = ((family, period, measure_sheet(facts, family, [declared])) for (family, period), facts in sheets(history).items())
    return [day for family, period, told in made for day in days_of("101001", family, period, told, [declared], EVERYBODY)]


@each_indicator
@law
@given(history=histories(least=5, most=60), back=st.integers(0, 4), grade=st.sampled_from((None, 3, 8)), data=st.data())
def test_order_and_partition_change_no_answer(name: str, history: list[Told], back: int, grade: int | None, data: st.DataObject) -> None:
    declared = kit.declared(name)
    (mine, ours), shuffled = parted(history), parted(data.draw(st.permutations(history + history[::2])))
    first, again = days(declared, mine), data.draw(st.permutations(days(declared, shuffled[0])))
    by_date: dict[Any, Summaries] = {(day.family, day.date): day.summaries for day in first}
    assert by_date == {(day.family, day.date): day.summaries for day in again}
    answers = read_all(declared, first, days(declared, ours), back, grade)
    assert answers == read_all(declared, again, data.draw(st.permutations(days(declared, shuffled[1]))), back, grade)
    for told in answers:
        assert_sound(declared, told)


@each_indicator
@law
@given(history=histories(least=5), cut=st.integers(0, 30))
def test_parts_of_a_window_combine_to_the_whole(name: str, history: list[Told], cut: int) -> None:
    declared = kit.declared(name)
    measured = [told for day in days(declared, history) for told in day.summaries.get(declared.key, {}).values()]
    parts = [combine(declared, measured[cut:]), combine(declared, measured[:cut])]
    assert encode(combine(declared, parts)) == encode(combine(declared, measured))
    assert encode(reduce(lambda one, other: combine(declared, [other, one]), measured, [declared.zero, {}, []])) == encode(
        combine(declared, measured)
    )
