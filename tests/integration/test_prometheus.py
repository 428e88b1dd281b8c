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


def test_prometheus_takes_how_pods_become_parts_of_a_hub(tmp_path: Path) -> None:
    """Not every promtool knows how to find pods; how what is found gets its labels, each does."""
    told = yaml.safe_load((FOLDER / "kubernetes.yml").read_text("utf-8"))
    (job,) = told["scrape_configs"]
    assert job.pop("kubernetes_sd_configs") == [{"role": "pod"}]
    told["rule_files"] = []
    (tmp_path / "kubernetes.yml").write_text(yaml.safe_dump(told))
    promtool("check", "config", str(tmp_path / "kubernetes.yml"))
    assert {"hub", "namespace"} <= {one.get("target_label") for one in job["relabel_configs"]}


def test_the_lag_that_is_scaled_by_is_that_of_the_hub_that_asks(tmp_path: Path) -> None:
    """As the adapter asks, for one hub of one namespace: the most that any part tells, of those that know."""
    (rule,) = yaml.safe_load((FOLDER / "adapter.yaml").read_text("utf-8"))["rules"]["external"]
    told = {"hub-serve-1": "NaN", "hub-serve-2": "40", "hub-process-1": "42"}
    series = [{"series": f'fremgang_lag_seconds{{namespace="a",hub="hub",instance="{name}"}}', "values": f"{value} {value} NaN"}
              for name, value in told.items()]  # fmt: skip
    others = [{"series": f"fremgang_lag_seconds{{{labels}}}", "values": "90 90 90"} for labels in (
        'namespace="b",hub="hub"', 'namespace="a",hub="other"')]  # fmt: skip
    asked = rule["metricsQuery"].replace("<<.Series>>", "fremgang_lag_seconds").replace("<<.LabelMatchers>>", 'namespace="a",hub="hub"')
    assert "<<" not in asked
    tests = [{"interval": "1m", "input_series": [*series, *others], "promql_expr_test": [
        {"expr": asked, "eval_time": "1m", "exp_samples": [{"labels": '{hub="hub"}', "value": 42}]},
        {"expr": asked, "eval_time": "2m", "exp_samples": []},
    ]}]  # fmt: skip
    (tmp_path / "test.yml").write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": tests}))
    assert "SUCCESS" in promtool("test", "rules", str(tmp_path / "test.yml"))
