"""What runs: all I/O is here and nowhere else."""
