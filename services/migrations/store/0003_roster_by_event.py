"""Which suppliers may say by single events who belongs where; none of those registered before."""

import sqlalchemy as sa
from alembic import op

revision = "store_0003"
down_revision = "store_0002"


def upgrade() -> None:
    op.add_column("suppliers", sa.Column("roster", sa.Boolean, nullable=False, server_default=sa.false()))
