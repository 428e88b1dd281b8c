"""The invented school, played through the same doors as real suppliers."""
