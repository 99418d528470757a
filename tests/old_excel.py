"""A minimal writer of .xls (BIFF8 in an OLE container): no package here writes the old format."""

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, CHAIN_END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
BOF, BOUND_SHEET, LABEL, NUMBER, EOF, FILEPASS = 0x809, 0x85, 0x204, 0x203, 0x0A, 0x2F


def xls(rows: Sequence[Sequence[str | float]], *, locked: bool = False) -> bytes:
    """One sheet; ``locked`` adds the record that a password-protected file has."""
    return container({"Workbook": _workbook(rows, locked=locked)})


def container(streams: dict[str, bytes]) -> bytes:
    """An OLE container; streams are padded so that none is kept in the mini stream."""
    names = list(streams)
    bodies = [_padded(streams[name], max(SECTOR * 8, len(streams[name]))) for name in names]
    directory_sectors = (len(names) + 1 + 3) // 4
    starts, at = [], 1 + directory_sectors
    for body in bodies:
        starts.append(at)
        at += len(body) // SECTOR
    fat = [FAT_SECTOR, *_chain(1, directory_sectors)]
    for start, body in zip(starts, bodies, strict=True):
        fat += _chain(start, len(body) // SECTOR)
    assert len(fat) <= SECTOR // 4, "one FAT sector is enough for tests"
    table = struct.pack(f"<{SECTOR // 4}I", *fat, *[FREE] * (SECTOR // 4 - len(fat)))
    entries = [_entry("Root Entry", 5, child=1 if names else FREE)]
    for index, name in enumerate(names):
        following = index + 2 if index + 1 < len(names) else FREE
        entries.append(
            _entry(name, 2, right=following, start=starts[index], size=len(bodies[index]))
        )
    directory = _padded(b"".join(entries), directory_sectors * SECTOR)
    return _header() + table + directory + b"".join(bodies)


def _chain(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), CHAIN_END]


def _padded(body: bytes, least: int) -> bytes:
    size = -(-max(least, len(body)) // SECTOR) * SECTOR
    return body.ljust(size, b"\0")


def _header() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, CHAIN_END, 0, CHAIN_END, 0)
    return (head + struct.pack("<I", 0)).ljust(SECTOR, b"\xff")


def _entry(
    name: str, kind: int, right: int = FREE, child: int = FREE, start: int = 0, size: int = 0
) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
    entry += struct.pack("<III", FREE, right, child) + bytes(36)
    return entry + struct.pack("<IQ", start if size else CHAIN_END, size)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _workbook(rows: Sequence[Sequence[str | float]], *, locked: bool) -> bytes:
    opening = _record(BOF, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))
    if locked:
        opening += _record(FILEPASS, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    name = "名单".encode("utf-16-le")
    tail = struct.pack("<BBB", 0, 2, 1) + name
    sheet_at = len(opening) + 4 + 5 + len(tail) - 1 + 4 + 1
    bound = _record(BOUND_SHEET, struct.pack("<IB", sheet_at, 0) + tail)
    body = opening + bound + _record(EOF, b"")
    assert len(body) == sheet_at
    body += _record(BOF, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            body += _cell(number, place, cell)
    return body + _record(EOF, b"")


def _cell(row: int, place: int, cell: str | float) -> bytes:
    where = struct.pack("<HHH", row, place, 0)
    if isinstance(cell, str):
        return _record(LABEL, where + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
    return _record(NUMBER, where + struct.pack("<d", cell))
