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
from typing import Any, Final

import httpx
import pytest
from harness import FREMGANG, Hub, until
from kept import begun, hub_of, padded, readings, send, settings_of
from load import PUPILS, Answers, Registers, Sender, Story
from sending import statement
from stored import SHEETS, Seal, rows

from contracts.dates import DAY, instant
from contracts.errors import Fatal
from services.operate.restore import restore

LATER: Final = "2026-12-10T12:00:00+01:00@0"
ITEMS: Final = 300
"""Acknowledged before the backup, and again after it."""
MEASURED: Final = 60
"""Cells that are not null at the least: two for each pupil."""


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
    hub.stop()
    padded(first, 20)
    hub.start()
    stories: list[Story] = [Answers(1), Registers(2)]
    said = loaded(hub, credential, stories, backup)
    print(said)
    appends, longest = map(int, re.findall(r"longest of (\d+) appends meanwhile took (\d+) ms", said)[0])
    assert appends > 0
    assert longest < 5_000
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert 0 < manifest["folded"] < manifest["log_end"]
    told = readings(hub)
    hub.stop()
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
    hub.stop()
    count, values = cells(found)
    print(
        f"{what}: {count} cells compared, {values} not null; {len(sheets)} sheets, {sum(len(row[4]) + len(row[5]) for row in sheets)} bytes"
    )
    assert found == told
    assert values >= MEASURED
    assert rows(hub.folder, "store.db", SHEETS) == sheets


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Hub, tuple[str, str]]:
    """A hub that has folded something, and was stopped."""
    hub, credential = begun(tmp_path_factory.mktemp("made") / "hub")
    readings(hub)
    hub.stop()
    return hub, credential


@pytest.fixture
def filled(made: tuple[Hub, tuple[str, str]], tmp_path: Path) -> tuple[Hub, tuple[str, str]]:
    """Such a hub on data of its own; it does not run."""
    hub = hub_of(Path(shutil.copytree(made[0].folder, tmp_path / "hub", ignore=shutil.ignore_patterns("hub.sock"))))
    hub.tokens.update(made[0].tokens)
    return hub, made[1]


def test_a_backup_is_readable_by_its_owner_alone_holds_no_key_and_is_with_the_key_the_hub(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    """Where the data were on another machine, only the backup and the copy of the key come along."""
    hub, credential = filled
    backup, key = tmp_path / "backup", tmp_path / "safe" / "copy.key"
    written = (hub.folder / ".key" / "hub.key").read_text()
    hub.start()
    told = readings(hub)
    assert "the key is not kept with the data" in hub.cli("backup", str(backup), f"--key-to={backup / 'hub.key'}", fails=True)
    assert not backup.exists()
    assert f"The key is in {key}: keep it apart" in hub.cli("backup", str(backup), f"--key-to={key}")
    assert key.read_text() == written
    assert backup.stat().st_mode & 0o077 == 0
    assert {file.name for file in backup.iterdir()} == {"store.db", "log.db", "access.db", "manifest.json"}
    for file in (key, *backup.iterdir()):
        assert file.stat().st_mode & 0o077 == 0
    for file in backup.iterdir():
        assert written.strip().encode() not in file.read_bytes()
    assert "holds a backup; give another folder" in hub.cli("backup", str(backup), fails=True)
    hub.stop()

    (tmp_path / "elsewhere").mkdir()
    moved = hub_of(tmp_path / "elsewhere", key_file=str(key))
    moved.cli("restore", str(backup))
    moved.start()
    assert readings(moved) == told
    send(moved, credential)
    moved.stop()


def test_a_backup_is_made_where_no_hub_runs(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, _ = filled
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("mine")
    assert "is not empty" in hub.cli("backup", str(tmp_path / "used"), fails=True)
    assert (tmp_path / "used" / "letter.txt").read_text() == "mine"
    said = hub.cli("backup", str(tmp_path / "backup"))
    assert "no append came" in said
    assert "The key is not in it" in said
    sheets = rows(hub.folder, "store.db", SHEETS)
    (hub.folder / "var").rename(tmp_path / "gone")
    hub.cli("restore", str(tmp_path / "backup"))
    assert rows(hub.folder, "store.db", SHEETS) == sheets
    assert len(sheets) > 30


def changed(backup: Path, **members: Any) -> None:
    file = backup / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **members}))


