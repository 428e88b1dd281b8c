"""Most facts of a large sheet lie beside the row, where they stay while new ones are written (`services.stores.packed`), and in PostgreSQL
nothing else leaves it that fits a page: what is left is small, so that `store_0014` is needed no more. SQLite has all in one."""

import sqlalchemy as sa
from alembic import op

revision = "store_0016"
down_revision = "store_0015"


def upgrade() -> None:
    op.add_column("sheets", sa.Column("rest", sa.LargeBinary))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE sheets ALTER rest SET STORAGE EXTERNAL, ALTER facts SET STORAGE MAIN, ALTER summaries SET STORAGE MAIN")
        op.execute("ALTER TABLE sheets RESET (toast_tuple_target)")
