"""One process of a run: how it starts, the doors at which it listens, how it says that it serves.

The doors are bound here and handed down.  A process that takes another's place shares its doors,
so nobody who knocks meanwhile is turned away; when a process dies the doors are closed with it, so
that whoever knocks hears so at once instead of waiting behind a door that nobody opens.
"""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.addresses import ROOT

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
LOG_SIZE = 20_000_000
SHORTEST_PAUSE = 0.5
# Told to the process: its doors as {part: descriptor}, and where to write when it serves.
DOORS, BELL = "NIANGJIA_DOORS", "NIANGJIA_BELL"


@dataclass(slots=True)
class Child:
    """A process that is to run for as long as we do."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    addresses: tuple[str, ...] = ()
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = SHORTEST_PAUSE
    again_at: float | None = None
    ready: set[str] = field(default_factory=set)
    doors: dict[str, socket.socket] = field(default_factory=dict)
    bell: int | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def start(child: Child, lock: int) -> None:
    """The lock is held by every child too, so that a next run waits until the last is gone."""
    if child.log.exists() and child.log.stat().st_size > LOG_SIZE:
        child.log.replace(child.log.with_suffix(".old.log"))
    for part, place in child.places.items():
        if part not in child.doors:
            child.doors[part] = _bound(*place)
    open_ends = {part: door.fileno() for part, door in child.doors.items()}
    heard, rung = os.pipe()
    told = {DOORS: json.dumps(open_ends), BELL: str(rung)} if open_ends else {}
    try:
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(
                child.command,
                cwd=ROOT,
                env={**child.environment, **told},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us alone; we stop the children in order
                pass_fds=(lock, rung, *open_ends.values()),
                preexec_fn=_die_with_parent,
            )
    finally:
        os.close(rung)
        if child.bell is not None:
            os.close(child.bell)
        child.bell = heard
    child.started_at, child.again_at = time.monotonic(), None


def serves(child: Child) -> bool:
    """Whether the process has rung: all of its parts take requests."""
    return child.bell is not None and bool(
        select.select([child.bell], [], [], 0)[0] and os.read(child.bell, 1)
    )


def close_doors(child: Child) -> None:
    for door in child.doors.values():
        door.close()
    child.doors.clear()


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"{lines[-1][:300]} (see {log})" if lines else f"see {log}"


def _bound(host: str, port: int) -> socket.socket:
    """Nobody can connect yet: the process itself begins to listen, when it is ready."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        door.bind((host, port))
    except OSError:
        door.close()
        raise
    return door


def _die_with_parent() -> None:
    """Even when we are killed without a word, no process of ours is left behind."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
