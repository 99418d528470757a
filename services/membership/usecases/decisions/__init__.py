"""Reviewers return, refuse and admit, one by one and in bulk."""
