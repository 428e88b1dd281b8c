"""What helm makes of the chart, of its own values and of the example's, asks for what the hub has; a wrong value is refused."""

import json
import re
import subprocess
from typing import Any

import httpx
import kafka
import postgres
import pytest
import yaml
from harness import Hub
from tree import ROOT

from contracts.topics import PARTITIONS
from services.hub import open_hub
from services.roles import Role
from services.settings import PREFIX, Settings
from services.telemetry import Telemetry

FOLDER = ROOT / "deploy" / "helm"
CHART, EXAMPLE = FOLDER / "fremgang", FOLDER / "municipality.yaml"
HELM = ROOT / ".tools" / "helm" / "helm"
VALUES = {"default": (), "municipality": ("-f", str(EXAMPLE))}
ENDS_SECONDS = 10
"""In which a part ends when it is told to (README)."""

Made = list[dict[str, Any]]


def helm(*words: str) -> subprocess.CompletedProcess[str]:
    assert HELM.exists(), "there is no helm: run `make .tools/helm/helm`"
    return subprocess.run([HELM, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(params=VALUES, scope="module")
def made(request: pytest.FixtureRequest) -> Made:
    done = helm("template", "hub", str(CHART), "--namespace", "skole", *VALUES[request.param])
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def of(made: Made, kind: str) -> dict[str, dict[str, Any]]:
    """Name -> spec."""
    return {one["metadata"]["name"]: one["spec"] for one in made if one["kind"] == kind}


def pods(made: Made) -> dict[str, dict[str, Any]]:
    """Of the deployments and of the job."""
    return {name: spec["template"]["spec"] for kind in ("Deployment", "Job") for name, spec in of(made, kind).items()}


def labels(made: Made) -> dict[str, dict[str, str]]:
    return {name: spec["template"]["metadata"]["labels"] for name, spec in of(made, "Deployment").items()}


def environment(pod: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in pod["containers"][0]["env"]}


@pytest.mark.parametrize("values", VALUES.values(), ids=list(VALUES))
def test_helm_finds_nothing_to_complain_of(values: tuple[str, ...]) -> None:
    done = helm("lint", "--strict", str(CHART), *values)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_part_of_a_hub_is_a_deployment_and_schema_and_topics_come_first(made: Made) -> None:
    assert {name: pod["containers"][0].get("args") for name, pod in pods(made).items()} == {
        **{f"hub-{role}": [role] for role in Role}, "hub-prepare": None,
    }  # fmt: skip
    (job,) = (one for one in made if one["kind"] == "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert pods(made)["hub-prepare"]["containers"][0]["command"] == ["sh", "-c", "fremgang migrate && fremgang topics --create"]
    assert "serviceAccountName" not in pods(made)["hub-prepare"], "the chart's own is not there yet when the job runs"


@pytest.mark.parametrize("role", Role)
async def test_each_probe_is_a_path_that_the_part_answers(made: Made, role: Role) -> None:
    container = pods(made)[f"hub-{role}"]["containers"][0]
    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    assert {one["port"] for one in probes.values()} == {container["ports"][0]["name"]}
    assert container["ports"][0]["containerPort"] == Settings.model_fields["port"].default
    async with open_hub(settings(), frozenset({role})) as hub, httpx.AsyncClient(
        transport=httpx.ASGITransport(hub.app), base_url="http://localhost"
    ) as http:  # fmt: skip
        answered = {name: (await http.get(one["path"])).json()["status"] for name, one in probes.items()}
    assert answered == {"startup": "alive", "liveness": "alive", "readiness": "ready"}


SERVERS: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def servers(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A hub's schema and topics, on the tests' own broker and database."""
    folder, url = tmp_path_factory.mktemp("hub"), postgres.database()
    SERVERS.update(
        log=f"kafka://{kafka.broker().servers}", kafka_prefix=kafka.prefix(), kafka_replicas="1", store=url, access_log=url,
        key_file=str(folder / "hub.key"),
    )  # fmt: skip
    hub = Hub(folder, **SERVERS)
    hub.cli("migrate")
    hub.cli("topics", "--create")
    hub.http.close()


def settings() -> Settings:
    return Settings(**SERVERS)  # type: ignore[arg-type] # as from the environment, words


def test_what_a_part_is_told_is_a_setting_and_no_secret_is_in_it(made: Made) -> None:
    known = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}
    text = json.dumps(made)
    assert not re.search(r"postgresql\+asyncpg://|[A-Za-z0-9+/]{43}=", text)
    assert all(one["kind"] != "Secret" for one in made)
    for pod in pods(made).values():
        told = environment(pod)
        assert set(told) <= set(known)
        assert {name for name, value in told.items() if isinstance(value, dict)} >= {"FREMGANG_STORE", "FREMGANG_ACCESS_LOG"}
        assert isinstance(told.get("FREMGANG_KAFKA_PASSWORD", {}), dict)
        (secret,) = (one["secret"] for one in pod["volumes"] if "secret" in one)
        (mounted,) = (one["mountPath"] for one in pod["containers"][0]["volumeMounts"] if one["name"] == "secret")
        files = {f"{mounted}/{one['path']}" for one in secret["items"]}
        assert files == {told[name] for name in ("FREMGANG_KEY_FILE", "FREMGANG_KAFKA_CA_FILE") if name in told}
        plain = {name.removeprefix(PREFIX).lower(): value for name, value in told.items() if isinstance(value, str)}
        assert Settings(**plain).log.startswith("kafka://")


def test_the_example_chooses_what_the_default_leaves_out() -> None:
    done = helm("template", "hub", str(CHART), "-f", str(EXAMPLE))
    made = [one for one in yaml.safe_load_all(done.stdout) if one]
    told = environment(pods(made)["hub-serve"])
    assert told["FREMGANG_MAX_BATCH_BYTES"] == "4000000"
    assert told["FREMGANG_KAFKA_PASSWORD"] == {"secretKeyRef": {"name": "skovby-hub", "key": "kafka-password"}}
    assert of(made, "Deployment")["hub-serve"]["replicas"] == 3
    assert "hub-serve" not in of(made, "HorizontalPodAutoscaler")


def test_the_pods_have_no_rights_and_a_known_appetite(made: Made) -> None:
    for pod in pods(made).values():
        assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert f"USER {pod['securityContext']['runAsUser']}\n" in (ROOT / "deploy" / "Containerfile").read_text("utf-8")
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        if "lifecycle" in container:
            leaves = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
            assert pod["terminationGracePeriodSeconds"] >= leaves + ENDS_SECONDS


def test_what_selects_pods_selects_those_of_one_part(made: Made) -> None:
    found = labels(made)
    budgets = {name: spec["selector"]["matchLabels"] for name, spec in of(made, "PodDisruptionBudget").items()}
    doors = {name: spec["selector"] for name, spec in of(made, "Service").items()}
    deployed = {name: spec["selector"]["matchLabels"] for name, spec in of(made, "Deployment").items()}
    assert set(budgets) == set(deployed) == set(found)
    assert set(doors) == {"hub-ingest", "hub-serve"}
    for name, selector in [*budgets.items(), *doors.items(), *deployed.items()]:
        assert [one for one, has in found.items() if selector.items() <= has.items()] == [name]
    (policy,) = of(made, "NetworkPolicy").values()
    assert all(policy["podSelector"]["matchLabels"].items() <= has.items() for has in found.values())
    assert policy["ingress"][0]["ports"] == [{"port": pods(made)["hub-serve"]["containers"][0]["ports"][0]["name"]}]
    assert policy["ingress"][0]["from"]


def test_what_scales_has_something_to_scale_and_a_number_that_is_told(made: Made) -> None:
    scalers = of(made, "HorizontalPodAutoscaler")
    assert {"hub-ingest", "hub-process"} <= set(scalers)
    for name, spec in scalers.items():
        assert spec["scaleTargetRef"]["name"] == name
        assert "replicas" not in of(made, "Deployment")[name], "an upgrade would undo what was scaled"
        assert spec["minReplicas"] <= spec["maxReplicas"]
    (lag,) = scalers["hub-process"]["metrics"]
    assert lag["external"]["metric"]["name"] in {family.name for family in Telemetry().registry.collect()}
    assert scalers["hub-process"]["maxReplicas"] <= max(PARTITIONS.values())
    assert [one["resource"]["name"] for one in scalers["hub-ingest"]["metrics"]] == ["cpu"]


WRONG = {
    "parts.process.autoscaling.max=13": "maximum: got 13, want 12",
    "parts.process.autoscaling.max=1": "less than its replicas",
    "parts.proces.replicas=2": "additional properties 'proces' not allowed",
    "parts.serve.replicas=many": "got string, want integer",
    "parts.pull.autoscaling.enabled=true": "additional properties 'autoscaling' not allowed",
    "settings.FREMGANG_LGO=kafka://kafka:9092": "additional properties 'FREMGANG_LGO' not allowed",
    "settings.FREMGANG_LOG=sqlite:///log.db": "does not match pattern",
    "settings.FREMGANG_MAX_BATCH_BYTES=4000000": "got number, want string",
    "settings.FREMGANG_KEY=c2VjcmV0": "additional properties 'FREMGANG_KEY' not allowed",
    "settings.FREMGANG_STORE=postgresql+asyncpg://hub:secret@postgres/hub": "additional properties 'FREMGANG_STORE' not allowed",
    "secret.entries.key=": "does not match pattern",
    "image.pullPolicy=Sometimes": "value must be one of",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_refused_with_its_reason(wrong: str) -> None:
    done = helm("template", "hub", str(CHART), "--set", wrong)
    assert done.returncode != 0
    assert WRONG[wrong] in done.stderr


def test_the_readmes_secret_has_the_entries_that_the_chart_reads() -> None:
    named = set(re.findall(r"--from-(?:file|literal)=([\w-]+)=", (CHART / "README.md").read_text("utf-8")))
    entries = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))["secret"]["entries"]
    assert named == {entry for entry in entries.values() if entry}
