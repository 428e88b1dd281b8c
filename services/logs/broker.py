"""How a Kafka cluster is reached, which topics a hub has there, and whether they are as they should be."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from aiokafka.helpers import create_ssl_context
from aiokafka.structs import TopicPartition
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from contracts.errors import Fatal, Retry
from contracts.kinds import Family
from contracts.topics import LARGEST, PARTITIONS, RETENTION_MS, SEGMENT_MS
from services.settings import Settings

SCHEME: Final = "kafka"
SECONDS: Final = 5.0
"""That a request to the cluster may take."""
FETCH_BYTES: Final = 8_000_000
"""That a reader is sent at once, unless a single record has more."""
REPLICAS: Final = 3
IN_SYNC: Final = 2
"""Replicas that must have a record before it is acknowledged (design 6: 3 replicas, 2 in sync)."""


@dataclass(frozen=True)
class Cluster:
    """servers: host:port, comma-separated. prefix: of the hub's topics. replicas: of each of their partitions."""

    servers: str
    prefix: str
    replicas: int
    access: Mapping[str, Any]

    def topic(self, family: Family) -> str:
        return f"{self.prefix}.{family}"

    @property
    def in_sync(self) -> int:
        return min(IN_SYNC, self.replicas)


def cluster(settings: Settings) -> Cluster:
    """Of `kafka://HOST:PORT[,HOST:PORT]`. Raises `Fatal` where the setting names no server."""
    url = urlsplit(settings.log)
    if url.scheme != SCHEME or not url.netloc or "@" in url.netloc or url.path.strip("/"):
        raise Fatal("starting: FREMGANG_LOG of a Kafka log is kafka://HOST:PORT,HOST:PORT; user and password are settings of their own")
    security = settings.kafka_security
    access: dict[str, Any] = {"security_protocol": security, "request_timeout_ms": round(SECONDS * 1000)}
    if security.endswith("SSL"):
        access["ssl_context"] = create_ssl_context(cafile=settings.kafka_ca_file)
    if security.startswith("SASL"):
        password = settings.kafka_password.get_secret_value() if settings.kafka_password else ""
        access |= {"sasl_mechanism": settings.kafka_sasl_mechanism, "sasl_plain_username": settings.kafka_username}
        access |= {"sasl_plain_password": password}
    return Cluster(url.netloc, settings.kafka_prefix, settings.kafka_replicas, access)


def partitions(of: Cluster) -> dict[str, TopicPartition]:
    """Under the names that log and store have for them: `family/number`."""
    return {
        f"{family}/{number}": TopicPartition(of.topic(family), number) for family, count in PARTITIONS.items() for number in range(count)
    }


@dataclass(frozen=True)
class Topic:
    """partitions: 0 where there is none. replicas: the fewest of a partition. config: those of `wanted`, as the cluster has them."""

    name: str
    partitions: int
    replicas: int
    config: Mapping[str, str]


def wanted(of: Cluster) -> list[Topic]:
    config = {
        "cleanup.policy": "delete", "retention.ms": str(RETENTION_MS), "segment.ms": str(SEGMENT_MS), "max.message.bytes": str(LARGEST),
        "min.insync.replicas": str(of.in_sync), "message.timestamp.type": "CreateTime",
    }  # fmt: skip
    return [Topic(of.topic(family), count, of.replicas, config) for family, count in sorted(PARTITIONS.items())]


async def found(of: Cluster) -> list[Topic]:
    """Those of `wanted`, as they are. Raises `Fatal` where the cluster cannot be reached."""
    async with _admin(of) as admin:
        return [await _found(admin, topic) for topic in wanted(of)]


async def _found(admin: Any, topic: Topic) -> Topic:
    (told,) = await admin.describe_topics([topic.name])
    if told["error_code"]:
        return Topic(topic.name, 0, 0, {})
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, dict.fromkeys(topic.config))])
    config = {name: value for *_, entries in answer.resources for name, value, *_ in entries}
    return Topic(topic.name, len(told["partitions"]), min(len(part["replicas"]) for part in told["partitions"]), config)


async def create(of: Cluster) -> list[str]:
    """Those that are not there yet; answers their names, once every broker that is asked knows them."""
    async with _admin(of) as admin:
        missing = [topic for topic in wanted(of) if not (await _found(admin, topic)).partitions]
        answer = await admin.create_topics(
            [NewTopic(one.name, one.partitions, one.replicas, topic_configs=dict(one.config)) for one in missing]
        )
        if failed := {name: message or code for name, code, message, *_ in answer.topic_errors if code}:
            raise Fatal(f"creating topics: {', '.join(f'{name}: {why}' for name, why in sorted(failed.items()))}")
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(_Unknown), wait=wait_fixed(0.1), stop=stop_after_delay(SECONDS), reraise=True
    ):
        with attempt:
            if not all(topic.partitions for topic in await found(of)):
                raise _Unknown("creating topics: the brokers do not know them yet; ask again: fremgang topics")
    return [one.name for one in missing]


class _Unknown(Fatal):
    """A topic was made, and the broker that was asked has not heard of it."""


def differences(want: Sequence[Topic], have: Sequence[Topic]) -> Iterator[tuple[str, str]]:
    """(what is wrong, how to mend it)."""
    for wish, is_ in zip(want, have, strict=True):
        if not is_.partitions:
            yield f"{wish.name} is not there", "fremgang topics --create"
            continue
        if is_.partitions != wish.partitions:
            yield (
                f"{wish.name} has {is_.partitions} partitions, and this version wants {wish.partitions}",
                "a count does not change in place, since it says where a subject's records are: take another FREMGANG_KAFKA_PREFIX",
            )
        if is_.replicas < wish.replicas:
            yield f"{wish.name} has {is_.replicas} replicas of {wish.replicas}", "reassign its partitions (kafka-reassign-partitions.sh)"
        for name, value in wish.config.items():
            if is_.config.get(name) != value:
                yield f"{wish.name} has {name}={is_.config.get(name)}, not {value}", "kafka-configs.sh --alter"


def unsafe(of: Cluster) -> str:
    """What fewer replicas than the promise assumes mean; empty where there are enough."""
    if of.replicas >= REPLICAS:
        return ""
    promise = f"the promise of durability assumes {REPLICAS} replicas, of which {IN_SYNC} must have a record"
    return f"FREMGANG_KAFKA_REPLICAS is {of.replicas}: what is answered 2xx is on {of.replicas} broker and lost with it; {promise}"


@asynccontextmanager
async def _admin(of: Cluster) -> AsyncIterator[Any]:
    admin = AIOKafkaAdminClient(bootstrap_servers=of.servers, **of.access)
    with reached():
        await admin.start()
    try:
        with reached():
            yield admin
    finally:
        await admin.close()


@contextmanager
def reached() -> Iterator[None]:
    try:
        yield
    except (KafkaError, OSError) as error:
        raise Fatal(f"the Kafka cluster does not answer ({type(error).__name__})") from error


@contextmanager
def answered() -> Iterator[None]:
    """Raises `Retry` where the cluster does not answer, and `Fatal` where it has not got what is asked for."""
    try:
        yield
    except OffsetOutOfRangeError as error:
        raise Fatal("reading the log: the records behind the position are gone; the brokers deleted what was not folded") from error
    except (KafkaError, OSError) as error:
        raise Retry(f"the log does not answer ({type(error).__name__})") from error
