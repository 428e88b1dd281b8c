"""The README as something to test: its blocks, its tables, its links, and a folder in which its commands can be run."""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def make_targets() -> list[list[str]]:
    """The words after `make` of the commands in blocks."""
    return [line.split()[1:] for block in blocks("sh") for line in block.splitlines() if line.startswith("make ")]


def script() -> list[str]:
    """The blocks that are not of make alone."""
    return [block for block in blocks("sh") if not all(line.startswith("make ") for line in block.splitlines())]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first heading this is."""
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert table, f"the README has no table of {heading}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]


def links() -> list[str]:
    """Targets within the repository."""
    return [target for target in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in target]


def paths() -> list[str]:
    """Files and folders named in backquotes."""
    return re.findall(r"`((?:connectors|contracts|services|streams|tests|deploy)/[\w./*-]+)`", TEXT)


def workplace(folder: Path) -> Path:
    """What of the repository the commands need, and the tools as `make setup` leaves them."""
    for name in ("deploy", "connectors", "contracts", "streams", "services", "tests"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (folder / ".tools").symlink_to(ROOT / ".tools")
    (folder / ".venv" / ".ready").touch()
    return folder
