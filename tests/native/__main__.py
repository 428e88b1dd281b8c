"""`make up-native`: a hub on servers without containers, all of it on loopback: a Kafka broker, a PostgreSQL, the four parts as processes,
and Prometheus where it is installed. The tests start the same parts by the same modules (kafka.py, postgres.py, apart.py).

The data stay in var/native, the key in .key/native.key; a second start goes on with them. Ctrl-C or SIGTERM ends everything, and so does
the end of any part, which is told.
"""

import argparse
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

import kafka
import postgres
import yaml
from apart import Part
from harness import ROOT, Hub, until

from services.roles import Role

DATA: Final = ROOT / "var" / "native"
KEY: Final = ROOT / ".key" / "native.key"
PROMETHEUS: Final = ROOT / "deploy" / "prometheus"
PLACES: Final = (Role.SERVE, Role.INGEST, Role.PULL, Role.PROCESS, "kafka", "prometheus")
"""Who listens, on ports one after another."""
COMES_SECONDS, ENDS_SECONDS, SERVER_ENDS_SECONDS = 60, 10, 2
ENDING: Final = (signal.SIGINT, signal.SIGTERM)

Ended = Callable[[], bool]


def say(what: str) -> None:
    print(what, flush=True)


def ports(first: int) -> dict[str, int]:
    """Of each place. Fails where one is taken."""
    told = {str(place): first + number for number, place in enumerate(PLACES)}
    for place, port in told.items():
        with socket.socket() as at:
            at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                at.bind(("127.0.0.1", port))
            except OSError:
                raise AssertionError(f"port {port}, for {place}, is taken; choose six others: make up-native PORT={first + 100}") from None
    return told


def up(stack: ExitStack, port: dict[str, int]) -> tuple[Hub, dict[str, Ended]]:
    """The hub and, of each process, whether it has ended. What was started is ended by the stack, the parts before what they stand on."""
    with coming("PostgreSQL"), undivided():
        server = postgres.started(DATA / "postgres")
        stack.callback(server.stop)
    url = postgres.database(server, "hub")
    with coming("Kafka"):
        (DATA / "kafka").mkdir(exist_ok=True)
        broker = kafka.Broker(DATA / "kafka", port["kafka"], apart=True)
        stack.callback(lambda: broker.process and ended(broker.process))
        broker.start()
    hub = Hub(
        DATA, log=f"kafka://{broker.servers}", kafka_replicas="1", store=url, access_log=url, key_file=str(KEY), inbox=str(DATA / "inbox"),
        socket=str(DATA / "hub.sock"), database_connections="4", log_level="info",
    )  # fmt: skip
    stack.callback(hub.http.close)
    with coming("schema and topics"):
        hub.cli("migrate")
        hub.cli("topics", "--create")
    parts = [Part(role, hub, port[role]) for role in Role]
    stack.callback(end, parts)
    for part in parts:
        part.start()
    for part in parts:
        with coming(part.role):
            until(partial(_ready, part), COMES_SECONDS)
    over: dict[str, Ended] = {part.role: partial(_over, part.process) for part in parts}
    return hub, over | {"kafka": partial(_over, broker.process)} | watching(stack, port)


@contextmanager
def coming(what: str) -> Iterator[None]:
    say(f"{what} ...")
    try:
        yield
    except (AssertionError, OSError, subprocess.SubprocessError) as why:
        raise AssertionError(f"{what} does not come up: {why}") from None


def _ready(part: Part) -> bool:
    assert part.runs(), f"it has ended; {_last_words()}"
    return part.ready()


def _over(process: subprocess.Popen[bytes] | None) -> bool:
    return process is None or process.poll() is not None


def _last_words() -> str:
    lines = (DATA / "hub.log").read_text().splitlines()
    return "\n".join([f"the end of {DATA / 'hub.log'}:", *lines[-5:]])


