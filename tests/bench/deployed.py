"""The deployed hub on one machine: broker, database, the parts as processes apart, the sender and what watches share its cores.

All that is sent is of one day: of each of 10,000 pupils more than 400 answers, six times a day of the high case (67, domain 2.11), so
sheets grow larger than they would. Stages, in order: a town is rostered and some history sent to it; the bare broker; the intake alone,
and the worker alone on what it left; the same again folded by the log's own reader; as fast as it is taken; then steadily for long, with
probes.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import httpx
import kafka
import postgres
from aims import Aim, Say
from apart import Part
from bare_kafka import produced_and_consumed
from harness import Hub, until
from sender import Load
from stages import ANSWERS, Found, accepted, hundreds, ms, seen, stream, waited
from town import Town, founded, preload, probes, requests
from watching import Arrivals, Memory, Probe, percentile

from services.logs.broker import cluster
from services.logs.kafka import KafkaLog
from services.roles import Role
from services.settings import Settings
from services.stores.postgres import PostgresDatabase

RATE: Final = 5_500
"""Events per second of the whole country's busiest minute (domain 2.11)."""
SPARE: Final = 0.7
"""Of what it can take at most, where that is less than `RATE`: the steady load is `RATE`, or leaves something."""
MANY: Final = 5_000
"""Events for each second that the steady load is to last: 3 million in 10 minutes. At a lower rate it lasts longer."""
SAMPLE: Final = 200_000
"""Records that the bare broker is given."""


class Deployed(Town):
    """A town whose hub is begun as one process and goes on as parts."""

    parts: dict[Role, Part]

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.parts[Role.INGEST].port if self.parts else self.hub.port

    @property
    def reading(self) -> tuple[str, int]:
        return "127.0.0.1", self.parts[Role.SERVE].port if self.parts else self.hub.port

    def metrics(self) -> str:
        """Of any part: what waits, each of them says."""
        for role in (Role.PROCESS, Role.SERVE):
            if role in self.parts and self.parts[role].runs():
                return httpx.get(f"{self.parts[role].url}/metrics", timeout=60).text
        return super().metrics()

    def settle(self, most: float = 600) -> None:
        until(lambda: not postgres.ask(self.store, "SELECT 1 FROM sheets WHERE length(summaries) = 0 LIMIT 1"), most, 0.5)

    @property
    def store(self) -> str:
        return self.hub.env["FREMGANG_STORE"]

    def take_apart(self) -> None:
        assert self.hub.stop() == 0
        self.parts |= {role: Part(role, self.hub) for role in (Role.INGEST, Role.PROCESS, Role.SERVE)}
        for role in self.parts:
            self.start(role)

    def start(self, role: Role) -> None:
        until(self.parts[role].start().ready, 120)

    def end(self, role: Role) -> None:
        assert self.parts[role].end(signal.SIGTERM) == 0


@contextmanager
def deployed(folder: Path, size: int) -> Iterator[Deployed]:
    """A new hub of one process, on a broker and a database of its own."""
    (folder / "kafka").mkdir(parents=True)
    with ExitStack() as stack:
        broker, server = kafka.Broker(folder / "kafka").start(), postgres.started()
        stack.callback(server.cleanup)
        stack.callback(broker.kill)
        store = postgres.database(server)
        hub = Hub(folder, store=store, access_log=store, log=f"kafka://{broker.servers}", kafka_replicas="1")
        stack.callback(hub.http.close)
        hub.cli("migrate")
        hub.cli("topics", "--create")
        made = Deployed(hub.start(), size, {})
        made.parts = {}
        stack.callback(_ended, made)
        yield made


def _ended(town: Deployed) -> None:
    for part in town.parts.values():
        if part.runs():
            part.end(signal.SIGKILL)
    if not town.parts:
        town.hub.kill()


def measured(folder: Path, size: int, days: int, seconds: float, steadily: float, say: Say) -> Found:
    found = Found()
    with deployed(folder, size) as town:
        founded(town, say)
        preload(town, days, say)
        watched = probes(town, 40)
        town.take_apart()
        floor = asyncio.run(produced_and_consumed(town.hub.env["FREMGANG_LOG"].removeprefix("kafka://"), asyncio.run(_sample(town))))
        say(f"the bare broker takes and gives {floor:,.0f} records/s")
        intake, worker = _alone(town, seconds, found, say)
        _caught_up(town, seconds / 2, found, say)
        most = _capacity(town, seconds, floor, 1 / (1 / intake + 1 / worker), found, say)
        _steady(town, steadily, RATE if most >= RATE else SPARE * most, watched, found, say)
    return found


async def _sample(town: Town) -> Sequence[bytes]:
    """What is in the log."""
    settings = Settings(log=town.hub.env["FREMGANG_LOG"], kafka_replicas=1)
    database = PostgresDatabase(town.hub.env["FREMGANG_STORE"])
    log, records, positions = KafkaLog(cluster(settings), database), list[bytes](), dict[str, int]()
    await log.start()
    while len(records) < SAMPLE and (more := await log.read(positions, 10_000)):
        records += [record.value for record in more]
        positions |= {record.partition: record.position for record in more}
    await log.close()
    await database.close()
    return records


