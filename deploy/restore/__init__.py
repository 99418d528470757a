"""Restore: a backup becomes a new cluster as it was at an instant, and is checked before use."""
