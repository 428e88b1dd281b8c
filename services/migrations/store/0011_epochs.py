"""How often each partition was taken over, so that whoever had it before can save nothing more of it."""

import sqlalchemy as sa
from alembic import op

revision = "store_0011"
down_revision = "store_0010"


def upgrade() -> None:
    op.add_column("positions", sa.Column("epoch", sa.BigInteger, nullable=False, server_default="0"))
