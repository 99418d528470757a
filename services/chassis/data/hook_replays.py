"""Sends a stretch of time to a hook again: the same facts under the same ids."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from services.chassis.data import hook_queue
from services.chassis.data.hooks import MISSING, Places
from services.chassis.data.jobs import Handler, Job, advance
from services.chassis.data.read import Read
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.refusals import NotFound

KIND = "webhook-replay"
CHUNK = 500


async def request_replay(
    tx: Tx, hook: Row[Any], since: datetime, until: datetime, topics: Sequence[str]
) -> UUID:
    """Ask for the job; the hook's own topics limit what comes."""
    wanted = [topic for topic in hook.topics if not topics or topic in topics]
    await tx.record(
        "webhook.replayed",
        "webhook",
        hook.id,
        union_path=hook.union_path,
        since=since,
        until=until,
        topics=wanted,
    )
    return await tx.enqueue(KIND, hook.id, since=since, until=until, topics=wanted)


async def find_replay(read: Read | Tx, hook_id: UUID, job_id: UUID) -> Row[Any]:
    jobs = read.store.tables.jobs
    query = select(jobs).where(jobs.c.id == job_id, jobs.c.kind == KIND, jobs.c.subject == hook_id)
    row = await read.first(query)
    if row is None:
        raise NotFound("没有这次重发，请核对编号。")
    return row


def replaying(places: Places) -> Handler:
    """The job's handler; killed anywhere, it goes on where the last chunk ended."""

    async def replay(store: Store, job: Job) -> None:
        done, total = job.done, await _count(store, job)
        while True:
            async with store.begin(job.actor) as tx:
                rows = await tx.rows(_facts(store, job).offset(done).limit(CHUNK))
                if not rows:
                    return
                if await hook_queue.lock_hook(tx, job.subject) is None:
                    raise NotFound(MISSING)
                told = await hook_queue.audible(store, places, rows)
                await hook_queue.put(tx, told, again=True)
                done += len(rows)
                await advance(tx, job, done, max(done, total))

    return replay


async def _count(store: Store, job: Job) -> int:
    async with store.begin() as tx:
        found = _facts(store, job).order_by(None).subquery()
        return await tx.session.scalar(select(func.count()).select_from(found)) or 0


def _facts(store: Store, job: Job) -> Select[Any]:
    outbox, hooks = store.tables.outbox, store.tables.webhooks
    since, until = (datetime.fromisoformat(job.args[name]) for name in ("since", "until"))
    return (
        select(outbox.c.seq, outbox.c.topic, outbox.c.subject, outbox.c.union_id)
        .add_columns(hooks.c.id.label("hook"), hooks.c.union_id.label("own"))
        .add_columns(hooks.c.filter_union, hooks.c.filter_reach)
        .join_from(outbox, hooks, hooks.c.id == job.subject)
        .where(outbox.c.occurred_at >= since, outbox.c.occurred_at < until)
        .where(outbox.c.topic.in_(job.args["topics"]))
        .order_by(outbox.c.seq)
    )
