"""A hub whose clock a test moves: `fremgang run`, and beside its operator's commands one more, which sets the clock."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from harness import Hub

from contracts.dates import Micros, micros, rfc3339
from contracts.privacy import UNILOGIN


class Clocked(Hub):
    """operator: a client at the operator's socket."""

    def __init__(self, folder: Path, at: Micros) -> None:
        super().__init__(folder, clock=f"{rfc3339(at)}@0", synchronous="off")
        self.operator = httpx.Client(transport=httpx.HTTPTransport(uds=str(folder / "var" / "hub.sock")), base_url="http://hub", timeout=60)

    def set_clock(self, at: Micros) -> None:
        self.operator.put("/clock", params={"at": rfc3339(at)}).raise_for_status()

    def registered(self, name: str, **asked: Any) -> str:
        """The secret of a supplier; asked: as `/suppliers` has it."""
        return str(self.operator.post("/suppliers", json={"name": name, **asked}).raise_for_status().json()["secret"])

    def as_(self, role: str, unilogin: str, **more: Any) -> dict[str, str]:
        """An Authorization header that holds for twelve hours of the clock."""
        identity = {"scheme": UNILOGIN, "value": unilogin} if unilogin else None
        answer = self.operator.post("/tokens", json={"role": role, "identity": identity, **more})
        return {"Authorization": f"Bearer {answer.raise_for_status().json()['token']}"}


@contextmanager
def clocked(folder: Path, at: Micros) -> Iterator[Clocked]:
    hub = Clocked(folder, at)
    hub.start(prefix=(sys.executable, __file__))
    try:
        yield hub
    finally:
        hub.operator.close()
        hub.stop()
        hub.http.close()


def main() -> None:
    import uvloop

    from services.clock import SystemClock
    from services.hub import Hub as RunningHub
    from services.run import run
    from services.settings import read
    from services.telemetry import configure

    def listens(hub: RunningHub, _: str) -> None:
        def set_clock(at: datetime) -> None:
            SystemClock.__init__(hub.clock, speed=0, at=micros(at))

        hub.admin.add_api_route("/clock", set_clock, methods=["PUT"])

    settings = read()
    configure(settings.log_level)
    uvloop.run(run(settings, listens))


if __name__ == "__main__":
    main()
