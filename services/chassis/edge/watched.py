"""A small file that is read again when somebody replaces it, so that no process needs a restart."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")
Stamp = tuple[int, int, int]

# Seconds between two looks; and between two when somebody asks for what is not there yet.
PAUSE = 1.0
SHORTEST = 0.1

log = structlog.get_logger()


class Watched(Generic[T]):
    """What a file says now; while it says nothing readable, what it said before.

    Whoever changes the file replaces it whole (write beside it, then rename).
    """

    def __init__(
        self, path: Path, read: Callable[[Path], T], tick: Callable[[], float] = monotonic
    ) -> None:
        self._path = path
        self._read = read
        self._tick = tick
        self._stamp = _stamp(path)
        self._value = read(path)
        self._looked = tick()

    def value(self) -> T:
        """At most a second old."""
        if self._tick() - self._looked >= PAUSE:
            self._look()
        return self._value

    def newest(self) -> T:
        """Looked at now, unless that was done a moment ago: strangers can ask for this."""
        if self._tick() - self._looked >= SHORTEST:
            self._look()
        return self._value

    def _look(self) -> None:
        self._looked = self._tick()
        try:
            stamp = _stamp(self._path)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            self._value = self._read(self._path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("file.unreadable", file=self._path.name, reason=type(error).__name__)
        else:
            log.info("file.read_again", file=self._path.name)


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
