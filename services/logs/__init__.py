"""The log: what was received, durable, in order."""
