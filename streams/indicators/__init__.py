"""One file per indicator; each declares itself as `INDICATOR`."""
