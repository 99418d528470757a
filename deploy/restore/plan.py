"""What a restore to an instant needs of a backup, and why it may not have it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy.backup.base import Base, bases_in
from deploy.backup.marks import Mark, marks_in
from deploy.backup.wal import Gap, Segment, first_gap, number_of, segment_name, segments
from deploy.voice import Trouble


@dataclass(frozen=True, slots=True)
class Plan:
    """A base copy, the log behind it, and the mark that the result is held to."""

    backup: Path
    base: Base
    log: tuple[Segment, ...]
    at: datetime | None  # None: as far as the log goes
    mark: Mark | None  # the last one not after the instant

    @property
    def is_at_mark(self) -> bool:
        return self.mark is not None and self.mark.at == self.at

    @property
    def target(self) -> dict[str, str]:
        """PostgreSQL's own words for where recovery ends."""
        if self.at is None:
            return {}
        if self.is_at_mark and self.mark:
            return {"recovery_target_lsn": self.mark.lsn, "recovery_target_inclusive": "off"}
        return {"recovery_target_time": self.at.isoformat(sep=" ")}


def plan(backup: Path, at: datetime | None) -> Plan:
    """Choose the newest base copy before the instant; refuse where the log does not reach it."""
    bases = bases_in(backup)
    if not bases:
        raise Trouble(f"没有基础备份 there is no base copy in {backup}.")
    fitting = [base for base in bases if at is None or base.ended_at <= at]
    if not fitting:
        first = bases[0].ended_at.isoformat()
        raise Trouble(f"最早只能恢复到 the earliest instant that can be restored is {first}.")
    base, marks = fitting[-1], marks_in(backup)
    log = segments(backup / "wal", base.segment_size)
    begin = number_of(base.end_lsn, base.segment_size)
    gap = first_gap(log, base.timeline, begin, base.segment_size)
    if gap is not None and _stands_in_the_way(gap, at, base, marks):
        raise Trouble(_about(gap, base, marks))
    mine = [one for one in log if one.timeline == base.timeline and one.number >= begin]
    before = [mark for mark in marks if at is None or mark.at <= at]
    return Plan(backup, base, tuple(mine), at, before[-1] if before else None)


def _stands_in_the_way(gap: Gap, at: datetime | None, base: Base, marks: list[Mark]) -> bool:
    """It does unless a mark before the gap shows that the instant lies before it too."""
    behind = next((mark for mark in marks if at is not None and mark.at >= at), None)
    return behind is None or not _is_before(behind, gap, base)


def _about(gap: Gap, base: Base, marks: list[Mark]) -> str:
    reached = [m for m in marks if m.at >= base.ended_at and _is_before(m, gap, base)]
    until = reached[-1].at.isoformat() if reached else "no mark"
    return (
        f"归档日志有缺口 the archived log has a gap: {gap.first} and {gap.missing - 1} more are "
        f"missing. 缺口之前可恢复到 before it one can restore to: {until}."
    )


def _is_before(mark: Mark, gap: Gap, base: Base) -> bool:
    number = number_of(mark.lsn, base.segment_size)
    return segment_name(base.timeline, number, base.segment_size) < gap.first[:24]
