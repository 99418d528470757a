"""Removes what no restore within the kept days can need; the newest base copy always stays."""

import shutil
from datetime import datetime, timedelta

from deploy.backup.base import bases_in
from deploy.backup.files import forget_gone
from deploy.backup.marks import marks_in
from deploy.backup.settings import Source
from deploy.backup.wal import number_of, segments


def prune(source: Source, now: datetime) -> tuple[int, int, int]:
    """Answers how many base copies, log segments and files went."""
    folder, keep = source.folder, timedelta(days=source.settings.keep_days)
    bases = bases_in(folder)
    if not bases:
        return 0, 0, 0
    # A restore to the oldest kept day begins with the last base copy before that day.
    needed = max((b.ended_at for b in bases if b.ended_at <= now - keep), default=None)
    old = [base for base in bases if needed and base.ended_at < needed]
    for base in old:
        shutil.rmtree(folder / "base" / base.name)
    first = next(base for base in bases if base not in old)
    begin = number_of(first.end_lsn, first.segment_size)
    gone = [
        one
        for one in segments(folder / "wal", first.segment_size)
        if one.timeline <= first.timeline and one.number < begin
    ]
    for segment in gone:
        segment.path.unlink()
    for mark in marks_in(folder):
        if mark.at < first.ended_at - timedelta(days=1):
            (folder / "marks" / f"{mark.name}.json").unlink()
    return len(old), len(gone), forget_gone(source.files, folder, keep, now)
