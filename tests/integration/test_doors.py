"""What a door does before and beside the work itself: who may come in, how much of it, and that nobody else waits."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import Hub, running

from contracts.csvfile import MOST_ROWS

AS_OF = "2026-11-24T08:00:00+01:00"
HEADER = "unilogin;dato;start"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("hub"), max_file_bytes="3000000") as started:
        yield started


@pytest.fixture(scope="module")
def school(hub: Hub) -> tuple[str, str]:
    return hub.supplier("skole", "attendance_csv")


def rows(count: int) -> bytes:
    return "\n".join([HEADER, *(f"elev{n:05};24-11-2026;S" for n in range(count))]).encode()


def test_a_large_file_makes_nobody_wait(hub: Hub, school: tuple[str, str]) -> None:
    body, waits = rows(20_000), []
    with ThreadPoolExecutor(1) as apart:
        started = time.monotonic()
        posted = apart.submit(hub.file, school, "attendance_csv", body, as_of=AS_OF)
        while not posted.done():
            asked = time.monotonic()
            assert hub.http.get("/health/live").status_code == 200
            waits.append(time.monotonic() - asked)
            time.sleep(0.02)
        took = time.monotonic() - started
    assert posted.result().json()["published"] == 20_000
    print(f"20,000 rows in {took:.2f} s; the longest wait of another meanwhile {max(waits):.3f} s")
    assert max(waits) < took / 2


def test_a_file_has_a_bound_of_rows(hub: Hub, school: tuple[str, str]) -> None:
    answer = hub.file(school, "attendance_csv", rows(MOST_ROWS + 1), as_of=AS_OF)
    assert (answer.status_code, answer.json()["errors"][0]["reason"]) == (413, "too_many_items")


def said(hub: Hub, head: str) -> bytes:
    """The answer to a request of which the body never comes: only who does not wait for it can answer."""
    with socket.create_connection(("127.0.0.1", hub.port), 10) as at:
        at.sendall(head.replace("\n", "\r\n").encode() + b"Host: localhost\r\nContent-Length: 1000\r\n\r\n{")
        return at.recv(65_536)


@pytest.mark.parametrize(
    "head",
    [
        "POST /v1/students:resolve HTTP/1.1\nContent-Type: application/json\n",
        "POST /events?supplier=nobody HTTP/1.1\nContent-Type: application/json\nwebhook-signature: v1,x\n",
        "POST /events?supplier=skole HTTP/1.1\nContent-Type: application/json\nwebhook-signature: v1,x\n",
        "POST /files/attendance_csv HTTP/1.1\nContent-Type: text/csv\n",
    ],
)
def test_who_is_not_known_sends_no_body(hub: Hub, school: tuple[str, str], head: str) -> None:
    assert said(hub, head).startswith(b"HTTP/1.1 401 ")


RESOLVED: list[tuple[bytes, int, str]] = [
    (b"", 422, ""),
    (b"{", 422, ""),
    (b'{"identities": []}', 422, "/body/identities"),
    (b'{"identities": [{"scheme": "unilogin", "value": 7}]}', 422, "/body/identities/0/value"),
    (b'{"identities": [{"scheme": "Kanariefugl"}]}', 422, "/body/identities/0/value"),
    (b" " * 70_000, 413, ""),
]


@pytest.mark.parametrize(("body", "status", "pointer"), RESOLVED, ids=range(len(RESOLVED)))
def test_what_cannot_be_resolved_is_pointed_at(hub: Hub, body: bytes, status: int, pointer: str) -> None:
    lone = dict(hub.token("--teacher", "unilogin:lone0001"))
    assert hub.http.post("/v1/students:resolve", content=body).status_code == 401
    answer = hub.http.post("/v1/students:resolve", content=body, headers=lone)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "Kanariefugl" not in answer.text


def test_what_a_known_supplier_sends_in_vain_is_counted(hub: Hub, school: tuple[str, str]) -> None:
    controller = hub.token("--controller")
    before, typed = hub.ledger(controller)["refused"], {"Content-Type": "text/csv"}
    tries = [
        (b" " * 3_000_001, typed, 413),
        (rows(1), {"Content-Type": "text/html"}, 415),
        (rows(1), {**typed, "Last-Modified": "Fri, 31 Dec 9999 23:59:00 -2359"}, 400),
        (rows(1), {**typed, "Last-Modified": "x"}, 400),
    ]
    for body, headers, status in tries:
        answer = hub.http.post("/files/attendance_csv", content=body, headers=headers, auth=school)
        assert answer.status_code == status, answer.text
    assert hub.ledger(controller)["refused"] == before + len(tries)
    metrics = hub.http.get("/metrics").text
    for reason in ("body_too_large", "content_type", "header_invalid"):
        assert f'reason="{reason}"' in metrics
