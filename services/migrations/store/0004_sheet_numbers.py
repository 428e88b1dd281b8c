"""Each sheet says with which change it was last written, so that what was put together of a pupil's earlier sheets can be kept until one
of them changes; 0 for what was there before."""

import sqlalchemy as sa
from alembic import op

revision = "store_0004"
down_revision = "store_0003"


def upgrade() -> None:
    op.add_column("sheets", sa.Column("number", sa.BigInteger, nullable=False, server_default="0"))
    op.create_index("sheets_number", "sheets", ["subject", "number"])
