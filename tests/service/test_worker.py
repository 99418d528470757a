"""Long work is done once, however its workers die, stop, hang or fail."""

import asyncio
import os
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from services.chassis.data.jobs import Pace, cancel, progress, run_worker
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import Forbidden, Unavailable
from tests.job_rig import CLERK, SUBJECT, audit_rows, enqueue, kill, row, until
from tests.service import job_process

FAST = Pace(poll=0.05, lease=timedelta(seconds=1), beat=0.05, reap=0.05, grace=0.2)


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

    assert await asyncio.wait_for(done.wait(), 10)


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


async def test_absences_of_others_are_no_failed_attempts(store, work):
    """Random kills found jobs that waited minutes, and would have been given up, for outages."""

    async def handler(_, __):
        raise Unavailable("身份服务暂时不可用，请稍后再试。")

    job_id = await enqueue(store)
    work(handler)
    found = await until(store, job_id, "queued", attempts=1)

    assert found["max_attempts"] - found["attempts"] == 5
    assert (found["due_at"] - found["started_at"]).total_seconds() < 10


async def test_a_job_that_gets_on_is_not_given_up(store, work):
    """Random kills took a long job's five attempts away, although each had kept a chunk."""

    async def handler(store, job):
        await progress(store, job, job.done + 1)
        if job.done < 6:
            raise RuntimeError

    job_id = await enqueue(store)
    async with store.engine.begin() as connection:
        await connection.execute(update(store.tables.jobs).values(max_attempts=1))
        work(handler)
    for _ in range(6):
        await until(store, job_id, "queued", "done", attempts=1)
        async with store.engine.begin() as connection:
            await connection.execute(update(store.tables.jobs).values(due_at=store.clock()))
        await asyncio.sleep(0.3)

    assert (await until(store, job_id, "done"))["done"] == 7


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
    async with place.admin.connect() as connection:
        await connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = :name and datname = current_database()"
            ),
            {"name": place.app.url.username},
        )
    await place.app.dispose()

    second = await enqueue(store, pause="0")

    assert (await until(store, second, "done"))["done"] == job_process.STEPS


@pytest.fixture
async def start_process(place):
    """Starts workers in processes of their own; none outlives the test."""
    started = []

    async def start():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.service.job_process", place.app_url, env=dict(os.environ)
        )
        started.append(process)
        return process

    yield start
    for process in started:
        await kill(process)


async def test_killed_worker_loses_and_doubles_nothing(start_process, store):
    job_id = await enqueue(store, pause="0.05")
    doomed = await start_process()
    for _ in range(500):
        if (await row(store, job_id))["done"] >= 5:
            break
        await asyncio.sleep(0.02)
    await kill(doomed)
    at_death = await row(store, job_id)

    await start_process()
    found = await until(store, job_id, "done", seconds=20)

    assert 5 <= at_death["done"] < job_process.STEPS
    assert (found["done"], found["attempts"]) == (job_process.STEPS, 2)
    assert await audit_rows(store) == job_process.STEPS
