"""The doors by which events come in."""
