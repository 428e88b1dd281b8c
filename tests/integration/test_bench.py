"""`make bench` runs from end to end, on a small town for a moment: what it measures there is no figure, but each aim is measured."""

import os
import subprocess
import sys

import pytest
from harness import ROOT

AIMS = {
    "embedded": (
        "End to end", "Arrival to view", "Class view", "Resident memory", "Intake", "Re-measuring", "Fold and measure",
        "A pupil's school day",
    ),
    "deployed": ("End to end", "Arrival to view", "Catching up", "Records that wait", "Resident memory of `process`"),
}  # fmt: skip
SMALL = ("--classes", "4", "--days", "1", "--weeks", "0", "--seconds", "3", "--steadily", "3")


@pytest.mark.parametrize("kind", AIMS)
def test_every_aim_is_measured_and_said_to_be_met_or_not(kind: str) -> None:
    command = [sys.executable, "tests/bench", "--only", kind, *SMALL]
    environment = {**os.environ, "PYTHONPATH": "tests"}
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, env=environment, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ") and not line.startswith("| what")]
    assert len(rows) >= len(AIMS[kind])
    assert all(any(aim in row for row in rows) for aim in AIMS[kind])
    assert all(("| met |" in row) != ("| **unmet** |" in row) for row in rows)
