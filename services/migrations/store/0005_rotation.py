"""A supplier's secret before the newest, and until when it is still taken; none of those that are there."""

import sqlalchemy as sa
from alembic import op

revision = "store_0005"
down_revision = "store_0004"


def upgrade() -> None:
    op.add_column("suppliers", sa.Column("old_secret", sa.Text))
    op.add_column("suppliers", sa.Column("old_until", sa.BigInteger))
