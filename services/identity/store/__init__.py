"""Rows of the identity schema, and how they are found."""
