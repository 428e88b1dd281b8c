"""The watched folder: a file laid in INBOX/SUPPLIER/CONNECTOR/ is taken as if it were posted, its order being its modification time.

A file that was taken is deleted, since it names pupils; one that is refused stays, with a `.problem.json` beside it that says why.
"""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

from watchfiles import awatch

from contracts.connector import Connector, Registration, Request
from contracts.dates import rfc3339
from contracts.errors import Fault, Refused
from services.ingest.intake import Intake
from services.ingest.suppliers import Suppliers
from services.problems import told

PROBLEM: Final = ".problem.json"
UNFINISHED: Final = (".part", ".tmp", PROBLEM)
STILL_SECONDS: Final = 0.5


class Inbox:
    def __init__(self, folder: Path, connectors: Mapping[str, Connector], suppliers: Suppliers, intake: Intake, largest: int) -> None:
        self._folder, self._suppliers, self._intake, self._largest = folder, suppliers, intake, largest
        self._connectors = {name: one for name, one in connectors.items() if one.route.startswith("/files/")}

    async def run(self) -> None:
        """Takes what lies there, then what comes. The whole folder is looked at each time, and every few seconds, since a file that
        is laid into a folder just made may come without word."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self._take_all()
        async for _ in awatch(self._folder, force_polling=False, yield_on_timeout=True):
            await self._take_all()

    async def _take_all(self) -> None:
        for file in sorted(path for path in self._folder.rglob("*") if path.is_file()):
            await self.take(file)

    async def take(self, file: Path) -> None:
        steps = file.relative_to(self._folder).parts
        if len(steps) != 3 or file.name.startswith(".") or file.name.endswith(UNFINISHED) or not file.is_file():
            return
        if (kept := file.with_name(file.name + PROBLEM)).exists() and kept.stat().st_mtime >= file.stat().st_mtime:
            return
        registration = next((one for one in self._suppliers.all() if one.supplier == steps[0]), None)
        connector = self._connectors.get(steps[1])
        if registration is None or connector is None or connector.name not in registration.connectors:
            self._refuse(file, [Fault("parameter_invalid", "", "the folder is INBOX/SUPPLIER/CONNECTOR of a registered supplier")])
            return
        await self._take(file, connector, registration)

    async def _take(self, file: Path, connector: Connector, registration: Registration) -> None:
        """A file that the hub itself fails on is laid aside like a refused one, so that it stops nobody else's."""
        try:
            await self._posted(file, connector, registration)
        except Refused as refused:
            self._refuse(file, refused.faults)
        except FileNotFoundError:
            return
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
            self._refuse(file, [Fault("hub_failed", "", type(error).__name__)])
        else:
            file.unlink(missing_ok=True)
            file.with_name(file.name + PROBLEM).unlink(missing_ok=True)

    async def _posted(self, file: Path, connector: Connector, registration: Registration) -> None:
        body = await _complete(file)
        if len(body) > self._largest:
            raise Refused.because("body_too_large", detail=f"at most {self._largest} bytes", status=413)
        query = {"as_of": rfc3339(round(file.stat().st_mtime * 1_000_000))}
        query |= {option: "true" for option in connector.options if f".{option}." in file.name}
        media = min(connector.content_types)
        request = Request(body, {"content-type": media}, query, "POST", self._intake.now(), registration, lambda: str(uuid4()))
        await self._intake.take(connector, request)

    def _refuse(self, file: Path, faults: list[Fault] | tuple[Fault, ...]) -> None:
        file.with_name(file.name + PROBLEM).write_text(json.dumps({"errors": [told(fault) for fault in faults]}, indent=2) + "\n")


async def _complete(file: Path) -> bytes:
    """The content, once the file has stopped growing."""
    size = -1
    while size != file.stat().st_size:
        size = file.stat().st_size
        await asyncio.sleep(STILL_SECONDS)
    return file.read_bytes()
