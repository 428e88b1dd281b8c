"""`fremgang check`: exit code 1 exactly where hands are needed, the same words from a running hub and from its data, and no secret."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from harness import FREMGANG, Hub, free_port, until
from kept import SCHOOL, begun, hub_of, readings, settings_of

from services.operate.check import Finding, Report
from services.operate.looking import look

PASSWORD = "a-password-of-the-source"


@dataclass(frozen=True)
class Told:
    report: Report
    raw: str


def check(hub: Hub, *words: str) -> tuple[int, str]:
    """Exit code and all that was printed."""
    command = [str(FREMGANG), "check", *words]
    done = subprocess.run(command, cwd=hub.folder, env=hub.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in {0, 1}
    return done.returncode, done.stdout + done.stderr


def as_json(hub: Hub) -> Told:
    code, printed = check(hub, "--json")
    report = msgspec.json.decode(printed, type=Report)
    assert code == report.wrong
    return Told(report, printed)


def told(report: Report, about: str) -> list[Finding]:
    return [one for one in report.findings if one.about == about]


def lines(report: Report) -> list[str]:
    """What is said, but of the machine's disk: its room changes meanwhile."""
    return [f"{one.level} {one.about} {one.text} {one.mend}" for one in report.findings if one.about != "disk"]


def wrong(report: Report) -> set[str]:
    return {one.about for one in report.findings if one.level == "wrong"}


@dataclass
class Checked:
    """hub: stopped. running, stopped: what was told of it. secrets: what no command may print."""

    hub: Hub
    running: Told
    stopped: Told
    secrets: Sequence[str]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """A hub with a supplier that is late, and a source that does not answer."""
    folder = tmp_path_factory.mktemp("check") / "hub"
    hub, credential = begun(folder)
    try:
        options = {"subject": "MAT", "expected_by": "08:00"}
        late = hub.supplier(credential[0], "xapi", "attendance_csv", **options)
        (folder / "password").write_text(PASSWORD)
        url = f"http://127.0.0.1:{free_port()}"
        source = hub.supplier("arkiv", "xapi_lrs", url=url, username="hub", password_file=str(folder / "password"), subject="MAT")
        readings(hub)

        def looked_at() -> Told | None:
            found = as_json(hub)
            return found if any("arkiv is not read" in one.text for one in told(found.report, "source")) else None

        running = until(looked_at, 120, every=1)
    finally:
        hub.stop()
    key = (folder / ".key" / "hub.key").read_text().strip()
    return Checked(hub, running, as_json(hub), [key, PASSWORD, late[1], source[1], credential[1]])


