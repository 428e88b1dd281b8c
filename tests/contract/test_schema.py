"""contracts/schema: current, valid, true to the envelopes that the connectors make, and never a changed meaning under an old version."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contract import golden
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from contracts.document import changed, documents, lacks, published, rendered
from contracts.errors import Fatal
from contracts.events import _InTool
from contracts.kinds import BY_MODEL, INTAKE_TYPES, KINDS, Family, Kind
from services.operate.schema import FOLDER, PUBLISHED, current, recorded, write
from services.registry import discover_group_indicators, discover_indicators
from services.serve.asking import encode
from services.serve.definitions import catalogue

pytestmark = pytest.mark.quick

FILES = {file.name: json.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json"))}
SCHEMAS = {name: document for name, document in FILES.items() if "$schema" in document}
REGISTRY: Registry[Any] = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in SCHEMAS.values())
ENVELOPE = Draft202012Validator(FILES["envelope.json"], registry=REGISTRY, format_checker=FormatChecker())
TRIED = KINDS["dk.fremgang.activity.item_answered.v1"]


def envelopes() -> Iterator[tuple[str, dict[str, Any]]]:
    """Of all golden answers, with the answer that each is from."""
    for name in golden.connector_names():
        for sample in golden.sample_paths(name):
            answer = golden.read(golden.golden_path(sample))
            found = [one for item in answer.get("items", ()) for one in item.get("envelopes", ())]
            yield from ((f"{name}/{sample.stem}", one) for one in (*found, *answer.get("derived", ())))


def test_the_committed_files_are_current() -> None:
    assert current(), "contracts/schema is not current: run `fremgang schema`, and read the difference"


def test_writing_is_deterministic_and_tidy(tmp_path: Path) -> None:
    (tmp_path / "left-over.json").write_text("{}")
    assert write(tmp_path) == len(FILES)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {name: (FOLDER / name).read_bytes() for name in FILES}
    (tmp_path / "envelope.json").write_text("{}\n")
    assert not current(tmp_path)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_a_valid_one(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["description"]
    assert (FOLDER / name).read_text("utf-8") == rendered(SCHEMAS[name])


def test_there_is_a_schema_for_every_type() -> None:
    types = {*KINDS, *INTAKE_TYPES.values()}
    assert set(SCHEMAS) == {f"{type_}.json" for type_ in types} | {"envelope.json", "indicators.json"}
    assert FILES["envelope.json"]["properties"]["type"]["enum"] == sorted(types)


def test_the_envelopes_of_all_golden_answers_validate() -> None:
    seen = dict.fromkeys(golden.connector_names(), 0)
    for where, envelope in envelopes():
        errors = [f"{where} {envelope['type']}: {error.json_path} {error.validator}" for error in ENVELOPE.iter_errors(envelope)]
        assert not errors
        seen[where.partition("/")[0]] += 1
    assert all(seen.values()), seen


def _answered() -> dict[str, Any]:
    return next(one for _, one in envelopes() if one["type"] == TRIED.type)


@pytest.mark.parametrize(
    "damage",
    [
        {"specversion": "0.3"},
        {"type": "dk.fremgang.activity.item_answered.v2"},
        {"type": "dk.fremgang.result.grade.v1"},
        {"data": None},
        {"data": {"tool": "x"}},
        {"data": {"tool": "x", "item_id": "y", "name": "Anna"}},
        {"unknown": 1},
    ],
    ids=lambda damage: next(iter(damage)),
)
def test_a_damaged_envelope_does_not_validate(damage: dict[str, Any]) -> None:
    assert ENVELOPE.is_valid(_answered())
    assert not ENVELOPE.is_valid({**_answered(), **damage})


def test_an_assertion_needs_its_data_and_a_retraction_does_not() -> None:
    bare = {name: value for name, value in _answered().items() if name != "data"}
    assert not ENVELOPE.is_valid(bare)
    assert ENVELOPE.is_valid({**bare, "op": "retract"})


def test_what_is_computed_is_told_as_the_schema_says() -> None:
    told = json.loads(encode(catalogue(discover_indicators(), discover_group_indicators())))
    schema = Draft202012Validator(FILES["indicators.json"])
    assert [error.json_path for error in schema.iter_errors(told)] == []
    assert set(told) == set(FILES["indicators.json"]["$defs"]["Catalogue"]["properties"])
    assert {name for one in told["indicators"] for name in one["reads"]} <= set(told["event_types"])
    for damage in ({"version": "1"}, {"windows": ["W7"]}, {"title": {"da": "Kun dansk"}}):
        assert not schema.is_valid({**told, "indicators": [{**told["indicators"][0], **damage}]})
    assert not schema.is_valid({name: value for name, value in told.items() if name != "left_out"})


class Renamed(_InTool, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An exercise item was answered, said in other words."""

    item_id: str


@pytest.mark.parametrize(
    "kind",
    [
        replace(TRIED, model=Renamed),
        replace(TRIED, key=("tool", "item_id")),
        replace(TRIED, sheet=KINDS["dk.fremgang.result.grade.v1"].sheet),
        replace(TRIED, date="period_start"),
    ],
    ids=["model", "key", "sheet", "date"],
)
def test_a_published_type_that_changes_is_told(kind: Kind) -> None:
    now = published({**KINDS, TRIED.type: kind})
    (told,) = changed(recorded(), now)
    assert told.startswith(f"{TRIED.type} is published and would change its meaning")
    assert "next version" in told


