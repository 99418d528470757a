"""Carries committed facts to their hearers: at least once, in order per subject and hearer.

A claim leases deliveries and commits, the posting happens outside any transaction, and the mark
is a transaction of its own: a crash in between sends the same id once more, never loses it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update
from sqlalchemy.sql.expression import ColumnElement, or_

from services.chassis.data.tx import Store

LEASE = timedelta(seconds=30)
BATCH = 200
AT_ONCE = 16
# Our own parts are away for seconds, seldom for minutes, and order waits for them: often at first,
# then as Standard Webhooks says (trust.md A2), some three days in all.
PAUSES = tuple(
    timedelta(seconds=s)
    for s in (1, 2, 5, 10, 20, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 72000)
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One fact on its way to one hearer."""

    seq: int
    hearer: str
    id: UUID
    topic: str
    subject: UUID
    data: dict[str, Any]
    occurred_at: datetime
    traceparent: str
    attempts: int


# Answers None when the hearer has it, otherwise a short reason without personal data.
Post = Callable[[Delivery], Awaitable[str | None]]


async def deliver(store: Store, post: Post) -> int:
    """Claim what is due, post it, mark it; return how many were claimed."""
    claimed = await claim(store)
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(delivery: Delivery) -> None:
        async with slots:
            error = await post(delivery)
        await mark(store, delivery, error)

    await asyncio.gather(*(one(delivery) for delivery in claimed))
    return len(claimed)


async def claim(store: Store) -> list[Delivery]:
    """Lease due deliveries whose subject has no earlier one pending for the same hearer."""
    d, o = store.tables.deliveries, store.tables.outbox
    now = store.clock()
    earlier = d.alias()
    waits = (
        select(earlier.c.event_seq)
        .where(
            earlier.c.subject == d.c.subject,
            earlier.c.hearer == d.c.hearer,
            earlier.c.event_seq < d.c.event_seq,
            earlier.c.delivered_at.is_(None),
        )
        .exists()
    )
    free: ColumnElement[bool] = or_(d.c.leased_until.is_(None), d.c.leased_until < now)
    due = (
        select(d.c.event_seq, d.c.hearer)
        .where(d.c.delivered_at.is_(None), d.c.given_up_at.is_(None), d.c.due_at <= now)
        .where(free, ~waits)
        .order_by(d.c.event_seq)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    lease = (
        update(d)
        .where(and_(d.c.event_seq == due.c.event_seq, d.c.hearer == due.c.hearer))
        .values(leased_until=now + LEASE)
        .returning(d.c.event_seq, d.c.hearer, d.c.attempts)
        .cte("leased")
    )
    columns = (o.c.id, o.c.topic, o.c.subject, o.c.data, o.c.occurred_at, o.c.traceparent)
    query = select(lease.c.event_seq, lease.c.hearer, *columns, lease.c.attempts).join_from(
        lease, o, o.c.seq == lease.c.event_seq
    )
    async with store.sessions.begin() as session:
        rows = (await session.execute(query.order_by(lease.c.event_seq))).all()
    return [Delivery(*row) for row in rows]


async def mark(store: Store, delivery: Delivery, error: str | None) -> None:
    """Note the delivery as done, or when to try again, or that it is given up."""
    d = store.tables.deliveries
    now = store.clock()
    change: dict[str, Any] = {"leased_until": None, "attempts": delivery.attempts + 1}
    if error is None:
        change |= {"delivered_at": now, "last_error": ""}
    elif delivery.attempts >= len(PAUSES):
        change |= {"given_up_at": now, "last_error": error}
    else:
        change |= {"due_at": now + PAUSES[delivery.attempts], "last_error": error}
    this = and_(d.c.event_seq == delivery.seq, d.c.hearer == delivery.hearer)
    async with store.sessions.begin() as session:
        await session.execute(update(d).where(this).values(**change))
