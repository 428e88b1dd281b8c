"""Sheets whose summaries are not measured yet are found without looking at the others."""

import sqlalchemy as sa
from alembic import op

revision = "store_0007"
down_revision = "store_0006"

_UNMEASURED = sa.text("length(summaries) = 0")


def upgrade() -> None:
    op.create_index("sheets_unmeasured", "sheets", ["subject"], sqlite_where=_UNMEASURED, postgresql_where=_UNMEASURED)
