"""The composition root: which adapters, which parts, wired together; nothing else knows them all."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, FastAPI

from contracts.errors import Fatal
from contracts.ports import Log, pending
from contracts.privacy import Key
from services import problems
from services.clock import SystemClock, clock
from services.demo.teacher import TEACHER
from services.files import file_of, files_of, locked, log_file, main_file
from services.follow import Follow
from services.ingest.inbox import Inbox
from services.ingest.intake import Intake
from services.ingest.routes import routes as ingest_routes
from services.ingest.suppliers import Suppliers, fernet
from services.keys import hub_key
from services.leading import Loop, leading
from services.logs.sqlite import SqliteLog
from services.loopback import LOOPBACK, LoopbackNames
from services.migrations import Database as MigratedDatabase
from services.migrations import newest, upgrade, version_table
from services.operate.admin import routes as admin_routes
from services.operate.backup import Backups
from services.operate.keeping import routes as keeping_routes
from services.operate.marker import refuse_unfinished, refuse_unfinished_there
from services.operate.operator import Erased, Operator
from services.process.daily import Daily
from services.process.loop import Process
from services.process.rewriting import Rewriting
from services.process.silence import Silence
from services.process.watchdog import Watchdog
from services.pull.loop import Pace, Pull
from services.registry import (
    discover_connectors,
    discover_group_indicators,
    discover_indicators,
    discover_measures,
    discover_pullers,
    discover_views,
)
from services.roles import ALL, Role, Roles
from services.serve.asking import Reading
from services.serve.health import routes as health_routes
from services.serve.page import routes as page_routes
from services.serve.routes import routes as serve_routes
from services.serve.tokens import Caller, Issuer
from services.settings import Settings
from services.stores.access import AccessLog
from services.stores.database import Database
from services.stores.postgres import Pool, PostgresDatabase, reached
from services.stores.reading import Views
from services.stores.remembered import Remembered
from services.stores.rosters import Rosters
from services.stores.sqlite import SqliteDatabase
from services.stores.store import SqlStore
from services.telemetry import Telemetry
from services.turns import Turns
from streams.sheet import generation


@dataclass
class Hub:
    """Everything of one hub, open. app: what listens on the port. admin: what the operator's socket reaches."""

    settings: Settings
    key: Key
    clock: SystemClock
    telemetry: Telemetry
    log: Log
    store: SqlStore
    suppliers: Suppliers
    process: Process
    daily: Daily
    issuer: Issuer
    views: Views
    app: FastAPI
    admin: FastAPI
    operator: Operator
    backups: Backups
    loops: Sequence[Loop]


@asynccontextmanager
async def open_hub(settings: Settings, roles: Roles = ALL) -> AsyncIterator[Hub]:
    """A hub on its data, which no other process may open meanwhile where they are files. roles: what this process is to do of it. Raises
    `Fatal` with the reason it cannot."""
    files = files_of(settings)
    if roles != ALL and files:
        raise Fatal(f"starting: processes apart have no files between them, and {', '.join(sorted(files))} is one: `fremgang run` does all")
    main = main_file(files)
    with locked(main):
        if main is not None:
            refuse_unfinished(main)
        async with opened(settings, roles) as hub:
            await refuse_unfinished_there(hub.store)
            yield hub


@asynccontextmanager
async def opened(settings: Settings, roles: Roles = ALL) -> AsyncIterator[Hub]:
    """As `open_hub`, for who holds the lock already."""
    async with AsyncExitStack() as stack:
        database = await _database(stack, "store", settings.store, settings)
        access = AccessLog(await _database(stack, "access", settings.access_log, settings))
        stack.push_async_callback(access.close)
        own = generation(discover_measures())
        store = SqlStore(database, own)
        log = await _log(stack, settings, database)
        stack.push_async_callback(log.close)
        positions, ends = await store.positions(), await log.ends()
        key = await hub_key(settings, store, logged=any(ends.values()))
        if pending(positions, ends):
            raise Fatal("starting: the log ends before what the store has folded of it; this is not the log that the store belongs to")
        if await store.generation() != own:
            raise Fatal("starting: the store is measured by other indicators than this version has; run: fremgang remeasure")
        yield await _wired(settings, roles, key, log, store, database, access)


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[Database]:
    """The store by itself, beside hubs that run where it is on a server; where it is a file, which there must be, none may."""
    file = file_of(settings.store)
    if file is not None and not file.exists():
        raise Fatal(f"there is no store {file}")
    with locked(file):
        if file is not None:
            refuse_unfinished(file)
        async with AsyncExitStack() as stack:
            yield await _database(stack, "store", settings.store, settings)


