"""Backup: a base copy, every change since, the files, and marks of what must come back."""
