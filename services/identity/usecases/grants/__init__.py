"""Roles granted at a union, and taken back."""
