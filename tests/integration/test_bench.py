"""`make bench` runs from end to end, on a small town for a moment: what it measures there is no figure, but each aim is measured."""

import os
import subprocess
import sys

from harness import ROOT

AIMS = ("End to end", "Arrival to view", "Class view", "Resident memory", "Intake")


def test_every_aim_is_measured_and_said_to_be_met_or_not() -> None:
    done = subprocess.run(
        [sys.executable, "tests/bench", "--classes", "4", "--days", "1", "--seconds", "3"], cwd=ROOT, text=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": "tests"}, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ") and not line.startswith("| what")]
    assert len(rows) >= len(AIMS)
    assert all(any(aim in row for row in rows) for aim in AIMS)
    assert all(("| met |" in row) != ("| **unmet** |" in row) for row in rows)
