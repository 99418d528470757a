"""Logging in and out, and for whom one acts."""
