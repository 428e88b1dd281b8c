"""In PostgreSQL a sheet is found by its key alone: of an index on a part of it, which matches a whole town's sheets of a day, the planner
cannot know better as long as a new table has no statistics."""

import sqlalchemy as sa
from alembic import op

revision = "store_0013"
down_revision = "store_0012"

_ROSTERS = sa.text("family IN ('roster', 'source')")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("sheets_period", "sheets")
        op.drop_index("sheets_family", "sheets")
        op.create_index("sheets_institution", "sheets", ["institution"])
        op.create_index("sheets_rosters", "sheets", ["institution"], postgresql_where=_ROSTERS)
