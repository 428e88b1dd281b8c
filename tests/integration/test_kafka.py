"""A hub whose log is on a real Kafka broker: what only a broker can do to it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import kafka
import postgres
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from harness import Hub, until
from sending import SCHEME, statement

from contracts.dates import instant

AT = "2026-11-24T12:00:00+01:00"


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kafka.Broker]:
    """One of the test's own, which it may kill."""
    started = kafka.Broker(tmp_path_factory.mktemp("kafka")).start()
    try:
        yield started
    finally:
        started.kill()


def hub_on(broker: kafka.Broker, folder: Path, **settings: str) -> Hub:
    url = postgres.database()
    log = {"log": f"kafka://{broker.servers}", "kafka_prefix": kafka.prefix(), "kafka_replicas": "1"}
    return Hub(folder, clock=f"{AT}@0", store=url, access_log=url, **(log | settings))


def answered(hub: Hub, supplier: tuple[str, str]) -> Any:
    return hub.statements(supplier, [statement("anna1a2b", instant(AT))])


def test_a_broker_that_goes_away_and_comes_back_costs_an_answer_and_no_event(tmp_path: Path, broker: kafka.Broker) -> None:
    hub = hub_on(broker, tmp_path)
    with closing(hub.http):
        hub.cli("migrate")
        hub.cli("topics", "--create")
        hub.start()
        supplier = hub.supplier("material", "xapi", subject="MAT", identity=SCHEME)
        taken = [answered(hub, supplier) for _ in range(5)]
        assert {one.status_code for one in taken} == {200}
        broker.kill()
        refused = answered(hub, supplier)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.headers["content-type"] == "application/problem+json"
        broker.start()
        until(lambda: answered(hub, supplier).status_code == 200, 60)
        ledger = hub.ledger(hub.token("--controller"))
        assert ledger["published"] in (6, 7), "what was refused may have arrived, and nobody was told so"
        assert (ledger["repeated"], ledger["failed"], ledger["pending"]) == (0, 0, 0)
        assert hub.stop() == 0


def test_topics_are_made_shown_and_never_changed(tmp_path: Path) -> None:
    broker = kafka.broker()
    hub = hub_on(broker, tmp_path)
    with closing(hub.http):
        hub.cli("migrate")
        assert "is not there; fremgang topics --create" in hub.cli("run", fails=True)
        said = hub.cli("topics", "--create")
        assert said.count("made now") == 12
        assert "activity: 12 partitions, 1 replicas, made now" in said
        again = hub.cli("topics", "--create")
        assert again == said.replace(", made now", "")
    other = hub_on(broker, tmp_path, kafka_prefix=hub.env["FREMGANG_KAFKA_PREFIX"], kafka_replicas="3")
    with closing(other.http):
        shown = other.cli("topics", fails=True)
        assert shown.count("has 1 replicas of 3") == shown.count("has min.insync.replicas=1, not 2") == 12


def poisoned(like: bytes) -> list[bytes]:
    """What is no record of ours, each in another way. like: one that is."""
    told = json.loads(like)
    changed: list[dict[str, Any]] = [
        {"type": "dk.fremgang.activity.item_answered.v9"}, {"type": "dk.fremgang.activity.guessed.v1"}, {"type": "org.example.v1"},
        {"period": "2026-24-11"}, {"time": "yesterday"}, {"time": "2026-11-24T12:00:00"}, {"recordedtime": ""}, {"order": "first"},
        {"data": {"tool": 7}}, {"specversion": "0.3"}, {"unheard": "of"},
        {"subject": "p_\0"}, {"institution": "\0"}, {"itemkind": "\0"}, {"recordedtime": "9999-12-31T23:59:59Z"},
    ]  # fmt: skip
    without = [
        {name: value for name, value in told.items() if name != gone} for gone in ("data", "period", "naturalkey", "report", "subject")
    ]
    return [b"", b"\xff\xfe", b"{", b"[]", b"null", *(json.dumps(one).encode() for one in ([{**told, **new} for new in changed] + without))]


async def produced(servers: str, topic: str, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value, b"p_somebody")
    finally:
        await producer.stop()


async def consumed(servers: str, topic: str) -> list[bytes]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        told = await consumer.getmany(timeout_ms=5_000)
        return [message.value for messages in told.values() for message in messages]
    finally:
        await consumer.stop()


def test_what_others_write_to_a_topic_becomes_failed_items_and_stops_nobody(tmp_path: Path) -> None:
    broker = kafka.broker()
    hub = hub_on(broker, tmp_path, kafka_prefix=(prefix := kafka.prefix()))
    with closing(hub.http):
        hub.cli("migrate")
        hub.cli("topics", "--create")
        hub.start()
        supplier, controller = hub.supplier("material", "xapi", subject="MAT", identity=SCHEME), hub.token("--controller")
        assert answered(hub, supplier).status_code == 200
        (ours,) = asyncio.run(consumed(broker.servers, f"{prefix}.activity"))
        asyncio.run(produced(broker.servers, f"{prefix}.activity", poison := poisoned(ours)))
        assert answered(hub, supplier).status_code == 200
        ledger = hub.ledger(controller)
        assert (ledger["published"], ledger["failed"], ledger["pending"]) == (2, 0, 0), "what no supplier sent is in no account"
        failed = hub.get("/v1/failed", controller)["failed"]
        assert [row["reason"] for row in failed] == ["poison"] * len(poison)
        assert len({row["item"] for row in failed}) == len(poison) > 20
        assert all("Only the hub writes to its log" in row["mend"] for row in failed)
        assert hub.stop() == 0
