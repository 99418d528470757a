"""The pre-check of an xlsx package, run in the limited child: sizes are counted, not believed."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO

from services.chassis.data.imports.limits import Limits
from services.chassis.data.imports.refused import Reason, SheetRefused

PIECE = 1 << 20
OVERLAP = 200  # a cell's opening tag that lies across two pieces is still seen
# A cell that has content, at column AAA or beyond, or in a row of six digits or more.
FAR = re.compile(rb'<c r="([A-Z]{3}[0-9]+|[A-Z]{1,2}[0-9]{6,7})"[^>/]*>')
CELL = re.compile(rb"<(?:\w+:)?c[ >]")
NESTED = (".zip", ".rar", ".7z", ".gz", ".xlsx", ".xls", ".xlsm", ".docx", ".exe", ".jar")


def check_package(path: Path, limits: Limits) -> None:
    """Refuse a package that is a bomb, encrypted, macro-carrying, broken or no workbook."""
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _check_names(entries, limits)
            _check_content(package, entries, path.stat().st_size, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as broken:
        raise SheetRefused(Reason.TRUNCATED) from broken


def _check_names(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > limits.entries:
        raise SheetRefused(Reason.BOMB)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise SheetRefused(Reason.ENCRYPTED)
    if len(set(names)) != len(names) or any(map(_is_bad_name, entries)):
        raise SheetRefused(Reason.BAD_ENTRY)
    lowered = [name.lower() for name in names]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in lowered):
        raise SheetRefused(Reason.MACRO)
    if any(name.endswith(NESTED) or "/embeddings/" in name for name in lowered):
        raise SheetRefused(Reason.NESTED)
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in lowered:
        raise SheetRefused(Reason.NOT_A_SHEET)


def _is_bad_name(entry: zipfile.ZipInfo) -> bool:
    """Absolute names, ``..`` and symbolic links lead out of the package."""
    name = entry.orig_filename
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    parts = name.replace("\\", "/").split("/")
    return is_link or name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\x00" in name


def _check_content(
    package: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int, limits: Limits
) -> None:
    budget = min(limits.unpacked, max(limits.ratio_free, size * limits.ratio))
    cells = 0
    for entry in entries:
        is_sheet = entry.filename.lower().startswith("xl/worksheets/")
        with package.open(entry) as file:
            read, found = _check_part(file, budget, is_sheet, limits)
        budget -= read
        cells += found
    if not cells:
        raise SheetRefused(Reason.EMPTY)


def _check_part(file: IO[bytes], budget: int, is_sheet: bool, limits: Limits) -> tuple[int, int]:
    """Bytes and an inkling of cells in one part; the checksum is verified by reading to its end."""
    read, rows, cells, tail = 0, 0, 0, b""
    while piece := file.read(PIECE):
        read += len(piece)
        if read > budget:
            raise SheetRefused(Reason.BOMB)
        if read == len(piece) and piece.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")):
            raise SheetRefused(Reason.NESTED)
        window = tail + piece
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
            raise SheetRefused(Reason.ENTITIES)
        if is_sheet:
            rows += piece.count(b"<row")
            cells = cells or bool(CELL.search(window))
            _check_reach(window, rows, limits)
        tail = piece[-OVERLAP:]
    return read, cells


def _check_reach(window: bytes, rows: int, limits: Limits) -> None:
    for place in FAR.finditer(window):
        column = place[1].rstrip(b"0123456789")
        row = int(place[1][len(column) :])
        if len(column) == 3 or row > 2 * rows + limits.rows:
            raise SheetRefused(Reason.FAR_CELL)
        if row > limits.rows:
            raise SheetRefused(Reason.TOO_MANY_ROWS, f"（一个工作簿最多 {limits.rows} 行。）")
