"""The store as it began."""

import sqlalchemy as sa
from alembic import op

revision = "store_0001"
down_revision = None


def upgrade() -> None:
    op.create_table("meta", sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
    op.create_table("positions", sa.Column("partition", sa.Text, primary_key=True), sa.Column("position", sa.BigInteger, nullable=False))
    op.create_table("changes", sa.Column("one", sa.Integer, primary_key=True), sa.Column("number", sa.BigInteger, nullable=False))
    op.create_table(
        "sheets",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("institution", sa.Text, primary_key=True),
        sa.Column("family", sa.Text, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("summaries", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("sheets_family", "sheets", ["institution", "family", "period"])
    op.create_index("sheets_period", "sheets", ["family", "period"])
    op.create_table(
        "roster_changes", sa.Column("institution", sa.Text, primary_key=True), sa.Column("number", sa.BigInteger, nullable=False)
    )
    op.create_table(
        "freshness",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("institution", sa.Text, primary_key=True),
        sa.Column("data_until", sa.BigInteger, nullable=False),
        sa.Column("received_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "ledger",
        sa.Column("supplier", sa.Text, primary_key=True),
        sa.Column("institution", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("outcome", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "failed",
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("institution", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("pointer", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text),
    )
    op.create_index("failed_supplier", "failed", ["supplier", "received"])
    op.create_table("ticks", sa.Column("institution", sa.Text, primary_key=True), sa.Column("date", sa.Date, primary_key=True))
    op.create_table(
        "suppliers",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("connectors", sa.JSON, nullable=False),
        sa.Column("institutions", sa.JSON, nullable=False),
        sa.Column("tool", sa.Text, nullable=False),
        sa.Column("subject_code", sa.Text, nullable=False),
        sa.Column("schemes", sa.JSON, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("expected_by", sa.Text),
        sa.Column("secret", sa.Text, nullable=False),
    )
    op.bulk_insert(sa.table("changes", sa.column("one"), sa.column("number")), [{"one": 1, "number": 0}])
    op.bulk_insert(sa.table("positions", sa.column("partition"), sa.column("position")), [{"partition": "log", "position": 0}])
