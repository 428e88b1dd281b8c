"""The stages of the measurement, each on the hub as the one before left it. What a stage finds goes into aims and notes."""

import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

from aims import Aim, Say
from harness import FREMGANG
from machine import cpu_seconds
from sender import CONNECTIONS, Load, Sent
from town import Town, now, requests
from watching import Arrivals, ClassViews, Memory, Probe, Reader, answered_today, percentile

from services.demo import municipality as m
from services.demo.load_items import MATERIALS
from services.demo.municipality import BATCH
from services.demo.people import pupils
from services.demo.telling import Delivery

ANSWERS = ("matematik-x", "ordleg")
"""The materials all of whose statements are answers, each of which a reading counts."""


@dataclass
class Found:
    aims: list[Aim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def stream(seed: int, size: int, materials: Iterable[str] = MATERIALS) -> Iterator[Delivery]:
    """New requests of 50 statements that happen now, without end. size: of the town, in classes."""
    following = m.stream(seed, classes=size, materials=materials)
    while True:
        yield following(now())


MORNING: Final = 9
"""Statements of each pupil, half of what a school day brings (domain 2.11)."""


def morning(town: Town, say: Say) -> None:
    """What has come of today already, so that what follows meets sheets as they are in the middle of a day."""
    told = islice(stream(4, town.size), MORNING * sum(len(pupils(school)) for school in town.schools) // BATCH)
    load = Load(town.address, requests(town, told), 3600)
    load.go()
    sent = accepted(load)
    town.drain()
    say(f"this morning: {sent.items:,} statements are in")


def seen(town: Town) -> int:
    """How many answers of today all classes' readings count."""
    reader = Reader(town.reading)
    return sum(
        answered_today(reader.get(f"/v1/groups/{group}/indicators?indicator=items-answered", token)) for group, token in town.classes
    )


def first_views(town: Town, say: Say) -> None:
    """Every class once, as on any morning."""
    reader, took = Reader(town.reading), list[float]()
    for group, token in town.classes:
        started = time.perf_counter()
        reader.get(f"/v1/groups/{group}/indicators", token)
        took.append(time.perf_counter() - started)
    say(f"first view of each of {len(took)} classes: p50 {ms(took, 50)}, p99 {ms(took, 99)}")


def capacity(town: Town, seconds: float, floor: float, found: Found, say: Say) -> None:
    """As fast as it is taken; what counts is seen in readings when nothing waits any more."""
    before, load, memory = seen(town), Load(town.address, requests(town, stream(1, town.size, ANSWERS)), seconds), Memory(town.pid)
    used, started = cpu_seconds(town.pid), time.perf_counter()
    memory.start()
    load.go()
    waiting = waited(town, load, say)
    sent = accepted(load)
    town.drain()
    took = time.perf_counter() - started
    memory.stop()
    used = cpu_seconds(town.pid) - used
    counted = seen(town) - before
    say(f"{sent.items:,} answers taken in {sent.seconds:.1f} s, {counted:,} of them in readings after {took:.1f} s")
    assert counted == sent.items, f"{sent.items} answers were acknowledged and {counted} are seen"
    share = f"{counted / took / floor:.0%} of a bare server that writes the same bodies as durably ({floor:,.0f}/s)"
    found.aims += [
        Aim("End to end, one process, batches of 50: events seen in readings", counted / took, 5000, "events/s", against=share),
        Aim("Resident memory under that load, most", max(memory.samples), 300, "MB", at_most=True),
    ]
    found.notes += [
        f"End to end: {sent.items:,} answers by {len(sent.waits):,} requests over {CONNECTIONS} connections in {sent.seconds:.1f} s, "
        f"all seen after {took:.1f} s; at most {waiting:,} records waited to be folded; {1e6 * used / counted:.0f} µs of processor "
        f"time an event, all threads together; a request of 50 was answered in p50 {ms(sent.waits, 50)}, p99 {ms(sent.waits, 99)}.",
    ]


def ms(seconds: Sequence[float], percent: int) -> str:
    return f"{1000 * percentile(seconds, percent):.0f} ms"


def waited(town: Town, load: Load, say: Say) -> int:
    """The most records that waited."""
    most, last = 0, time.perf_counter()
    while not load.done(0.5):
        waiting = town.pending()
        most = max(most, waiting)
        if time.perf_counter() - last > 10:
            last = time.perf_counter()
            say(f"{waiting:,} records wait to be folded")
    return most


def accepted(load: Load) -> Sent:
    sent = load.sent()
    assert not sent.refused, f"{len(sent.refused)} requests were refused: {sent.refused[0]}"
    return sent


def beside(town: Town, seconds: float, probes: list[Probe], floor: float, found: Found, say: Say) -> None:
    """500 events/s of every kind, and beside them class views at random and probes."""
    load, memory = Load(town.address, requests(town, stream(2, town.size)), seconds, 500), Memory(town.pid)
    views, arrivals = ClassViews(town.reading, town.classes), Arrivals(town.address, town.reading, probes)
    used = cpu_seconds(town.pid)
    for one in (memory, views, arrivals):
        one.start()
    load.go()
    waited(town, load, say)
    sent = accepted(load)
    for one in (views, arrivals, memory):
        one.stop()
    used = cpu_seconds(town.pid) - used
    town.drain()
    view, arrival = percentile(views.seconds, 99), percentile(arrivals.seconds, 99)
    cells = sum(views.cells) / len(views.cells)
    found.aims += [
        Aim("Arrival to view at 500 events/s, p99", arrival, 1, "s", at_most=True),
        Aim(
            "Class view of 25 pupils, random classes, while 500 events/s arrive, p99", 1000 * view, 50, "ms", at_most=True,
            against=f"{view / floor:.0f} x as long as a bare server takes for as many stored bytes (p99 {1000 * floor:.1f} ms)",
        ),
        Aim("Resident memory at 500 events/s, most", max(memory.samples), 300, "MB", at_most=True),
    ]  # fmt: skip
    found.notes += [
        f"At {sent.rate:,.0f} events/s: {len(views.seconds)} class views of {cells:.0f} readings on average, p50 {ms(views.seconds, 50)}; "
        f"{len(arrivals.seconds)} probes, p50 {ms(arrivals.seconds, 50)}; the hub used {used / sent.seconds:.0%} of one core, views and "
        f"probes included; requests of 50 were answered in p99 {ms(sent.waits, 99)}, and left at most {1000 * sent.late:.0f} ms late.",
    ]


def intake(town: Town, seconds: float, ralph: float, found: Found, say: Say) -> None:
    """Statements answered 200 a second, in batches of 100, folding included; and Ralph's for the same statements."""
    load = Load(town.address, requests(town, hundreds(stream(3, town.size))), seconds)
    load.go()
    waited(town, load, say)
    sent = accepted(load)
    town.drain()
    found.aims.append(
        Aim(
            "Intake, batches of 100: times as many statements as Ralph", sent.rate / ralph, 5, "x",
            against=f"{sent.rate:,.0f}/s; Ralph, its own POST and file system back end: {ralph:,.0f}/s",
        )
    )  # fmt: skip


def remeasured(town: Town, folder: Path, found: Found, say: Say) -> None:
    """A copy of the store, as if other indicators had measured it, by the command that does it. Of its processor time what it takes to
    find that there is nothing to do is left out."""
    (folder / "var").mkdir(parents=True)
    source, target = (one / "var" / "store.db" for one in (town.hub.folder, folder))
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("UPDATE meta SET value = 'others' WHERE name = 'generation'")
        copy.commit()
    (said, used), (_, start) = (_command(town, folder, "remeasure") for _ in range(2))
    (facts,) = re.findall(r" with ([\d,]+) facts ", said)
    rate, against = int(facts.replace(",", "")) / (used - start), f"{used - start:.1f} s of processor time, the switch included"
    found.aims.append(Aim("Re-measuring, of one core", rate, 50_000, "facts/s", against=against))
    found.notes.append(said)
    say(said)


def _command(town: Town, folder: Path, name: str) -> tuple[str, float]:
    """The first line that a command prints, and the processor time that it takes, in seconds."""
    before = os.times()
    done = subprocess.run([FREMGANG, name], cwd=folder, env=town.hub.env, capture_output=True, text=True, timeout=1_800, check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout.partition("\n")[0], used


def hundreds(deliveries: Iterator[Delivery]) -> Iterator[Delivery]:
    """Two requests of one supplier as one."""
    waiting: dict[str, Delivery] = {}
    for one in deliveries:
        if (first := waiting.pop(one.supplier, None)) is None:
            waiting[one.supplier] = one
        else:
            yield replace(one, body=first.body[:-1] + b"," + one.body[1:], items=first.items + one.items)
