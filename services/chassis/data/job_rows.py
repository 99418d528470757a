"""The rows of long work: who has it, how far it is, and who may still write about it.

A claim counts the attempt and takes a lease.  Whoever writes about a job names its attempt, so a
worker that lost its lease can neither report progress nor commit a chunk with ``advance``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Table, Update, case, func, select, update
from sqlalchemy.exc import DBAPIError

from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.actors import Actor, actor_from

LEASE = timedelta(seconds=15)  # three heartbeats
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
# After a chunk that was kept a job may fail as often as a fresh one: it is no hopeless one.
TRIES = 5


class JobLost(Exception):
    """Another worker has the job by now, or it is over; this one must write nothing more."""


class JobCancelled(Exception):
    """Somebody asked for the job to be given up."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a piece of long work; ``done`` is where an earlier attempt got to."""

    id: UUID
    kind: str
    subject: UUID
    args: Mapping[str, Any]
    actor: Actor
    attempt: int
    max_attempts: int
    done: int
    total: int | None
    lease: timedelta = LEASE


@dataclass(frozen=True, slots=True)
class Standing:
    """How a running job stands, as its heartbeat finds it."""

    done: int
    message: str
    cancel_requested: bool


async def claim(store: Store, kinds: list[str], worker: str, lease: timedelta) -> Job | None:
    """Take the job that is due longest, or nothing."""
    jobs, now = store.tables.jobs, store.clock()
    due = (
        select(jobs.c.id)
        .where(jobs.c.state == "queued", jobs.c.due_at <= now, jobs.c.kind.in_(kinds))
        .order_by(jobs.c.due_at, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    take = (
        update(jobs)
        .where(jobs.c.id == due.c.id)
        .values(
            state="running",
            attempts=jobs.c.attempts + 1,
            leased_until=now + lease,
            worker=worker,
            started_at=func.coalesce(jobs.c.started_at, now),
        )
    )
    async with store.engine.begin() as connection:
        row = (await connection.execute(take.returning(jobs))).mappings().first()
    return _job(row, lease) if row else None


def _job(row: RowMapping, lease: timedelta) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        subject=row["subject"],
        args=row["args"],
        actor=actor_from(row["actor"]),
        attempt=row["attempts"],
        max_attempts=row["max_attempts"],
        done=row["done"],
        total=row["total"],
        lease=lease,
    )


async def heartbeat(store: Store, job: Job) -> Standing | None:
    """Prolong the lease; None when the job is no longer this attempt's.

    While a chunk holds the row, its own commit will prolong the lease: nobody can take the job
    from under it, and waiting for it would only look like a stuck worker.
    """
    jobs = store.tables.jobs
    async with store.engine.begin() as connection:
        columns = select(jobs.c.done, jobs.c.message, jobs.c.cancel_requested)
        free = columns.where(_mine(jobs, job)).with_for_update(skip_locked=True)
        row = (await connection.execute(free)).first()
        if row is not None:
            await connection.execute(
                update(jobs).where(_mine(jobs, job)).values(leased_until=store.clock() + job.lease)
            )
        else:
            row = (await connection.execute(columns.where(_mine(jobs, job)))).first()
    return Standing(*row) if row else None


async def advance(tx: Tx, job: Job, done: int, total: int | None = None, message: str = "") -> None:
    """Write in the transaction of a finished chunk how far the job is.

    Call it last in the chunk: it raises ``JobLost`` or ``JobCancelled`` and the chunk rolls back.
    """
    jobs = tx.store.tables.jobs
    values: dict[str, Any] = {"done": done, "leased_until": tx.store.clock() + job.lease}
    values |= {"max_attempts": job.attempt + TRIES} if done > job.done else {}
    values |= {"total": total} if total is not None else {}
    values |= {"message": message} if message else {}
    change = update(jobs).where(_mine(jobs, job)).values(values)
    cancelled = await tx.session.scalar(change.returning(jobs.c.cancel_requested))
    if cancelled is None:
        raise JobLost(str(job.id))
    if cancelled:
        raise JobCancelled(str(job.id))


async def progress(
    store: Store, job: Job, done: int, total: int | None = None, message: str = ""
) -> None:
    """Write how far the job is, where no chunk is committed along with it."""
    async with store.begin() as tx:
        await advance(tx, job, done, total, message)


async def cancel(tx: Tx, job_id: UUID) -> bool:
    """Ask for a job to be given up: at once while it waits, at its next step while it runs."""
    jobs = tx.store.tables.jobs
    waiting = jobs.c.state == "queued"
    change = (
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state.in_(["queued", "running"]))
        .values(
            cancel_requested=True,
            state=case((waiting, "cancelled"), else_=jobs.c.state),
            finished_at=case((waiting, tx.now), else_=None),
        )
    )
    return await tx.session.scalar(change.returning(jobs.c.id)) is not None


