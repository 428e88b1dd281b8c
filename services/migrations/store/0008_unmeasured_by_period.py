"""Unmeasured sheets of days that are over are found without looking at today's, which may be those of all pupils."""

import sqlalchemy as sa
from alembic import op

revision = "store_0008"
down_revision = "store_0007"


def upgrade() -> None:
    op.drop_index("sheets_unmeasured", "sheets")
    op.create_index("sheets_unmeasured", "sheets", [sa.text("length(period)"), "period"], sqlite_where=sa.text("length(summaries) = 0"))
