"""The store and the access log: sheets and all that is derived, in SQLite or PostgreSQL."""
