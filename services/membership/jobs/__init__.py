"""What the worker runs; each handler calls one use case."""