def test_a_published_type_that_is_gone_is_told_and_a_new_version_is_not() -> None:
    later = replace(TRIED, model=Renamed, version=2)
    assert changed(recorded(), published({**KINDS, later.type: later})) == []
    (told,) = changed(recorded(), published({type_: kind for type_, kind in KINDS.items() if kind is not TRIED}))
    assert "is gone" in told


def test_other_words_are_no_other_meaning() -> None:
    class ItemAnswered(TRIED.model):  # type: ignore[name-defined, misc] # the same fields under another docstring
        """Other words."""

    assert published({TRIED.type: replace(TRIED, model=ItemAnswered)})[TRIED.type] == recorded()[TRIED.type]


def test_nothing_published_changes_its_meaning() -> None:
    assert set(recorded()) == set(KINDS)
    assert changed(recorded(), published()) == []


def test_writing_refuses_a_changed_meaning(tmp_path: Path) -> None:
    (tmp_path / PUBLISHED).write_text(rendered({**recorded(), TRIED.type: "another"}))
    with pytest.raises(Fatal, match="would change its meaning"):
        write(tmp_path)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (replace(TRIED, purposes=()), "purposes"),
        (replace(TRIED, purposes=("marketing",)), "purposes"),
        (replace(TRIED, sensitivity=""), "sensitivity"),  # type: ignore[arg-type] # what the type forbids is what is tried
    ],
)
def test_the_build_fails_where_a_kind_does_not_say_why_it_is_kept(kind: Kind, what: str) -> None:
    assert [lack for one in KINDS.values() for lack in lacks(one)] == []
    with pytest.raises(ValueError, match=f"activity.item_answered lacks its {what}"):
        documents({TRIED.type: kind})


def test_the_build_fails_where_nobody_says_what_a_parent_would_call_a_kind() -> None:
    with pytest.raises(ValueError, match=r"activity.rested lacks its name in Danish and English"):
        documents({TRIED.type: replace(TRIED, name="activity.rested")})


def test_every_kind_stands_in_the_catalogue_with_its_retention() -> None:
    told = FILES["catalogue.json"]["kinds"]
    assert set(told) == set(KINDS)
    assert all(one["purposes"] and one["sensitivity"] and one["retention"]["words"] and one["legal_basis"] for one in told.values())
    assert told[TRIED.type]["retention"]["days"] == 120
    assert told["dk.fremgang.result.grade.v1"]["retention"]["days"] == 457
    assert told["dk.fremgang.roster.group.v1"]["retention"]["days"] is None
    with pytest.raises(ValueError, match="is not a valid Family"):
        documents({"x": replace(TRIED, name="weather.rained")})


def test_units_are_said_where_the_type_has_one() -> None:
    assert FILES[f"{TRIED.type}.json"]["properties"]["response_seconds"]["description"] == "Unit: seconds; kept as integer, x 1000."
    floats = [
        (kind.name, field.name)
        for model, kind in BY_MODEL.items()
        for field in msgspec.inspect.type_info(model).fields  # type: ignore[attr-defined] # of a Struct there are fields
        if "float" in repr(field.type).lower() and field.name not in FILES["catalogue.json"]["kinds"][kind.type]["units"]
    ]
    assert floats == [("wellbeing.aggregate_published", "mean")]


def _refs(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        yield from (value for name, value in document.items() if name == "$ref")
        for member in document.values():
            yield from _refs(member)
    elif isinstance(document, list):
        for member in document:
            yield from _refs(member)


def _resolved(document: dict[str, Any], ref: str) -> Any:
    """What a reference of the document points at; KeyError where there is nothing."""
    if ref.startswith("./"):
        return FILES[ref.removeprefix("./")]
    for step in ref.removeprefix("#/").split("/"):
        document = document[step]
    return document


def test_the_asyncapi_document_holds_together() -> None:
    told = FILES["asyncapi.json"]
    assert told["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(told["info"])
    assert set(told["channels"]) == set(Family)
    assert all(_resolved(told, ref) for ref in _refs(told))
    used = {ref.rpartition("/")[2] for channel in told["channels"].values() for ref in _refs(channel["messages"])}
    assert used == set(told["components"]["messages"]) == {*KINDS, *INTAKE_TYPES.values()}


def test_each_channel_is_one_topic_sent_to_and_received_from() -> None:
    told = FILES["asyncapi.json"]
    for family, channel in told["channels"].items():
        assert channel["address"] == f"{{hub}}.{family}"
        assert set(channel["parameters"]) == {"hub"}
        actions = {one["action"] for one in told["operations"].values() if one["channel"]["$ref"] == f"#/channels/{family}"}
        assert actions == {"send", "receive"}


def test_each_message_is_keyed_and_its_payload_is_an_envelope_of_its_type() -> None:
    for type_, message in FILES["asyncapi.json"]["components"]["messages"].items():
        assert message["bindings"]["kafka"]["key"]["type"] == "string"
        envelope, own = message["payload"]["schema"]["allOf"]
        assert envelope == {"$ref": "./envelope.json"}
        assert own["properties"] == {"type": {"const": type_}, "data": {"$ref": f"./{type_}.json"}}
