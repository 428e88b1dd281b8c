"""The log as it began: records and claims."""

import sqlalchemy as sa
from alembic import op

revision = "log_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "records",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("records_received", "records", ["received"])
    op.create_table(
        "claims",
        sa.Column("report", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text),
        sa.Column("time", sa.BigInteger),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("records", sa.LargeBinary),
        sa.Column("voided", sa.Boolean, nullable=False),
        sa.Column("expires", sa.Date, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("claims_subject", "claims", ["subject"])
    op.create_index("claims_expires", "claims", ["expires"])
