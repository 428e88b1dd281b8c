"""A process of its own that folds what waits by the log's own reader, as after a restore, and prints records and seconds."""

import asyncio
import time

from contracts.ports import pending
from services.hub import open_hub
from services.roles import Role
from services.run import alone_on_its_machine
from services.settings import read
from services.telemetry import configure


async def caught_up() -> tuple[int, float]:
    async with open_hub(read(), frozenset({Role.PROCESS})) as hub:
        held = await hub.process.taken()
        count, began = pending(await hub.log.ends(), held.positions), time.perf_counter()
        while pending(await hub.log.ends(), held.positions):
            held = await hub.process.step(held)
        return count, time.perf_counter() - began


if __name__ == "__main__":
    configure("warning")
    alone_on_its_machine()
    print(*asyncio.run(caught_up()))
