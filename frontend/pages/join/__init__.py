"""Joining a union, one question to a screen."""
