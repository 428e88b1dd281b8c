"""`fremgang backup` of a hub on servers while its processes go on, and `fremgang restore`: its store catches up from the log to what the
one that was never lost tells; whatever is refused or cut off leaves the data as they were, or is recognised."""

import asyncio
import copy
import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from typing import Any, Final

import httpx
import kafka
import postgres
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition
from apart import Apart, Part, knows, on_servers_of_its_own
from harness import FREMGANG, Hub, until
from kept import NOW, history, send, suppliers
from load import PUPILS, Answers, Registers, Sender, Story
from sending import statement
from stored import Seal

from contracts.dates import instant
from contracts.errors import Fatal
from services.migrations import newest
from services.operate import tables
from services.operate.restore_servers import restore
from services.settings import Settings

ITEMS: Final = 300
"""Acknowledged before the backup, and again after it."""
PACE_SECONDS: Final = 0.2
"""Before each batch: a day's sheet stays as small as one is, however long the machine takes."""
MEASURED: Final = 60
"""Cells that are not null at the least: two for each pupil."""
ACCOUNTS: Final = (
    "SELECT * FROM ledger ORDER BY supplier, institution, day, outcome, reason, kind", "SELECT * FROM failed ORDER BY item",
    "SELECT * FROM freshness ORDER BY source, institution",
)  # fmt: skip
UNMEASURED: Final = "SELECT 1 FROM sheets WHERE length(summaries) = 0 LIMIT 1"
pytestmark = pytest.mark.timeout(600)
MARK: Final = "SELECT 1 FROM meta WHERE name = 'restoring'"


def url_of(hub: Hub) -> str:
    return hub.env["FREMGANG_STORE"]


def settings_of(hub: Hub) -> Settings:
    told = {name: hub.env[f"FREMGANG_{name.upper()}"] for name in ("log", "store", "access_log", "kafka_prefix")}
    return Settings(**told, kafka_replicas=1, clock=f"{NOW}@0", key_file=hub.folder / ".key" / "hub.key")


