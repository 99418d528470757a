"""Only one run at a time in one folder, and never beside processes that an earlier one left."""

import errno
import fcntl
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.parts import PARTS, host, port
from deploy.site import Site
from deploy.voice import DISK_FULL, Trouble

PATIENCE = 20.0
ROOM_NEEDED = 500_000_000


@contextmanager
def only_one(site: Site) -> Iterator[int]:
    """Answers the lock's descriptor: whoever holds a copy of it keeps it locked."""
    with (site.home / "run.lock").open("a+") as lock:
        _take(lock.fileno(), site)
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def check_room(site: Site) -> None:
    for folder in (site.home, site.postgres):
        existing = next(one for one in (folder, *folder.parents) if one.is_dir())
        if shutil.disk_usage(existing).free < ROOM_NEEDED:
            raise Trouble(f"{DISK_FULL} ({existing}, {ROOM_NEEDED // 1_000_000} MB needed)")


def check_ports(site: Site) -> None:
    for part in PARTS:
        number = port(part, site)
        if number is not None:
            _check_port(host(part, site), number)


def _check_port(where: str, number: int) -> None:
    try:
        family = socket.getaddrinfo(where, number, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((where, number), family=family).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "已被占用 is in use" if taken else f"不能用 cannot be used on {where}"
        raise Trouble(
            f"端口 {number} {why}: stop what has it, or choose: PORT=… make run."
        ) from error


def _take(lock: int, site: Site) -> None:
    """A killed run's children hold the lock for the moment that they take to die."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = running_in(site)
            if running is not None or time.monotonic() > end:
                who = f"process {running}" if running else "processes of an earlier run"
                raise Trouble(f"已经在运行 already running here: {who}; stop it first.") from None
            time.sleep(0.1)
        else:
            return


def running_in(site: Site) -> int | None:
    """The process of the run in this folder, if one is there."""
    try:
        noted = (site.home / "run.lock").read_text()
        words = Path(f"/proc/{int(noted)}/cmdline").read_bytes()
    except (ValueError, OSError):
        return None
    return int(noted) if b"deploy.run" in words else None
