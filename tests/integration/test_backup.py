"""`fremgang backup` while intake and fold go on, and `fremgang restore`: the hub that comes back tells what the one that never stopped
tells; whatever is cut off is recognised, and leaves the data as they were."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from typing import Any

import httpx
import pytest
from harness import FREMGANG, Hub, until
from load import PUPILS, Answers, Registers, Sender, Story
from rosters import Person, SchoolClass, package
from sending import SCHEME, statement
from stored import Seal, rows

from contracts.dates import DAY, instant

SCHOOL = "101001"
NOW = "2026-11-24T12:00:00+01:00"
LATER = "2026-12-04T12:00:00+01:00@0"
TEACHER = Person("t1", "teacher", "lone0001")
ITEMS = 600
"""Acknowledged before the backup, and again after it."""
SHEETS = "SELECT subject, institution, family, period, facts, summaries FROM sheets ORDER BY 1, 2, 3, 4"


def hub_of(folder: Path, clock: str = f"{NOW}@0") -> Hub:
    return Hub(folder, clock=clock)


def begun(folder: Path) -> tuple[Hub, tuple[str, str]]:
    """A hub that runs, with a class of the load's pupils, and a supplier."""
    folder.mkdir(exist_ok=True)
    hub = hub_of(folder).start()
    school = hub.supplier("skole", "oneroster_csv")
    people = [TEACHER, *(Person(f"e-{name}", "student", name) for name in PUPILS)]
    told = package(SCHOOL, [SchoolClass("5a", "5.A", 5, people)])
    assert hub.file(school, "oneroster_csv", told, as_of="2026-11-01T08:00:00+01:00").status_code == 200
    return hub, hub.supplier("load", "xapi", "attendance_csv", subject="MAT", identity=SCHEME)


def ended(hub: Hub) -> None:
    hub.stop()


def padded(folder: Path, megabytes: int) -> None:
    """As large as a hub's data are after a while, so that copying takes its time."""
    for name in ("store.db", "log.db"):
        with closing(sqlite3.connect(folder / "var" / name)) as connection:
            connection.execute("CREATE TABLE padding (bytes BLOB)")
            connection.executemany("INSERT INTO padding VALUES (randomblob(1000000))", [()] * megabytes)
            connection.commit()


def send(hub: Hub, credential: tuple[str, str], count: int = 30) -> None:
    now = instant(hub.http.get("/health/ready").json()["now"])
    assert hub.statements(credential, [statement(PUPILS[n % 30], now) for n in range(count)]).status_code == 200


def readings(hub: Hub) -> Any:
    hub.ledger(hub.token("--controller"))
    teacher = hub.token("--teacher", "unilogin:lone0001")
    (group,) = hub.get("/v1/groups", teacher)["groups"]
    return hub.get(f"/v1/groups/{group['id']}/indicators", teacher)["readings"]


def cells(told: Any) -> tuple[int, int]:
    """How many there are, and how many are not null."""
    values = [one["value"] for pupil in told for one in pupil["indicators"]]
    return len(values), sum(value is not None for value in values)


def content(folder: Path) -> dict[str, bytes]:
    """The data as they lie there."""
    return {file.name: file.read_bytes() for file in (folder / "var").glob("*.db")}


def loaded(hub: Hub, credential: tuple[str, str], stories: Sequence[Story], backup: str) -> str:
    """The backup is made while the senders send; answers what it printed."""
    now = instant(hub.http.get("/health/ready").json()["now"])
    senders = [Sender(story, hub.url, credential, lambda: now) for story in stories]

    def acknowledged() -> int:
        return sum(batch.items * batch.answers for story in stories for batch in story.batches)

    for sender in senders:
        sender.start()
    until(lambda: acknowledged() >= ITEMS, 60)
    before = acknowledged()
    told = hub.cli("backup", backup)
    after = acknowledged()
    until(lambda: acknowledged() >= after + ITEMS, 60)
    for sender in senders:
        sender.stop()
    for sender in senders:
        sender.join(60)
        assert sender.wrong == []
    print(f"{before} items acknowledged before the backup, {after - before} while it was made, {acknowledged() - after} after it")
    return told


