"""The fold on Kafka, by as many processes as there are: Faust says which partitions are this process's and brings their records (design 5).

It owns nothing. It tells the brokers nothing of how far it came: where a partition stands is in the store, moves with the sheets, and is
asked for whenever the partition is given to somebody, whose epoch then shuts out whoever had it before. What Faust brings twice is known by
its offset; what it leaves out, and what was brought but could not be saved, the log's own reader reads.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, Final

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faust.app.base import BootStrategy
from faust.transport.drivers import aiokafka as driver
from mode.threads import WorkerThread

from contracts.errors import Fatal, Retry, Taken
from contracts.ports import Held, Log, Observer, Positions, Record, Store
from services.again import PATIENCE_SECONDS, again
from services.logs.broker import FETCH_BYTES, Cluster, partitions
from services.process.loop import BATCH, BATCH_BYTES, Process
from services.process.watchdog import Busy

SESSION_SECONDS: Final = 10.0
"""After which the group gives a silent process's partitions to others; longer than a transaction may wait for its own process."""
BACK_SECONDS: Final = 1.0
"""Before what was lost is taken up again."""
STAND_BACK_SECONDS: Final = 5.0
"""The same where another holds the partitions: who has lost them in the group hears of it meanwhile."""
SAVED_SECONDS: Final = 3.0
"""For a batch that is being saved when the process is told to end; else it is folded again."""
STOP_SECONDS: Final = 5.0
APART_SECONDS: Final = 0.05
"""As the loop's: shorter, since what arrives waits for the brokers and the database too."""
WAIT_MS: Final = 50
FETCHED: Final = 1_000_000
"""Bytes that the brokers wait for so long before they answer, so that under load a request is worth its cost."""
NEVER_MS: Final = 2**31 - 1
"""That a member of the group leaves it because it takes nothing: it would not come back by itself, and the watchdog sees it too."""
NONE: Final = Held({}, {})


class Worker:
    """Of one process; those of a hub are one group, which shares all partitions."""

    def __init__(self, of: Cluster, log: Log, store: Store, process: Process, busy: Busy, observer: Observer) -> None:
        self.cluster, self._log, self._store, self._process, self._busy, self._observer = of, log, store, process, busy, observer
        self._names = {partition: name for name, partition in partitions(of).items()}
        self._held = NONE
        self._waiting, self._count, self._size = asyncio.Queue[list[Record]](), 0, 0
        self._room, self._failed = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._why: Exception | None = None

    def partitions(self) -> Collection[str]:
        """Those that it folds."""
        return self._held.positions.keys()

    async def run(self) -> None:
        """Until it is cancelled; raises `Fatal` where it cannot go on. At the end what is being saved is saved, if that is soon, and the
        group is told."""
        with TemporaryDirectory() as folder:
            app, ends = self._app(folder), list[asyncio.Future[Any]]()
            try:
                await app.start()
                ends += [asyncio.ensure_future(one) for one in (app.wait_until_stopped(), self._failed.wait(), self._folding())]
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(SAVED_SECONDS):
                        await self.revoked()
                for one in ends:
                    one.cancel()
                await asyncio.wait([asyncio.ensure_future(app.stop())], timeout=STOP_SECONDS)
        why = self._why or app.crash_reason
        raise why if isinstance(why, Fatal) else Fatal(f"the worker ended: {type(why).__name__ if why else 'nobody said why'}") from why

    def _app(self, folder: str) -> Any:
        """Without agents, tables, web server, producer or topics of its own. folder: for what it would keep."""
        app = faust.App(
            f"{self.cluster.prefix}-process", datadir=folder, store="memory://", stream_recovery_delay=0.0, stream_wait_empty=False,
            topic_allow_declare=False, topic_disable_leader=True, web_enabled=False, autodiscover=False,
        )  # fmt: skip
        app.boot_strategy = BootStrategy(app, enable_kafka_producer=False, enable_web=False)
        app.transport = _Transport(app.conf.broker_consumer, app)
        app.transport.worker = self
        app.topics.add(app.topic(*sorted({topic for topic, _ in self._names})))
        return app

    async def bring(self, fetched: Mapping[Any, Iterable[Any]]) -> None:
        """What the group's reader has fetched, by partition; returns when there is room for more."""
        records = [Record(self._names[at], one.offset + 1, one.value or b"") for at, told in fetched.items() for one in told]
        await self._room.wait()
        self._waiting.put_nowait(records)
        self._sized(len(records), _size(records))

    async def _folding(self) -> None:
        """A batch is what was brought since the last one: under load it grows, so that a sheet is written once for more of it."""
        clock = asyncio.get_running_loop().time
        while True:
            began, records = clock(), await self._waiting.get()
            while not self._waiting.empty():
                records += self._waiting.get_nowait()
            await self._guarded(partial(self._tried, partial(self._brought, records)))
            self._sized(-len(records), -_size(records))
            await asyncio.sleep(began + APART_SECONDS - clock())

    def _sized(self, records: int, size: int) -> None:
        self._count, self._size = self._count + records, self._size + size
        if self._count > BATCH or self._size > BATCH_BYTES // 2:
            self._room.clear()
        else:
            self._room.set()

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        """Faust goes on after an error of ours; here it ends the process."""
        try:
            await work()
        except Exception as error:
            self._why = self._why or error
            self._failed.set()

    async def _tried(self, work: Callable[[], Awaitable[None]]) -> None:
        """What was brought is not brought again: after a failure all that there is of the partitions is read. Raises `Fatal` after a minute
        of failures."""
        clock, since = asyncio.get_running_loop().time, 0.0
        while True:
            try:
                return await work()
            except (Taken, Retry) as error:
                self._observer.interrupted(str(error))
                since = since or clock()
                if clock() - since >= PATIENCE_SECONDS and not await self._kept_waiting():
                    raise Fatal(f"for {PATIENCE_SECONDS:.0f} s in vain: {error}") from error
                work = self._regained if isinstance(error, Taken) else self._known_again

    async def _kept_waiting(self) -> bool:
        try:
            return await self._busy()
        except Retry:
            return False

    async def _known_again(self) -> None:
        """What was lost may have been saved."""
        await asyncio.sleep(BACK_SECONDS)
        async with self._process.paused():
            now = await self._store.positions()
            self._held = Held({name: now[name] for name in self._held.positions}, self._held.epochs)
        await self._caught_up()

    async def _regained(self) -> None:
        """Unless the group says meanwhile whose the partitions are, or this process is cut off from it."""
        held = self._held
        await asyncio.sleep(STAND_BACK_SECONDS)
        await self._log.ends()
        async with self._process.paused():
            if self._held is held:
                self._held = await self._store.hold(held.positions)
        await self._caught_up()

    async def _brought(self, records: Sequence[Record]) -> None:
        async with self._process.paused():
            if (new := following(self._held.positions, records)) is not None:
                self._held = await self._process.fold(self._held, new)
        if new is None:
            await self._caught_up()

    async def _caught_up(self) -> None:
        """With the log as it is now; what comes meanwhile is brought."""
        ends = await self._log.ends()
        while any(ends[name] > position for name, position in self._held.positions.items()):
            async with self._process.paused():
                self._held = await self._process.advance(self._held)

    async def given(self, assigned: Iterable[Any]) -> None:
        """By the group, in place of those that it had."""
        names = [self._names[one] for one in assigned]

        async def held() -> None:
            async with self._process.paused():
                self._held = await again(partial(self._store.hold, names), self._observer.interrupted) if names else NONE

        await self._guarded(held)

    async def revoked(self) -> None:
        """Returns when nothing of them is being saved any more."""
        async with self._process.paused():
            self._held = NONE

    def offsets(self, assigned: Iterable[Any]) -> dict[Any, int]:
        """Where the records begin that are not folded, of those of these partitions that it holds."""
        return {one: self._held.positions[name] for one in assigned if (name := self._names[one]) in self._held.positions}


