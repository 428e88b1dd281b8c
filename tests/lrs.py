"""A learning record store of the tests' own: the read side of xAPI 1.0.3 to the letter, with faults that the test decides and a clock that
stands at the newest stored time.

`Lrs.answer` is the whole of it; `transport` puts it behind an httpx client, `served` on a port of its own.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from contracts.dates import Micros, instant, moment, rfc3339

USERNAME, PASSWORD = "fremgang", "the store's own"
BASIC = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
Told = tuple[int, dict[str, str], bytes]


@dataclass
class Lrs:
    """rows: (stored, number, statement), as they are shown. faults: answered in turn before anything else. most: statements in one page.

    asked: the targets of all requests. before: called with each request's target before it is answered, after: when it was.
    """

    most: int = 100
    rows: list[tuple[Micros, int, dict[str, Any]]] = field(default_factory=list)
    faults: list[Told] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    _numbers: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def store(self, statement: dict[str, Any], stored: Micros) -> None:
        """Shown from now on, as stored at that time, which a slow writer may have taken long ago."""
        with self._lock:
            self._numbers += 1
            told = {**statement, "stored": rfc3339(stored), "version": "1.0.0", "authority": {"mbox": "mailto:lrs@lrs.example"}}
            self.rows.append((stored, self._numbers, told))

    def answer(self, target: str, headers: dict[str, str]) -> Told:
        """target: path and query."""
        self.before(target)
        self.asked.append(target)
        told = self.faults.pop(0) if self.faults else self._answer(target, headers)
        self.after(target)
        return told

    def _answer(self, target: str, headers: dict[str, str]) -> Told:
        asked, query = urlsplit(target), {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        if headers.get("authorization") != BASIC:
            return 401, {}, b""
        if headers.get("x-experience-api-version") != "1.0.3" or asked.path not in {"/xapi/statements", "/xapi/more"}:
            return 400, {}, b"{}"
        if asked.path == "/xapi/more":
            at, number, limit = (int(query[name]) for name in ("stored", "number", "limit"))
            return self._page((at, number), limit)
        assert query["ascending"] == "true"
        since = instant(query["since"]) if "since" in query else -1
        return self._page((since, 1 << 60), min(int(query["limit"]), self.most))

    def _page(self, after: tuple[Micros, int], limit: int) -> Told:
        with self._lock:
            rows = sorted(row[:2] for row in self.rows if row[:2] > after)
            told = {row[:2]: row[2] for row in self.rows}
        page = rows[:limit]
        more = f"/xapi/more?stored={page[-1][0]}&number={page[-1][1]}&limit={limit}" if len(rows) > limit else ""
        body = json.dumps({"statements": [told[row] for row in page], "more": more}).encode()
        clock = format_datetime(moment(max(told, default=(0, 0))[0]), usegmt=True)
        return 200, {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3", "Date": clock}, body

    def transport(self) -> httpx.MockTransport:
        def handle(request: httpx.Request) -> httpx.Response:
            status, headers, body = self.answer(request.url.raw_path.decode(), dict(request.headers))
            return httpx.Response(status, headers=headers, content=body)

        return httpx.MockTransport(handle)

    @contextmanager
    def served(self) -> Iterator[str]:
        """On loopback; answers the address to register."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(handler) -> None:  # noqa: N805 - the name is the server's; self is the store
                status, headers, body = self.answer(handler.path, {name.lower(): value for name, value in handler.headers.items()})
                try:
                    handler.send_response_only(status)
                    for name, value in {**headers, "Content-Length": str(len(body))}.items():
                        handler.send_header(name, value)
                    handler.end_headers()
                    handler.wfile.write(body)
                except OSError:
                    handler.close_connection = True

            def log_message(handler, *_: object) -> None:  # noqa: N805 - self is the store
                """Silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(server, *_: object) -> None:  # noqa: N805 - self is the store
                """A client that was killed is none of its trouble."""

        server = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/xapi"
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)
