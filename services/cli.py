"""The command line: `fremgang COMMAND`. Reads the settings once; what writes to a hub talks to the running one."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, TextIO

import httpx
import typer
from rich.console import Console

from contracts.errors import Fatal
from services.operate.client import ask, running, runs
from services.settings import Settings, UnknownSetting, read

app = typer.Typer(no_args_is_help=True, add_completion=False, help="An event-streaming hub for the Danish basic school.")
supplier = typer.Typer(no_args_is_help=True, help="Who may send to this hub.")
app.add_typer(supplier, name="supplier")
connector_ = typer.Typer(no_args_is_help=True, help="What this hub can be sent.")
app.add_typer(connector_, name="connector")
out, err = Console(soft_wrap=True, highlight=False), Console(stderr=True, soft_wrap=True, highlight=False)


def main() -> None:
    """Errors that have a reason are said in one line and end with exit code 1. What a hub writes is its own user's to read."""
    os.umask(0o077)
    try:
        app()
    except (Fatal, UnknownSetting) as error:
        err.print(f"fremgang: {error}", style="red", markup=False)
        sys.exit(1)


@app.command()
def run(
    demo: Annotated[bool, typer.Option("--demo", help="Send the invented school in as well.")] = False,
    classes: Annotated[int, typer.Option(min=3, max=800, help="With --demo: how many classes; 400 are a municipality.")] = 3,
) -> None:
    """Run a hub, all loops in one process, until Ctrl-C."""
    import uvloop

    from services.run import run as run_hub
    from services.telemetry import configure

    settings = read()
    configure(settings.log_level)
    if demo:
        from services.demo.beside import with_demo

        uvloop.run(with_demo(settings, run_hub, classes))
    else:
        uvloop.run(run_hub(settings, lambda _, address: err.print(f"Fremgang listens on {address}; stop it with Ctrl-C.")))


def _apart(role: str) -> None:
    import uvloop

    from services.roles import Role
    from services.run import run as run_hub
    from services.telemetry import configure

    settings = read()
    configure(settings.log_level)
    uvloop.run(run_hub(settings, lambda _, address: err.print(f"Fremgang's {role} listens on {address}."), frozenset({Role(role)})))


@app.command()
def ingest() -> None:
    """Take what is sent, in a process apart: log and store are on servers."""
    _apart("ingest")


@app.command()
def pull() -> None:
    """Fetch from sources, in a process apart; of several, one does and the others stand by."""
    _apart("pull")


@app.command()
def process() -> None:
    """Fold the log into the store, in a process apart; several share its partitions."""
    _apart("process")


@app.command()
def serve() -> None:
    """Answer the read API, in a process apart."""
    _apart("serve")