async def _log(stack: AsyncExitStack, settings: Settings, store: Database) -> Log:
    """In Kafka with connections to the store of its own: an append keeps one until the brokers have answered, and no view waits for it."""
    if (file := log_file(settings)) is not None:
        return await asyncio.to_thread(SqliteLog, file, settings.synchronous)
    if not isinstance(store, PostgresDatabase):
        raise Fatal("starting: a log in Kafka needs a store in PostgreSQL: set FREMGANG_STORE to postgresql+asyncpg://...")
    try:
        from services.logs.broker import cluster
        from services.logs.kafka import KafkaLog
    except ModuleNotFoundError:
        raise Fatal("starting: a log in Kafka needs the packages of the extra: install fremgang[deployed]") from None
    database = PostgresDatabase(settings.store, Pool(settings.database_connections, settings.database_seconds))
    stack.push_async_callback(database.close)
    log = KafkaLog(cluster(settings), database)
    await log.start()
    return log


async def migrate(settings: Settings) -> None:
    """Brings log, store and access log to the newest schema, while no hub runs on them."""
    with locked(main_file(files_of(settings))):
        await _migrated("store", settings.store)
        if log_file(settings) is not None:
            await _migrated("log", settings.log)
        await _migrated("access", settings.access_log)


async def _migrated(name: MigratedDatabase, url: str) -> None:
    if (file := file_of(url)) is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    with reached():
        await asyncio.to_thread(upgrade, name, f"sqlite:///{file}" if file else url)


async def _database(stack: AsyncExitStack, name: MigratedDatabase, url: str, settings: Settings) -> Database:
    """A file is brought to the newest schema; of PostgreSQL, which others may be using, it is asked for."""
    if file_of(url) is not None:
        await _migrated(name, url)
        database: Database = SqliteDatabase(url, settings.synchronous)
    else:
        database = PostgresDatabase(url, Pool(settings.database_connections, settings.database_seconds))
    stack.push_async_callback(database.close)
    await has_newest_schema(database, name, url)
    return database


async def has_newest_schema(database: Database, name: MigratedDatabase, url: str) -> None:
    """Raises `Fatal` where it has another."""
    if (found := await database.schema(version_table(name, url))) != newest(name):
        raise Fatal(f"starting: the {name} has schema {found or 'none'} and this version needs {newest(name)}; run: fremgang migrate")


async def _wired(settings: Settings, roles: Roles, key: Key, log: Log, store: SqlStore, database: Database, access: AccessLog) -> Hub:
    telemetry, time, indicators, connectors = Telemetry(), clock(settings.clock), discover_indicators(), discover_connectors()
    suppliers, rosters, erased = Suppliers(store, key, time), Rosters(database), Erased(store)
    remembered = Remembered(settings.remembered_bytes)
    await suppliers.load()
    await erased.load()
    await log.release(erased.now())
    turns = Turns()
    process = Process(log, store, time, telemetry, discover_measures(), turns.wait)
    intake = Intake(
        log, key, time, telemetry, fernet(key, "failed"), rosters.pupils_of, settings.roster_shrink_limit, erased.now, turns.wait
    )
    issuer = Issuer(key, open_=settings.host in LOOPBACK)
    views = Views(database, rosters, discover_measures(), remembered)
    reading = Reading(
        views, access, issuer, indicators, discover_group_indicators(), time, telemetry, key, log,
        registered=suppliers.all,
        account=lambda authorization: suppliers.basic(authorization).supplier,
    )  # fmt: skip
    deleting = asyncio.Lock()
    pullers = discover_pullers(connectors)
    operator = Operator(
        key, time, frozenset(connectors), frozenset(pullers), store, log, suppliers, views, process.paused, erased, issuer,
        deleting,
        lambda: telemetry.pulling,
    )  # fmt: skip
    backups = Backups(key, store, telemetry, deleting, files_of(settings))
    pace = Pace(settings.pull_seconds, settings.pull_overlap_seconds, settings.pull_page_items, settings.max_file_bytes)
    taking = ingest_routes(connectors, suppliers, intake, settings.max_batch_bytes, settings.max_file_bytes)
    app = _app(settings, roles, reading, taking, telemetry, turns)
    daily = Daily(log, store, access, time, telemetry, process.paused, erased.load, deleting)
    silence = Silence(database, Rosters(database, people=False), store, suppliers.all, time, telemetry)
    servers = [one for one in (database, access.database) if isinstance(one, PostgresDatabase)]
    rewriting = [Rewriting(servers, process.paused, deleting, telemetry.interrupted).run] if servers else []
    folding, beside = _folding(settings, log, store, process, telemetry, deleting)
    loops: dict[Role, list[Loop]] = {
        Role.PROCESS: [*beside, daily.run, silence.run, *rewriting],
        Role.PULL: [Pull(suppliers.pulled, pullers, connectors, log, intake.fetched, time, telemetry, pace).run],
        Role.INGEST: [Inbox(settings.inbox, connectors, suppliers, intake, settings.max_file_bytes).run],
        Role.SERVE: [],
    }

    return Hub(
        settings, key, time, telemetry, log, store, suppliers, process, daily, issuer, views, app, _admin(settings, operator, backups),
        operator, backups, [
            *_shared(loops, roles, store, database, partial(_reload, suppliers, erased, views, store), telemetry),
            *(folding if Role.PROCESS in roles else []),
        ],
    )  # fmt: skip


