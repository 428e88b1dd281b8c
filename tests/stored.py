"""What a hub's files hold, read from outside by the written format alone: none of the hub's own code is used."""

import base64
import hashlib
import hmac
import json
import secrets
import sqlite3
import string
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

SHEETS: Final = "SELECT subject, institution, family, period, facts, summaries FROM sheets ORDER BY 1, 2, 3, 4"


class Seal:
    """Pseudonyms as the design writes them: HMAC-SHA256 of the parts with their lengths, 128 bits, lower-case base32."""

    def __init__(self, folder: Path) -> None:
        self._secret = base64.b64decode((folder / ".key" / "hub.key").read_text().strip())

    def pseudonym(self, prefix: str, *parts: str) -> str:
        encoded = [part.encode() for part in (prefix, *parts)]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()[:16]
        return f"{prefix}_{base64.b32encode(digest).decode().rstrip('=').lower()}"

    def report(self, supplier: str, channel: str, report: str) -> str:
        return self.pseudonym("r", supplier, channel, report)

    def row(self, school: str, id_: str) -> str:
        return self.pseudonym("w", school, id_)

    def identity(self, scheme: str, value: str) -> str:
        return self.pseudonym("p", scheme, value)


@contextmanager
def database(folder: Path, name: str) -> Iterator[sqlite3.Connection]:
    """Read-only; the hub may be running."""
    with closing(sqlite3.connect(f"file:{folder / 'var' / name}?mode=ro", uri=True, timeout=30)) as connection:
        yield connection


def rows(folder: Path, name: str, query: str, *values: Any) -> list[Any]:
    with database(folder, name) as connection:
        return connection.execute(query, values).fetchall()


def unmeasured(folder: Path) -> bool:
    """Whether the hub has yet to measure a sheet, as it does when nothing has come for a while."""
    return bool(rows(folder, "store.db", "SELECT 1 FROM sheets WHERE length(summaries) = 0 LIMIT 1"))


def reports(folder: Path, family: str) -> dict[str, Any]:
    """Report id -> its content, None where it was taken back. A report that stands in two places is an error."""
    found: dict[str, Any] = {}
    for (facts,) in rows(folder, "store.db", "SELECT facts FROM sheets WHERE family = ?", family):
        for keyed in json.loads(facts).values():
            for told in keyed.values():
                for name, report in told.items():
                    assert name not in found, f"{name} stands in two facts"
                    found[name] = report[4]
    return found


def traces(folder: Path, token: str) -> set[str]:
    """The files of the hub's data in which these bytes are: databases, write-ahead files, anything."""
    return {file.name for file in (folder / "var").rglob("*") if file.is_file() and token.encode() in file.read_bytes()}


def letters() -> str:
    """Sixteen at random, so unlike any other; no digits, which could look like a CPR number."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(16))
