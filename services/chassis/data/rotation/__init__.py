"""Changes the keys of a schema while the service runs."""
