"""How Alembic runs the migrations: over one connection, in one transaction."""

import asyncio

import sqlalchemy as sa
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

url = context.config.get_main_option("sqlalchemy.url") or ""
version_table = context.config.get_main_option("version_table") or ""


def run(connection: sa.Connection) -> None:
    context.configure(connection=connection, transactional_ddl=True, version_table=version_table)
    with context.begin_transaction():
        context.run_migrations()


def run_alone(connection: sa.Connection) -> None:
    """One after another, where several begin at once."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": version_table})
    run(connection)


async def run_async() -> None:
    engine = create_async_engine(url, poolclass=sa.pool.NullPool, hide_parameters=True)
    async with engine.begin() as connection:
        await connection.run_sync(run_alone)
    await engine.dispose()


if url.startswith("sqlite"):
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        run(connection)
    engine.dispose()
else:
    asyncio.run(run_async())
