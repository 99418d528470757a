"""Asking for long work, looking at it, and waiting for what becomes of it."""

import asyncio
import signal
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.chassis.data.jobs import advance
from services.chassis.kernel.actors import Actor, Kind, Role

SUBJECT = UUID(int=5)
LEASE = timedelta(seconds=15)
CLERK = Actor(Kind.STAFF, UUID(int=9), name="经办", union_path="a/", roles=frozenset({Role.CLERK}))


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


async def audit_rows(store):
    audit = store.tables.audit
    async with store.engine.connect() as connection:
        return len((await connection.execute(select(audit.c.details))).all())


async def commit_chunk(store, job, done):
    async with store.begin() as tx:
        await tx.record("counted", "job", SUBJECT)
        await advance(tx, job, done)


async def kill(process):
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
        await process.wait()
