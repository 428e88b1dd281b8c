"""A real Kafka broker for the tests of one process and for `make up-native`, from the jars that `make .tools/kafka/.ready` copies: KRaft,
one node, on loopback."""

import atexit
import itertools
import shutil
import socket
import subprocess
import tempfile
import uuid
from functools import cache
from pathlib import Path

from harness import ROOT, free_port, until

LIBS = ROOT / ".tools" / "kafka" / "libs"
_numbers = itertools.count(1)


class Broker:
    """It can be killed and started again on its data. It deletes nothing by itself: a test's clock is not its own. folder: where data are
    already, it goes on with them. apart: Ctrl-C in the terminal does not reach it."""

    def __init__(self, folder: Path, port: int = 0, *, apart: bool = False) -> None:
        assert LIBS.is_dir(), "the Kafka broker is not there: make .tools/kafka/.ready"
        self.folder, self.port, controller = folder, port or free_port(), free_port()
        self._apart = apart
        self.servers = f"127.0.0.1:{self.port}"
        self._settings = folder / "server.properties"
        self._settings.write_text(f"""
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://{self.servers},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://{self.servers}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={folder / "data"}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.check.interval.ms=86400000
auto.create.topics.enable=false
""")
        if not (folder / "data" / "meta.properties").exists():
            format_ = ("format", "--standalone", "-t", uuid.uuid4().hex[:22], "-c", str(self._settings))
            self._java("-Xmx256m", "kafka.tools.StorageTool", *format_)
        self.process: subprocess.Popen[bytes] | None = None

    def _command(self, *words: str) -> list[str]:
        options, rest = [one for one in words if one.startswith("-X")], [one for one in words if not one.startswith("-X")]
        return ["java", *options, "-cp", f"{LIBS}/*", *rest]

    def _java(self, *words: str) -> None:
        subprocess.run(self._command(*words), check=True, capture_output=True, cwd=self.folder)

    def start(self) -> "Broker":
        with (self.folder / "broker.log").open("ab") as log:
            words = ("-Xmx512m", "-XX:+UseSerialGC", "kafka.Kafka", str(self._settings))
            command = self._command(*words)
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=self._apart)
        until(self._listens, 60)
        return self

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "broker.log").read_text()[-2000:]
        with socket.socket() as at:
            return at.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@cache
def broker() -> Broker:
    """The one that tests share; ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="fremgang-kafka-"))
    started = Broker(folder).start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(started.kill)
    return started


def prefix() -> str:
    """Of the topics of a hub that there is not yet."""
    return f"hub{next(_numbers)}"
