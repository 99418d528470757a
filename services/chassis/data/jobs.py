"""Runs long work beside the service: claims it, keeps its lease, tries again, gives it up.

A handler commits in chunks and ends each with ``advance``, so that whatever kills the worker costs
one chunk; the next attempt starts at ``job.done``.
"""

import asyncio
import gc
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.data import job_rows
from services.chassis.data.job_rows import (
    LEASE,
    Job,
    JobCancelled,
    JobLost,
    advance,
    cancel,
    progress,
    reap,
)
from services.chassis.data.lost_jobs import run_reaper, worker_name
from services.chassis.data.tx import Store
from services.chassis.data.wake import Waker
from services.chassis.kernel.refusals import OutOfTime, Refusal, TooMany, Unavailable

__all__ = ["Handler", "Job", "JobCancelled", "JobLost", "advance", "cancel", "progress", "reap"]
__all__ += ["Pace", "run_one", "run_reaper", "run_worker"]

Handler = Callable[[Store, Job], Awaitable[Mapping[str, Any] | None]]
Authorise = Callable[[Store, Job], Awaitable[None]]

PASSING = (Unavailable, TooMany, OutOfTime)  # refusals that a later attempt may not meet

AWAY = timedelta(seconds=3)  # what was not there is asked for again soon, and no attempt counted

SELDOM = 50_000  # new objects between two searches for cycles of rubbish

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker goes about its work; tests hurry it."""

    at_once: int = 2
    poll: float = 1.0
    lease: timedelta = LEASE
    beat: float = 5.0
    reap: float = 5.0
    patience: timedelta = timedelta(minutes=15)  # without progress, a handler counts as stuck
    grace: float = 20.0  # to end in, after being told to stop


async def run_worker(
    store: Store,
    handlers: Mapping[str, Handler],
    stop: asyncio.Event,
    *,
    authorise: Authorise | None = None,
    pace: Pace = Pace(),
) -> None:
    """Carry out jobs until told to stop; what is unfinished then goes back to the queue."""
    _collect_seldom()
    worker = worker_name()
    url = store.engine.url.render_as_string(hide_password=False)
    waker = Waker(url, f"{store.schema}_jobs")
    running: set[asyncio.Task[None]] = set()
    helpers = [
        asyncio.create_task(run_reaper(store, stop, pace.reap, waker.ring)),
        asyncio.create_task(_wake_at(stop, waker.ring)),
    ]
    try:
        while not stop.is_set():
            job = None
            if len(running) < pace.at_once:
                job = await _claim(store, list(handlers), worker, pace)
            if job is None:
                await waker.wait(pace.poll)
                continue
            task = asyncio.create_task(_run(store, handlers[job.kind], job, authorise, pace))
            running.add(task)
            task.add_done_callback(lambda ended: _ended(ended, running, waker.ring))
        if running:
            await asyncio.wait(running, timeout=pace.grace)
    finally:
        for task in (*running, *helpers):
            task.cancel()
        await asyncio.gather(*running, *helpers, return_exceptions=True)
        await waker.close()


async def run_one(store: Store, handlers: Mapping[str, Handler], worker: str) -> bool:
    """Carry out the job that is due longest, beside the routes; for work that needs no worker."""
    job = await _claim(store, list(handlers), worker, Pace())
    if job is not None:
        await _run(store, handlers[job.kind], job, None, Pace())
    return job is not None


def _collect_seldom() -> None:
    """Thousands of rows are no rubbish: looking for cycles took half of a long job's time."""
    gc.freeze()
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])


async def _claim(store: Store, kinds: list[str], worker: str, pace: Pace) -> Job | None:
    try:
        return await job_rows.claim(store, kinds, worker, pace.lease)
    except (SQLAlchemyError, OSError) as error:
        log.warning("claiming waits", error=type(error).__name__)
        return None


