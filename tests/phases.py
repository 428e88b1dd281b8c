"""What a hub's process is at, told from outside: which of its files' locks it holds (Linux: /proc/locks)."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

WRITING, EMPTYING = 120, 121
"""Bytes of a `-shm` file that SQLite locks: by who has a writing transaction open, and by who moves the journal into the database."""


class Locks:
    def __init__(self, folder: Path, pid: int) -> None:
        self._pid = str(pid)
        self._names = {file.stat().st_ino: file.name.removesuffix(".db-shm") for file in (folder / "var").glob("*.db-shm")}

    def held(self) -> set[tuple[str, int]]:
        """(log, store or access; the byte that is locked for writing)."""
        found = set()
        for line in Path("/proc/locks").read_text().splitlines():
            told = line.split()
            if "->" not in told and told[3] == "WRITE" and told[4] == self._pid:
                name = self._names.get(int(told[5].rpartition(":")[2]))
                first, last = int(told[6]), int(told[7]) if told[7] != "EOF" else 1 << 62
                found |= {(name, byte) for byte in (WRITING, EMPTYING) if name and first <= byte <= last}
        return found


def wait_for(true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
    return False


def kill(pid: int, locks: Locks) -> str:
    """kill -9, the process standing still just before, so that what it was at is told as it was."""
    os.kill(pid, signal.SIGSTOP)
    held = locks.held()
    os.kill(pid, signal.SIGKILL)
    emptied = sorted(name for name, byte in held if byte == EMPTYING)
    written = sorted(name for name, byte in held if byte == WRITING)
    if emptied:
        return f"deletion: emptying the journal of {'+'.join(emptied)}"
    if written:
        return f"a transaction of {'+'.join(written)}"
    return "between transactions"