@app.command()
def check(json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Print the settings in force, what is there, and what needs hands (then the exit code is 1); secrets are not shown."""
    from services.operate.looking import look, printed

    told = look(read())
    printed(told, out, json=json)
    if told.wrong:
        raise typer.Exit(1)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    key_to: Annotated[Path | None, typer.Option(help="Write a copy of the key to this file, outside the folder.")] = None,
) -> None:
    """Copy log, store and access log into a folder, while the hub runs; the key is not among them. A log in Kafka stays there."""
    from services.operate.keeping_commands import backup as made

    made(read(), folder, key_to, out, err)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="What `fremgang backup` made.")],
    force: Annotated[bool, typer.Option("--force", help="Move aside files that are there; replace a store that is on a server.")] = False,
    keep_log: Annotated[bool, typer.Option("--keep-log", help="Keep the log that is there; the store catches up with it.")] = False,
    gap: Annotated[bool, typer.Option("--gap", help="Also where a log in Kafka lacks records that the backup has not counted.")] = False,
) -> None:
    """Put a backup in the place of the data, while no hub runs."""
    from services.operate.keeping_commands import restore as restored

    restored(read(), folder, out, err, force=force, keep_log=keep_log, gap=gap)


@app.command()
def migrate() -> None:
    """Bring the data to the newest schema, while no hub runs (one does it itself with its files when it starts)."""
    from services.hub import migrate as migrated

    asyncio.run(migrated(read()))
    out.print("log, store and access log have the newest schema")


@app.command()
def remeasure() -> None:
    """Measure the store by this version's indicators, where some were added or changed; on servers beside the version that runs."""
    from services.operate.keeping_commands import remeasure as measured_anew

    measured_anew(read(), out, err)


@app.command()
def topics(create: Annotated[bool, typer.Option("--create", help="Make those that are not there.")] = False) -> None:
    """Show the topics of a Kafka log, and what is not as it should be (then the exit code is 1)."""
    from services.operate.topics import shown

    if not asyncio.run(shown(read(), out, err, create=create)):
        raise typer.Exit(1)


@supplier.command("add")
def supplier_add(  # noqa: PLR0913, PLR0917 - a command's options are its arguments
    name: Annotated[str, typer.Argument(help="A short name: a-z, 0-9 and hyphens.")],
    connector: Annotated[list[str], typer.Option(help="What it may send by; may be given several times.")],
    institution: Annotated[list[str], typer.Option(help="A school it may speak for, six characters; may be given several times.")],
    tool: Annotated[str | None, typer.Option(help="The product's name; the supplier's own where left out.")] = None,
    subject: Annotated[str, typer.Option(help="The school subject where its items name none, as MAT.")] = "unassigned",
    identity: Annotated[list[str] | None, typer.Option(help="homePage=scheme: whose ids its accounts are; several times.")] = None,
    rank: Annotated[int, typer.Option(help="The place of this channel among those of the tool; 0 counts first.")] = 0,
    expected_by: Annotated[str | None, typer.Option(help="HH:MM, local: when it has delivered on a school day.")] = None,
    url: Annotated[str | None, typer.Option(help="Where the hub fetches from, for a connector that fetches; https.")] = None,
    username: Annotated[str | None, typer.Option(help="As whom it fetches.")] = None,
    password_file: Annotated[typer.FileText | None, typer.Option(help="Where its password is; - for standard input.")] = None,
    roster: Annotated[bool, typer.Option("--roster", help="It may say by single events who belongs where, and so who sees whom.")] = False,
) -> None:
    """Register a supplier (or change it) and print its new secret, this once."""
    identities = dict(_pair(one) for one in identity or ())
    made = _ask(
        "/suppliers", name=name, connectors=connector, institutions=institution, tool=tool, subject=subject, identities=identities,
        rank=rank, expected_by=expected_by, roster=roster, fetched=_fetched(url, username, password_file),
    )  # fmt: skip
    out.print(made["secret"], markup=False)


@supplier.command("rotate")
def supplier_rotate(
    name: Annotated[str, typer.Argument(help="The supplier.")],
    hours: Annotated[float, typer.Option(min=0, max=168, help="For how long the secret before it is taken too; 0: no more.")] = 24,
) -> None:
    """Give a supplier a new secret without a gap, and print it, this once. The last one stays valid for some hours; any older is gone."""
    out.print(_ask("/rotations", name=name, hours=hours)["secret"], markup=False)


def _fetched(url: str | None, username: str | None, password_file: TextIO | None) -> dict[str, str] | None:
    given = [one is not None for one in (url, username, password_file)]
    if not any(given):
        return None
    if not all(given):
        raise typer.BadParameter("--url, --username and --password-file go together")
    assert password_file is not None
    return {"url": url or "", "username": username or "", "password": password_file.readline().rstrip("\r\n")}


def _pair(written: str) -> tuple[str, str]:
    homepage, equals, scheme = written.rpartition("=")
    if not equals or not homepage or not scheme:
        raise typer.BadParameter("--identity is homePage=scheme")
    return homepage, scheme


@app.command()
def token(
    teacher: Annotated[str | None, typer.Option(help="scheme:value of a teacher in the roster, as unilogin:lone0001.")] = None,
    pupil: Annotated[str | None, typer.Option(help="scheme:value of a pupil, who sees what is said of themselves.")] = None,
    management: Annotated[str | None, typer.Option(help="scheme:value of one who sees classes as a whole, and no pupil.")] = None,
    institution: Annotated[list[str] | None, typer.Option(help="A school of theirs; with --management, once for each.")] = None,
    controller: Annotated[bool, typer.Option("--controller", help="For access log, ledger and failed items of the hub.")] = False,
    hours: Annotated[float, typer.Option(help="For how long.")] = 12,
    purpose: Annotated[str | None, typer.Option(help="What for: T1-T4 or insight; it stands in the access log.")] = None,
) -> None:
    """Print a bearer token of the embedded hub's own issuer."""
    named = {"teacher": teacher, "pupil": pupil, "management": management}
    asked = {role: _identity(written) for role, written in named.items() if written} | ({"controller": None} if controller else {})
    if len(asked) != 1:
        raise typer.BadParameter("give one of --teacher, --pupil, --management and --controller")
    ((role, identity),) = asked.items()
    if bool(institution) != (role == "management"):
        raise typer.BadParameter("--management, and nothing else, goes with --institution")
    purpose = purpose or ("T4" if role == "management" else "T1")
    told = _ask("/tokens", role=role, identity=identity, hours=hours, purpose=purpose, institutions=institution or [])
    out.print(told["token"], markup=False)


def _identity(written: str) -> dict[str, str]:
    """scheme:value; a scheme that is itself an address ends at the last colon before the value."""
    scheme, colon, value = written.partition(":") if "://" not in written else written.rpartition(":")
    if not colon or not value:
        raise typer.BadParameter("an identity is scheme:value, as unilogin:anna1234")
    return {"scheme": scheme, "value": value}


@app.command()
def erase(identity: Annotated[str, typer.Option(help="scheme:value of the pupil, as unilogin:anna1234.")]) -> None:
    """Delete all that is kept of a pupil, and use nothing of them any more."""
    receipt = _ask("/erasures", **_identity(identity))
    out.print(
        f"{receipt['rows']} rows of {receipt['identities']} identities are deleted and not used again before {receipt['remembered_until']}."
        f" The last trace leaves the log by {receipt['log_gone_at']}; backups made before expire within 30 days.", markup=False,
    )  # fmt: skip


@app.command()
def schema(check_: Annotated[bool, typer.Option("--check", help="Write nothing; fail if the committed files differ.")] = False) -> None:
    """Generate contracts/schema: JSON Schemas of all events and the AsyncAPI document."""
    from services.operate.schema import current, write

    if check_ and not current():
        raise Fatal("contracts/schema is not current: run `fremgang schema`")
    if not check_:
        out.print(f"{write()} files written", markup=False)


@connector_.command("new")
def connector_new(name: Annotated[str, typer.Argument(help="Of the folder: a-z, 0-9 and _.")]) -> None:
    """Write connectors/NAME: a connector of a CSV file that works as it is, with a sample, to be edited from there."""
    from services.operate.new_connector import make

    folder = make(name)
    out.print(f"{folder} is served at /files/{name} once the hub is started again; edit it, and read its README.md", markup=False)


@app.command()
def demo(
    hub: Annotated[str, typer.Option(help="The hub to send to.")] = "http://localhost:8000",
    speed: Annotated[float, typer.Option(min=1, help="How many times faster than life the day streams.")] = 1.0,
    classes: Annotated[int, typer.Option(min=3, max=800, help="How many classes; 400 are a municipality of 10,000 pupils.")] = 3,
) -> None:
    """Send the invented school: four weeks of history, then the day, through the same doors as real suppliers."""
    from services.demo.play import play

    with suppress(KeyboardInterrupt):
        asyncio.run(play(hub, speed, read(), classes))


def _ask(path: str, **asked: Any) -> Any:
    """What the operator's socket of the running hub answers; a hub that does not run is opened for the moment."""
    with _operations(read()) as client:
        return ask(client, path, **asked)


@contextmanager
def _operations(settings: Settings) -> Iterator[httpx.Client]:
    if runs(settings):
        with running(settings) as client:
            yield client
    else:
        from services.operate.alone import client_of

        with client_of(settings) as client:
            yield client
