"""What is on its way to clients' hooks: filled by the relay, claimed with a lease, noted after.

A hook has a bounded number of posts under way, so that a slow receiver delays nobody else; its
facts about one subject go one after the other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    any_,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.data.hooks import Places, filter_of
from services.chassis.data.read import Read
from services.chassis.data.tx import Store, Tx
from services.chassis.kernel.actors import SYSTEM
from services.chassis.kernel.hooks import DeliveryState
from services.chassis.kernel.ids import new_id

LEASE = timedelta(seconds=60)  # longer than any post may take
EACH = 4  # posts of one hook at once
BATCH = 64


@dataclass(frozen=True, slots=True)
class Waiting:
    """One fact on its way to one hook, with both as they stand now."""

    id: UUID
    attempts: int
    event: Any  # the outbox row's seq, id, topic, subject, occurred_at, union_id, link
    hook: Any  # the hook's row


async def fan_out(store: Store, places: Places, seqs: Sequence[int]) -> int:
    """Make a delivery for each hook that wants one of these facts and may hear it."""
    outbox, hooks = store.tables.outbox, store.tables.webhooks
    pairs = (
        select(outbox.c.seq, outbox.c.topic, outbox.c.subject, outbox.c.union_id)
        .add_columns(hooks.c.id.label("hook"), hooks.c.union_id.label("own"))
        .add_columns(hooks.c.filter_union, hooks.c.filter_reach)
        .join_from(outbox, hooks, outbox.c.topic == any_(hooks.c.topics))
        .where(outbox.c.seq.in_(seqs), hooks.c.state != "disabled")
        .order_by(outbox.c.seq)
    )
    async with store.begin() as tx:
        found = await tx.rows(pairs)
        return await put(tx, await audible(store, places, found)) if found else 0


async def audible(store: Store, places: Places, pairs: Sequence[Any]) -> list[Any]:
    """Those of the pairs (``own filter_union filter_reach union_id``) that may be told."""
    paths = await paths_of(
        store, places, (u for row in pairs for u in (row.own, row.filter_union, row.union_id))
    )
    return [
        row
        for row in pairs
        if filter_of(row).lets_through(
            paths.get(row.own), paths.get(row.filter_union), paths.get(row.union_id)
        )
    ]


async def put(tx: Tx, wanted: Sequence[Any], *, again: bool = False) -> int:
    """Rows for facts and hooks (``hook seq topic subject``); with ``again`` also for those that
    were sent before, under the same id.
    """
    due = tx.store.tables.webhook_deliveries
    if not wanted:
        return 0
    rows = [
        {
            "id": new_id(),
            "hook": one.hook,
            "event_seq": one.seq,
            "topic": one.topic,
            "subject": one.subject,
            "due_at": tx.now,
            "created_at": tx.now,
        }
        for one in wanted
    ]
    added = upsert(due).values(rows)
    if again:
        fresh = {"state": "waiting", "attempts": 0, "due_at": tx.now, "finished_at": None}
        added = added.on_conflict_do_update(index_elements=["hook", "event_seq"], set_=fresh)
    else:
        added = added.on_conflict_do_nothing()
    made = len(await tx.rows(added.returning(due.c.id)))
    if made:
        await tx.wake("hooks")
    return made


async def put_test(tx: Tx, hook: Row[Any]) -> UUID:
    """A fact about the hook itself, for nobody else; the id of its delivery."""
    topic, due = f"{tx.store.schema}.webhook.tested", tx.store.tables.webhook_deliveries
    link = f"/webhooks/{hook.id}"
    seq = await tx.emit_fact(topic, hook.id, {}, union_id=hook.union_id, link=link)
    row = {"id": new_id(), "hook": hook.id, "event_seq": seq, "topic": topic, "subject": hook.id}
    made = insert(due).values(row | {"due_at": tx.now, "created_at": tx.now})
    await tx.session.execute(made)
    await tx.wake("hooks")
    return UUID(str(row["id"]))


async def paths_of(
    store: Store, places: Places, unions: Iterable[UUID | None]
) -> Mapping[UUID | None, str]:
    """Where these unions stand today."""
    read = Read(store, SYSTEM, store.clock())
    try:
        known: Mapping[Any, str] = await places(read, {one for one in unions if one})
        return dict(known)
    finally:
        await read.close()


async def claim(store: Store, busy: Collection[UUID] = ()) -> list[Waiting]:
    """Lease what is due, a few of each hook, leaving aside the hooks in ``busy``."""
    hooks, due, outbox = store.tables.webhooks, store.tables.webhook_deliveries, store.tables.outbox
    now = store.clock()
    async with store.begin() as tx:
        some = (await tx.rows(_due(store, now, busy)))[:BATCH]
        if not some:
            return []
        lease = update(due).where(due.c.id.in_([row.id for row in some]))
        await tx.session.execute(lease.values(leased_until=now + LEASE))
        columns = [c for c in outbox.c if c.name not in ("data", "traceparent")]
        events = await tx.rows(
            select(*columns).where(outbox.c.seq.in_({row.event_seq for row in some}))
        )
        own = await tx.rows(select(hooks).where(hooks.c.id.in_({row.hook for row in some})))
    by_seq, by_id = {e.seq: e for e in events}, {h.id: h for h in own}
    return [Waiting(row.id, row.attempts, by_seq[row.event_seq], by_id[row.hook]) for row in some]


def _due(store: Store, now: datetime, busy: Collection[UUID]) -> Select[Any]:
    hooks, due = store.tables.webhooks, store.tables.webhook_deliveries
    earlier = due.alias()
    earliest = (
        select(func.min(earlier.c.event_seq))
        .where(
            earlier.c.hook == due.c.hook,
            earlier.c.subject == due.c.subject,
            earlier.c.state == DeliveryState.WAITING,
        )
        .scalar_subquery()
    )
    free: ColumnElement[bool] = or_(due.c.leased_until.is_(None), due.c.leased_until < now)
    first = (
        select(due.c.id, due.c.hook, due.c.event_seq, due.c.attempts)
        .where(due.c.hook == hooks.c.id, due.c.state == DeliveryState.WAITING)
        .where(due.c.due_at <= now, free, due.c.event_seq == earliest)
        .order_by(due.c.due_at)
        .limit(EACH)
        .with_for_update(skip_locked=True)
        .lateral("first")
    )
    rested: ColumnElement[bool] = or_(hooks.c.resting_until.is_(None), hooks.c.resting_until <= now)
    return (
        select(first)
        .select_from(hooks.join(first, literal_column("true")))
        .where(hooks.c.state == "active", rested, hooks.c.id.not_in(list(busy)))
        .order_by(first.c.event_seq)
    )


async def withhold(store: Store, waiting: Waiting) -> None:
    """The fact's union no longer lies below the client's: it is not told."""
    due = store.tables.webhook_deliveries
    async with store.begin() as tx:
        values = {"state": DeliveryState.WITHHELD, "finished_at": tx.now, "leased_until": None}
        await tx.session.execute(update(due).where(due.c.id == waiting.id).values(values))


async def keep_attempt(tx: Tx, waiting: Waiting, **facts: Any) -> None:
    attempts = tx.store.tables.webhook_attempts
    row = insert(attempts).values(id=new_id(), delivery=waiting.id, at=tx.now, **facts)
    await tx.session.execute(row)


async def lock_hook(tx: Tx, hook_id: UUID) -> Row[Any] | None:
    hooks = tx.store.tables.webhooks
    return await tx.first(select(hooks).where(hooks.c.id == hook_id).with_for_update())
