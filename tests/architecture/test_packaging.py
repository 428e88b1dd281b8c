"""Four generic names in one distribution: they are ours and nobody else's, and the wheel holds them and nothing more."""

import importlib
import shutil
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from subprocess import run

import pytest
from tree import PACKAGES, ROOT

pytestmark = pytest.mark.quick

DATA = (
    "contracts/schema/asyncapi.json",
    "contracts/schema/published.json",
    "connectors/xapi/samples/answered.json",
    "connectors/xapi/golden/answered.json",
    "services/migrations/store/0001_first.py",
    "services/serve/page/__init__.py",
    "services/serve/register/register.html",
)


def uv() -> str:
    """The pinned one that `make setup` brings, else one on the path."""
    own = ROOT / ".tools" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    assert found, "there is no uv: run `make setup`"
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_the_name_is_of_this_repository(name: str) -> None:
    assert Path(importlib.import_module(name).__path__[0]) == ROOT / name


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_has_the_name(name: str) -> None:
    """An editable install gives none, a wheel gives ours; a second owner would win or lose by the order of the path, in silence."""
    assert packages_distributions().get(name, ["fremgang"]) == ["fremgang"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel."""
    out = tmp_path_factory.mktemp("wheel")
    done = run([uv(), "build", "--wheel", "--out-dir", str(out), str(ROOT)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = out.glob("fremgang-*.whl")
    with zipfile.ZipFile(built) as opened:
        return {name for name in opened.namelist() if not name.endswith("/")}


def test_the_wheel_holds_every_file_of_the_four_packages_and_nothing_more(wheel: set[str]) -> None:
    held = {name for name in wheel if not name.partition("/")[0].endswith(".dist-info")}
    files = {file.relative_to(ROOT) for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()}
    assert held == {file.as_posix() for file in files if "__pycache__" not in file.parts}
    assert {name.partition("/")[0] for name in held} == set(PACKAGES)


def test_the_wheel_holds_the_data_files_and_no_tests(wheel: set[str]) -> None:
    assert set(DATA) <= wheel
    assert not [name for name in wheel if name.startswith(("tests", "deploy", "var", ".key")) or "/test_" in name]
