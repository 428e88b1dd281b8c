"""In PostgreSQL a sheet of a day stays as it is in its row: it is written anew for whatever comes of that day, and to compress it each time
costs more than to write it. Larger ones are compressed."""

from alembic import op

revision = "store_0014"
down_revision = "store_0013"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE sheets SET (toast_tuple_target = 8160)")
