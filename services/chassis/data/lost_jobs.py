"""Takes back jobs whose worker died: when its lease ends, or at once where its death is proven.

A worker's name tells machine, process space, process and when that began.  Whoever finds a name of
its own machine and process space can look whether that process still lives; of any other it knows
nothing, and waits for the lease.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.data.job_rows import reap
from services.chassis.data.tx import Store
from services.chassis.kernel.ids import new_id

PROC = Path("/proc")

log = structlog.get_logger(__name__)


def worker_name() -> str:
    """What a worker of this process is called; no other, here or elsewhere, is called so."""
    began = _began(os.getpid()) or 0
    return f"{_space()}|{os.getpid()}|{began}|{new_id().hex[-6:]}"


def is_proven_dead(worker: str) -> bool:
    """Whether the process of this name is known to be gone; in doubt it lives."""
    space, _, rest = worker.rpartition("|")[0].partition("|")
    pid, _, began = rest.partition("|")
    if space != _space() or not (pid.isdigit() and began.isdigit()) or not int(began):
        return False
    return _began(int(pid)) != int(began)


async def release_orphans(store: Store) -> int:
    """End the leases of workers of this machine that are dead; the reaper takes their jobs."""
    jobs = store.tables.jobs
    running = select(jobs.c.worker).where(jobs.c.state == "running").distinct()
    async with store.engine.begin() as connection:
        workers = (await connection.execute(running)).scalars().all()
        dead = [worker for worker in workers if is_proven_dead(worker)]
        if not dead:
            return 0
        theirs = update(jobs).where(jobs.c.state == "running", jobs.c.worker.in_(dead))
        ended = theirs.values(leased_until=store.clock() - timedelta(seconds=1))
        return len((await connection.execute(ended.returning(jobs.c.id))).all())


async def run_reaper(
    store: Store, stop: asyncio.Event, pause: float = 5.0, found: Callable[[], None] | None = None
) -> None:
    """Take back lost jobs; runs in every process, so no stuck handler can hold it up."""
    while not stop.is_set():
        try:
            await release_orphans(store)
            if await reap(store) and found is not None:
                found()
        except (SQLAlchemyError, OSError) as error:
            log.warning("reaping waits", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


def _space() -> str:
    """Where process numbers mean the same: one boot of one machine, one container."""
    with suppress(OSError):
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()}@{boot}@{(PROC / 'self/ns/pid').stat().st_ino}"
    return socket.gethostname()


def _began(pid: int) -> int | None:
    """When a process began, in ticks since boot; numbers are given again, beginnings are not."""
    try:
        told = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    state, *fields = told.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])
