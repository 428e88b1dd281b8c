"""The store's tables as the queries name them; the migrations make them."""

import sqlalchemy as sa

metadata = sa.MetaData()

meta = sa.Table("meta", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text))
positions = sa.Table(
    "positions",
    metadata,
    sa.Column("partition", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger),
    sa.Column("epoch", sa.BigInteger),
)
changes = sa.Table("changes", metadata, sa.Column("one", sa.Integer, primary_key=True), sa.Column("number", sa.BigInteger))
sheets = sa.Table(
    "sheets",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("institution", sa.Text, primary_key=True),
    sa.Column("family", sa.Text, primary_key=True),
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("facts", sa.LargeBinary),
    sa.Column("rest", sa.LargeBinary),
    sa.Column("summaries", sa.LargeBinary),
    sa.Column("number", sa.BigInteger),
    sa.Column("settled", sa.BigInteger),
)
remeasured = sa.Table(
    "remeasured",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("institution", sa.Text, primary_key=True),
    sa.Column("family", sa.Text, primary_key=True),
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("generation", sa.Text),
    sa.Column("number", sa.BigInteger),
    sa.Column("summaries", sa.LargeBinary),
)
roster_changes = sa.Table(
    "roster_changes", metadata, sa.Column("institution", sa.Text, primary_key=True), sa.Column("number", sa.BigInteger)
)
freshness = sa.Table(
    "freshness",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("institution", sa.Text, primary_key=True),
    sa.Column("data_until", sa.BigInteger),
    sa.Column("received_until", sa.BigInteger),
)
ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("supplier", sa.Text, primary_key=True),
    sa.Column("institution", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("outcome", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger),
)
failed = sa.Table(
    "failed",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("supplier", "channel", "institution", "kind")),
    sa.Column("received", sa.BigInteger),
    *(sa.Column(name, sa.Text) for name in ("reason", "pointer", "detail", "digest", "subject", "body")),
)
ticks = sa.Table("ticks", metadata, sa.Column("institution", sa.Text, primary_key=True), sa.Column("date", sa.Date, primary_key=True))
erased = sa.Table("erased", metadata, sa.Column("subject", sa.Text, primary_key=True), sa.Column("until", sa.Date))
pulled = sa.Table("pulled", metadata, sa.Column("supplier", sa.Text, primary_key=True), sa.Column("access", sa.Text))
suppliers = sa.Table(
    "suppliers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("connectors", sa.JSON),
    sa.Column("institutions", sa.JSON),
    sa.Column("tool", sa.Text),
    sa.Column("subject_code", sa.Text),
    sa.Column("schemes", sa.JSON),
    sa.Column("rank", sa.Integer),
    sa.Column("expected_by", sa.Text),
    sa.Column("roster", sa.Boolean),
    sa.Column("secret", sa.Text),
    sa.Column("old_secret", sa.Text),
    sa.Column("old_until", sa.BigInteger),
)
