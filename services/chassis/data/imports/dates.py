"""Dates as people and spreadsheets write them."""

import re
from datetime import date, timedelta

PARTS = re.compile(r"(\d{4})\s*[-/.．。年]\s*(\d{1,2})\s*[-/.．。月]\s*(\d{1,2})\s*[日号]?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?([+-]\d\d:\d\d|Z)?$")
SERIAL = re.compile(r"\d{5}(\.0+)?")
# Day 1 of a spreadsheet is 1900-01-01, and it believes that 1900 had a 29 February.
EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000  # 1927 to 2119: smaller numbers are no dates


def parse_date(cell: object) -> date | None:
    """The day that a cell names, or nothing where it names none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return _from_serial(float(cell))
    text = TIME.sub("", str(cell).strip()).strip()
    match = PARTS.fullmatch(text) or COMPACT.fullmatch(text)
    if match is not None:
        return _from_parts(*(int(part) for part in match.groups()))
    if SERIAL.fullmatch(text):
        return _from_serial(float(text))
    return None


def _from_serial(number: float) -> date | None:
    if FIRST_SERIAL <= number < LAST_SERIAL:
        return EPOCH + timedelta(days=int(number))
    if number.is_integer() and (match := COMPACT.fullmatch(str(int(number)))):
        return _from_parts(*(int(part) for part in match.groups()))
    return None


def _from_parts(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if 1900 <= year < 2100 else None
