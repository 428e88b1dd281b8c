"""A backup's manifest: what is not whole, not of this hub's form or not in agreement with itself is no backup."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import Fatal
from services.operate import manifest as m

pytestmark = pytest.mark.quick

MADE = m.Manifest(
    m.FORM, "0.1.0", "2026-11-24T12:00:00.000000Z", "k_check", folded=7, log_end=9, change=5,
    files={name: m.Kept("schema_0001", 3, "ab") for name in m.FILES},
)  # fmt: skip


def written(**changed: Any) -> bytes:
    return json.dumps({**json.loads(m.encode(MADE)), **changed}).encode()


def test_what_was_written_is_read() -> None:
    assert m.decode(m.encode(MADE)) == MADE
    assert m.encode(m.decode(m.encode(MADE))) == m.encode(MADE)
    assert MADE.size == 9


def test_the_log_is_copied_after_the_store() -> None:
    assert list(m.FILES).index("store") < list(m.FILES).index("log")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"[]", "cannot be read"),
        (m.encode(MADE)[:-20], "cannot be read"),
        (written(made="yesterday"), "cannot be read"),
        (written(folded="7"), "cannot be read"),
        (written(more=1), "cannot be read"),
        (written(form=m.FORM + 1, more=1), f"form {m.FORM + 1}, and this version of Fremgang reads up to {m.FORM}"),
        (written(folded=10), "does not agree with itself"),
        (written(folded=-1), "does not agree with itself"),
        (written(files={}), "does not agree with itself"),
    ],
)
def test_what_is_no_manifest_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Fatal, match=said):
        m.decode(content)


def test_a_folder_is_a_backup_with_its_manifest_and_all_files_only(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="is no folder"):
        m.read(tmp_path / "none")
    for name in m.FILES.values():
        (tmp_path / name).write_bytes(b"abc")
    with pytest.raises(Fatal, match="one that was not finished"):
        m.read(tmp_path)
    (tmp_path / m.NAME).write_bytes(m.encode(MADE))
    assert m.read(tmp_path) == MADE
    (tmp_path / "log.db").write_bytes(b"ab")
    with pytest.raises(Fatal, match=r"log\.db is not there, or not as long"):
        m.read(tmp_path)
    (tmp_path / "log.db").unlink()
    with pytest.raises(Fatal, match=r"log\.db is not there"):
        m.read(tmp_path)
