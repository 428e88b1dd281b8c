"""The kit that every connector is held to, with no line of test code of its own: its declaration, its samples, bad bodies."""

import copy
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from contract import golden

from contracts import connector as c
from contracts.errors import Refused
from contracts.kinds import BY_MODEL, INTAKE_TYPES
from contracts.reasons import REASONS

CPR = "010110-4321"
KIND = re.compile(r"[a-z][a-z0-9_.]{0,60}")
NAMES = golden.connector_names()
SAMPLES = [path for name in NAMES for path in golden.sample_paths(name)]
WRONG: tuple[Any, ...] = (None, True, 17, -1e400, "", "x", [], [None], {}, {"": None}, "\ud800")

each_connector = pytest.mark.parametrize("name", NAMES)
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")

pytestmark = pytest.mark.quick


def declared_by(sample: Path) -> c.Connector:
    return golden.door(sample)


def became(sample: Path, body: bytes) -> golden.Document:
    """What became of the sample with another body; anything but items or a refusal is an error of the connector."""
    return golden.run(declared_by(sample), replace(golden.request(sample), body=body))


def test_there_are_connectors() -> None:
    assert NAMES
    assert SAMPLES


@each_connector
def test_the_declaration_is_complete(name: str) -> None:
    declared = golden.connector(name)
    assert declared.name == name
    assert all(one.route.startswith("/") and one.content_types for one in declared.doors)
    assert {one.route for one in declared.doors} == {golden.door(sample).route for sample in golden.sample_paths(name)}
    assert declared.title.strip()
    assert declared.emits <= set(BY_MODEL)
    assert declared.emits
    assert declared.item_kinds
    assert all(KIND.fullmatch(kind) for kind in declared.item_kinds)
    assert declared.content_types
    assert declared.takes
    assert all(taken.strip() and why.strip() for taken, why in declared.takes.items())
    assert (golden.FOLDER / name / "README.md").stat().st_size > 200
    assert golden.sample_paths(name)


@each_connector
def test_each_type_it_emits_has_a_sample_and_no_other_comes_out(name: str) -> None:
    emitted = set()
    for sample in golden.sample_paths(name):
        emitted |= {envelope["type"] for envelope in _envelopes(golden.read(golden.golden_path(sample)))}
    assert emitted == {BY_MODEL[model].type for model in golden.connector(name).emits}
    assert not emitted & set(INTAKE_TYPES.values())


@each_connector
def test_no_golden_answer_is_without_its_sample(name: str) -> None:
    answers = {path.name for path in (golden.FOLDER / name / "golden").glob("*.json")}
    assert answers == {path.name for path in golden.sample_paths(name)}


def _envelopes(answer: golden.Document) -> Iterator[golden.Document]:
    for item in answer.get("items", []):
        yield from item.get("envelopes", [])
    yield from answer.get("derived", [])


@each_sample
def test_a_sample_gives_exactly_its_golden_answer(sample: Path) -> None:
    answer = golden.run(declared_by(sample), golden.request(sample))
    assert json.loads(json.dumps(answer)) == golden.read(golden.golden_path(sample))


@each_sample
def test_its_kinds_and_reasons_are_of_the_closed_lists(sample: Path) -> None:
    answer = golden.read(golden.golden_path(sample))
    kinds = {item["kind"] for item in answer.get("items", [])}
    reasons = {told["reason"] for told in [*answer.get("items", []), *answer.get("refused", [])] if "reason" in told}
    assert kinds <= declared_by(sample).item_kinds
    assert reasons <= set(REASONS)


@each_sample
def test_translating_twice_gives_equal_results(sample: Path) -> None:
    declared = declared_by(sample)
    assert golden.run(declared, golden.request(sample)) == golden.run(declared, golden.request(sample))


@each_sample
def test_no_identifying_string_comes_out(sample: Path) -> None:
    identifying = golden.read(sample)["identifying"]
    answer = json.dumps(golden.run(declared_by(sample), golden.request(sample)), ensure_ascii=False)
    assert all(text and text.casefold() not in answer.casefold() for text in identifying)


@each_sample
def test_what_is_called_identifying_is_in_the_sample(sample: Path) -> None:
    told = golden.read(sample)
    asked = json.dumps({name: value for name, value in told.items() if name != "identifying"}, ensure_ascii=False)
    posted = golden.body(sample)
    everything = "".join((asked, posted.decode("latin-1"), posted.decode("utf-8", "replace"))).casefold()
    assert "body_zip" in told or all(text.casefold() in everything for text in told["identifying"])


@each_sample
def test_an_empty_body_is_refused(sample: Path) -> None:
    assert became(sample, b"")["refused"]


@each_sample
def test_a_body_cut_anywhere_is_taken_or_refused(sample: Path) -> None:
    body = golden.body(sample)
    for cut in range(1, len(body), max(1, len(body) // 40)):
        became(sample, body[:cut])
    if "body" in golden.read(sample):
        assert became(sample, body[: len(body) // 2])["refused"]


@each_sample
def test_bytes_that_are_no_text_are_taken_or_refused(sample: Path) -> None:
    body = golden.body(sample)
    for junk in (b"\xff\xfe", b"\x00", b"\xc3(", b"\xef\xbb\xbf", bytes(range(256))):
        for damaged in (junk, junk + body, body + junk, body[: len(body) // 2] + junk + body[len(body) // 2 :]):
            became(sample, damaged)


def _pointers(document: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    members = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for step, member in members:
        yield from _pointers(member, (*at, step))


def _put(document: Any, at: tuple[str | int, ...], value: Any) -> bytes:
    if not at:
        return json.dumps(value).encode()
    changed = copy.deepcopy(document)
    place = changed
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = value
    return json.dumps(changed).encode()


def _get(document: Any, at: tuple[str | int, ...]) -> Any:
    for step in at:
        document = document[step]
    return document


JSON_SAMPLES = [sample for sample in SAMPLES if "body" in golden.read(sample)]
each_json_sample = pytest.mark.parametrize("sample", JSON_SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")


@each_json_sample
def test_wrong_types_anywhere_are_taken_or_refused(sample: Path) -> None:
    document = golden.read(sample)["body"]
    for at in _pointers(document):
        for wrong in WRONG:
            became(sample, _put(document, at, wrong))


@each_json_sample
def test_a_cpr_number_in_any_string_is_refused_and_its_body_not_kept(sample: Path) -> None:
    document, allowed = golden.read(sample)["body"], declared_by(sample).allowed
    for at in _pointers(document):
        value = _get(document, at)
        if isinstance(value, str) and not allowed & {str(step) for step in at}:
            _assert_refused_for_cpr(sample, _put(document, at, f"{value} {CPR}"))
        if isinstance(value, dict):
            _assert_refused_for_cpr(sample, _put(document, at, {**value, f"x {CPR}": 1}))


def _assert_refused_for_cpr(sample: Path, body: bytes) -> None:
    answer = became(sample, body)
    told = {said["reason"] for said in [*answer.get("items", []), *answer.get("refused", [])] if "reason" in said}
    assert "national_identifier_present" in told
    assert CPR not in json.dumps(answer)
    with suppress(Refused):
        items = declared_by(sample).translate(replace(golden.request(sample), body=body)).items
        assert not any(item.body for item in items if isinstance(item, c.Failed) and item.reason == "national_identifier_present")
