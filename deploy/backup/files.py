"""A mirror of the attachments: files are written once, so a copied file never changes again.

What disappears at its source is noted with the day, and leaves the mirror when no restore within
the kept days can ask for it: an erasure reaches the backups too (PIPL 47).
"""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from deploy.private import write_private

PIECE = 1 << 20


def mirror(files: dict[str, Path], folder: Path) -> int:
    """Copy what is new; a file that was still being written is copied again when it is longer."""
    copied = 0
    for name, source in files.items():
        for path in _files(source):
            target = folder / "files" / name / path.relative_to(source)
            if not target.is_file() or target.stat().st_size != path.stat().st_size:
                copied += _copy(path, target)
    return copied


def forget_gone(files: dict[str, Path], folder: Path, keep: timedelta, now: datetime) -> int:
    """Remove from the mirror what has been gone at its source for as long as backups are kept."""
    noted = folder / "files" / "gone.json"
    before: dict[str, str] = json.loads(noted.read_text()) if noted.is_file() else {}
    gone: dict[str, str] = {}
    removed = 0
    for name, source in files.items():
        kept = folder / "files" / name
        for path in _files(kept):
            if not (source / path.relative_to(kept)).exists():
                key = f"{name}/{path.relative_to(kept)}"
                since = before.get(key, now.isoformat())
                if datetime.fromisoformat(since) + keep < now:
                    path.unlink()
                    removed += 1
                else:
                    gone[key] = since
    if gone or before:
        write_private(noted, json.dumps(gone))
    return removed


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent) / name for name in names)


def _copy(path: Path, target: Path) -> int:
    half = target.with_name(f"{target.name}.new")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("rb") as source, half.open("wb") as copy:
            shutil.copyfileobj(source, copy, PIECE)
            copy.flush()
            os.fsync(copy.fileno())
    except FileNotFoundError:  # removed while we looked
        half.unlink(missing_ok=True)
        return 0
    half.replace(target)
    return 1