def test_where_there_are_no_data_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    hub = hub_of(tmp_path, key="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    code, printed = check(hub)
    assert code == 0
    assert "no hub runs on these data" in printed
    assert "there are none yet; a hub makes them when it starts" in printed
    assert f"FREMGANG_PORT={hub.port}" in printed
    assert "FREMGANG_KEY=**********" in printed
    assert hub.env["FREMGANG_KEY"] not in printed
    assert list(tmp_path.iterdir()) == []


def test_beside_a_running_hub_who_is_late_and_what_is_not_read_is_a_warning(checked: Checked) -> None:
    report = checked.running.report
    assert report.running
    assert not report.wrong
    said = {one.text.partition(" ")[0]: one for one in told(report, "supplier")}
    assert said["load"].level == "warning"
    assert f"nothing new for {SCHOOL} since 2026-11-23T" in said["load"].text
    assert said["skole"].level == "ok"
    (source,) = told(report, "source")
    assert (source.level, source.text) == ("warning", "arkiv is not read, unreachable: It does not answer")
    assert source.mend
    (positions,) = told(report, "positions")
    assert positions.text.endswith(" 0 pending")
    assert report.settings["FREMGANG_PORT"] == str(checked.hub.port)


def test_once_it_was_stopped_the_data_tell_the_same(checked: Checked) -> None:
    running, stopped = checked.running.report, checked.stopped.report
    assert not stopped.running
    assert not stopped.wrong
    assert stopped.settings == running.settings

    def not_of_its_loop_or_files(report: Report) -> list[str]:
        changing = {"source", "log", "store", "access"}
        return [line for line in lines(report) if line.split()[1] not in changing]

    assert not_of_its_loop_or_files(stopped) == not_of_its_loop_or_files(running)
    (source,) = told(stopped, "source")
    assert source.text == "arkiv is fetched from; it was not looked at yet"
    assert all(one.level == "ok" and one.text.endswith(", whole") for about in ("log", "store", "access") for one in told(stopped, about))


def test_words_and_json_say_the_same_and_neither_a_secret(checked: Checked) -> None:
    code, printed = check(checked.hub)
    assert code == 0
    for one in checked.stopped.report.findings:
        assert one.about == "disk" or f"{one.level:8}{one.about}: {one.text}" in printed
    for said in (printed, checked.running.raw, checked.stopped.raw):
        assert [secret for secret in checked.secrets if secret in said] == []


@contextmanager
def copied(checked: Checked, folder: Path) -> Iterator[Hub]:
    """The data, to be harmed."""
    ignored = shutil.ignore_patterns("hub.sock")
    yield hub_of(Path(shutil.copytree(checked.hub.folder, folder / "hub", ignore=ignored)))


def another_key(var: Path) -> None:
    (var.parent / ".key" / "hub.key").write_text("A" * 43 + "=\n")


def no_key(var: Path) -> None:
    (var.parent / ".key" / "hub.key").unlink()


def damaged_store(var: Path) -> None:
    with (var / "store.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"!" * 4096 * 20)


def no_database(var: Path) -> None:
    (var / "store.db").write_bytes(b"no database" * 1000)


def lost_log(var: Path) -> None:
    (var / "log.db").unlink()


def other_log(var: Path) -> None:
    with closing(sqlite3.connect(var / "log.db")) as log:
        log.execute("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'records'")
        log.commit()


def newer_schema(var: Path) -> None:
    with closing(sqlite3.connect(var / "access.db")) as access:
        access.execute("UPDATE alembic_version SET version_num = 'access_9999'")
        access.commit()


def unfinished(var: Path) -> None:
    (var / "store.restoring").write_text(json.dumps({"backup": "/backups/one", "kept_log": False, "erased": {}}))


HARMS: list[tuple[Any, set[str], str]] = [
    (another_key, {"key"}, "this is not the key that the data were made with"),
    (no_key, {"key"}, "no key in FREMGANG_KEY_FILE"),
    (damaged_store, {"store"}, "store.db cannot be read"),
    (no_database, {"store"}, "store.db cannot be read"),
    (lost_log, {"log"}, "log.db is not there, and the other data are"),
    (other_log, {"positions"}, "this is not the log that the store belongs to"),
    (newer_schema, {"access"}, "this version of Fremgang does not know that schema"),
    (unfinished, {"restore"}, "finish it: fremgang restore /backups/one --force"),
]


@pytest.mark.parametrize(("harm", "about", "said"), HARMS, ids=[one[0].__name__ for one in HARMS])
def test_what_needs_hands_is_wrong_with_how_to_mend_it(checked: Checked, tmp_path: Path, harm: Any, about: set[str], said: str) -> None:
    with copied(checked, tmp_path) as hub:
        harm(hub.folder / "var")
        before = {file.name: file.read_bytes() for file in (hub.folder / "var").glob("*.db")}
        report = look(settings_of(hub))
        assert about <= wrong(report) <= about | {"store"}
        assert any(said in f"{one.text}; {one.mend}" for one in report.findings if one.level == "wrong")
        assert all(one.mend for one in report.findings if one.level != "ok")
        assert {file.name: file.read_bytes() for file in (hub.folder / "var").glob("*.db")} == before


@pytest.mark.parametrize("harm", [another_key, damaged_store], ids=lambda one: one.__name__)
def test_then_the_exit_code_is_1(checked: Checked, tmp_path: Path, harm: Any) -> None:
    with copied(checked, tmp_path) as hub:
        harm(hub.folder / "var")
        code, printed = check(hub)
        assert code == 1
        assert "\nWRONG   " in printed
        assert "Traceback" not in printed
        assert [secret for secret in checked.secrets if secret in printed] == []
