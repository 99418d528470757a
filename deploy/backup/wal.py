"""The archived log: which segments there are, and whether one is missing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"[0-9A-F]{24}(\.partial)?")


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of the log on one timeline; the newest may still be filling."""

    timeline: int
    number: int
    path: Path
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Segments that nobody has any more: nothing behind them can be restored."""

    first: str
    missing: int


def segments(folder: Path, size: int) -> list[Segment]:
    """What lies in the archive, in the order of the log; a finished segment beats a partial."""
    found: dict[tuple[int, int], Segment] = {}
    for path in sorted(folder.glob("*"), reverse=True):
        if NAME.fullmatch(path.name):
            one = Segment(*_position(path.name, size), path, path.suffix == ".partial")
            found[one.timeline, one.number] = one
    return [found[key] for key in sorted(found)]


def first_gap(found: Iterable[Segment], timeline: int, begin: int, size: int) -> Gap | None:
    """The first hole after ``begin`` on a timeline, also where a segment is cut short."""
    expected = begin
    for one in (s for s in found if s.timeline == timeline and s.number >= begin):
        if one.number != expected:
            return Gap(segment_name(timeline, expected, size), one.number - expected)
        if one.path.stat().st_size != size:
            return Gap(one.path.name, 1)
        expected += 1
    return None if expected > begin else Gap(segment_name(timeline, begin, size), 1)


def number_of(lsn: str, size: int) -> int:
    """The segment that a place in the log lies in."""
    high, _, low = lsn.partition("/")
    return ((int(high, 16) << 32) + int(low, 16)) // size


def segment_name(timeline: int, number: int, size: int) -> str:
    each = 0x1_0000_0000 // size
    return f"{timeline:08X}{number // each:08X}{number % each:08X}"


def _position(name: str, size: int) -> tuple[int, int]:
    each = 0x1_0000_0000 // size
    return int(name[:8], 16), int(name[8:16], 16) * each + int(name[16:24], 16)
