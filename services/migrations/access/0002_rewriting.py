"""Whether tables are to be rewritten, since something was deleted for good; one word for all that share a PostgreSQL database. A SQLite
file says it in its header."""

import sqlalchemy as sa
from alembic import op

revision = "access_0002"
down_revision = "access_0001"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table("rewriting", sa.Column("due", sa.Boolean, nullable=False), if_not_exists=True)
        op.execute("INSERT INTO rewriting SELECT false WHERE NOT EXISTS (SELECT FROM rewriting)")
