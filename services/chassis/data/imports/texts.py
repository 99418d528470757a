"""Separated text: which encoding, which separator, and its rows without holding the file."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.chassis.data.imports.limits import Limits
from services.chassis.data.imports.refused import Reason, SheetRefused

PIECE = 1 << 20
BY_BOM = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ENCODINGS = ("utf-8", "gb18030")  # GB18030 reads all of GBK and GB2312
SEPARATORS = ",\t;，"


@dataclass(frozen=True, slots=True)
class Dialect:
    encoding: str
    separator: str


def dialect_of(path: Path) -> Dialect:
    """Read the text through once; refuse what no supported encoding can read."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((name for bom, name in BY_BOM if start.startswith(bom)), None)
    for encoding in (marked,) if marked else ENCODINGS:
        head = _decodes(path, encoding)
        if head is not None:
            return Dialect(encoding, _separator(head))
    raise SheetRefused(Reason.ENCODING)


def _decodes(path: Path, encoding: str) -> str | None:
    """The beginning of the text, or nothing if some byte of the file does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    head, anything = "", False
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                text = decoder.decode(piece)
                if "\x00" in text:
                    raise SheetRefused(Reason.NOT_A_SHEET)
                head = head or text[:65536]
                anything = anything or bool(text.strip(" \r\n\t,;"))
            decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    if not anything:
        raise SheetRefused(Reason.EMPTY)
    return head


def _separator(head: str) -> str:
    """The one that occurs most in the first lines; a comma if none does."""
    lines = "\n".join(head.splitlines()[:30])
    counts = {mark: lines.count(mark) for mark in SEPARATORS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def text_rows(path: Path, dialect: Dialect, limits: Limits) -> Iterator[list[str]]:
    """The rows one after the other; quotes that never close are refused, not swallowed."""
    csv.field_size_limit(limits.cell * 8)
    with path.open(encoding=dialect.encoding, newline="") as file:
        try:
            yield from csv.reader(file, delimiter=dialect.separator, strict=True)
        except csv.Error as wrong:
            raise SheetRefused(Reason.QUOTES) from wrong
