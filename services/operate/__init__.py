"""What an operator does: the commands' side of the hub."""
