"""The schemas of the hub's three databases over time (Alembic): log, store and access log, each a line of its own."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

HERE = Path(__file__).parent

Database = Literal["log", "store", "access"]


def _config(database: Database, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(HERE / database))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.set_main_option("version_table", version_table(database, url))
    return config


def version_table(database: Database, url: str) -> str:
    """Where a database keeps which schema it has; store and access log may share one PostgreSQL database."""
    return "alembic_version" if url.startswith("sqlite") else f"{database}_version"


def upgrade(database: Database, url: str, to: str = "head") -> None:
    """Brings a database to the newest schema. url: `sqlite:///FILE` or `postgresql+asyncpg://...`."""
    command.upgrade(_config(database, url), to)


def newest(database: Database) -> str:
    head = ScriptDirectory.from_config(_config(database, "sqlite://")).get_current_head()
    assert head is not None
    return head


def revisions(database: Database) -> list[str]:
    """All there are, newest first."""
    return [one.revision for one in ScriptDirectory.from_config(_config(database, "sqlite://")).walk_revisions()]
