"""The watched folder: a file laid in INBOX/SUPPLIER/CONNECTOR/ is taken as if it were posted, its order being its modification time.

A file that was taken is deleted, since it names pupils; one that is refused stays, with a `.problem.json` beside it that says why.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog
from watchfiles import awatch

from contracts.connector import Connector, Registration, Request
from contracts.dates import rfc3339
from contracts.errors import Fatal, Fault, Refused, Retry
from services.bodies import too_large
from services.ingest.intake import Intake
from services.ingest.suppliers import Suppliers
from services.problems import told

PROBLEM: Final = ".problem.json"
UNFINISHED: Final = (".part", ".tmp", PROBLEM)
STILL_SECONDS: Final = 0.5
UNKNOWN: Final = "the folder is INBOX/SUPPLIER/CONNECTOR of a registered supplier"
"""No last word: the file is taken once the supplier is registered."""
LOG: Final = structlog.get_logger("fremgang")


class Inbox:
    def __init__(self, folder: Path, connectors: Mapping[str, Connector], suppliers: Suppliers, intake: Intake, largest: int) -> None:
        self._folder, self._suppliers, self._intake, self._largest = folder, suppliers, intake, largest
        self._connectors = {one.name: one for each in connectors.values() for one in each.doors if one.route.startswith("/files/")}
        self._stuck: dict[Path, int] = {}
        """Files that this machine would not let the hub read or delete, and when they last changed: not tried again until they do."""

    async def run(self) -> None:
        """Takes what lies there, then what comes. The whole folder is looked at each time, and every few seconds, since a file that
        is laid into a folder just made may come without word."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._take_all()
        async for _ in awatch(self._folder, force_polling=False, yield_on_timeout=True, ignore_permission_denied=True):
            await self._take_all()

    async def _take_all(self) -> None:
        for file in sorted(Path(folder, name) for folder, _, names in os.walk(self._folder) for name in names):
            await self.take(file)

    async def take(self, file: Path) -> None:
        """What the machine does not let the hub do with one file stops no other; the log says so once."""
        steps = file.relative_to(self._folder).parts
        if len(steps) != 3 or file.name.startswith(".") or file.name.endswith(UNFINISHED):
            return
        changed = 0
        try:
            changed = file.stat().st_ctime_ns
            if self._stuck.get(file) != changed and file.is_file():
                await self._consider(file, steps)
        except FileNotFoundError:
            self._stuck.pop(file, None)
        except OSError as error:
            if self._stuck.get(file) != changed:
                LOG.error("inbox file", folder="/".join(steps[:2]), error=type(error).__name__, reason=error.strerror)
            self._stuck[file] = changed

    async def _consider(self, file: Path, steps: tuple[str, ...]) -> None:
        registration = next((one for one in self._suppliers.all() if one.supplier == steps[0]), None)
        connector = self._connectors.get(steps[1])
        if registration is None or connector is None or connector.name not in registration.connectors:
            if not _refused(file):
                self._refuse(file, [Fault("parameter_invalid", "", UNKNOWN)])
            return
        if (kept := _refused(file)) and UNKNOWN not in kept:
            return
        await self._take(file, connector, registration)

    async def _take(self, file: Path, connector: Connector, registration: Registration) -> None:
        """A file that the hub itself fails on is laid aside like a refused one, so that it stops nobody else's; one that cannot be taken
        now stays, and is looked at again."""
        try:
            await self._posted(file, connector, registration)
        except Refused as refused:
            self._refuse(file, refused.faults)
        except (Fatal, OSError):
            raise
        except Retry as later:
            LOG.warning("inbox waits", folder=f"{registration.supplier}/{connector.name}", reason=str(later))
        except Exception as error:
            self._refuse(file, [Fault("hub_failed", "", type(error).__name__)])
        else:
            file.unlink(missing_ok=True)
            file.with_name(file.name + PROBLEM).unlink(missing_ok=True)

    async def _posted(self, file: Path, connector: Connector, registration: Registration) -> None:
        body = await _complete(file, self._largest)
        if len(body) > self._largest:
            refused = too_large(self._largest)
            await self._intake.refused(connector, registration, refused)
            raise refused
        query = {"as_of": rfc3339(round(file.stat().st_mtime * 1_000_000))}
        query |= {option: "true" for option in connector.options if f".{option}." in file.name}
        media = min(connector.content_types)
        request = Request(body, {"content-type": media}, query, "POST", self._intake.now(), registration, lambda: str(uuid4()))
        await self._intake.take(connector, request)

    def _refuse(self, file: Path, faults: list[Fault] | tuple[Fault, ...]) -> None:
        file.with_name(file.name + PROBLEM).write_text(json.dumps({"errors": [told(fault) for fault in faults]}, indent=2) + "\n")


def _refused(file: Path) -> str:
    """Why this file was refused; nothing where it was not, or has changed since."""
    kept = file.with_name(file.name + PROBLEM)
    return kept.read_text() if kept.is_file() and kept.stat().st_mtime >= file.stat().st_mtime else ""


async def _complete(file: Path, largest: int) -> bytes:
    """The content, once the file has stopped growing; of one that is too large no more than tells so."""
    size = -1
    while size != file.stat().st_size:
        size = file.stat().st_size
        await asyncio.sleep(STILL_SECONDS)
    with file.open("rb") as content:
        return content.read(largest + 1)
