"""A job whose worker is proven dead is taken back at once; nobody else's is touched."""

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

from services.chassis.data.job_rows import claim, reap
from services.chassis.data.lost_jobs import is_proven_dead, release_orphans, worker_name
from tests.job_rig import enqueue, row

LONG = timedelta(hours=1)
NAMED = "from services.chassis.data.lost_jobs import worker_name; print(worker_name())"


async def name_of_another() -> str:
    """A worker's name, as told by a process that is over."""
    told = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", NAMED], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


async def test_a_dead_workers_job_is_taken_back_before_its_lease_ends(store):
    job_id = await enqueue(store)
    await claim(store, ["count"], await name_of_another(), LONG)

    released, taken = await release_orphans(store), await reap(store)

    assert (released, taken) == (1, 1)
    assert (await row(store, job_id))["state"] == "queued"


async def test_jobs_of_those_who_live_or_are_elsewhere_are_left_alone(store):
    here = worker_name()
    elsewhere = (await name_of_another()).replace("@", "-of-another-machine@", 1)
    for worker in (here, elsewhere, "a name of an earlier release:17:abc"):
        await enqueue(store)
        await claim(store, ["count"], worker, LONG)

    assert await release_orphans(store) == 0
    assert await reap(store) == 0


def test_a_number_given_again_is_another_process():
    space, pid, began, end = worker_name().split("|")

    assert not is_proven_dead(f"{space}|{pid}|{began}|{end}")
    assert is_proven_dead(f"{space}|{pid}|{int(began) - 1}|{end}")
    assert not is_proven_dead(f"{space}|{os.getpid()}|0|{end}")
