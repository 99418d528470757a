"""Writes when the backup last did its work, for the node exporter's textfile collector."""

from collections.abc import Iterator
from pathlib import Path

from deploy.backup.base import bases_in
from deploy.backup.marks import marks_in

# What each figure says; alert rules rely on the names.
FIGURES = {
    "niangjia_backup_mark_timestamp_seconds": "When rows were last counted and noted",
    "niangjia_backup_base_timestamp_seconds": "When the newest base copy was finished",
    "niangjia_backup_log_timestamp_seconds": "When the database's log was last received",
}


def write_figures(folder: Path) -> None:
    """Whole or not at all: a collector may read at any moment."""
    half = folder / "backup.prom.new"
    half.write_text("".join(_lines(folder)))
    half.chmod(0o644)
    half.replace(folder / "backup.prom")


def _lines(folder: Path) -> Iterator[str]:
    marks, bases = marks_in(folder), bases_in(folder)
    received = [path.stat().st_mtime for path in (folder / "wal").glob("0*")]
    values = (
        marks[-1].at.timestamp() if marks else 0.0,
        bases[-1].ended_at.timestamp() if bases else 0.0,
        max(received, default=0.0),
    )
    for (name, told), value in zip(FIGURES.items(), values, strict=True):
        yield f"# HELP {name} {told}\n# TYPE {name} gauge\n{name} {value:.0f}\n"