async def finish(store: Store, job: Job, result: Mapping[str, Any] | None) -> None:
    values = {"state": "done", "result": result, "finished_at": store.clock()}
    await _close(store, update(store.tables.jobs).values(values), job)


async def give_up(store: Store, job: Job, state: str, code: str = "", message: str = "") -> None:
    """End the job for good, ``failed`` or ``cancelled``; the message is for the person."""
    values: dict[str, Any] = {"state": state, "error_code": code, "finished_at": store.clock()}
    values |= {"message": message} if message else {}
    await _close(store, update(store.tables.jobs).values(values), job)


async def was_the_last(store: Store, job: Job) -> bool:
    """Whether this attempt may not be followed by another; a chunk that it kept earns more."""
    jobs = store.tables.jobs
    async with store.engine.connect() as connection:
        most = await connection.scalar(select(jobs.c.max_attempts).where(jobs.c.id == job.id))
    return most is not None and job.attempt >= most


def is_lost(error: Exception) -> bool:
    """The database went away in the middle: no fault of the job's."""
    return isinstance(error, OSError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


async def put_off(store: Store, job: Job, code: str, pause: timedelta, extra: int = 0) -> None:
    """Let the job be tried again later; ``extra`` attempts make up for one that did not count."""
    jobs = store.tables.jobs
    values = {
        "state": "queued",
        "error_code": code,
        "max_attempts": jobs.c.max_attempts + extra,
        "due_at": store.clock() + pause,
    }
    await _close(store, update(jobs).values(values), job)


async def reap(store: Store) -> int:
    """Take back jobs whose lease ended: their worker died or hangs (DUR-06)."""
    jobs, now = store.tables.jobs, store.clock()
    ended = (
        select(jobs.c.id)
        .where(jobs.c.state == "running", jobs.c.leased_until < now)
        .with_for_update(skip_locked=True)
        .cte("ended")
    )
    tried = jobs.c.attempts >= jobs.c.max_attempts
    over = jobs.c.cancel_requested | tried
    back = (
        update(jobs)
        .where(jobs.c.id == ended.c.id)
        .values(
            state=case((jobs.c.cancel_requested, "cancelled"), (tried, "failed"), else_="queued"),
            error_code=case((jobs.c.cancel_requested, ""), else_="worker-lost"),
            due_at=now,
            finished_at=case((over, now), else_=None),
            leased_until=None,
        )
    )
    async with store.engine.begin() as connection:
        return len((await connection.execute(back.returning(jobs.c.id))).all())


def pause_after(attempt: int) -> timedelta:
    """Five seconds, then four times as long after each failure, never above ten minutes."""
    return min(FIRST_PAUSE * (1 << 2 * min(attempt - 1, 10)), LONGEST_PAUSE)


async def _close(store: Store, change: Update, job: Job) -> None:
    mine = change.where(_mine(store.tables.jobs, job)).values(leased_until=None)
    async with store.engine.begin() as connection:
        await connection.execute(mine)


def _mine(jobs: Table, job: Job) -> ColumnElement[bool]:
    return (jobs.c.id == job.id) & (jobs.c.attempts == job.attempt) & (jobs.c.state == "running")
