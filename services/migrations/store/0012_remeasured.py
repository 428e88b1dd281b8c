"""Summaries of another generation of indicators, measured beside those that serve; a sheet that goes takes its own along."""

import sqlalchemy as sa
from alembic import op

revision = "store_0012"
down_revision = "store_0011"

_KEY = ["subject", "institution", "family", "period"]


def upgrade() -> None:
    op.create_table(
        "remeasured",
        *(sa.Column(name, sa.Text, primary_key=True) for name in _KEY),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("summaries", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(_KEY, [f"sheets.{name}" for name in _KEY], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