def _folding(
    settings: Settings, log: Log, store: SqlStore, process: Process, telemetry: Telemetry, deleting: asyncio.Lock
) -> tuple[list[Loop], list[Loop]]:
    """What each process does that folds, and what one of them does at a time."""

    async def busy() -> bool:
        return deleting.locked() or await store.kept_waiting()

    if log_file(settings) is not None:
        return [], [process.run, Watchdog(log, store, busy, tuple).run]
    from services.logs.broker import cluster
    from services.process.worker import Worker

    worker = Worker(cluster(settings), log, store, process, busy, telemetry)
    return [worker.run, Watchdog(log, store, busy, worker.partitions).run], [process.measuring]


async def _reload(suppliers: Suppliers, erased: Erased, views: Views, store: SqlStore) -> None:
    """What is in memory of the store; of whom was erased nothing stays there either. Raises `Fatal` where another version measures now."""
    await store.serves()
    before = erased.now()
    await suppliers.load()
    await erased.load()
    if erased.now() != before:
        views.forget(await store.change())


def _shared(
    loops: Mapping[Role, Sequence[Loop]], roles: Roles, store: SqlStore, database: Database, reload: Loop, telemetry: Telemetry
) -> list[Loop]:
    """Where the data are on servers, other processes may be at work too: of each role's loops one process does the work."""
    if not isinstance(database, PostgresDatabase):
        return [loop for role in sorted(roles) for loop in loops[role]]
    leads = [partial(leading, database, role, loops[role], telemetry.interrupted) for role in sorted(roles) if loops[role]]
    return [*leads, Follow(store, [reload], telemetry.interrupted).run]


def _app(settings: Settings, roles: Roles, reading: Reading, intake: APIRouter, telemetry: Telemetry, turns: Turns) -> FastAPI:
    app = FastAPI(title="Fremgang", version="1", docs_url="/docs", redoc_url=None)
    problems.install(app)
    if Role.INGEST in roles:
        app.include_router(intake)
    if Role.SERVE in roles:
        app.include_router(serve_routes(reading, discover_views(), turns))
    app.include_router(health_routes(reading, telemetry))
    if settings.host in LOOPBACK:
        app.add_middleware(LoopbackNames)
        if Role.SERVE in roles:
            app.include_router(page_routes(partial(demo_token, reading)))
    return app


def demo_token(reading: Reading, purpose: str) -> str:
    """A token of the invented school's teacher; made only where the hub listens on loopback."""
    teacher = Caller(reading.key.seal(TEACHER), "teacher", "page", purpose)
    return reading.issuer.issue(teacher, reading.clock.now())


def _admin(settings: Settings, operator: Operator, backups: Backups) -> FastAPI:
    admin = FastAPI(title="Fremgang, for its operator", docs_url=None, redoc_url=None, openapi_url=None)
    problems.install(admin)
    admin.include_router(admin_routes(operator))
    admin.include_router(keeping_routes(settings, operator, backups))
    return admin