def test_a_backup_under_load_and_the_rest_of_the_log_give_equal_readings(tmp_path: Path) -> None:
    first, backup = tmp_path / "first", str(tmp_path / "backup")
    hub, credential = begun(first)
    ended(hub)
    padded(first, 40)
    hub.start()
    stories: list[Story] = [Answers(1), Answers(2), Registers(3)]
    said = loaded(hub, credential, stories, backup)
    print(said)
    appends, longest = map(int, re.findall(r"longest of (\d+) appends meanwhile took (\d+) ms", said)[0])
    assert appends > 0
    assert longest < 5_000
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert 0 < manifest["folded"] <= manifest["log_end"]
    told = readings(hub)
    ended(hub)
    sheets = rows(first, "store.db", SHEETS)

    kept = tmp_path / "kept"
    shutil.copytree(first, kept)
    for file in (kept / "var").glob("store.db*"):
        file.unlink()
    again = hub_of(kept)
    print(again.cli("restore", backup, "--keep-log"))
    same(again.start(), told, sheets, "the store from the backup, the log that was kept")

    lost = tmp_path / "lost"
    lost.mkdir()
    shutil.copytree(first / ".key", lost / ".key")
    anew = hub_of(lost)
    print(anew.cli("restore", backup))
    anew.start()
    assert rows(lost, "store.db", SHEETS) != sheets
    with httpx.Client(base_url=anew.url, auth=credential, timeout=60) as http:
        assert {batch.send(http).status_code for story in stories for batch in story.batches if batch.answers} == {200}
    same(anew, told, sheets, "all from the backup, everything sent again")


def same(hub: Hub, told: Any, sheets: list[Any], what: str) -> None:
    found = readings(hub)
    ended(hub)
    count, values = cells(found)
    print(
        f"{what}: {count} cells compared, {values} not null; {len(sheets)} sheets, {sum(len(row[4]) + len(row[5]) for row in sheets)} bytes"
    )
    assert found == told
    assert values >= 30
    assert rows(hub.folder, "store.db", SHEETS) == sheets


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Hub, tuple[str, str]]:
    """A hub that runs and has folded something."""
    hub, credential = begun(tmp_path / "hub")
    send(hub, credential)
    readings(hub)
    return hub, credential


def test_the_backup_is_readable_by_its_owner_alone_and_holds_no_key(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, backup = filled[0], tmp_path / "backup"
    written = (hub.folder / ".key" / "hub.key").read_text()
    assert "the key is not kept with the data" in hub.cli("backup", str(backup), f"--key-to={backup / 'hub.key'}", fails=True)
    assert not backup.exists()
    assert "The key is not in it" in hub.cli("backup", str(backup))
    assert backup.stat().st_mode & 0o077 == 0
    assert {file.name for file in backup.iterdir()} == {"store.db", "log.db", "access.db", "manifest.json"}
    for file in backup.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert written.strip().encode() not in file.read_bytes()
    assert "holds a backup; give another folder" in hub.cli("backup", str(backup), fails=True)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("mine")
    assert "is not empty" in hub.cli("backup", str(tmp_path / "used"), fails=True)
    assert (tmp_path / "used" / "letter.txt").read_text() == "mine"
    key = tmp_path / "safe" / "copy.key"
    hub.cli("backup", str(tmp_path / "another"), f"--key-to={key}")
    assert key.read_text() == written
    assert key.stat().st_mode & 0o077 == 0
    ended(hub)


def test_a_backup_is_made_where_no_hub_runs(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, _ = filled
    ended(hub)
    said = hub.cli("backup", str(tmp_path / "backup"))
    assert "no append came" in said
    (hub.folder / "var").rename(tmp_path / "gone")
    hub.cli("restore", str(tmp_path / "backup"))
    with closing(sqlite3.connect(hub.folder / "var" / "store.db")) as connection:
        assert connection.execute("SELECT count(*) FROM sheets").fetchone()[0] > 30


def changed(backup: Path, **members: Any) -> None:
    file = backup / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **members}))


