"""An install without the extra has no package of Kafka or PostgreSQL, runs a hub on files, and says what is missing for one on servers."""

import os
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from harness import ROOT, Hub

DEPLOYED = ("aiokafka", "asyncpg")


@pytest.fixture(scope="module")
def bin_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an environment with what the product needs and nothing else."""
    environment = tmp_path_factory.mktemp("embedded") / "venv"
    command = [str(ROOT / ".tools" / "bin" / "uv"), "sync", "--locked", "--no-dev", "--quiet", "--compile-bytecode"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(environment)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return environment / "bin"


def test_it_has_none_of_the_packages(bin_: Path) -> None:
    code = f"import importlib.util as u; print([name for name in {DEPLOYED!r} if u.find_spec(name)], bool(u.find_spec('fastapi')))"
    assert subprocess.run([bin_ / "python", "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[] True"


def test_it_runs_a_hub_on_files(bin_: Path, tmp_path: Path) -> None:
    hub = Hub(tmp_path, command=bin_ / "fremgang")
    with closing(hub.http):
        hub.start()
        assert hub.ledger(hub.token("--controller"))["received"] == 0
        assert hub.stop() == 0


@pytest.mark.parametrize(
    "servers", [{"store": "postgresql+asyncpg://hub@localhost/hub"}, {"log": "kafka://localhost:9092"}], ids=["postgresql", "kafka"]
)
def test_it_says_what_a_hub_on_servers_needs(bin_: Path, tmp_path: Path, servers: dict[str, str]) -> None:
    hub = Hub(tmp_path, command=bin_ / "fremgang", **servers)
    with closing(hub.http):
        said = hub.cli("topics" if "log" in servers else "migrate", fails=True)
        assert "install fremgang[deployed]" in said
