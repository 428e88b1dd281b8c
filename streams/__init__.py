"""What the hub computes: sheets, windows, the roster and one file per indicator, all pure."""
