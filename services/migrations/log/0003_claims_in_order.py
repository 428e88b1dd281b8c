"""Claims lie in the order in which they came, so that a new one is written beside the last; only their ids, which are as random as hashes
are, have an index that is written to all over. Erasing, which alone looks for a subject, reads them all."""

import sqlalchemy as sa
from alembic import op

revision = "log_0003"
down_revision = "log_0002"
KEPT = "report, digest, time, subject, records, voided, expires"


def upgrade() -> None:
    op.rename_table("claims", "claims_before")
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("digest", sa.Text),
        sa.Column("time", sa.BigInteger),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("records", sa.LargeBinary),
        sa.Column("voided", sa.Boolean, nullable=False),
        sa.Column("expires", sa.Date, nullable=False),
    )
    op.execute(f"INSERT INTO claims ({KEPT}) SELECT {KEPT} FROM claims_before")  # noqa: S608 - names of this file
    op.drop_table("claims_before")
    op.create_index("claims_report", "claims", ["report"], unique=True)
    op.create_index("claims_expires", "claims", ["expires"])
