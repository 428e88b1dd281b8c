"""Where a supplier is fetched from, and the credential for it, encrypted under the hub's key."""

import sqlalchemy as sa
from alembic import op

revision = "store_0006"
down_revision = "store_0005"


def upgrade() -> None:
    op.create_table("pulled", sa.Column("supplier", sa.Text, primary_key=True), sa.Column("access", sa.Text, nullable=False))
