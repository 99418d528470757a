"""Rows of a workbook, by the quick reader or by the patient one; only ever in the limited child.

The quick reader (calamine) aborts its whole process on some files; the parent then asks a second
child to read with the patient one (openpyxl), which streams.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from services.chassis.data.imports.headers import plain_header
from services.chassis.data.imports.limits import Limits
from services.chassis.data.imports.refused import Reason, SheetRefused

PREVIEW = 30  # a header row stands among the first thirty
ENOUGH = 2  # known names that make a row a header row

Row = list[Any]
Sheet = Iterator[tuple[int, Row]]


def quick_rows(path: Path, known: Collection[str], limits: Limits) -> Sheet:
    """(row number, cells) of the first visible sheet that has a header, read by calamine."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for index, sheet in enumerate(book.sheets_metadata):
                if sheet.typ is not SheetTypeEnum.WorkSheet:
                    continue
                if sheet.visible is not SheetVisibleEnum.Visible:
                    continue
                cells = book.get_sheet_by_index(index)
                _check_size(cells.total_height, cells.total_width, limits)
                first = (cells.start or (0, 0))[0] + 1
                if is_headed(islice(cells.iter_rows(), PREVIEW), known):
                    yield from enumerate(cells.iter_rows(), first)
                    return
    except PasswordError as locked:
        raise SheetRefused(Reason.ENCRYPTED) from locked
    except CalamineError as broken:
        raise SheetRefused(Reason.TRUNCATED) from broken
    raise SheetRefused(Reason.NO_HEADER)


def patient_rows(path: Path, known: Collection[str], limits: Limits) -> Sheet:
    """The same by openpyxl, streaming, for what calamine cannot read."""
    try:
        # From an open file: by path, openpyxl would believe the ending, and stored files have none.
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                sheet.reset_dimensions()
                preview = sheet.iter_rows(max_row=PREVIEW, values_only=True)
                if is_headed((list(row) for row in preview), known):
                    yield from _checked(sheet.iter_rows(values_only=True), limits)
                    return
    except (InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as broken:
        raise SheetRefused(Reason.TRUNCATED) from broken
    raise SheetRefused(Reason.NO_HEADER)


def is_headed(rows: Iterator[Row], known: Collection[str]) -> bool:
    """Whether one of the rows names at least two columns that the caller knows."""
    return any(
        sum(plain_header(cell) in known for cell in row if isinstance(cell, str)) >= ENOUGH
        for row in rows
    )


def _checked(rows: Iterator[tuple[Any, ...]], limits: Limits) -> Sheet:
    filled = 0
    for number, row in enumerate(rows, 1):
        cells = ["" if cell is None else cell for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        filled += 1
        if number > 2 * filled + limits.rows:
            raise SheetRefused(Reason.FAR_CELL)
        _check_size(number, len(cells), limits)
        yield number, cells


def _check_size(height: int, width: int, limits: Limits) -> None:
    if width > limits.columns:
        raise SheetRefused(Reason.TOO_MANY_COLUMNS, f"（最多 {limits.columns} 列。）")
    if height > limits.rows:
        raise SheetRefused(Reason.TOO_MANY_ROWS, f"（一个工作簿最多 {limits.rows} 行。）")
