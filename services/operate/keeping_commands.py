"""`fremgang backup`, `restore` and `remeasure` on the command line: progress while they go on, and what to know afterwards."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import httpx
import msgspec
from rich.console import Console
from rich.progress import Progress, TaskID

from contracts.errors import Fatal
from contracts.kinds import LOG_DAYS
from services.files import file_of, files_of
from services.hub import open_hub, opened_store
from services.keys import kept_key
from services.operate import copying as c
from services.operate import manifest as m
from services.operate.backup import Step, megabytes
from services.operate.client import runs
from services.operate.remeasure import Done, Told, patient
from services.operate.remeasure import remeasure as measured_anew
from services.operate.restore import Restored
from services.operate.restore import restore as put_back
from services.registry import discover_measures
from services.settings import Settings
from services.telemetry import configure


def backup(settings: Settings, folder: Path, key_to: Path | None, out: Console, err: Console) -> None:
    if key_to is not None:
        _refuse_beside(folder, key_to)
    with _progress(err) as told:
        made, said = _of_files(settings, folder, told) if files_of(settings) else _of_servers(settings, folder, told)
    out.print(f"{folder}: {megabytes(made.size)}; {said}.", markup=False)
    out.print("Delete it within 30 days: it holds what is deleted later.")
    if key_to is None:
        out.print("The key is not in it, and without the key it cannot be used: keep a copy of the key somewhere else (--key-to FILE).")
    else:
        _keep_key(settings, key_to, made)
        out.print(f"The key is in {key_to}: keep it apart from the backup.", markup=False)


def _of_files(settings: Settings, folder: Path, told: Told) -> tuple[m.Manifest, str]:
    last = asyncio.run(_followed(settings, folder.absolute(), told))
    assert last.manifest is not None
    waited = f"the longest of {last.appends} appends meanwhile took {last.longest * 1000:.0f} ms" if last.appends else "no append came"
    return last.manifest, f"log to {last.manifest.log_end}, {last.manifest.folded} of it counted; {waited}"


def _of_servers(settings: Settings, folder: Path, told: Told) -> tuple[m.OfServers, str]:
    with _extra():
        from services.operate.backup_servers import backup as made
    manifest = asyncio.run(made(settings, folder.absolute(), told))
    said = f"{sum(manifest.folded.values())} records of the log counted; the log stays in Kafka, which keeps it {LOG_DAYS} days"
    unknown = "" if manifest.marks or not any(manifest.folded.values()) else ", and which it is could not be noted: it did not answer"
    return manifest, said + unknown


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError:
        raise Fatal("a hub on servers needs the packages of the extra: install fremgang[deployed]") from None


def _refuse_beside(folder: Path, key_to: Path) -> None:
    if key_to.resolve().is_relative_to(folder.resolve()):
        raise Fatal("the key is not kept with the data: give --key-to a file outside the backup's folder")
    if key_to.exists():
        raise Fatal(f"{key_to} exists; give --key-to a new file")


def _keep_key(settings: Settings, file: Path, made: m.Manifest | m.OfServers) -> None:
    key, written = kept_key(settings)
    if key.check != made.key_check:
        raise Fatal("the backup is made, but the key of this command's settings is not the hub's, and was not copied")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        c.put(file, written.encode() + b"\n")
    except OSError as error:
        raise Fatal(f"the backup is made, but the key cannot be copied to {file} ({error.strerror})") from None


async def _followed(settings: Settings, folder: Path, told: Told) -> Step:
    """The last step. Raises `Fatal` where no backup was made."""
    async with aclosing(_steps(settings, folder)) as steps:
        async for step in steps:
            if step.error:
                raise Fatal(step.error)
            if step.manifest:
                return step
            told(step.file, step.done, step.of)
    raise Fatal(f"no backup was made: the hub ended; delete {folder} if it is there")


async def _steps(settings: Settings, folder: Path) -> AsyncGenerator[Step, None]:
    """Of the running hub; one that does not run is opened for the moment."""
    if not runs(settings):
        async with open_hub(settings) as hub, aclosing(hub.backups.make(folder)) as steps:
            async for step in steps:
                yield step
        return
    transport = httpx.AsyncHTTPTransport(uds=str(settings.socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub", timeout=httpx.Timeout(10, read=None)) as client:
        try:
            async with client.stream("POST", "/backups", json={"folder": str(folder)}) as answer:
                async for line in answer.aiter_lines():
                    yield msgspec.json.decode(line, type=Step)
        except httpx.TransportError:
            return


def restore(settings: Settings, folder: Path, out: Console, err: Console, *, force: bool, keep_log: bool, gap: bool) -> None:
    files = files_of(settings)
    if gap and files:
        raise Fatal("--gap is of a log in Kafka; a log that is a file comes from the backup, or stays by --keep-log")
    if runs(settings):
        raise Fatal("restoring: a hub runs on these data; stop it first")
    configure("warning")
    with _progress(err) as told:
        if files:
            done = put_back(settings, folder, told, force=force, keep_log=keep_log)
        else:
            done = _put_back_on_servers(settings, folder, told, force=force, gap=gap)
    for line in _afterwards(done):
        out.print(line, markup=False)


def _put_back_on_servers(settings: Settings, folder: Path, told: Told, *, force: bool, gap: bool) -> Restored:
    with _extra():
        from services.operate.restore_servers import restore as restored
    return asyncio.run(restored(settings, folder, told, force=force, gap=gap))


def _afterwards(done: Restored) -> Iterator[str]:
    made = done.made[:19] + "Z"
    yield f"Restored: the backup of {made}, and {done.folded} records that its store had not counted. What is over its time is deleted."
    if not done.complete:
        yield f"Let the suppliers send again what they have sent since {made}: what is equal counts once."
    yield f"{done.erased} pseudonyms that the data before knew as erased stay so. Where they were lost, erase again who was since {made}."
    yield f"Suppliers registered since {made} must be registered again, and secrets given since are not valid."
    if done.aside:
        yield f"Moved aside: {', '.join(done.aside)}. Delete them when you are sure: they hold pupils' data."


def remeasure(settings: Settings, out: Console, err: Console) -> None:
    if file_of(settings.store) is not None and runs(settings):
        raise Fatal("re-measuring: a hub runs on these data; stop it first")
    configure("warning")
    with _progress(err) as told:
        done = asyncio.run(_remeasured(settings, told, lambda reason: err.print(f"trying again: {reason}", markup=False)))
    for line in _measured(done):
        out.print(line, markup=False)


async def _remeasured(settings: Settings, told: Told, interrupted: Callable[[str], None]) -> Done | None:
    async with opened_store(patient(settings)) as database:
        return await measured_anew(database, discover_measures(), told, interrupted)


def _measured(done: Done | None) -> Iterator[str]:
    if done is None:
        yield "The store is measured by this version's indicators already."
        return
    rate = done.facts / done.seconds if done.seconds else 0
    yield f"Re-measured: {done.sheets:,} sheets with {done.facts:,} facts in {done.seconds:.1f} s ({rate:,.0f} facts/s). They serve now."
    if done.left:
        yield f"{done.left:,} sheets changed meanwhile and are measured when they are read."
    if done.emptied:
        yield f"{done.emptied:,} sheets have facts no more: they keep what indicators say that have not changed, and nothing of the others."
    yield "Start this version; what ran of another one ends by itself."


@contextmanager
def _progress(console: Console) -> Iterator[Told]:
    """A bar for each thing that is being done."""
    with Progress(console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what)
            progress.update(tasks[what], completed=done, total=of)

        yield told
