"""A hub whose log is on a real Kafka broker: what only a broker can do to it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import kafka
import postgres
import pytest
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
