"""Who was erased is remembered, so that what is still in the log does not bring them back."""

import sqlalchemy as sa
from alembic import op

revision = "store_0002"
down_revision = "store_0001"


def upgrade() -> None:
    op.create_table("erased", sa.Column("subject", sa.Text, primary_key=True), sa.Column("until", sa.Date, nullable=False))