def _alone(town: Deployed, seconds: float, found: Found, say: Say) -> tuple[float, float]:
    """Events per second of the intake while nothing folds, and of the worker while nothing is sent."""
    town.end(Role.PROCESS)
    sent, _ = _sent(town, 5, seconds / 2, None)
    waiting = town.pending()
    town.start(Role.PROCESS)
    left = until(lambda: (now := town.pending()) < waiting and now + 1, 60)
    began = time.perf_counter()
    town.drain()
    worker = left / (time.perf_counter() - began)
    said = f"the intake alone takes {sent:,.0f} events/s, the worker alone folds {worker:,.0f} records/s"
    say(said)
    found.notes.append(f"{said[0].upper()}{said[1:]}.")
    return sent, worker


def _sent(town: Deployed, seed: int, seconds: float, rate: float | None) -> tuple[float, float]:
    """Events per second taken; the p99 of a request's wait, in seconds."""
    load = Load(town.address, requests(town, hundreds(stream(seed, town.size, ANSWERS))), seconds, rate)
    load.go()
    told = accepted(load)
    return told.rate, percentile(told.waits, 99)


def _caught_up(town: Deployed, seconds: float, found: Found, say: Say) -> None:
    town.end(Role.PROCESS)
    _sent(town, 6, seconds, None)
    command = [sys.executable, str(Path(__file__).with_name("catching_up.py"))]
    environment = {**town.hub.env, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=town.hub.folder, env=environment, capture_output=True, text=True, check=True, timeout=1_800)
    count, took = map(float, done.stdout.split())
    town.start(Role.PROCESS)
    say(f"the log's own reader folds {count:,.0f} records in {took:.1f} s")
    found.aims.append(Aim("Catching up by the log's own reader, one process", count / took, 20_000, "records/s"))


def _capacity(town: Deployed, seconds: float, floor: float, parts: float, found: Found, say: Say) -> float:
    before, load = seen(town), Load(town.address, requests(town, hundreds(stream(1, town.size, ANSWERS))), seconds)
    began = time.perf_counter()
    load.go()
    waiting = waited(town, load, say)
    sent = accepted(load)
    town.drain()
    took = time.perf_counter() - began
    counted = seen(town) - before
    assert counted == sent.items, f"{sent.items} answers were acknowledged and {counted} are seen"
    against = (
        f"{counted / took / floor:.0%} of a bare produce-consume of the same bytes ({floor:,.0f}/s), {counted / took / parts:.0%} of the"
    )
    found.aims.append(
        Aim(
            "End to end through the worker, batches of 100: events seen in readings", counted / took, RATE, "events/s",
            against=f"{against} parts one after the other ({parts:,.0f}/s)",
        )
    )  # fmt: skip
    found.notes.append(
        f"End to end: {sent.items:,} answers in {sent.seconds:.1f} s, all seen after {took:.1f} s; at most {waiting:,} records waited."
    )
    return counted / took


def _steady(town: Deployed, seconds: float, rate: float, watched: list[Probe], found: Found, say: Say) -> None:
    seconds *= max(1, MANY / rate)
    load = Load(town.address, requests(town, hundreds(stream(2, town.size, ANSWERS))), seconds, rate)
    memories = {role: Memory(_pid(part), 0.5) for role, part in town.parts.items()}
    arrivals = Arrivals(town.address, town.reading, watched)
    for watch in (*memories.values(), arrivals):
        watch.start()
    load.go()
    waiting = _lags(town, load, say)
    sent = accepted(load)
    for watch in (arrivals, *memories.values()):
        watch.stop()
    town.drain()
    third = max(1, len(waiting) // 3)
    early, late = (sum(part) / len(part) for part in (waiting[:third], waiting[-third:]))
    found.aims += [
        Aim("The steady load that what follows is measured under", rate, RATE, "events/s"),
        Aim(
            f"Arrival to view at {sent.rate:,.0f} events/s for {seconds / 60:.0f} min, p99",
            percentile(arrivals.seconds, 99),
            0.5,
            "s",
            at_most=True,
        ),
        Aim("Records that wait, the last third of that time against the first", (late + 1) / (early + 1), 1.5, "x", at_most=True),
    ]
    for role, memory in memories.items():
        half = len(memory.samples) // 2
        grown = max(memory.samples[half:]) - max(memory.samples[:half] or memory.samples)
        found.aims.append(
            Aim(f"Resident memory of `{role}`: the most of its second half over the most of the first", grown, 10, "MB", at_most=True)
        )
    held = ", ".join(f"{role} {max(memory.samples):.0f} MB" for role, memory in memories.items())
    found.notes.append(
        f"Steadily: {sent.items:,} events; {len(arrivals.seconds)} probes, p50 {ms(arrivals.seconds, 50)}; a request of 100 was answered in"
        f" p99 {ms(sent.waits, 99)}, and left at most {1000 * sent.late:.0f} ms late; at most in memory: {held}."
    )


def _pid(part: Part) -> int:
    assert part.process is not None
    return part.process.pid


def _lags(town: Deployed, load: Load, say: Say) -> list[int]:
    """How many records wait, each second."""
    waiting, last = list[int](), time.perf_counter()
    while not load.done(1):
        waiting.append(town.pending())
        if time.perf_counter() - last > 30:
            last = time.perf_counter()
            say(f"{waiting[-1]:,} records wait to be folded")
    return waiting or [0]
