"""Prometheus itself takes the configuration and the alerts that are deployed, and the alerts come when they should."""

import re
import shutil
import subprocess
from pathlib import Path

import yaml
from tree import ROOT

FOLDER = ROOT / "deploy" / "prometheus"
RULES = (FOLDER / "rules.yml").read_text("utf-8")


def promtool(*words: str) -> str:
    found = shutil.which("promtool")
    assert found, "there is no promtool: run `make system`"
    done = subprocess.run([found, *words], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_takes_its_configuration() -> None:
    count = len(yaml.safe_load(RULES)["groups"][0]["rules"])
    assert f"{count} rules found" in promtool("check", "config", "prometheus.yml")


def test_the_alerts_come_when_they_should_and_not_before(tmp_path: Path) -> None:
    tried = set(re.findall(r"alertname: (\w+)", (FOLDER / "rules.test.yml").read_text("utf-8")))
    assert "SUCCESS" in promtool("test", "rules", "rules.test.yml")
    assert tried >= {"FremgangPartDown", "FremgangFoldBehind", "FremgangInterrupted", "FremgangSourceUnread"}
    broken = tmp_path / "rules.yml"
    broken.write_text(RULES.replace("> 60", "> 6000"))
    shutil.copy(FOLDER / "rules.test.yml", tmp_path)
    found = subprocess.run(
        [shutil.which("promtool") or "", "test", "rules", "rules.test.yml"], cwd=tmp_path, capture_output=True, check=False
    )
    assert found.returncode != 0