def test_what_cannot_be_restored_is_refused_and_the_data_stay(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    backup = tmp_path / "backup"
    hub.cli("backup", str(backup))
    assert "a hub runs on these data; stop it first" in hub.cli("restore", str(backup), "--force", fails=True)
    send(hub, credential)
    readings(hub)
    ended(hub)
    before = content(hub.folder)

    def refuses(*words: str) -> str:
        said = hub.cli("restore", *words, "--force", fails=True)
        assert content(hub.folder) == before
        assert "Traceback" not in said
        return said

    assert "--force moves aside" in hub.cli("restore", str(backup), fails=True)
    assert content(hub.folder) == before
    other = Path(shutil.copytree(backup, tmp_path / "other"))
    with (other / "store.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"!")
    assert "is not what was backed up (its SHA-256 differs)" in refuses(str(other))
    shutil.copy(backup / "store.db", other)
    files = json.loads((backup / "manifest.json").read_text())["files"]
    changed(other, version="9.0", files={**files, "log": {**files["log"], "schema": "log_9999"}})
    assert "its log has schema log_9999, which this version does not know" in refuses(str(other))
    changed(other, form=99)
    assert "form 99" in refuses(str(other))
    (other / "manifest.json").unlink()
    assert "one that was not finished" in refuses(str(other))
    key = hub.folder / ".key" / "hub.key"
    written = key.read_text()
    key.write_text("A" * 43 + "=")
    assert "this is not the key that the backup was made under" in refuses(str(backup))
    key.unlink()
    assert "no key in FREMGANG_KEY_FILE" in refuses(str(backup))
    key.write_text(written)
    said = hub.cli("restore", str(backup), "--force")
    assert "Moved aside: store.db.before-" in said
    aside = {file.name.partition(".before-")[0]: file.read_bytes() for file in (hub.folder / "var").glob("*.before-*")}
    assert aside == {name: before[name] for name in ("store.db", "log.db")}


def test_a_log_that_is_not_the_backups_or_lacks_records_is_not_kept(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    hub.cli("backup", str(tmp_path / "old"))
    send(hub, credential)
    hub.ledger(hub.token("--controller"))
    hub.cli("backup", str(tmp_path / "backup"))
    ended(hub)
    log = hub.folder / "var" / "log.db"
    kept = log.read_bytes()
    shutil.copy(tmp_path / "old" / "log.db", log)
    assert "is not the log that the backup is of" in hub.cli("restore", str(tmp_path / "backup"), "--force", "--keep-log", fails=True)
    log.write_bytes(kept)
    with closing(sqlite3.connect(log)) as connection:
        connection.execute("DELETE FROM records WHERE position < (SELECT max(position) FROM records)")
        connection.commit()
    said = hub.cli("restore", str(tmp_path / "old"), "--force", "--keep-log", fails=True)
    assert re.search(r"has deleted \d+ records that the backup's store has not counted", said)
    log.write_bytes(kept)
    hub.cli("restore", str(tmp_path / "old"), "--force", "--keep-log")
    assert log.read_bytes() != (tmp_path / "old" / "log.db").read_bytes()
    assert rows(hub.folder, "store.db", "SELECT position FROM positions") == rows(hub.folder, "log.db", "SELECT max(position) FROM records")


def test_who_was_erased_after_the_backup_stays_erased(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, _ = filled
    mark = Seal(hub.folder).identity("unilogin", PUPILS[0])
    hub.cli("backup", str(tmp_path / "backup"))
    cursor = rows(hub.folder, "store.db", "SELECT number FROM changes")[0][0]
    hub.cli("erase", f"--identity=unilogin:{PUPILS[0]}")
    told = readings(hub)
    ended(hub)
    assert mark.encode() in (tmp_path / "backup" / "store.db").read_bytes()
    hub.cli("restore", str(tmp_path / "backup"), "--force")
    assert not rows(hub.folder, "store.db", "SELECT 1 FROM sheets WHERE subject = ?", mark)
    assert rows(hub.folder, "store.db", "SELECT until FROM erased WHERE subject = ?", mark) == [("2027-10-31",)]
    assert rows(hub.folder, "store.db", "SELECT number FROM changes")[0][0] > cursor + 1000
    hub.start()
    assert readings(hub) == told
    ended(hub)


def test_what_is_over_its_time_is_deleted_before_a_restored_hub_serves(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    now = instant(hub.http.get("/health/ready").json()["now"])
    assert hub.statements(credential, [statement(PUPILS[0], now + 30 * DAY)]).status_code == 200
    readings(hub)
    hub.cli("backup", str(tmp_path / "backup"))
    ended(hub)
    shutil.rmtree(hub.folder / "var")
    hub.env["FREMGANG_CLOCK"] = LATER.replace("12-04", "12-10")
    hub.cli("restore", str(tmp_path / "backup"))
    assert rows(hub.folder, "log.db", "SELECT count(*) FROM records") == [(0,)]
    assert rows(hub.folder, "store.db", "SELECT count(*) FROM failed") == [(0,)]
    with closing(sqlite3.connect(tmp_path / "backup" / "log.db")) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone()[0] > 30
    hub.start()
    hub.tokens.clear()
    assert len(readings(hub)) == len(PUPILS)
    ended(hub)


def command(hub: Hub, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([str(FREMGANG), *words], cwd=hub.folder, env=hub.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("who", ["hub", "command"])
def test_a_kill_in_the_middle_of_a_backup_leaves_the_data_and_nothing_that_looks_whole(
    filled: tuple[Hub, Any], tmp_path: Path, who: str
) -> None:
    hub, _ = filled
    told, backup = readings(hub), tmp_path / "backup"
    ended(hub)
    padded(hub.folder, 150)
    hub.start()
    making = command(hub, "backup", str(backup))
    until((backup / "store.db.part").exists, every=0.001)
    assert not (backup / "manifest.json").exists()
    if who == "hub":
        hub.kill()
        assert making.wait(30) == 1
        assert "one that was not finished" in hub.cli("restore", str(backup), "--force", fails=True)
        assert "is not empty and holds no finished backup" in hub.cli("backup", str(backup), fails=True)
        hub.start()
    else:
        making.send_signal(signal.SIGKILL)
        making.wait(30)
        until(lambda: not backup.exists())
    assert readings(hub) == told
    assert "MB; log to" in hub.cli("backup", str(tmp_path / "next"))
    ended(hub)


def test_a_disk_that_is_full_is_said_and_no_half_backup_stays(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    ended(hub)
    padded(hub.folder, 5)
    hub.start()
    assert hub.process is not None
    prlimit(hub.process.pid, RLIMIT_FSIZE, (2_000_000, RLIM_INFINITY))
    said = hub.cli("backup", str(tmp_path / "backup"), fails=True)
    prlimit(hub.process.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
    print(said)
    assert said.startswith("fremgang: no backup was made: ")
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "backup").exists()
    send(hub, credential)
    readings(hub)
    hub.cli("backup", str(tmp_path / "backup"))
    ended(hub)


def test_a_kill_in_the_middle_of_a_restore_is_recognised_and_finished_by_restoring_again(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    mark = Seal(hub.folder).identity("unilogin", PUPILS[0])
    backup, var = str(tmp_path / "backup"), hub.folder / "var"
    hub.cli("backup", backup)
    hub.cli("erase", f"--identity=unilogin:{PUPILS[0]}")
    told = readings(hub)
    send(hub, credential)
    newer = readings(hub)
    ended(hub)
    before = content(hub.folder)
    cut(hub, backup, lambda: list(var.glob("*.restored")))
    assert content(hub.folder) == before
    hub.start()
    assert readings(hub) == newer
    ended(hub)

    cut(hub, backup, (var / "store.restoring").exists)
    said = hub.cli("backup", str(tmp_path / "none"), fails=True)
    assert said.endswith(f"a restore was not finished; finish it: fremgang restore {backup} --force")
    assert f"WRONG   restore: a restore was not finished; finish it: fremgang restore {backup} --force" in checked(hub)
    hub.cli("restore", backup, "--force")
    assert rows(hub.folder, "store.db", "SELECT until FROM erased WHERE subject = ?", mark) == [("2027-10-31",)]
    hub.start()
    assert readings(hub) == told
    ended(hub)


def checked(hub: Hub) -> str:
    done = subprocess.run([str(FREMGANG), "check"], cwd=hub.folder, env=hub.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stdout
    return done.stdout


def cut(hub: Hub, backup: str, when: Any) -> None:
    restoring = command(hub, "restore", backup, "--force")
    until(lambda: when() or restoring.poll() is not None, every=0.0005)
    assert restoring.poll() is None
    restoring.kill()
    restoring.wait(30)


def test_a_restored_hub_is_the_hub(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    """Where its data were on another machine: only the backup and the copy of the key come along."""
    hub, credential = filled
    told = readings(hub)
    hub.cli("backup", str(tmp_path / "backup"), f"--key-to={tmp_path / 'safe.key'}")
    ended(hub)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = Hub(elsewhere, clock=f"{NOW}@0", key_file=str(tmp_path / "safe.key"))
    moved.cli("restore", str(tmp_path / "backup"))
    moved.start()
    assert readings(moved) == told
    send(moved, credential)
    ended(moved)
