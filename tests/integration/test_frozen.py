"""Two that fold, of which one is frozen, inside its transaction or outside, for longer than it may be silent, while the other takes over;
and a broker that is away for long. Every sheet is the one that the log alone gives, folded at once by the pure fold."""

import asyncio
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import postgres
import pytest
from apart import AT, Apart, Sender, on_servers_of_its_own, supplier
from harness import XAPI, until
from proving import PROVE
from sending import statement

from contracts.dates import instant
from contracts.facts import encode
from contracts.ports import pending
from services.logs.broker import cluster
from services.logs.kafka import KafkaLog
from services.process.worker import SESSION_SECONDS
from services.settings import Settings
from services.stores.postgres import PostgresDatabase
from streams.fold import fold

AWAY_SECONDS = 60 if PROVE else 12
FROZEN_SECONDS = SESSION_SECONDS + 3

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3_600)] if PROVE else [pytest.mark.timeout(300)]


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with on_servers_of_its_own(tmp_path_factory) as started:
        yield started


def send(apart: Apart, credential: tuple[str, str], pupils: int = 60) -> int:
    """Of each pupil an answer and a result, which are of different topics; answers how many."""
    told: list[Any] = []
    for n in range(pupils):
        told.append(statement(f"elev{n:04}", instant(AT), id_=uuid4()))
        told.append(statement(f"elev{n:04}", instant(AT), "passed", result={"success": True, "score": {"scaled": 0.5}}))
    url = f"{apart.of('ingest')[0].url}/xapi/statements"
    answer = httpx.post(url, json=told, headers=XAPI, auth=credential, timeout=30)
    assert answer.status_code == 200, answer.text
    return len(told)


def until_folded(apart: Apart, credential: tuple[str, str], count: int) -> None:
    def folded() -> bool:
        apart.revive()
        told = apart.ledger(credential)
        return bool(told) and told["pending"] == 0 and told["published"] == count

    until(folded, 90)


async def of_the_log(apart: Apart) -> dict[Any, bytes]:
    """Every record that there is, folded in one piece."""
    settings = Settings(log=f"kafka://{apart.broker.servers}", kafka_replicas=1)
    database = PostgresDatabase(apart.store)
    log = KafkaLog(cluster(settings), database)
    await log.start()
    records, positions = [], dict[str, int]()
    while pending(await log.ends(), positions):
        records += await log.read(positions, 2_000)
        positions = {record.partition: record.position for record in records}
    await log.close()
    await database.close()
    done = fold(records, {}, frozenset())
    return {tuple(key): encode(facts) for key, facts in done.sheets.items()}


def assert_equal(apart: Apart) -> None:
    sheets = {row[:4]: row[4] for row in postgres.sheets(apart.store)}
    families = {family for _, _, family, _ in sheets}
    assert {"activity", "result"} <= families
    assert sheets == asyncio.run(of_the_log(apart))
    newest = sorted(postgres.epochs(apart.store).values())[-3:]
    print(f"{len(sheets)} sheets of {sorted(families)} are those of the log; the newest epochs: {newest}")


async def in_the_middle(apart: Apart, credential: tuple[str, str]) -> tuple[int, int]:
    """Freezes the one that folds while its batch waits for the change number, which it asks for last; answers how many items were sent, and
    how many such transactions waited."""
    connection = await asyncpg.connect(apart.store.replace("+asyncpg", ""))
    blocked = (
        "SELECT count(*) FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid) WHERE a.wait_event_type = 'Lock'"
        " AND a.query LIKE 'UPDATE changes%' AND l.relation = CAST('positions' AS regclass) AND l.mode = 'RowExclusiveLock'"
    )
    try:
        async with connection.transaction():
            await connection.execute("SELECT number FROM changes FOR UPDATE")
            sent = await asyncio.to_thread(send, apart, credential)
            waiting = await asyncio.to_thread(until, lambda: postgres.ask(apart.store, blocked)[0][0], 30)
            apart.of("process")[0].tell(signal.SIGSTOP)
    finally:
        await connection.close()
    return sent, waiting


def test_one_that_is_frozen_inside_its_transaction_finds_its_write_refused(apart: Apart) -> None:
    credential = supplier(apart)
    count = send(apart, credential)
    until_folded(apart, credential, count)
    alone, other = apart.of("process")
    before = postgres.epochs(apart.store)
    assert other.end(signal.SIGTERM) == 0
    until(lambda: all(now > before[partition] for partition, now in postgres.epochs(apart.store).items()), 60)
    sent, waiting = asyncio.run(in_the_middle(apart, credential))
    assert waiting == 1, "its own"
    apart.revive()
    count += sent + send(apart, credential)
    until_folded(apart, credential, count)
    alone.tell(signal.SIGCONT)
    time.sleep(3)  # in which it would write what it holds, were it not refused
    count += send(apart, credential)
    until_folded(apart, credential, count)
    assert_equal(apart)


def test_one_that_is_frozen_outside_its_transaction_finds_its_sheets_dead(apart: Apart) -> None:
    credential = supplier(apart)
    count = send(apart, credential)
    until_folded(apart, credential, count)
    frozen = apart.of("process")[0]
    for _ in range(3 if PROVE else 1):
        frozen.tell(signal.SIGSTOP)
        count += send(apart, credential)
        time.sleep(FROZEN_SECONDS)  # longer than the group waits for it
        until_folded(apart, credential, count)
        with ThreadPoolExecutor(1) as beside:
            sending = beside.submit(send, apart, credential)
            frozen.tell(signal.SIGCONT)
            wait([sending])
        count += sending.result()
        until_folded(apart, credential, count)
    assert_equal(apart)


def test_a_broker_that_is_away_is_said_at_the_door_and_found_again_by_all(apart: Apart) -> None:
    credential = supplier(apart)
    sender = Sender(lambda: [part.url for part in apart.of("ingest")], credential, 7)
    sender.start()
    until(lambda: len(sender.acknowledged) > 200, 60)
    apart.broker.kill()
    began, answers = time.monotonic(), list[int]()
    while time.monotonic() - began < AWAY_SECONDS:
        apart.revive()
        answer = httpx.post(
            f"{apart.of('ingest')[0].url}/xapi/statements",
            json=[statement("elev0001", instant(AT))],
            headers=XAPI,
            auth=credential,
            timeout=30,
        )
        answers.append(answer.status_code)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True), answer.text
        time.sleep(1)  # asked now and then, as a sender would, all the time that the broker is away
    told = len(sender.acknowledged)
    apart.broker.start()
    back = time.monotonic()
    until(lambda: len(sender.acknowledged) > told, 90)
    taken = time.monotonic() - back
    sender.stop()
    assert sender.wrong == []
    ledger = until(lambda: apart.revive() or ((at := apart.ledger(credential)) and at["pending"] == 0 and at), 120)
    print(
        f"away for {AWAY_SECONDS} s, answered 503 {len(answers)} times; the doors took again after {taken:.1f} s,"
        f" and all was folded after {time.monotonic() - back:.1f} s"
    )
    assert ledger["published"] >= len(sender.acknowledged) > told
