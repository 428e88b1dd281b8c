"""`make bench`: what the hub reaches on this machine, held against baselines of the same run; the pages are RESULTS.md of the embedded hub,
measured here, and DEPLOYED.md of the deployed one (`deployed`).

Everything is alone on the machine: the hub (one process), the sender (one process) and what watches. Stages, in order: 20 schools are
registered and rostered, school days are sent and measured as after a night, half of today is sent, each class is read once; the bare
server; 60 s at 500 events/s with class views and probes; 60 s as fast as it is taken; the intake and Ralph's; a copy of the store measured
anew; then, with no hub, weeks of a school by more and more indicators.
"""

import argparse
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import deployed
import stages
from aims import page
from floors import floors, ralphs
from growing import growing
from machine import described, resident_mb
from town import preload, probes, town
from watching import Reader

from contracts.dates import COPENHAGEN
from services.demo.plan import MUNICIPALITY

PAGES: Final = {"embedded": Path(__file__).with_name("RESULTS.md"), "deployed": Path(__file__).with_name("DEPLOYED.md")}
TITLES: Final = {"embedded": "What the hub was last measured at", "deployed": "What the deployed hub was last measured at"}
PROBES: Final = 40


def say(what: str) -> None:
    print(f"{datetime.now(COPENHAGEN):%H:%M:%S} {what}", flush=True)


def measured(folder: Path, size: int, days: int, weeks: int, seconds: float) -> stages.Found:
    found = stages.Found()
    with town(folder, size, say) as made:
        holds = [resident_mb(made.pid)]
        preload(made, days, say)
        stages.morning(made, say)
        holds.append(resident_mb(made.pid))
        stages.first_views(made, say)
        holds.append(resident_mb(made.pid))
        found.notes.append(
            "Resident memory with the rosters {:.0f} MB, with the history {:.0f} MB, after each class was read {:.0f} MB.".format(*holds)
        )
        group, token = made.classes[0]
        written, stored = floors(folder, size, seconds / 4, Reader(made.address).get(f"/v1/groups/{group}/indicators", token))
        say(f"a bare server writes {written:,.0f} statements/s and answers a stored class within {1000 * stored:.1f} ms (p99)")
        stages.beside(made, seconds, probes(made, PROBES), stored, found, say)
        stages.capacity(made, seconds, written, found, say)
        theirs = ralphs(folder, size, seconds)
        say(f"Ralph takes {theirs:,.0f} statements/s")
        stages.intake(made, seconds, theirs, found, say)
        stages.remeasured(made, folder / "remeasured", found, say)
    growing(folder / "growing", weeks, found, say)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--classes", type=int, default=MUNICIPALITY, help="Of the municipality; the aims are for 400, 10,000 pupils.")
    parser.add_argument("--days", type=int, default=4, help="School days of history of all pupils.")
    parser.add_argument(
        "--weeks", type=int, default=4, help="Of the invented school, by which it is measured what an indicator costs; 0 for today."
    )
    parser.add_argument("--seconds", type=float, default=60, help="How long each load lasts; the aims are for 60.")
    parser.add_argument(
        "--steadily",
        type=float,
        default=600,
        help="How long the deployed hub's steady load lasts at least; the aim is for 600 and 3 million events.",
    )
    parser.add_argument("--only", choices=PAGES, help="One of the two.")
    parser.add_argument("--write", action="store_true", help="Keep the pages beside this file.")
    asked = parser.parse_args()
    for kind in [asked.only] if asked.only else PAGES:
        started, machine = time.perf_counter(), described()
        with tempfile.TemporaryDirectory(prefix="fremgang-bench-") as folder:
            if kind == "embedded":
                found = measured(Path(folder), asked.classes, asked.days, asked.weeks, asked.seconds)
            else:
                found = deployed.measured(Path(folder), asked.classes, 1, asked.seconds, asked.steadily, say)
        minutes = (time.perf_counter() - started) / 60
        took = f"The whole run took {minutes:.0f} minutes, with {asked.classes} classes."
        told = page(TITLES[kind], machine, f"{datetime.now(COPENHAGEN):%Y-%m-%d}", found.aims, [*found.notes, took])
        print(told)
        if asked.write:
            PAGES[kind].write_text(told)


if __name__ == "__main__":
    main()