def ask(hub: Hub, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return postgres.ask(url_of(hub), query, *values)


def content(hub: Hub) -> dict[str, list[Any]]:
    """The data as they are in the database."""
    return {table: sorted(map(repr, ask(hub, f"SELECT * FROM {table}"))) for known in tables.TABLES.values() for table in known}


def readings(hub: Hub) -> Any:
    """Once all that was sent is folded and measured."""
    hub.ledger(hub.token("--controller"))
    until(lambda: not ask(hub, UNMEASURED))
    teacher = hub.token("--teacher", "unilogin:lone0001")
    (group,) = hub.get("/v1/groups", teacher)["groups"]
    return hub.get(f"/v1/groups/{group['id']}/indicators", teacher)["readings"]


def lost(hub: Hub, server: Any) -> None:
    """The database, and an empty one is there in its place."""
    name, admin = url_of(hub).partition("?")[0].rpartition("/")[2], server.get_uri(database="postgres")
    postgres.ask(admin, f"DROP DATABASE {name}")
    postgres.ask(admin, f"CREATE DATABASE {name}")
    hub.cli("migrate")


def nobody(hub: Hub) -> bool:
    """Whether the server knows that all processes ended."""
    return not ask(hub, "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'fremgang%'")


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with on_servers_of_its_own(tmp_path_factory) as started:
        yield started


@contextmanager
def doors_of(apart: Apart) -> Iterator[tuple[list[Hub], Hub]]:
    """The hub as it is reached where it is sent to, and where it is read."""
    with ExitStack() as stack:

        def door(part: Part) -> Hub:
            there = copy.copy(apart.hub)
            there.url, there.http = part.url, stack.enter_context(httpx.Client(base_url=part.url, timeout=60))
            return there

        yield [door(part) for part in apart.of("ingest")], door(apart.of("serve")[0])


def loaded(hub: Hub, doors: Sequence[Hub], credential: tuple[str, str], stories: Sequence[Story], backup: Path) -> str:
    """The backup is made while the senders send; answers what it printed."""

    def now() -> int:
        time.sleep(PACE_SECONDS)
        return instant(NOW)

    senders = [Sender(story, there.url, credential, now) for story, there in zip(stories, doors, strict=True)]

    def acknowledged() -> int:
        return sum(batch.items * batch.answers for story in stories for batch in story.batches)

    for sender in senders:
        sender.start()
    until(lambda: acknowledged() >= ITEMS, 60)
    before = acknowledged()
    told = hub.cli("backup", str(backup))
    after = acknowledged()
    until(lambda: acknowledged() >= after + ITEMS, 60)
    for sender in senders:
        sender.stop()
    for sender in senders:
        sender.join(60)
        assert sender.wrong == []
    print(f"{before} items acknowledged before the backup, {after - before} while it was made, {acknowledged() - after} after it")
    return told


def test_a_store_restored_from_a_backup_under_load_catches_up_from_the_log_to_equal_readings(apart: Apart, tmp_path: Path) -> None:
    hub, backup = apart.hub, tmp_path / "backup"
    school, credential = suppliers(hub)
    for part in apart.of("ingest"):
        until(partial(knows, part, credential))
    with doors_of(apart) as (doors, reader):
        history(doors[0], school, credential)
        readings(reader)
        print(said := loaded(hub, doors, credential, [Answers(1), Registers(2)], backup))
        assert "the log stays in Kafka, which keeps it 7 days" in said
        told, sheets, accounts = readings(reader), postgres.sheets(url_of(hub)), [ask(hub, query) for query in ACCOUNTS]
        counted = dict(ask(hub, "SELECT partition, position FROM positions"))
        folded = json.loads((backup / "manifest.json").read_text())["folded"]
        assert 0 < sum(folded.values()) < sum(counted.values())
        assert "of a hub are open on the database; stop all processes" in hub.cli("restore", str(backup), "--force", fails=True)
        for part in apart.parts:
            assert part.end(signal.SIGTERM) == 0

        lost(hub, apart.server)
        print(said := hub.cli("restore", str(backup)))
        assert f"{sum(counted.values()) - sum(folded.values())} records that its store had not counted" in said
        assert "send again" not in said
        assert postgres.sheets(url_of(hub)) == sheets
        assert [ask(hub, query) for query in ACCOUNTS] == accounts
        assert dict(ask(hub, "SELECT partition, position FROM positions")) == counted
        for part in apart.parts:
            until(part.start().ready, 60)
        found = readings(reader)
        assert found == told
    values = [one["value"] for pupil in found for one in pupil["indicators"]]
    print(f"{len(values)} cells compared, {sum(value is not None for value in values)} not null; {len(sheets)} sheets")
    assert sum(value is not None for value in values) >= MEASURED


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[Hub, tuple[str, str]]]:
    """A hub in one process on servers, with something folded; it runs."""
    url = postgres.database()
    log = {"log": f"kafka://{kafka.broker().servers}", "kafka_prefix": kafka.prefix(), "kafka_replicas": "1"}
    (tmp_path / "hub").mkdir()
    hub = Hub(tmp_path / "hub", clock=f"{NOW}@0", store=url, access_log=url, **log)
    hub.cli("migrate")
    hub.cli("topics", "--create")
    hub.start()
    credential = history(hub, *suppliers(hub))
    readings(hub)
    try:
        yield hub, credential
    finally:
        hub.kill()
        hub.http.close()


def stopped(hub: Hub) -> None:
    hub.stop()
    until(lambda: nobody(hub))


