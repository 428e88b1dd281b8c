"""Unmeasured sheets of days that are over are found without looking at today's, which may be those of all pupils."""

import sqlalchemy as sa
from alembic import op

revision = "store_0008"
down_revision = "store_0007"

_UNMEASURED = sa.text("length(summaries) = 0")


def upgrade() -> None:
    op.drop_index("sheets_unmeasured", "sheets")
    columns = [sa.text("length(period)"), sa.text("period")]
    op.create_index("sheets_unmeasured", "sheets", columns, sqlite_where=_UNMEASURED, postgresql_where=_UNMEASURED)
