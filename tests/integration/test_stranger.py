"""A stranger adds a connector, an indicator and a view to a copy of the repository, by the README's words and by nothing else.

Each is one folder or file (and its test); the house's own checks pass with them; a hub of the copy serves them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import readme
from harness import FREMGANG, Hub
from rosters import Person, SchoolClass, package

BIN = Path(sys.executable).parent
NAME = "regnemester"
STRANGER = readme.ROOT / "tests" / "stranger"
LEFT = ("git", "-c", "user.name=A stranger", "-c", "user.email=stranger@example.dk")
CONNECTOR, INDICATOR = f"?? connectors/{NAME}/", ["?? streams/indicators/different_items.py", "?? tests/indicators/different_items.json"]
VIEW = "?? services/serve/views/size.py"
VERSION = [
    " M streams/indicators/items_answered.py", "?? streams/indicators/items_answered_v2.py", "?? tests/indicators/items_answered_v2.json",
]  # fmt: skip


class Copy:
    """The repository as it stands in the working tree, under git, with nothing left over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "PYTHONPATH": str(folder), "PATH": f"{BIN}:{os.environ['PATH']}"}
        self.env = {name: value for name, value in self.env.items() if not name.startswith("FREMGANG_")}

    def run(self, *command: str, seconds: float = 240) -> str:
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=seconds, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def left(self, *but: str) -> list[str]:
        """What `git status` names, but for what else was added here: the tests come in any order."""
        return [line for line in self.status() if line not in but]

    def pytest(self, *words: str) -> str:
        return self.run("pytest", "-q", "-p", "no:randomly", *words)

    def status(self) -> list[str]:
        return self.run("git", "status", "--porcelain").splitlines()

    def command(self, having: str) -> list[str]:
        """A command that the README names, of this name, with the stranger's NAME."""
        (found,) = {" ".join(words.split()) for words in re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", readme.TEXT) if having in words}
        return found.replace("NAME", NAME).replace(".venv/bin/", f"{BIN}/").split()

    def edit(self, path: str, *changes: tuple[str, str]) -> None:
        file = self.folder / path
        text = file.read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{path}: {old}"
            text = text.replace(old, new)
        file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("stranger") / "fremgang"
    left_out = shutil.ignore_patterns(".git", ".venv", ".tools", "var", ".key", "__pycache__", ".*_cache", ".hypothesis", "dist")
    shutil.copytree(readme.ROOT, folder, ignore=left_out)
    made = Copy(folder)
    made.run(*LEFT, "init", "-q")
    made.run(*LEFT, "add", "-A")
    made.run(*LEFT, "commit", "-qm", "As it was")
    assert made.status() == []
    return made


@pytest.fixture(scope="module")
def with_connector(copy: Copy) -> Copy:
    copy.run(*copy.command("fremgang connector new"))
    return copy


@pytest.fixture(scope="module")
def with_indicator(with_connector: Copy) -> Copy:
    copy = with_connector
    shutil.copy(STRANGER / "different_items.py", copy.folder / "streams" / "indicators")
    beside = copy.folder / "tests" / "indicators"
    shutil.copy(STRANGER / "different_items.json", beside)
    copy.run(*copy.command("indicator_examples.py --write"))
    return copy


@pytest.fixture(scope="module")
def with_version(with_indicator: Copy) -> Copy:
    """Another meaning of an indicator that there is, beside it."""
    copy = with_indicator
    shutil.copy(STRANGER / "items_answered_v2.py", copy.folder / "streams" / "indicators")
    shutil.copy(STRANGER / "items_answered_v2.json", copy.folder / "tests" / "indicators")
    copy.edit("streams/indicators/items_answered.py", ("    version=1,\n", "    version=1,\n    until=date(2100, 7, 31),\n"))
    copy.run(*copy.command("indicator_examples.py --write"))
    return copy


@pytest.fixture(scope="module")
def with_view(with_version: Copy) -> Copy:
    (view,) = readme.blocks("python")
    (with_version.folder / view.partition("\n")[0].removeprefix("# ")).write_text(view)
    return with_version


def test_a_connector_is_one_folder_that_passes_at_once_and_when_it_was_changed(with_connector: Copy) -> None:
    copy = with_connector
    assert copy.left(*INDICATOR, *VERSION, VIEW) == [CONNECTOR]
    kit = ("tests/contract/test_connector_kit.py", "-k", NAME)
    copy.pytest(*kit)
    copy.run("ruff", "format", "--check", ".")
    copy.edit(
        f"connectors/{NAME}/translate.py",
        ('"subject_code": registration.subject_code', '"subject_code": row["fag"] or registration.subject_code'),
    )
    copy.edit(
        f"connectors/{NAME}/__init__.py", ('"opgave": "which item",', '"opgave": "which item",\n        "fag": "the school subject",')
    )
    copy.edit(f"connectors/{NAME}/README.md", ("| `opgave` | which item |", "| `opgave` | which item |\n| `fag` | `MAT`, optional |"))
    copy.edit(f"connectors/{NAME}/samples/answers.csv", ("opgave;rigtig\n", "opgave;rigtig;fag\n"), ("17;ja\n", "17;ja;DAN\n"))
    copy.edit(f"connectors/{NAME}/samples/answers.csv", ("17;nej\n", "17;nej;\n"), ("18;\n", "18;;\n"), ("19;ja\n", "19;ja;\n"))
    copy.run(*copy.command("golden.py --write"))
    told = json.loads((copy.folder / "connectors" / NAME / "golden" / "answers.json").read_text("utf-8"))
    assert [item["outcome"] for item in told["items"]] == ["published", "published", "published", "failed"]
    assert [item["envelopes"][0]["data"]["subject_code"] for item in told["items"][:3]] == ["DAN", "MAT", "MAT"]
    copy.pytest(*kit)
    assert copy.left(*INDICATOR, *VERSION, VIEW) == [CONNECTOR]


def test_an_indicator_is_one_file_and_its_test(with_indicator: Copy) -> None:
    copy = with_indicator
    assert copy.left(CONNECTOR, *VERSION, VIEW) == INDICATOR
    copy.pytest(
        "tests/contract/test_indicator_kit.py", "tests/contract/test_indicator_mutants.py", "-k", "different_items or every or names"
    )
    copy.pytest("tests/contract/test_oracle_agrees.py", "-k", "cells or says_so")
    copy.edit("streams/indicators/different_items.py", ("n, today = len(given.whole)", "n, today = 2 * len(given.whole)"))
    with pytest.raises(AssertionError, match="reads differently"):
        copy.run(*copy.command("indicator_examples.py --write"))
    copy.edit("streams/indicators/different_items.py", ("2 * len(given.whole)", "len(given.whole)"))


def test_a_changed_meaning_is_a_file_beside_the_old_one(with_version: Copy) -> None:
    copy = with_version
    assert copy.left(CONNECTOR, *INDICATOR, VIEW) == VERSION
    copy.pytest(
        "tests/contract/test_indicator_kit.py", "tests/contract/test_indicator_mutants.py", "-k", "items_answered or every or names"
    )
    copy.pytest("tests/contract/test_oracle_agrees.py", "-k", "says_so or first_try")


def test_a_view_is_one_file(with_view: Copy) -> None:
    assert with_view.left(CONNECTOR, *INDICATOR, *VERSION) == [VIEW]


def test_the_house_holds_with_all_three(with_view: Copy) -> None:
    """As `make check`, but of the tests those of the house and the kits alone."""
    copy = with_view
    copy.run("ruff", "format", "--check", ".")
    copy.run("ruff", "check", ".")
    copy.run("mypy")
    copy.run("lint-imports", "--no-cache")
    copy.run("fremgang", "schema", "--check")
    architecture = [f"tests/architecture/test_{name}.py" for name in ("documents", "tree", "privacy_static", "oracle_independent")]
    copy.pytest(*architecture, "tests/unit/test_sheet.py")
    assert sorted(copy.status()) == sorted([CONNECTOR, *INDICATOR, *VERSION, VIEW])


@pytest.fixture
def hub(with_view: Copy, tmp_path: Path) -> Iterator[Hub]:
    started = Hub(tmp_path)
    started.env["PYTHONPATH"] = str(with_view.folder)
    try:
        yield started.start()
    finally:
        started.stop()
        started.http.close()


def test_a_hub_of_the_copy_serves_all_three(hub: Hub) -> None:
    assert FREMGANG.parent == BIN
    school, sender = hub.supplier("skole", "oneroster_csv"), hub.supplier(NAME, NAME, subject="MAT")
    people = [Person("t1", "teacher", "lone0001"), Person("e1", "student", "anna1234"), Person("e2", "student", "bodi5678")]
    body = package("101001", [SchoolClass("c5a", "5.A", 5, people)])
    assert hub.file(school, "oneroster_csv", body, as_of="2026-08-10T08:00:00+02:00").status_code == 200
    now = datetime.now(UTC)
    rows = [f"anna1234;{(now - timedelta(minutes=k)).isoformat()};{item};ja" for k, item in enumerate(("17", "17", "18"))]
    answer = hub.file(
        sender, NAME, "\n".join(["unilogin;tid;opgave;rigtig", *rows, "anna1234;i går;19;ja", ""]).encode(), as_of=now.isoformat()
    )
    assert (answer.status_code, answer.json()["published"], answer.json()["failed"]) == (200, 3, 1)
    hub.ledger(hub.token("--controller"))
    assert "different-items" in {one["indicator"] for one in hub.get("/v1/indicators", {})["indicators"]}
    assert "Antallet af forskellige opgaver med en besvarelse i perioden." in hub.http.get("/register").text
    lone = hub.token("--teacher", "unilogin:lone0001")
    (group,) = hub.get("/v1/groups", lone)["groups"]
    view = hub.get(f"/v1/groups/{group['id']}/indicators", lone, indicator="different-items")
    assert sorted(str(one["value"]) for pupil in view["readings"] for one in pupil["indicators"]) == ["2.0", "None"]
    assert hub.get(f"/v1/groups/{group['id']}/size", lone) == {"pupils": 2}
    versions = hub.get(f"/v1/groups/{group['id']}/indicators", lone, indicator=["items-answered@1", "items-answered@2"])
    assert sorted({one["version"] for pupil in versions["readings"] for one in pupil["indicators"]}) == [1, 2]
