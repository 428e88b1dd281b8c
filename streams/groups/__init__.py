"""One file per group indicator; each declares itself as `INDICATOR`."""
