"""Demonstration data: synthetic people, believable sheets, the same each time."""