def following(positions: Positions, records: Iterable[Record]) -> list[Record] | None:
    """Those that come next in these partitions, without what is folded, was brought twice, or is of others; None where one is left out."""
    at, new = dict(positions), list[Record]()
    for record in records:
        here = at.get(record.partition, record.position)
        if record.position > here + 1:
            return None
        if record.position > here:
            at[record.partition] = record.position
            new.append(record)
    return new


def _size(records: Iterable[Record]) -> int:
    return sum(len(record.value) for record in records)


class _Apart(WorkerThread):
    """One that does not end keeps no process from ending."""

    def __init__(self, service: Any, **options: Any) -> None:
        super().__init__(service, **options)
        self.daemon = True


class _Thread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        """As Faust does, but for how long a request waits: one for partitions that are silent keeps back those that are not."""
        of: Cluster = transport.worker.cluster
        return AIOKafkaConsumer(
            bootstrap_servers=of.servers, group_id=self.app.conf.id, partition_assignment_strategy=[RoundRobinPartitionAssignor],
            enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_bytes=FETCH_BYTES, fetch_min_bytes=FETCHED,
            fetch_max_wait_ms=WAIT_MS,
            session_timeout_ms=round(1000 * SESSION_SECONDS), heartbeat_interval_ms=round(1000 * SESSION_SECONDS / 4),
            max_poll_interval_ms=NEVER_MS, **of.access,
        )  # fmt: skip


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self) -> _Thread:
        return _Thread(self, loop=self.loop, beacon=self.beacon, Worker=_Apart)

    async def on_partitions_assigned(self, assigned: set[Any], generation_id: int = 0) -> None:
        await self.transport.worker.given(assigned)
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[Any]) -> None:
        await super().on_partitions_revoked(revoked)
        await self.transport.worker.revoked()

    async def seek_to_committed(self) -> Mapping[Any, int]:
        offsets: dict[Any, int] = self.transport.worker.offsets(self.assignment())
        await self.seek_wait(offsets)
        return offsets

    async def _drain_messages(self, fetcher: Any) -> None:
        """What is fetched goes to the worker as it is, also while the flow is stopped: it knows its own. Faust would take each record apart
        through a stream, which costs more than to fold it."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                fetched, _ = await self._wait_next_records(WAIT_MS / 1000)
                if fetched:
                    await self.wait_first(self.transport.worker.bring(fetched), self.suspend_flow.wait())
        except (asyncio.CancelledError, *self.consumer_stopped_errors):
            if not self.app.should_stop:
                raise

    async def _commit(self, _: Mapping[Any, int]) -> bool:
        """The store knows it already."""
        return True

    def verify_event_path(self, now: float, tp: Any) -> None:
        """It looks at what the brokers were told; `services.process.watchdog` looks at the store."""


class _Transport(driver.Transport):
    worker: Worker
    Consumer = _Consumer