def test_every_table_of_a_hub_is_in_a_backup_but_what_the_database_knows_of_itself(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    """It is readable by its owner alone, and holds no key."""
    hub, _ = filled
    backup, key = tmp_path / "backup", tmp_path / "safe" / "copy.key"
    assert "warning backup: none was made yet; fremgang backup FOLDER" in hub.cli("check")
    hub.cli("backup", str(backup), f"--key-to={key}")
    there = {table for (table,) in ask(hub, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")}
    known = [table for database in tables.TABLES.values() for table in database]
    assert there == {*known, "rewriting", "remeasured", "store_version", "access_version"}
    assert len(known) == len(set(known))
    assert {file.name for file in backup.iterdir()} == {*tables.FILES, "manifest.json"}
    written = (hub.folder / ".key" / "hub.key").read_text()
    assert key.read_text() == written
    assert backup.stat().st_mode & 0o077 == 0
    for file in backup.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert written.strip().encode() not in file.read_bytes()
    assert "holds a backup; give another folder" in hub.cli("backup", str(backup), fails=True)
    told = hub.cli("check")
    assert (
        f"ok      backup: the newest is 0 days old: {json.loads((backup / 'manifest.json').read_text())['made'][:16]}Z in {backup}" in told
    )
    assert "ok      key: fits the data" in told
    assert re.search(r"ok      positions: log at (\d+), \1 of it counted, 0 pending", told)


def test_over_a_store_that_lives_who_was_erased_since_stays_so_and_ids_keep_their_content(
    filled: tuple[Hub, tuple[str, str]], tmp_path: Path
) -> None:
    hub, credential = filled
    mark, backup = Seal(hub.folder).identity("unilogin", PUPILS[0]), tmp_path / "backup"
    hub.cli("backup", str(backup))
    assert mark.encode() in (backup / "store.sheets.copy").read_bytes()
    newer = statement(PUPILS[1], instant(NOW))
    assert hub.statements(credential, [newer]).status_code == 200
    hub.cli("erase", f"--identity=unilogin:{PUPILS[0]}")
    told, reads = readings(hub), ask(hub, "SELECT count(*) FROM reads")
    stopped(hub)
    sheets, cursor = postgres.sheets(url_of(hub)), ask(hub, "SELECT number FROM changes")[0][0]
    claims, epochs = ask(hub, "SELECT * FROM claims ORDER BY report"), dict(ask(hub, "SELECT partition, epoch FROM positions"))
    said = hub.cli("restore", str(backup), "--force")
    ((erased,),) = ask(hub, "SELECT count(*) FROM erased")
    assert f"{erased} pseudonyms that the data before knew as erased stay so" in said
    assert postgres.sheets(url_of(hub)) == sheets
    assert not ask(hub, "SELECT 1 FROM sheets WHERE subject = $1", mark)
    assert [str(until_) for (until_,) in ask(hub, "SELECT until FROM erased WHERE subject = $1", mark)] == ["2027-10-31"]
    assert ask(hub, "SELECT count(*) FROM reads") == reads
    assert ask(hub, "SELECT * FROM claims ORDER BY report") == claims
    assert ask(hub, "SELECT number FROM changes")[0][0] > cursor + 1000
    assert all(epoch > epochs[partition] + 1000 for partition, epoch in ask(hub, "SELECT partition, epoch FROM positions"))
    hub.start()
    assert readings(hub) == told
    assert hub.statements(credential, [{**newer, "result": {"success": False}}]).status_code == 409
    stopped(hub)


def test_a_backup_of_another_generation_is_measured_anew_when_it_is_restored(filled: tuple[Hub, Any], tmp_path: Path) -> None:
    hub, _ = filled
    told = readings(hub)
    stopped(hub)
    ask(hub, "UPDATE meta SET value = 'others' WHERE name = 'generation'")
    assert "run: fremgang remeasure" in hub.cli("run", fails=True)
    hub.cli("backup", str(tmp_path / "backup"))
    hub.cli("restore", str(tmp_path / "backup"), "--force")
    hub.start()
    assert readings(hub) == told
    stopped(hub)


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
    stopped(hub)
    before = content(hub)
    settings = settings_of(hub)

    def refuses(folder: Path, *, force: bool = True) -> str:
        with pytest.raises(Fatal) as refused:
            asyncio.run(restore(settings, folder, lambda *_: None, force=force, gap=False))
        assert content(hub) == before
        return str(refused.value)

    assert "the store is not empty and would be replaced; --force does that" in refuses(backup, force=False)
    other = Path(shutil.copytree(backup, tmp_path / "other"))
    with (other / "store.sheets.copy").open("r+b") as file:
        file.seek(5000)
        file.write(b"!")
    assert "is not what was backed up (its SHA-256 differs)" in refuses(other)
    shutil.copy(backup / "store.sheets.copy", other)
    schemas = json.loads((backup / "manifest.json").read_text())["schemas"]
    changed(other, version="9.0", schemas={**schemas, "store": "store_9999"})
    assert "its store has schema store_9999, which this version does not know" in refuses(other)
    changed(other, version="0.0.9", schemas={**schemas, "store": "store_0010"})
    said = f"of version 0.0.9 and its store has schema store_0010, and this version has {newest('store')}; restore it with that version"
    assert said in refuses(other)
    changed(other, of="files")
    assert "the backup is of a hub on files, and this one is on servers" in refuses(other)
    (other / "manifest.json").unlink()
    assert "one that was not finished" in refuses(other)
    key = hub.folder / ".key" / "hub.key"
    written = key.read_text()
    key.write_text("A" * 43 + "=")
    assert "this is not the key that the backup was made under" in refuses(backup)
    key.write_text(written)
    ask(hub, "UPDATE meta SET value = 'another' WHERE name = 'key_check'")
    before = content(hub)
    assert "the store is another hub's, made with another key" in refuses(backup)


def test_a_log_that_is_another_or_lacks_records_is_refused_and_with_a_gap_all_is_sent_again(
    filled: tuple[Hub, tuple[str, str]], tmp_path: Path
) -> None:
    hub, credential = filled
    old, backup = tmp_path / "old", tmp_path / "backup"
    hub.cli("backup", str(old))
    newer = [statement(pupil, instant(NOW)) for pupil in PUPILS]
    assert hub.statements(credential, newer).status_code == 200
    told = readings(hub)
    hub.cli("backup", str(backup))
    stopped(hub)
    before, sheets = content(hub), postgres.sheets(url_of(hub))
    gone = asyncio.run(emptied(hub.env["FREMGANG_KAFKA_PREFIX"], "activity"))
    said = hub.cli("restore", str(old), "--force", fails=True)
    assert "the log has deleted 30 records that the backup has not counted; have the suppliers send again what is newer than" in said
    assert gone > 30
    assert content(hub) == before
    assert "send again what they have sent since" in hub.cli("restore", str(old), "--force", "--gap")
    assert postgres.sheets(url_of(hub)) != sheets
    hub.start()
    assert hub.statements(credential, newer).status_code == 200
    assert readings(hub) == told
    assert postgres.sheets(url_of(hub)) == sheets
    stopped(hub)

    hub.env["FREMGANG_KAFKA_PREFIX"] = kafka.prefix()
    hub.cli("topics", "--create")
    another = "the log is another than the backup has counted, or ends before it"
    assert another in hub.cli("restore", str(backup), "--force", fails=True)
    folded = json.loads((backup / "manifest.json").read_text())["folded"]
    asyncio.run(as_long(hub.env["FREMGANG_KAFKA_PREFIX"], {name: count for name, count in folded.items() if count}))
    assert another in hub.cli("restore", str(backup), "--force", fails=True)
    hub.cli("restore", str(backup), "--force", "--gap")
    hub.start()
    assert readings(hub) == told
    send(hub, credential)
    assert readings(hub) != told
    stopped(hub)


async def as_long(prefix: str, counts: dict[str, int]) -> None:
    """Somebody else's records, as many."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.broker().servers, acks="all")
    await producer.start()
    try:
        for name, count in counts.items():
            family, _, number = name.partition("/")
            for _ in range(count):
                await producer.send(f"{prefix}.{family}", b"{}", partition=int(number))
    finally:
        await producer.stop()


async def emptied(prefix: str, family: str) -> int:
    """All records of a family's topic are deleted; answers how many there were."""
    partitions = [TopicPartition(f"{prefix}.{family}", number) for number in range(12)]
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.broker().servers)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.broker().servers)
    await consumer.start()
    await admin.start()
    try:
        ends = await consumer.end_offsets(partitions)
        await admin.delete_records({partition: RecordsToDelete(end) for partition, end in ends.items() if end})
    finally:
        await admin.close()
        await consumer.stop()
    return sum(ends.values())


def padded(hub: Hub, megabytes: int) -> None:
    """As large as a hub's data are after a while, so that copying takes its time."""
    row = "SELECT string_agg(md5(random()::text || g::text), '') FROM generate_series(1, 32 * 1024) AS g"
    (received,) = ask(hub, "SELECT max(received_until) FROM freshness")[0]
    for number in range(megabytes):
        ask(
            hub, f"INSERT INTO failed SELECT 'pad' || $1, '', '', '', '', $2, '', '', '', '', '', ({row})", str(number), received
        )  # fmt: skip


def command(hub: Hub, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([str(FREMGANG), *words], cwd=hub.folder, env=hub.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def copies(hub: Hub, direction: str) -> bool:
    """Whether a table is being copied."""
    query = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY%failed%' || $1 || '%'"
    )
    return bool(ask(hub, query, direction))


def test_a_backup_is_of_one_moment_holds_nobody_up_and_cut_off_leaves_nothing_that_looks_whole(
    filled: tuple[Hub, tuple[str, str]], tmp_path: Path
) -> None:
    """A full disk, then one that takes long, then a kill in the middle."""
    hub, credential = filled
    backup, cut_off = tmp_path / "backup", tmp_path / "cut-off"
    padded(hub, 60)
    making = command(hub, "backup", str(backup))
    prlimit(making.pid, RLIMIT_FSIZE, (2_000_000, RLIM_INFINITY))
    assert making.wait(60) == 1
    assert not backup.exists()

    counted, claims = dict(ask(hub, "SELECT partition, position FROM positions")), {one for (one,) in ask(hub, "SELECT report FROM claims")}
    making = midway(hub, backup)
    send(hub, credential)
    told = readings(hub)
    making.send_signal(signal.SIGCONT)
    assert making.wait(60) == 0
    assert json.loads((backup / "manifest.json").read_text())["folded"] == counted
    copied = (backup / "store.claims.copy").read_bytes()
    assert {one for (one,) in ask(hub, "SELECT report FROM claims") if one.encode() in copied} == claims

    making = midway(hub, cut_off)
    making.kill()
    making.wait(30)
    assert list(cut_off.iterdir())
    assert not (cut_off / "manifest.json").exists()
    assert "is not empty and holds no finished backup" in hub.cli("backup", str(cut_off), fails=True)
    assert readings(hub) == told
    stopped(hub)
    assert "one that was not finished" in hub.cli("restore", str(cut_off), "--force", fails=True)
    hub.cli("restore", str(backup), "--force")
    hub.start()
    assert readings(hub) == told
    stopped(hub)


def midway(hub: Hub, backup: Path) -> subprocess.Popen[bytes]:
    """A backup that is being made, and stands still."""
    making = command(hub, "backup", str(backup))
    until(lambda: copies(hub, "TO STDOUT"), every=0.001)
    making.send_signal(signal.SIGSTOP)
    return making


def test_a_restore_that_is_cut_off_leaves_the_old_data_or_is_finished_by_restoring_again(
    filled: tuple[Hub, tuple[str, str]], tmp_path: Path
) -> None:
    hub, credential = filled
    backup, mark = str(tmp_path / "backup"), Seal(hub.folder).identity("unilogin", PUPILS[0])
    padded(hub, 60)
    hub.cli("backup", backup)
    hub.cli("erase", f"--identity=unilogin:{PUPILS[0]}")
    send(hub, credential)
    told = readings(hub)
    stopped(hub)
    before = content(hub)
    cut(hub, backup, lambda: copies(hub, "FROM STDIN"))
    assert content(hub) == before

    cut(hub, backup, lambda: ask(hub, MARK))
    again = f"a restore was not finished; finish it: fremgang restore {backup} --force"
    assert hub.cli("run", fails=True).endswith(again)
    assert hub.cli("erase", "--identity=unilogin:anna1a2b", fails=True).endswith(again)
    done = subprocess.run([str(FREMGANG), "check"], cwd=hub.folder, env=hub.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"WRONG   start: {again}" in done.stdout
    hub.cli("restore", backup, "--force")
    assert not ask(hub, MARK)
    assert not ask(hub, "SELECT 1 FROM sheets WHERE subject = $1", mark)
    hub.start()
    assert readings(hub) == told
    stopped(hub)


def cut(hub: Hub, backup: str, when: Callable[[], Any]) -> None:
    restoring = command(hub, "restore", backup, "--force")
    until(lambda: when() or restoring.poll() is not None, every=0.0005)
    assert restoring.poll() is None
    restoring.kill()
    restoring.wait(30)
    until(lambda: nobody(hub))
