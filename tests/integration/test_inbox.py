"""The watched folder: one file that the hub may not read, delete or answer stops no other; a supplier may be registered afterwards."""

import os
from pathlib import Path

from harness import Hub, running, until

ROWS = b"unilogin;dato;start\nanna1a2b;24-11-2026;S\n"


def lay(hub: Hub, supplier: str, name: str, body: bytes = ROWS) -> Path:
    file = hub.folder / "var" / "inbox" / supplier / "attendance_csv" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return file


def problem(file: Path) -> Path:
    return file.with_name(file.name + ".problem.json")


def blocked(file: Path) -> None:
    """A folder where the answer should be: it can neither be written nor deleted, not even by root."""
    problem(file).mkdir()
    os.utime(problem(file), (0, 0))


def test_files_that_the_machine_keeps_from_the_hub_stop_no_other(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        hub.supplier("skole", "attendance_csv")
        unreadable = lay(hub, "skole", ".a.csv").with_name("a.csv")
        unreadable.symlink_to("/proc/self/mem")
        blocked(lay(hub, "skole", "b.csv", b"nonsense"))
        good = lay(hub, "skole", "c.csv")
        until(lambda: not good.exists())
        blocked(lay(hub, "skole", "d.csv"))
        later = lay(hub, "skole", "e.csv")
        until(lambda: not later.exists())
        assert unreadable.is_symlink()
        assert hub.log().count('"skole/attendance_csv"') >= 2
        assert "a.csv" not in hub.log()
    with running(tmp_path) as hub:
        again = lay(hub, "skole", "f.csv")
        until(lambda: not again.exists())


def test_a_file_is_taken_once_its_supplier_is_registered(tmp_path: Path) -> None:
    with running(tmp_path) as hub:
        file = lay(hub, "skole", "a.csv")
        until(problem(file).exists)
        hub.supplier("skole", "attendance_csv")
        until(lambda: not file.exists())
        until(lambda: not problem(file).exists())
        assert hub.ledger(hub.token("--controller"))["published"] == 1


def test_a_file_that_is_too_large_is_counted(tmp_path: Path) -> None:
    with running(tmp_path, max_file_bytes="1000") as hub:
        hub.supplier("skole", "attendance_csv")
        file = lay(hub, "skole", "a.csv", ROWS * 100)
        until(problem(file).exists)
        assert "body_too_large" in problem(file).read_text()
        assert hub.ledger(hub.token("--controller"))["refused"] == 1
