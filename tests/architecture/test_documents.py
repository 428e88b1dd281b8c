"""The README, the example settings and the build's script say what is so."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import readme
from tree import ROOT

from contracts import kinds as k
from services.settings import PREFIX, Settings

pytestmark = pytest.mark.quick

FIELDS = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}
EXAMPLE = (ROOT / "deploy" / "env.example").read_text("utf-8")


def default(name: str) -> str:
    value = FIELDS[name].default
    return "" if value is None else str(value)


def test_the_settings_table_is_that_of_the_hub() -> None:
    told = {cells[0].strip("`"): (cells[1].strip("`"), cells[2]) for cells in readme.rows("setting")}
    assert told == {name: (default(name), field.description) for name, field in FIELDS.items()}


def test_every_setting_that_is_named_exists() -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", readme.TEXT + EXAMPLE + (ROOT / "Makefile").read_text("utf-8")))
    assert named <= set(FIELDS)


def test_the_example_has_every_setting_commented_with_its_default() -> None:
    told = re.findall(rf"^# (.+)\.\n#({PREFIX}\w+)=(.*)$", EXAMPLE, re.MULTILINE)
    assert {name: (words, value) for words, name, value in told} == {name: (one.description, default(name)) for name, one in FIELDS.items()}
    assert all(line.startswith("#") or not line for line in EXAMPLE.splitlines())


def test_what_the_readme_points_at_is_there() -> None:
    assert [link for link in readme.links() if not (ROOT / link).exists()] == []
    assert [path for path in readme.paths() if "NAME" not in path and not list(ROOT.glob(path.rstrip("/")))] == []
    named = set(re.findall(r"connectors/(\w+)/README\.md", readme.TEXT))
    assert len(named) > 5
    assert named <= {file.parent.name for file in (ROOT / "connectors").glob("*/__init__.py")}


def test_the_retention_table_is_that_of_the_contracts() -> None:
    told = {cells[0]: cells[1] for cells in readme.rows("what")}
    days = {what: int(found[0]) for what, kept in told.items() if (found := re.findall(r"^(\d+) days", kept))}
    assert list(days.values()) == [k.LOG_DAYS, k.MESSAGE_DAYS, k.FAILED_DAYS, k.ACTIVITY_DAYS, k.ACCESS_LOG_DAYS]
    catalogue = json.loads((ROOT / "contracts" / "schema" / "catalogue.json").read_text("utf-8"))["kinds"].values()
    assert {one["retention"]["days"] for one in catalogue if one["family"] == "activity"} == {k.ACTIVITY_DAYS}
    assert f"up to {k.GRACE_DAYS} days later" in readme.TEXT


BUILD = ROOT / ".ci" / "run"
MAKE = """#!/bin/sh
echo "make $1"
[ "$1" = lint ] && exit 0
echo "1 failed, 2 passed in 0.1s"
echo "make: *** [test] Error 1"
exit ${FAILS}
"""


def test_the_builds_script_calls_what_the_readme_names() -> None:
    script = BUILD.read_text("utf-8")
    assert "set -euo pipefail" in script
    assert re.findall(r"^make (\w+)", script, re.MULTILINE) == ["lint", "test"]


@pytest.mark.parametrize("fails", [0, 2])
def test_the_builds_script_ends_with_the_runners_closing_line_and_its_verdict(tmp_path: Path, fails: int) -> None:
    (tmp_path / "make").write_text(MAKE)
    (tmp_path / "make").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "FAILS": str(fails)}
    done = subprocess.run(["bash", str(BUILD)], env=env, capture_output=True, text=True, timeout=20, check=False)
    lines = done.stdout.splitlines()
    assert lines[:2] == ["make lint", "make test"]
    assert lines[-1] == "1 failed, 2 passed in 0.1s"
    assert done.returncode == fails
