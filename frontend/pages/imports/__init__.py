"""Spreadsheets: upload, dry run, apply, undo."""
