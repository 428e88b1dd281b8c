"""What machine the figures are of: named in every run, since a figure without its machine says nothing."""

import os
import platform
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

SYNCS: Final = 200


def described() -> str:
    """Cores, processor, memory, system and how long a sync of 4 KiB takes where the data will lie."""
    told = {line.partition(":")[0].strip(): line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()}
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    return (
        f"{len(os.sched_getaffinity(0))} cores of {told.get('model name', platform.machine())}, {memory} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; fdatasync of 4 KiB p50 {_sync_ms():.2f} ms"
    )


def _sync_ms() -> float:
    with tempfile.TemporaryFile() as file:
        return quantiles([_synced(file.fileno()) for _ in range(SYNCS)], n=2)[0] * 1000


def _synced(file: int) -> float:
    started = time.perf_counter()
    os.write(file, bytes(4096))
    os.fdatasync(file)
    return time.perf_counter() - started


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in MB (10^6 bytes)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
