"""One file per view; each declares itself as `VIEW`."""
