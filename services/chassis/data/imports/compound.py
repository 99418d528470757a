"""The pre-check of an old Excel file (an OLE container): what it really holds."""

import mmap
from pathlib import Path

from services.chassis.data.imports.refused import Reason, SheetRefused


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


ENCRYPTED = (_utf16("EncryptedPackage"), _utf16("EncryptionInfo"))
MACRO = _utf16("_VBA_PROJECT_CUR")
BOOKS = (_utf16("Workbook\x00"), _utf16("Book\x00"))
BOF = 0x0809
FILEPASS = 0x002F
SECTOR = 512


def check_compound(path: Path) -> None:
    """Refuse containers that are encrypted, carry macros or hold no workbook."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        if any(held.find(name) >= 0 for name in ENCRYPTED):
            raise SheetRefused(Reason.ENCRYPTED)
        if held.find(MACRO) >= 0:
            raise SheetRefused(Reason.MACRO)
        if all(held.find(name) < 0 for name in BOOKS):
            raise SheetRefused(Reason.NOT_A_SHEET if len(held) > SECTOR else Reason.TRUNCATED)
        if _asks_for_password(held):
            raise SheetRefused(Reason.ENCRYPTED)


def _asks_for_password(held: mmap.mmap) -> bool:
    """A BIFF stream says so in one of the first records after its BOF."""
    for start in range(SECTOR, min(len(held), SECTOR * 400), SECTOR):
        if int.from_bytes(held[start : start + 2], "little") != BOF:
            continue
        at = start
        for _ in range(8):
            kind = int.from_bytes(held[at : at + 2], "little")
            if kind == FILEPASS:
                return True
            at += 4 + int.from_bytes(held[at + 2 : at + 4], "little")
    return False
