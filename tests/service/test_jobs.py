"""A job belongs to one worker at a time, and only that one may write about it."""

import asyncio
from datetime import timedelta
from itertools import chain

import pytest

from services.chassis.data.job_rows import claim, pause_after
from services.chassis.data.jobs import JobCancelled, JobLost, advance, cancel, reap
from services.chassis.kernel.refusals import Forbidden
from tests.job_rig import CLERK, LEASE, SUBJECT, audit_rows, commit_chunk, enqueue, row


async def test_enqueue_is_undone_with_its_transaction(store):
    async def refused():
        async with store.begin(CLERK) as tx:
            await tx.enqueue("count", SUBJECT)
            raise Forbidden("不行。")

    with pytest.raises(Forbidden):
        await refused()

    assert await claim(store, ["count"], "w", LEASE) is None


async def test_claim_gives_each_job_to_one_worker(store):
    for _ in range(20):
        await enqueue(store)

    async def worker(name):
        taken = []
        while (job := await claim(store, ["count"], name, LEASE)) is not None:
            taken.append(job.id)
        return taken

    taken = await asyncio.gather(*(worker(str(n)) for n in range(4)))

    together = list(chain(*taken))
    assert len(together) == 20
    assert len(set(together)) == 20


async def test_claim_leaves_kinds_that_it_does_not_know(store):
    await enqueue(store, "other")

    assert await claim(store, ["count"], "w", LEASE) is None


async def test_cancel_ends_a_waiting_job_at_once(store):
    job_id = await enqueue(store)

    async with store.begin() as tx:
        assert await cancel(tx, job_id)

    assert (await row(store, job_id))["state"] == "cancelled"
    assert await claim(store, ["count"], "w", LEASE) is None
    async with store.begin() as tx:
        assert not await cancel(tx, job_id)


async def test_advance_refuses_to_commit_a_cancelled_chunk(store):
    await enqueue(store)
    job = await claim(store, ["count"], "w", LEASE)
    async with store.begin() as tx:
        await cancel(tx, job.id)

    with pytest.raises(JobCancelled):
        await commit_chunk(store, job, 1)

    assert await audit_rows(store) == 0


async def test_advance_refuses_a_worker_that_lost_its_lease(store):
    job_id = await enqueue(store)
    slow = await claim(store, ["count"], "slow", timedelta(seconds=-1))
    assert await reap(store) == 1
    quick = await claim(store, ["count"], "quick", LEASE)
    async with store.begin() as tx:
        await advance(tx, quick, 7)

    with pytest.raises(JobLost):
        await commit_chunk(store, slow, 3)

    found = await row(store, job_id)
    assert (found["done"], found["worker"], found["attempts"]) == (7, "quick", 2)
    assert await audit_rows(store) == 0


async def test_reap_fails_a_job_that_loses_every_worker(store):
    job_id = await enqueue(store)
    for _ in range(5):
        await claim(store, ["count"], "doomed", timedelta(seconds=-1))
        await reap(store)

    found = await row(store, job_id)
    assert (found["state"], found["error_code"]) == ("failed", "worker-lost")


def test_pause_after_grows_to_ten_minutes():
    pauses = [pause_after(attempt).total_seconds() for attempt in range(1, 8)]

    assert pauses == [5, 20, 80, 320, 600, 600, 600]
