"""The access log as it began: one row for each read of a person's data (R5.1)."""

import sqlalchemy as sa
from alembic import op

revision = "access_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "reads",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("view", sa.Text, nullable=False),
        sa.Column("group_id", sa.Text),
        sa.Column("indicators", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
    )
    op.create_index("reads_at", "reads", ["at"])
    op.create_table(
        "read_students",
        sa.Column("read", sa.Integer, sa.ForeignKey("reads.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("student", sa.Text, primary_key=True),
    )
    op.create_index("read_students_student", "read_students", ["student"])
