"""The checker of traces is itself checked, on traces made by hand: good ones pass, each kind of bad one is caught."""

import pytest
from synctrace import check, steps

WAL, BASE = "27</data/log.db-wal>", "13</data/log.db>"
WRITE = f'10 pwrite64({WAL}, "..."..., 4096, 32) = 4096'
SYNC = f"10 fdatasync({WAL}) = 0"
ANSWER = r'11 sendto(22<socket:[7]>, "HTTP/1.1 200 OK\r\n"..., 141, 0, NULL, 0) = 141'
OTHER = f'10 pwrite64({BASE}, "..."..., 4096, 32) = 4096'

GOOD = {
    "one": [WRITE, WRITE, SYNC, ANSWER],
    "two": [WRITE, SYNC, ANSWER, WRITE, SYNC, ANSWER],
    "another file is written": [WRITE, SYNC, OTHER, ANSWER],
    "other lines": ["10 --- SIGTERM {si_signo=SIGTERM} ---", WRITE, SYNC, "12 +++ exited with 0 +++", ANSWER],
    "interrupted by others": [
        f'10 pwrite64({WAL}, "..."..., 4096, 32 <unfinished ...>',
        '11 write(5<socket:[8]>, "x", 1) = 1',
        "10 <... pwrite64 resumed>) = 4096",
        f"10 fdatasync({WAL} <unfinished ...>",
        '11 write(5<socket:[8]>, "x", 1) = 1',
        "10 <... fdatasync resumed>) = 0",
        ANSWER,
    ],
}
BAD = {
    "no sync": [WRITE, ANSWER],
    "sync of another file": [WRITE, f"10 fdatasync({BASE}) = 0", ANSWER],
    "a write after the sync": [WRITE, SYNC, WRITE, ANSWER],
    "the sync comes after": [WRITE, ANSWER, SYNC],
    "the sync failed": [WRITE, f"10 fdatasync({WAL}) = -1 EIO (Input/output error)", ANSWER],
    "nothing was written": [WRITE, SYNC, ANSWER, ANSWER],
    "the sync has not ended": [WRITE, f"10 fdatasync({WAL} <unfinished ...>", ANSWER, "10 <... fdatasync resumed>) = 0"],
    "the sync began before the write ended": [
        f'10 pwrite64({WAL}, "..."..., 4096, 32 <unfinished ...>',
        f"12 fdatasync({WAL}) = 0",
        "10 <... pwrite64 resumed>) = 4096",
        ANSWER,
    ],
}


def faults(lines: list[str]) -> tuple[int, tuple[str, ...]]:
    checked = check(steps(lines), "log.db-wal", lambda told: '"HTTP/1.1 2' in told)
    return checked.answers, checked.faults


@pytest.mark.parametrize("name", GOOD)
def test_an_answer_after_its_sync_passes(name: str) -> None:
    answers, found = faults(GOOD[name])
    assert answers > 0
    assert found == ()


@pytest.mark.parametrize("name", BAD)
def test_an_answer_without_its_sync_is_caught(name: str) -> None:
    assert len(faults(BAD[name])[1]) == 1


def test_every_answer_is_judged_on_its_own() -> None:
    assert faults([WRITE, SYNC, ANSWER, WRITE, ANSWER, WRITE, SYNC, ANSWER]) == (3, ("answer 2: answered with 1 writes not synced",))
