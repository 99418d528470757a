"""Cells that a spreadsheet must never take for a formula (INP-05)."""

STARTERS = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: str) -> str:
    """For csv: an apostrophe keeps the text a text; xlsx uses ``write_string`` instead."""
    return "'" + cell if cell.startswith(STARTERS) else cell
