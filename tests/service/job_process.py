"""A worker in a process of its own, for tests that kill it: ``python -m … <url> <pause>``."""

import asyncio
import sys
from datetime import timedelta

from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.data.jobs import Job, Pace, advance, run_worker
from services.chassis.data.tx import Store
from tests.chassis_rig import store_of

STEPS = 20
PACE = Pace(poll=0.1, lease=timedelta(seconds=2), beat=0.5, reap=0.2)


async def count_up(store: Store, job: Job) -> None:
    """Twenty steps, each committed with the mark of how far it is."""
    for step in range(job.done, STEPS):
        async with store.begin() as tx:
            await tx.record("counted", "job", job.subject, step=step)
            await advance(tx, job, step + 1, STEPS)
        await asyncio.sleep(float(job.args["pause"]))


async def main(url: str) -> None:
    engine = create_async_engine(url)
    store = store_of(engine)
    await run_worker(store, {"count": count_up}, asyncio.Event(), pace=PACE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
