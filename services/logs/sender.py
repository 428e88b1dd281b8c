"""The records on their way to the brokers, each partition's in their order."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from contracts.dates import Micros
from contracts.envelope import Envelope, encode
from contracts.errors import Refused, Retry
from contracts.privacy import REMEMBERED
from contracts.topics import LARGEST, PARTITIONS, family_of
from services.logs.broker import SECONDS, Cluster, answered

BATCH_BYTES: Final = 256_000
"""Of a partition, unless one record is larger: a broker's work is by batches, not by records, and one of a partition is under way."""
OVERHEAD: Final = 1_000
"""Bytes that a record has besides its value: key, time, the batch round it."""


class Sender:
    """An idempotent producer that waits for all in-sync replicas."""

    def __init__(self, of: Cluster) -> None:
        self._cluster = of
        self._topics = {family: of.topic(family) for family in PARTITIONS}
        self._producer = self._new_producer()
        self._renewing = asyncio.Lock()

    async def start(self) -> None:
        await self._producer.start()

    async def send(self, told: Sequence[tuple[Micros, Envelope]]) -> None:
        """told: with when it was received. Returns when all in-sync replicas have them. Raises `Retry` where they do not say so in time;
        they may have them then."""
        producer, waiting = self._producer, defaultdict[tuple[str, int], list[dict[str, Any]]](list)
        for received, one in told:
            if len(value := encode(one)) > LARGEST - OVERHEAD:
                raise Refused.because("body_too_large", detail=f"a record of it has more than {LARGEST - OVERHEAD} bytes", status=413)
            family = family_of(one.type)
            at = self._topics[family], _partition(one.subject, PARTITIONS[family])
            waiting[at].append({"timestamp": received // 1_000, "key": one.subject.encode(), "value": value})
        sending = [_sent(producer, topic, partition, records) for (topic, partition), records in waiting.items()]
        try:
            async with asyncio.timeout(SECONDS):
                for failure in await asyncio.gather(*sending, return_exceptions=True):
                    if failure is not None:
                        raise failure
        except (KafkaError, TimeoutError, OSError) as error:
            if isinstance(error, KafkaError) and not error.retriable:
                await self._renewed(producer)
            raise Retry(f"writing the log: {type(error).__name__}") from error

    async def close(self) -> None:
        await self._producer.stop()

    def _new_producer(self) -> Any:
        return AIOKafkaProducer(
            bootstrap_servers=self._cluster.servers, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES,
            max_request_size=LARGEST, **self._cluster.access,
        )  # fmt: skip

    async def _renewed(self, old: Any) -> None:
        """A producer that a broker has refused for good numbers its records wrongly from then on, and is of no use any more."""
        async with self._renewing:
            if self._producer is old:
                with suppress(KafkaError, OSError, TimeoutError):
                    async with asyncio.timeout(SECONDS):
                        await old.stop()
                new = self._new_producer()
                with answered():
                    await new.start()
                self._producer = new


@lru_cache(maxsize=REMEMBERED)
def _partition(subject: str, of: int) -> int:
    """As every Kafka client finds it by default, whose own code is slow in Python."""
    return int(DefaultPartitioner()(subject.encode(), range(of), ()))


async def _sent(producer: Any, topic: str, partition: int, records: Sequence[Mapping[str, Any]]) -> None:
    """In their order, in as few batches as hold them; returns when they are acknowledged. A future for each record, as the producer's own
    batches have it, costs more than the rest of sending it."""
    acknowledged, batch = [], producer.create_batch()
    for one in records:
        if batch.append(**one) is None:
            acknowledged.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**one)
    batch.close()
    acknowledged.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*acknowledged)
