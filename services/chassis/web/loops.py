"""The loops that run beside the routes: relay, sweeper, sealer, reaper, housekeeping."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from services.chassis.data import deadlines, outbox
from services.chassis.data.audit import seal
from services.chassis.data.hook_outcomes import forget_attempts
from services.chassis.data.idempotency import forget_expired
from services.chassis.data.job_rows import reap
from services.chassis.data.jobs import Handler, run_one
from services.chassis.data.outbox import Post
from services.chassis.data.tx import Store
from services.chassis.data.wake import Waker

log = structlog.get_logger()

Step = Callable[[], Awaitable[bool]]
Pause = Callable[[], Awaitable[None]]

SEAL_PAUSE = 1.0
REAP_PAUSE = 5.0
HOUSEKEEPING_PAUSE = 600.0
AFTER_A_FAILURE = 2.0


async def repeat(name: str, step: Step, pause: Callable[[], Awaitable[None]]) -> None:
    """Take ``step`` again at once while it finds work, else after ``pause``; never end."""
    while True:
        try:
            if not await step():
                await pause()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.error("loop.failed", loop=name, error=type(error).__name__)
            await asyncio.sleep(AFTER_A_FAILURE)


def relay_step(store: Store, post: Post) -> Step:
    """One round of the relay: what is due goes out, signed."""

    async def step() -> bool:
        return await outbox.deliver(store, post) > 0

    return step


def chores_step(store: Store, handlers: Mapping[str, Handler]) -> Step:
    """Jobs that the chassis itself asks for; a service without a worker has them all the same."""

    async def step() -> bool:
        return await run_one(store, handlers, f"{store.schema}:chores")

    return step


def sweeper_step(store: Store, handlers: Mapping[str, deadlines.Handler]) -> Step:
    async def step() -> bool:
        return await deadlines.fire_one(store, handlers)

    return step


def sealing_step(store: Store) -> Step:
    async def step() -> bool:
        await seal(store)
        return False

    return step


def reaping_step(store: Store) -> Step:
    """Takes lost jobs back from outside the worker, whom a stuck job could hold up (DUR-06)."""

    async def step() -> bool:
        await reap(store)
        return False

    return step


def housekeeping_step(store: Store) -> Step:
    async def step() -> bool:
        async with store.begin() as tx:
            await forget_expired(tx)
        async with store.begin() as tx:
            await forget_attempts(tx)
        return False

    return step


def pause_of(seconds: float) -> Callable[[], Awaitable[None]]:
    async def pause() -> None:
        await asyncio.sleep(seconds)

    return pause


def woken(waker: Waker, seconds: float) -> Callable[[], Awaitable[None]]:
    async def pause() -> None:
        await waker.wait(seconds)

    return pause


async def stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    """End the loops; a step in the middle rolls back and is taken again at the next start.

    Asked again until they have ended: Python 3.11's ``wait_for`` can swallow a cancellation.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)
