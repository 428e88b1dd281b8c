"""`fremgang connector new` says why it makes nothing; what it makes is shown by tests/integration/test_stranger.py."""

from pathlib import Path

import pytest

from contracts.errors import Fatal
from services.operate.new_connector import FOLDER, make

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("name", ["", "x", "9tal", "Regn", "regn-mester", "regn.mester", "../regn", "class", "æble", "x" * 31])
def test_a_name_that_cannot_be_a_folder_of_python(name: str) -> None:
    with pytest.raises(Fatal, match="2 to 30 of a-z"):
        make(name)


def test_a_connector_that_is_there_stays_as_it_is() -> None:
    before = {file: file.read_bytes() for file in (FOLDER / "xapi").rglob("*.py")}
    with pytest.raises(Fatal, match="is there already"):
        make("xapi")
    assert {file: file.read_bytes() for file in (FOLDER / "xapi").rglob("*.py")} == before


def test_an_installed_hub_has_nothing_to_add_it_to(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="a copy of the repository"):
        make("regnemester", tmp_path / "connectors")
    assert not list(tmp_path.iterdir())
