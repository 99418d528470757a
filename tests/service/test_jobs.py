"""Long work is done once, however its workers die, stop, hang or fail."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from itertools import chain
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from services.chassis.data.job_rows import claim, pause_after
from services.chassis.data.jobs import (
    JobCancelled,
    JobLost,
    Pace,
    advance,
    cancel,
    progress,
    reap,
    run_worker,
)
from services.chassis.data.tables import chassis_tables, metadata
from services.chassis.kernel.actors import Actor, Kind, Role
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Forbidden, Unavailable
from tests.scratch import scratch, store_on
from tests.service import job_process

SUBJECT = UUID(int=5)
LEASE = timedelta(seconds=30)
FAST = Pace(poll=0.05, lease=timedelta(seconds=1), beat=0.05, reap=0.05, grace=0.2)
CLERK = Actor(Kind.STAFF, UUID(int=9), name="经办", union_path="a/", roles=frozenset({Role.CLERK}))


@pytest.fixture
async def place(cluster_url):
    schema = metadata("membership")
    chassis_tables(schema)
    async with scratch(cluster_url, schema) as made:
        yield made


@pytest.fixture
def store(place):
    return store_on(place, chassis_tables(metadata("membership")))


async def enqueue(store, kind="count", actor=CLERK, **args):
    async with store.begin(actor) as tx:
        return await tx.enqueue(kind, SUBJECT, **args)


async def row(store, job_id):
    jobs = store.tables.jobs
    async with store.engine.connect() as connection:
        found = await connection.execute(select(jobs).where(jobs.c.id == job_id))
        return found.mappings().one()


async def until(store, job_id, *states, seconds=10.0, attempts=0):
    for _ in range(int(seconds / 0.02)):
        found = await row(store, job_id)
        if found["state"] in states and found["attempts"] >= attempts:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"still {found['state']} after {seconds} s")


@pytest.fixture
async def work(store):
    """Runs a worker until the test ends."""
    running = []

    def start(handler, *, pace=FAST, **options):
        stop = asyncio.Event()
        task = asyncio.create_task(
            run_worker(store, {"count": handler}, stop, pace=pace, **options)
        )
        running.append((stop, task))
        return stop, task

    yield start
    for stop, task in running:
        stop.set()
        await asyncio.wait_for(task, 10)


async def test_run_worker_carries_out_a_job(store, work):
    seen = []

    async def handler(_, job):
        seen.append((job.subject, job.args, job.actor))
        return {"admitted": 3}

    job_id = await enqueue(store, import_id=new_id())
    work(handler)
    found = await until(store, job_id, "done")

    assert seen[0][0] == SUBJECT
    assert seen[0][2] == CLERK
    assert found["result"] == {"admitted": 3}
    assert found["union_path"] == "a/"
    assert (found["attempts"], found["leased_until"], found["error_code"]) == (1, None, "")
    assert found["finished_at"] >= found["started_at"] >= found["created_at"]


async def test_run_worker_is_woken_by_the_transaction_that_asks(store, work):
    done = asyncio.Event()

    async def handler(_, __):
        done.set()

    work(handler, pace=Pace(poll=30))
    await asyncio.sleep(0.3)
    await enqueue(store)

    await asyncio.wait_for(done.wait(), 3)


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


async def test_run_worker_tries_again_where_it_left_off(store, work):
    begun = []

    async def handler(store, job):
        begun.append(job.done)
        await progress(store, job, job.done + 5, 10, "处理中")
        if job.attempt == 1:
            raise RuntimeError("320102199001011234")

    job_id = await enqueue(store)
    work(handler)
    failed = await until(store, job_id, "queued", attempts=1)
    async with store.engine.begin() as connection:
        await connection.execute(update(store.tables.jobs).values(due_at=failed["created_at"]))
    found = await until(store, job_id, "done")

    assert begun == [0, 5]
    assert (found["done"], found["total"], found["message"]) == (10, 10, "处理中")
    assert failed["error_code"] == "internal"
    assert failed["due_at"] > failed["created_at"] + timedelta(seconds=4)


async def test_run_worker_gives_up_after_the_last_attempt(store, work):
    async def handler(_, __):
        raise RuntimeError

    job_id = await enqueue(store)
    async with store.engine.begin() as connection:
        await connection.execute(update(store.tables.jobs).values(max_attempts=1))
    work(handler)
    found = await until(store, job_id, "failed")

    assert found["error_code"] == "internal"
    assert found["message"] == "多次尝试仍未完成，请联系系统管理员。"


async def test_run_worker_does_not_repeat_what_was_refused(store, work):
    async def handler(_, __):
        raise Forbidden("您已不是该工会的经办人，请联系安全员。")

    job_id = await enqueue(store)
    work(handler)
    found = await until(store, job_id, "failed")

    assert (found["error_code"], found["attempts"]) == ("forbidden", 1)
    assert found["message"] == "您已不是该工会的经办人，请联系安全员。"


async def test_run_worker_repeats_what_was_unavailable(store, work):
    async def handler(_, __):
        raise Unavailable("身份服务暂时不可用，请稍后再试。")

    job_id = await enqueue(store)
    work(handler)

    found = await until(store, job_id, "queued", attempts=1)

    assert found["error_code"] == "unavailable"


async def test_run_worker_asks_for_the_right_again_before_it_starts(store, work):
    started = []

    async def handler(_, job):
        started.append(job.id)

    async def authorise(_, job):
        assert job.actor == CLERK
        raise Forbidden("您的授权已到期。")

    job_id = await enqueue(store)
    work(handler, authorise=authorise)
    found = await until(store, job_id, "failed")

    assert (started, found["message"]) == ([], "您的授权已到期。")


async def test_cancel_ends_a_waiting_job_at_once(store):
    job_id = await enqueue(store)

    async with store.begin() as tx:
        assert await cancel(tx, job_id)

    assert (await row(store, job_id))["state"] == "cancelled"
    assert await claim(store, ["count"], "w", LEASE) is None
    async with store.begin() as tx:
        assert not await cancel(tx, job_id)


async def test_cancel_ends_a_running_job_that_is_busy_elsewhere(store, work):
    started, ended = asyncio.Event(), asyncio.Event()

    async def handler(_, __):
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    job_id = await enqueue(store)
    work(handler)
    await asyncio.wait_for(started.wait(), 5)
    async with store.begin() as tx:
        await cancel(tx, job_id)

    await until(store, job_id, "cancelled")
    assert ended.is_set()


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


async def test_run_worker_puts_a_stuck_job_off(store, work):
    async def handler(_, __):
        await asyncio.sleep(60)

    job_id = await enqueue(store)
    work(handler, pace=Pace(poll=0.05, beat=0.05, patience=timedelta(seconds=0.3)))

    found = await until(store, job_id, "queued", attempts=1)

    assert found["error_code"] == "stuck"


async def test_run_worker_returns_what_it_could_not_finish(store, work):
    started = asyncio.Event()

    async def handler(_, __):
        started.set()
        await asyncio.sleep(60)

    job_id = await enqueue(store)
    stop, task = work(handler)
    await asyncio.wait_for(started.wait(), 5)
    stop.set()
    await asyncio.wait_for(task, 5)

    found = await row(store, job_id)
    assert (found["state"], found["leased_until"]) == ("queued", None)
    assert found["max_attempts"] - found["attempts"] == 5


async def test_run_worker_survives_the_loss_of_its_connections(place, store, work):
    work(job_process.count_up)
    first = await enqueue(store, pause="0")
    await until(store, first, "done")
    async with place.owner.connect() as connection:
        await connection.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where usename = :name"),
            {"name": place.app.url.username},
        )
    await place.app.dispose()

    second = await enqueue(store, pause="0")

    assert (await until(store, second, "done"))["done"] == job_process.STEPS


async def test_killed_worker_loses_and_doubles_nothing(place, store):
    job_id = await enqueue(store, pause="0.05")
    doomed = await start_process(place)
    for _ in range(200):
        if (await row(store, job_id))["done"] >= 5:
            break
        await asyncio.sleep(0.02)
    doomed.send_signal(signal.SIGKILL)
    await doomed.wait()
    at_death = await row(store, job_id)

    heir = await start_process(place)
    found = await until(store, job_id, "done", seconds=20)
    heir.send_signal(signal.SIGKILL)
    await heir.wait()

    assert 5 <= at_death["done"] < job_process.STEPS
    assert (found["done"], found["attempts"]) == (job_process.STEPS, 2)
    assert await audit_rows(store) == job_process.STEPS


async def commit_chunk(store, job, done):
    async with store.begin() as tx:
        await tx.record("counted", "job", SUBJECT)
        await advance(tx, job, done)


async def start_process(place):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.service.job_process", place.app_url, env=dict(os.environ)
    )


async def audit_rows(store):
    audit = store.tables.audit
    async with store.engine.connect() as connection:
        return len((await connection.execute(select(audit.c.details))).all())


def test_pause_after_grows_to_ten_minutes():
    pauses = [pause_after(attempt).total_seconds() for attempt in range(1, 8)]

    assert pauses == [5, 20, 80, 320, 600, 600, 600]
