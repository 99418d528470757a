"""API clients and their credentials."""
