"""Where the hub may fetch from: what a registration refuses, and that a certificate is looked at before a credential is sent."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lrs import PASSWORD, USERNAME
from pydantic import ValidationError

from contracts.errors import Refused
from contracts.puller import Access, Unfetched
from services.operate.admin import SupplierAsked, Where, _access
from services.pull import client
from services.pull.client import Client, opened

PULLERS = frozenset({"xapi_lrs"})


def where(url: str = "https://lrs.example/xapi/", username: str = USERNAME, password: str = PASSWORD) -> Where:
    return Where.model_validate({"url": url, "username": username, "password": password})


@pytest.mark.parametrize(
    "url",
    [
        "http://lrs.example/xapi", "ftp://lrs.example/xapi", "lrs.example/xapi", "https://fremgang:secret@lrs.example/xapi",
        "https://lrs.example/xapi?token=secret", "https://lrs.example/xapi#secret", "file:///etc/passwd", "https://", "",
    ],
)  # fmt: skip
def test_an_address_that_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        where(url)
    assert [error["loc"] for error in refused.value.errors()] == [("url",)]


@pytest.mark.parametrize("url", ["https://lrs.example/xapi", "http://127.0.0.1:8100/xAPI", "http://localhost/xapi", "http://[::1]:80/xapi"])
def test_an_address_that_is_taken(url: str) -> None:
    assert where(url).url


@pytest.mark.parametrize(("username", "password"), [("", "x"), ("a:b", "x"), ("a\nb", "x"), ("a", "")])
def test_a_credential_that_no_basic_header_can_carry_is_refused(username: str, password: str) -> None:
    with pytest.raises(ValidationError):
        where(username=username, password=password)


def test_a_password_shows_in_no_text_of_it() -> None:
    asked = SupplierAsked(name="arkiv", connectors=["xapi_lrs"], institutions=["101001"], fetched=where())
    access = _access(asked, PULLERS)
    assert access == Access("xapi_lrs", "https://lrs.example/xapi", USERNAME, PASSWORD)
    assert PASSWORD not in f"{asked!r} {asked} {access!r} {access}"


@pytest.mark.parametrize(("connectors", "given"), [(["xapi_lrs"], False), (["xapi"], True)])
def test_an_address_goes_with_a_connector_that_fetches_and_with_no_other(connectors: list[str], given: bool) -> None:
    asked = SupplierAsked(name="arkiv", connectors=connectors, institutions=["101001"], fetched=where() if given else None)
    with pytest.raises(Refused) as refused:
        _access(asked, PULLERS)
    assert [fault.pointer for fault in refused.value.faults] == ["/fetched"]


def certified(folder: Path) -> Path:
    """A key and a certificate for loopback that nobody has signed but itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


class Served(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers["Authorization"])
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(HTTPServer):
    def handle_error(self, *_: object) -> None:
        """A handshake that its client gave up is what the test is about."""


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An address that speaks TLS, and its certificate."""
    file = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with closing(Server(("127.0.0.1", 0), Served)) as server:
        server.close = server.server_close
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}/xapi", file
        server.shutdown()
        thread.join(10)


async def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_credential_is_sent(
    tls: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, file = tls
    monkeypatch.setattr(client, "TRIES", 1)
    Served.asked.clear()
    async with opened(Access("xapi_lrs", url, USERNAME, PASSWORD)) as http:
        with pytest.raises(Unfetched) as unfetched:
            await Client(http, url, 1_000).get("statements", {}, {})
    assert (unfetched.value.trouble, Served.asked) == ("unreachable", [])
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with opened(Access("xapi_lrs", url, USERNAME, PASSWORD)) as http:
        assert (await Client(http, url, 1_000).get("statements", {}, {})).body == b"{}"
    assert len(Served.asked) == 1
