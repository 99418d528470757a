"""What a file is, by its first bytes; its name only ever contradicts, never convinces."""

from enum import StrEnum
from pathlib import Path

from services.chassis.data.imports.refused import Reason, SheetRefused


class Format(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
HTML = (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"mime-version:")
XML = b"<?xml"
HEAD = 4096

# Endings under which each content is commonly saved; any other known ending contradicts it.
ENDINGS: dict[Format, frozenset[str]] = {
    Format.XLSX: frozenset({".xlsx"}),
    Format.XLS: frozenset({".xls", ".et"}),
    Format.CSV: frozenset({".csv", ".txt", ".tsv"}),
}
KNOWN_ENDINGS = frozenset().union(*ENDINGS.values())
MACRO_ENDINGS = frozenset({".xlsm", ".xltm", ".xlam", ".xlsb"})


def sniff(path: Path) -> Format:
    """The format that the content shows; refuses what is no sheet at all."""
    with path.open("rb") as file:
        return _by_content(file.read(HEAD))


def check_name(found: Format, file_name: str) -> None:
    """Refuse a name that promises something else than the content is."""
    ending = Path(file_name).suffix.lower()
    if ending in MACRO_ENDINGS:
        raise SheetRefused(Reason.MACRO)
    if ending in KNOWN_ENDINGS and ending not in ENDINGS[found]:
        raise SheetRefused(
            Reason.MISLABELLED, f"（名字以 {ending} 结尾，内容却是 {found.value} 格式。）"
        )


def _by_content(head: bytes) -> Format:
    if not head.strip(b"\x00\r\n\t ,;"):
        raise SheetRefused(Reason.EMPTY)
    if head.startswith(ZIP):
        return Format.XLSX
    if head.startswith(OLE):
        return Format.XLS
    if head.startswith(BOMS):
        return Format.CSV
    start = head.lstrip().lower()
    if start.startswith(HTML) or (start.startswith(XML) and b"<html" in start):
        raise SheetRefused(Reason.HTML)
    if start.startswith(XML):
        raise SheetRefused(Reason.MISLABELLED)
    if _is_binary(head):
        raise SheetRefused(Reason.NOT_A_SHEET)
    return Format.CSV


def _is_binary(head: bytes) -> bool:
    """Text has no control characters but tab and line ends; pictures and PDF do."""
    if head.startswith((b"%PDF", b"{\\rtf", b"\x1f\x8b", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf")):
        return True
    return any(byte < 32 and byte not in (9, 10, 13) for byte in head)
