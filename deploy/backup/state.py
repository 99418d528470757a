"""What a backup can bring back, and up to when."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from deploy.backup.base import bases_in
from deploy.backup.marks import marks_in
from deploy.backup.wal import first_gap, number_of, segments


def tell(folder: Path) -> Iterator[str]:
    """Base copies, the reach of the log behind each, and the marks."""
    bases, marks = bases_in(folder), marks_in(folder)
    for base in bases:
        found = segments(folder / "wal", base.segment_size)
        begin = number_of(base.end_lsn, base.segment_size)
        gap = first_gap(found, base.timeline, begin, base.segment_size)
        mine = [one for one in found if one.timeline == base.timeline and one.number >= begin]
        if gap:
            reach = f"日志有缺口 the log has a gap at {gap.first} ({gap.missing})"
        else:
            newest = datetime.fromtimestamp(mine[-1].path.stat().st_mtime, UTC)
            reach = f"日志连续到 the log is whole up to {newest:%Y-%m-%d %H:%M:%S}Z"
        yield f"基础备份 base {base.name} · PostgreSQL {base.major} · {reach}"
    if not bases:
        yield "还没有基础备份 no base copy yet: python -m deploy.backup base"
    if marks:
        inexact = sum(not mark.exact for mark in marks)
        yield f"标记 marks: {len(marks)} ({inexact} inexact), newest {marks[-1].at.isoformat()}"
