"""The fold: from the log into the store, and the daily deletion."""
