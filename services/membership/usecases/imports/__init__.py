"""Sheets of people: received, checked, mended, applied, taken back."""
