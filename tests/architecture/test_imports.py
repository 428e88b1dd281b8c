"""The import contracts hold, and each of them sees a violation."""

import re
import shutil
import sys
from pathlib import Path
from subprocess import run

import pytest
from tree import PACKAGES, ROOT

pytestmark = pytest.mark.quick

LINT = Path(sys.executable).parent / "lint-imports"


def linted(folder: Path) -> tuple[int, str]:
    done = run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_the_import_contracts_hold() -> None:
    code, told = linted(ROOT)
    assert code == 0, told
    assert " 0 broken" in told


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("contracts/dates.py", "import streams.window", "One direction"),
        ("streams/wilson.py", "import connectors.xapi", "One direction"),
        ("streams/wilson.py", "import sqlite3", "The pure rings do no I/O"),
        ("contracts/seal.py", "import time", "The pure rings do no I/O"),
        ("connectors/xapi/__init__.py", "import connectors.attendance_csv", "Connectors do not know each other"),
        ("streams/indicators/attendance.py", "import streams.indicators.items_answered", "Indicators do not know each other"),
        ("streams/groups/class_attendance.py", "import streams.indicators.attendance", "Indicators do not know each other"),
        ("services/serve/routes.py", "import services.ingest.intake", "The loops do not know each other"),
    ],
)
def test_a_planted_violation_is_seen(tmp_path: Path, file: str, line: str, broken: str) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.json", "*.db"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / file
    planted.write_text(planted.read_text("utf-8") + f"\n{line}\n", "utf-8")
    code, told = linted(tmp_path)
    assert code == 1, told
    assert re.search(rf"{broken}((?!KEPT).)*BROKEN", told), told