def ended(process: subprocess.Popen[bytes]) -> None:
    """In order, where that does not take long."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(SERVER_ENDS_SECONDS)
    process.kill()
    process.wait()


def end(parts: list[Part]) -> None:
    """All at once; who does not end in time is killed."""
    say("The parts end ...")
    for part in parts:
        if part.runs():
            part.tell(signal.SIGTERM)
    deadline = time.monotonic() + ENDS_SECONDS
    for part in parts:
        if part.process is not None:
            try:
                part.process.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                part.end(signal.SIGKILL)


def watching(stack: ExitStack, port: dict[str, int]) -> dict[str, Ended]:
    """Prometheus, where it is installed, with the deployment's rules and the parts where they are here."""
    command = shutil.which("prometheus")
    if command is None:
        say("No Prometheus: it is not installed")
        return {}
    say("Prometheus ...")
    told = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    told["rule_files"] = [str(PROMETHEUS / name) for name in told["rule_files"]]
    for job in told["scrape_configs"]:
        for static in job["static_configs"]:
            static["targets"] = [f"127.0.0.1:{port[target.partition(':')[0]]}" for target in static["targets"]]
    settings = DATA / "prometheus.yml"
    settings.write_text(yaml.safe_dump(told))
    address = f"127.0.0.1:{port['prometheus']}"
    words = [f"--config.file={settings}", f"--storage.tsdb.path={DATA / 'prometheus'}", f"--web.listen-address={address}"]
    with (DATA / "prometheus.log").open("ab") as log:
        process = subprocess.Popen([command, *words], cwd=DATA, stdout=log, stderr=log, start_new_session=True)
    stack.callback(ended, process)
    return {"prometheus": partial(_over, process)}


def commands_settings(hub: Hub) -> Path:
    """A file that tells a shell where this hub is."""
    own = {name: value for name, value in hub.env.items() if name.startswith("FREMGANG_") and name != "FREMGANG_PORT"}
    file = DATA / "env"
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in own.items()))
    return file


def welcome(hub: Hub, port: dict[str, int], names: set[str]) -> str:
    at = {place: f"http://localhost:{number}" for place, number in port.items()}
    shown = f"\n  Prometheus            {at['prometheus']}" if "prometheus" in names else ""
    return f"""
The hub runs on servers of its own; nothing of it is reached from outside this machine.

  Suppliers send to     {at["ingest"]}
  Platforms ask         {at["serve"]}    (the API: {at["serve"]}/docs)
  pull, process         {at["pull"]}/health/ready    {at["process"]}/health/ready
  Kafka                 127.0.0.1:{port["kafka"]}
  PostgreSQL            {hub.env["FREMGANG_STORE"].replace("+asyncpg", "")}{shown}
  Data and logs         {DATA}

Commands, in a second terminal:   . {commands_settings(hub)}
                                  fremgang supplier add --help
                                  fremgang token --controller
The controller's ledger:          curl -H "Authorization: Bearer {hub.cli("token", "--controller")}" {at["serve"]}/v1/ledger

Ctrl-C ends all of it; the data stay, and it goes on from there.
"""


@contextmanager
def undivided() -> Iterator[None]:
    """A server that starts is known by whoever is to stop it before a Ctrl-C is heard."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


@contextmanager
def undisturbed() -> Iterator[None]:
    """When it has begun to end, a second Ctrl-C does not keep it from ending."""
    try:
        yield
    finally:
        for name in ENDING:
            signal.signal(name, signal.SIG_IGN)


def run(first: int) -> None:
    port = ports(first)
    with ExitStack() as stack, undisturbed():
        hub, over = up(stack, port)
        say(welcome(hub, port, set(over)))
        while not (gone := [name for name, has_ended in over.items() if has_ended()]):
            time.sleep(0.5)
        raise AssertionError(f"{', '.join(gone)} has ended; {_last_words()}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make up-native")
    parser.add_argument("--port", type=int, default=8000, help="The first of six.")
    os.umask(0o077)
    for name in ENDING:
        signal.signal(name, signal.default_int_handler)
    for folder in (DATA, KEY.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with suppress(KeyboardInterrupt):
        try:
            run(parser.parse_args().port)
        except (AssertionError, OSError, subprocess.SubprocessError) as why:
            print(f"make up-native: {why}", file=sys.stderr)
            return 1
    say("All parts have ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
