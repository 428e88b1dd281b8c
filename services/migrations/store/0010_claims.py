"""What of a log that is in Kafka has to be where rows are locked: ids that must not change, and where sources are read up to."""

import sqlalchemy as sa
from alembic import op

revision = "store_0010"
down_revision = "store_0009"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "claims",
            sa.Column("report", sa.Text, primary_key=True),
            sa.Column("digest", sa.Text),
            sa.Column("time", sa.BigInteger),
            sa.Column("subject", sa.Text),
            sa.Column("records", sa.Text),
            sa.Column("voided", sa.Boolean),
            sa.Column("expires", sa.Text),
        )
        op.create_table("cursors", sa.Column("source", sa.Text, primary_key=True), sa.Column("value", sa.LargeBinary, nullable=False))
