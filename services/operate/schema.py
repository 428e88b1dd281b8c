"""`fremgang schema`: the generated documents as files in contracts/schema."""

import json
from pathlib import Path
from typing import Final

import contracts
from contracts.document import changed, documents, published, rendered
from contracts.errors import Fatal

FOLDER: Final = Path(contracts.__path__[0]) / "schema"
PUBLISHED: Final = "published.json"


def files(folder: Path = FOLDER) -> dict[str, str]:
    """Name -> text, as they should be. Raises `Fatal` where a published type would change its meaning."""
    before = recorded(folder)
    now = published()
    if wrong := changed(before, now):
        raise Fatal("\n".join(wrong))
    return {name: rendered(document) for name, document in {**documents(), PUBLISHED: {**before, **now}}.items()}


def recorded(folder: Path = FOLDER) -> dict[str, str]:
    """Type -> digest, of the types that are published."""
    file = folder / PUBLISHED
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def write(folder: Path = FOLDER) -> int:
    """Writes what should be there and removes what should not; answers how many files there are."""
    wanted = files(folder)
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")
    return len(wanted)


def current(folder: Path = FOLDER) -> bool:
    """Whether the files there are the ones that should be, byte for byte."""
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()} == files(folder)
