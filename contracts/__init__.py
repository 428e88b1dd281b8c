"""What the parts agree on: values and ports, pure, with nothing here that does I/O."""
