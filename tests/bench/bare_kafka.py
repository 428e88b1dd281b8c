"""The floor that the deployed hub is held against: the same bytes through the same broker by the same library, nothing done with them."""

import asyncio
import time
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.topics import LARGEST

TOPIC = "bare"
PARTITIONS = 12
BATCH = 50


async def produced_and_consumed(servers: str, records: Sequence[bytes]) -> float:
    """Records per second that one process writes, each batch acknowledged before the next of its kind, and another task reads."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True, linger_ms=2, max_request_size=LARGEST)
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False)
    await producer.start()
    await consumer.start()
    batches = iter([records[at : at + BATCH] for at in range(0, len(records), BATCH)])

    async def writes() -> None:
        for batch in batches:
            await asyncio.gather(*[await producer.send(TOPIC, one, partition=hash(one) % PARTITIONS) for one in batch])

    async def reads() -> None:
        count = 0
        while count < len(records):
            count += sum(map(len, (await consumer.getmany(timeout_ms=200)).values()))

    began = time.perf_counter()
    await asyncio.gather(reads(), *(writes() for _ in range(16)))
    took = time.perf_counter() - began
    await consumer.stop()
    await producer.stop()
    return len(records) / took