def test_what_cannot_be_restored_is_refused_and_the_data_stay(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    backup = tmp_path / "backup"
    hub.start()
    hub.cli("backup", str(backup))
    assert "a hub runs on these data; stop it first" in hub.cli("restore", str(backup), "--force", fails=True)
    send(hub, credential)
    readings(hub)
    hub.stop()
    before = content(hub.folder)

    def refuses(folder: Path, *, force: bool = True) -> str:
        with pytest.raises(Fatal) as refused:
            restore(settings_of(hub), folder, lambda *_: None, force=force, keep_log=False)
        assert content(hub.folder) == before
        return str(refused.value)

    assert "--force moves aside" in refuses(backup, force=False)
    other = Path(shutil.copytree(backup, tmp_path / "other"))
    with (other / "store.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"!")
    assert "is not what was backed up (its SHA-256 differs)" in refuses(other)
    shutil.copy(backup / "store.db", other)
    files = json.loads((backup / "manifest.json").read_text())["files"]
    changed(other, version="9.0", files={**files, "log": {**files["log"], "schema": "log_9999"}})
    assert "its log has schema log_9999, which this version does not know" in refuses(other)
    changed(other, form=99)
    assert "form 99" in refuses(other)
    (other / "manifest.json").unlink()
    assert "one that was not finished" in refuses(other)
    key = hub.folder / ".key" / "hub.key"
    written = key.read_text()
    key.write_text("A" * 43 + "=")
    assert "this is not the key that the backup was made under" in refuses(backup)
    key.unlink()
    assert "no key in FREMGANG_KEY_FILE" in refuses(backup)
    key.write_text(written)
    said = hub.cli("restore", str(backup), "--force")
    assert "Moved aside: store.db.before-" in said
    aside = {file.name.partition(".before-")[0]: file.read_bytes() for file in (hub.folder / "var").glob("*.before-*")}
    assert aside == {name: before[name] for name in ("store.db", "log.db")}


def test_a_log_that_is_not_the_backups_or_lacks_records_is_not_kept(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    hub.start()
    hub.cli("backup", str(tmp_path / "old"))
    send(hub, credential)
    hub.ledger(hub.token("--controller"))
    hub.cli("backup", str(tmp_path / "backup"))
    hub.stop()

    def refused(backup: str) -> str:
        with pytest.raises(Fatal) as error:
            restore(settings_of(hub), tmp_path / backup, lambda *_: None, force=True, keep_log=True)
        return str(error.value)

    log = hub.folder / "var" / "log.db"
    kept = log.read_bytes()
    shutil.copy(tmp_path / "old" / "log.db", log)
    assert "is not the log that the backup is of" in refused("backup")
    log.write_bytes(kept)
    with closing(sqlite3.connect(log)) as connection:
        connection.execute("DELETE FROM records WHERE position < (SELECT max(position) FROM records)")
        connection.commit()
    assert re.search(r"has deleted \d+ records that the backup's store has not counted", refused("old"))
    log.write_bytes(kept)
    hub.cli("restore", str(tmp_path / "old"), "--force", "--keep-log")
    assert log.read_bytes() != (tmp_path / "old" / "log.db").read_bytes()
    assert rows(hub.folder, "store.db", "SELECT position FROM positions") == rows(hub.folder, "log.db", "SELECT max(position) FROM records")


def test_who_was_erased_after_the_backup_stays_erased(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, _ = filled
    mark = Seal(hub.folder).identity("unilogin", PUPILS[0])
    hub.start()
    hub.cli("backup", str(tmp_path / "backup"))
    cursor = rows(hub.folder, "store.db", "SELECT number FROM changes")[0][0]
    hub.cli("erase", f"--identity=unilogin:{PUPILS[0]}")
    told = readings(hub)
    hub.stop()
    assert mark.encode() in (tmp_path / "backup" / "store.db").read_bytes()
    hub.cli("restore", str(tmp_path / "backup"), "--force")
    assert not rows(hub.folder, "store.db", "SELECT 1 FROM sheets WHERE subject = ?", mark)
    assert rows(hub.folder, "store.db", "SELECT until FROM erased WHERE subject = ?", mark) == [("2027-10-31",)]
    assert rows(hub.folder, "store.db", "SELECT number FROM changes")[0][0] > cursor + 1000
    hub.start()
    assert readings(hub) == told
    hub.stop()


def test_what_is_over_its_time_is_deleted_before_a_restored_hub_serves(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    hub.start()
    now = instant(hub.http.get("/health/ready").json()["now"])
    assert hub.statements(credential, [statement(PUPILS[0], now + 30 * DAY)]).status_code == 200
    readings(hub)
    hub.cli("backup", str(tmp_path / "backup"))
    hub.stop()
    shutil.rmtree(hub.folder / "var")
    hub.env["FREMGANG_CLOCK"] = LATER
    hub.cli("restore", str(tmp_path / "backup"))
    assert rows(hub.folder, "log.db", "SELECT count(*) FROM records") == [(0,)]
    assert rows(hub.folder, "store.db", "SELECT count(*) FROM failed") == [(0,)]
    with closing(sqlite3.connect(tmp_path / "backup" / "log.db")) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone()[0] > 30
    hub.start()
    hub.tokens.clear()
    assert len(readings(hub)) == len(PUPILS)
    hub.stop()


def command(hub: Hub, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([str(FREMGANG), *words], cwd=hub.folder, env=hub.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_kill_in_the_middle_of_a_backup_leaves_the_data_and_nothing_that_looks_whole(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    """Of the command, then of the hub."""
    hub, _ = filled
    backup = tmp_path / "backup"
    padded(hub.folder, 80)
    hub.start()
    told = readings(hub)
    making = midway(hub, backup)
    making.send_signal(signal.SIGKILL)
    making.wait(30)
    until(lambda: not backup.exists())
    making = midway(hub, backup)
    hub.kill()
    assert making.wait(30) == 1
    assert "one that was not finished" in hub.cli("restore", str(backup), "--force", fails=True)
    assert "is not empty and holds no finished backup" in hub.cli("backup", str(backup), fails=True)
    hub.start()
    assert readings(hub) == told
    assert "MB; log to" in hub.cli("backup", str(tmp_path / "next"))
    hub.stop()


def midway(hub: Hub, backup: Path) -> subprocess.Popen[bytes]:
    """A backup that is being made."""
    making = command(hub, "backup", str(backup))
    until((backup / "store.db.part").exists, every=0.001)
    assert not (backup / "manifest.json").exists()
    return making


def test_a_disk_that_is_full_is_said_and_no_half_backup_stays(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
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
    hub.stop()


def test_a_kill_in_the_middle_of_a_restore_is_recognised_and_finished_by_restoring_again(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, credential = filled
    mark = Seal(hub.folder).identity("unilogin", PUPILS[0])
    backup, var = str(tmp_path / "backup"), hub.folder / "var"
    hub.start()
    hub.cli("backup", backup)
    hub.cli("erase", f"--identity=unilogin:{PUPILS[0]}")
    told = readings(hub)
    send(hub, credential)
    newer = readings(hub)
    hub.stop()
    before = content(hub.folder)
    cut(hub, backup, lambda: list(var.glob("*.restored")))
    assert content(hub.folder) == before
    hub.start()
    assert readings(hub) == newer
    hub.stop()

    cut(hub, backup, (var / "store.restoring").exists)
    said = hub.cli("backup", str(tmp_path / "none"), fails=True)
    assert said.endswith(f"a restore was not finished; finish it: fremgang restore {backup} --force")
    assert f"WRONG   restore: a restore was not finished; finish it: fremgang restore {backup} --force" in checked(hub)
    hub.cli("restore", backup, "--force")
    assert rows(hub.folder, "store.db", "SELECT until FROM erased WHERE subject = ?", mark) == [("2027-10-31",)]
    hub.start()
    assert readings(hub) == told
    hub.stop()


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
