"""`fremgang connector new`: a folder in connectors/ that the kit passes and the hub serves as it is, to be edited from there."""

import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import connectors
from contracts.errors import Fatal

FOLDER: Final = Path(connectors.__path__[0])
TEMPLATE: Final = Path(__file__).with_name("connector_template")
GOLDEN: Final = Path("tests", "contract", "golden.py")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,29}")


def make(name: str, folder: Path = FOLDER) -> Path:
    """The new folder. Raises `Fatal` where the name cannot be one, is taken, or this is no copy of the repository."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise Fatal("a connector's name is 2 to 30 of a-z, 0-9 and _, and begins with a letter")
    made = folder / name
    if made.exists():
        raise Fatal(f"connectors/{name} is there already")
    if not (folder.parent / GOLDEN).is_file():
        raise Fatal("connectors are added to a copy of the repository, and this is an installed hub")
    for file in sorted(TEMPLATE.rglob("*.txt")):
        target = made / file.relative_to(TEMPLATE).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text("utf-8").replace("NAME", name), "utf-8")
    _write_golden(name, folder.parent)
    return made


def _write_golden(name: str, root: Path) -> None:
    """What becomes of the sample, as the kit's own command writes it."""
    command = [sys.executable, str(root / GOLDEN), "--write", name]
    done = subprocess.run(  # noqa: S603 - this Python, and a file of this repository
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Fatal(f"its golden answer could not be written:\n{done.stderr}")
