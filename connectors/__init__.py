"""What the hub is joined to: one folder per source, pure translation, samples and golden answers inside."""