async def _run(
    store: Store, handler: Handler, job: Job, authorise: Authorise | None, pace: Pace
) -> None:
    """One attempt, from the check of the person's right to the last mark on the row."""
    ended = asyncio.Event()
    work = asyncio.create_task(_attempt(store, handler, job, authorise))
    beat = asyncio.create_task(_keep(store, job, work, pace, ended))
    try:
        result = await work
        await job_rows.finish(store, job, result)
    except asyncio.CancelledError:
        await _interrupted(store, job, work, beat)
    except Exception as error:
        await _failed(store, job, error)
    finally:
        # Told to end, not cut off: a heartbeat that is under way keeps its connection whole.
        ended.set()
        await asyncio.gather(beat, return_exceptions=True)


async def _attempt(
    store: Store, handler: Handler, job: Job, authorise: Authorise | None
) -> Mapping[str, Any] | None:
    if authorise is not None:
        await authorise(store, job)
    return await handler(store, job)


async def _keep(
    store: Store, job: Job, work: asyncio.Task[Any], pace: Pace, ended: asyncio.Event
) -> str:
    """Prolong the lease until the work ends; end the work when it is lost, unwanted or stuck."""
    seen, since = None, store.clock()
    while not await _told(ended, pace.beat):
        try:
            standing = await job_rows.heartbeat(store, job)
        except (SQLAlchemyError, OSError) as error:
            log.warning("heartbeat missed", job=str(job.id), error=type(error).__name__)
            continue
        if standing != seen:
            seen, since = standing, store.clock()
        if standing is None:
            reason = "lost"
        elif standing.cancel_requested:
            reason = "cancelled"
        elif store.clock() - since > pace.patience:
            reason = "stuck"
        else:
            continue
        work.cancel()
        return reason
    return "over"


async def _told(ended: asyncio.Event, seconds: float) -> bool:
    """Whether the event came within the time."""
    with suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)
    return ended.is_set()


async def _interrupted(
    store: Store, job: Job, work: asyncio.Task[Any], beat: asyncio.Task[str]
) -> None:
    """The work was ended from outside: by its heartbeat, or because the worker stops."""
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    reason = beat.result() if beat.done() and not beat.cancelled() else "stopping"
    log.info("job interrupted", job=str(job.id), kind=job.kind, reason=reason)
    if reason == "cancelled":
        await job_rows.give_up(store, job, "cancelled")
    elif reason == "stuck":
        await _again(store, job, "stuck", job_rows.pause_after(job.attempt))
    elif reason == "stopping":
        await job_rows.put_off(store, job, "", timedelta(), extra=1)


async def _failed(store: Store, job: Job, error: Exception) -> None:
    if isinstance(error, JobLost):
        log.warning("job lost", job=str(job.id), kind=job.kind)
    elif isinstance(error, JobCancelled):
        await job_rows.give_up(store, job, "cancelled")
    elif isinstance(error, Refusal) and not isinstance(error, PASSING):
        log.info("job refused", job=str(job.id), kind=job.kind, code=error.code)
        await job_rows.give_up(store, job, "failed", error.code, error.detail)
    elif isinstance(error, Refusal) or job_rows.is_lost(error):
        code = error.code if isinstance(error, Refusal) else "database-away"
        log.warning("job waits", job=str(job.id), kind=job.kind, code=code)
        await job_rows.put_off(store, job, code, AWAY, extra=1)
    else:
        await _again(store, job, "internal", job_rows.pause_after(job.attempt))
        log.error("job failed", job=str(job.id), kind=job.kind, exc_info=error)


async def _again(store: Store, job: Job, code: str, pause: timedelta) -> None:
    if await job_rows.was_the_last(store, job):
        message = "多次尝试仍未完成，请联系系统管理员。"
        await job_rows.give_up(store, job, "failed", code, message)
    else:
        jitter = 1 + random.random() / 4  # noqa: S311 -- spreads retries, protects nothing
        await job_rows.put_off(store, job, code, pause * jitter)


def _ended(
    task: asyncio.Task[None], running: set[asyncio.Task[None]], wake: Callable[[], None]
) -> None:
    running.discard(task)
    wake()
    if not task.cancelled() and (error := task.exception()) is not None:
        # Only the last mark can fail here; the lease ends and the reaper takes the job back.
        log.error("job not marked", error=type(error).__name__)


async def _wake_at(stop: asyncio.Event, wake: Callable[[], None]) -> None:
    await stop.wait()
    wake()
