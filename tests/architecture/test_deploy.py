"""What is deployed names settings, commands and metrics that there are."""

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml
from tree import ROOT

from contracts.topics import PARTITIONS
from services.cli import app
from services.roles import Role
from services.settings import PREFIX, Settings
from services.telemetry import Telemetry

pytestmark = pytest.mark.quick

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
CONTAINER = (DEPLOY / "Containerfile").read_text("utf-8")
BOARD = (DEPLOY / "grafana" / "dashboards" / "fremgang.json").read_text("utf-8")
RULES = (DEPLOY / "prometheus" / "rules.yml").read_text("utf-8")
ADAPTER = (DEPLOY / "prometheus" / "adapter.yaml").read_text("utf-8")
SCHEMA: dict[str, Any] = json.loads((DEPLOY / "helm" / "fremgang" / "values.schema.json").read_text("utf-8"))
CHARTS_OWN = {"HOST", "PORT", "INBOX", "SOCKET", "KEY_FILE", "KAFKA_CA_FILE", "STORE", "ACCESS_LOG"}
"""Settings that the image or the chart decides, or that hold a password though they are no secrets by their type."""
NOT_SERVERS = {"CLOCK", "SYNCHRONOUS"}
"""Settings of tests and of files."""


def test_every_part_of_a_hub_is_a_service_with_its_command() -> None:
    commands = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    parts = {name: one["command"] for name, one in COMPOSE["services"].items() if "command" in one and name in set(Role)}
    assert parts == {role.value: [role.value] for role in Role}
    assert {role.value for role in Role} <= commands
    prepared = COMPOSE["services"]["prepare"]["entrypoint"][2]
    assert {words.split()[1] for words in prepared.split(" && ")} <= commands


def test_every_setting_that_is_deployed_exists_and_no_secret_is_written_down() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    texts = [file.read_text("utf-8") for file in (DEPLOY / "compose.yaml", *(DEPLOY / "helm").rglob("*")) if file.is_file()]
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", "".join([CONTAINER, *texts])))
    assert len(named) > 15
    assert named <= known
    assert "${HUB_DATABASE_PASSWORD:?set it}" in COMPOSE["services"]["serve"]["environment"]["FREMGANG_STORE"]


def test_the_parts_run_without_rights_and_without_what_they_were_built_with() -> None:
    last = CONTAINER.rpartition("\nFROM ")[2]
    assert re.search(r"^USER \d{4,}$", last, re.MULTILINE)
    assert not re.search(r"\b(apt|pip|uv|gcc)\b", last)
    for name in ("prepare", *Role):
        part = COMPOSE["services"][name]
        assert (part["read_only"], part["cap_drop"]) == (True, ["ALL"])


def test_prometheus_asks_every_part() -> None:
    (job,) = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    assert sorted(job["static_configs"][0]["targets"]) == sorted(f"{role}:8000" for role in Role)


@pytest.mark.parametrize(("text", "least"), [(BOARD, 4), (RULES, 4), (ADAPTER, 1)], ids=["dashboard", "rules", "adapter"])
def test_every_metric_that_is_asked_for_is_told(text: str, least: int) -> None:
    told = {sample for family in Telemetry().registry.collect() for sample in _names(family.name, family.type)}
    asked = set(re.findall(r"\bfremgang_\w+", text))
    assert len(asked) >= least
    assert asked <= told


def test_the_chart_takes_every_setting_but_secrets_and_its_own_and_each_default() -> None:
    taken = SCHEMA["properties"]["settings"]["properties"]
    secret = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert secret == {"KEY", "KAFKA_PASSWORD"}
    own = secret | CHARTS_OWN | NOT_SERVERS
    assert set(taken) == {PREFIX + name.upper() for name in Settings.model_fields if name.upper() not in own}
    defaults = {name: str(Settings.model_fields[name.removeprefix(PREFIX).lower()].default) for name in taken}
    jsonschema.validate(defaults | {"FREMGANG_LOG": "kafka://kafka:9092"}, SCHEMA["properties"]["settings"] | {"$defs": SCHEMA["$defs"]})


def test_the_chart_has_no_more_processes_share_the_fold_than_there_are_partitions() -> None:
    assert SCHEMA["$defs"]["shares"]["maximum"] == max(PARTITIONS.values())


def _names(name: str, kind: str) -> list[str]:
    return {"counter": [f"{name}_total"], "histogram": [f"{name}_bucket", f"{name}_count", f"{name}_sum"]}.get(kind, [name])


def test_each_panel_of_the_dashboard_says_what_it_shows() -> None:
    panels = json.loads(BOARD)["panels"]
    assert len({one["title"] for one in panels}) == len(panels) >= 8
    assert all(one["targets"][0]["expr"] and one["fieldConfig"]["defaults"]["unit"] for one in panels)
