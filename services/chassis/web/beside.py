"""What runs beside the routes of a service's process, from its start to its end."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp

from services.chassis.data.deadlines import Handler
from services.chassis.data.hook_replays import KIND, replaying
from services.chassis.data.hooks import Places
from services.chassis.data.tx import Store
from services.chassis.data.wake import Waker
from services.chassis.edge.outside import Outside
from services.chassis.edge.settings import ServiceSettings
from services.chassis.web import loops
from services.chassis.web.hook_courier import HookCourier
from services.chassis.web.telling import Teller


@asynccontextmanager
async def beside(
    store: Store,
    settings: ServiceSettings,
    session: aiohttp.ClientSession,
    outside: Outside,
    secrets: Sequence[str],
    deadlines: Mapping[str, Handler],
    places: Places,
    watching: Sequence[tuple[str, loops.Step, loops.Pause]],
) -> AsyncIterator[None]:
    """The loops, each on its own; they end before the connections they use."""
    facts, hooks, jobs = (
        Waker(settings.database_url, f"{store.schema}_{loop}")
        for loop in ("outbox", "hooks", "jobs")
    )
    courier = HookCourier(store, places, outside, settings.public_url, hooks.ring)
    pause = settings.loop_pause
    relay = loops.relay_step(store, Teller(store, session, settings.hearers, secrets, places))
    chores = loops.chores_step(store, {KIND: replaying(places)})
    steps = (
        ("relay", relay, loops.woken(facts, pause)),
        ("hooks", courier.step, loops.woken(hooks, pause)),
        ("chores", chores, loops.woken(jobs, 4 * pause)),
        ("sweeper", loops.sweeper_step(store, deadlines), loops.pause_of(pause)),
        ("sealer", loops.sealing_step(store), loops.pause_of(loops.SEAL_PAUSE)),
        ("reaper", loops.reaping_step(store), loops.pause_of(loops.REAP_PAUSE)),
        ("housekeeping", loops.housekeeping_step(store), loops.pause_of(loops.HOUSEKEEPING_PAUSE)),
        *watching,
    )
    running = [asyncio.create_task(loops.repeat(*step), name=step[0]) for step in steps]
    try:
        yield
    finally:
        await loops.stop(running)
        await courier.close()
        for waker in (facts, hooks, jobs):
            await waker.close()
