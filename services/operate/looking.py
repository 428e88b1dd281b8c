"""`fremgang check` on the command line: asked of the running hub, or of the data where none runs."""

import asyncio
from typing import Final

import msgspec
from rich.console import Console

from contracts.errors import Fatal
from services.files import files_of
from services.hub import open_hub
from services.operate.check import Finding, Report, report
from services.operate.client import ask, running, runs
from services.settings import Settings

STYLE: Final = {"ok": "", "warning": "yellow", "wrong": "red"}


def look(settings: Settings) -> Report:
    if runs(settings):
        with running(settings) as client:
            return msgspec.convert(ask(client, "/check"), Report)
    return asyncio.run(_alone(settings))


async def _alone(settings: Settings) -> Report:
    """Of the files first; a hub is opened on them only where that changes nothing: they are there, whole, and of the newest schema. What is
    on servers is opened as it is."""
    files = files_of(settings)
    told = await report(settings, files, None, running=False)
    data = [one for one in told.findings if one.about in files]
    if told.wrong or (files and not data) or any(one.level != "ok" for one in data):
        return told
    try:
        async with open_hub(settings) as hub:
            return await report(settings, files, hub.operator, running=False)
    except Fatal as error:
        refused = Finding("wrong", "start", str(error).removeprefix("starting: "), "no hub starts until then")
        return Report(told.settings, told.running, [*told.findings, refused])


def printed(told: Report, out: Console, *, json: bool) -> None:
    if json:
        out.print(msgspec.json.encode(told).decode(), markup=False)
        return
    for name, value in told.settings.items():
        out.print(f"{name}={value}", markup=False)
    out.print("a hub runs on these data" if told.running else "no hub runs on these data")
    for one in told.findings:
        mend = f"; {one.mend}" if one.mend else ""
        out.print(f"{'WRONG' if one.level == 'wrong' else one.level:8}{one.about}: {one.text}{mend}", style=STYLE[one.level], markup=False)
