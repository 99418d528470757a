"""Carries committed facts to their hearers: at least once, in order per subject and hearer.

A claim leases deliveries and commits, the posting happens outside any transaction, and the mark
is a transaction of its own: a crash in between sends the same id once more, never loses it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, any_, bindparam, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import ColumnElement, or_

from services.chassis.data.tx import Store

LEASE = timedelta(seconds=30)
BATCH = 500  # facts of one post
CLAIM = 1000
AT_ONCE = 16
# Leases and marks that a crash of the database loses only send the same id once more, so nobody
# waits for the disk on their account.
HASTY = text("select set_config('synchronous_commit', 'off', true)")
# What is due is read in due order until there is enough of it. Left the choice, the planner asks
# of everything that waits whether it comes first and sorts the answer: 240 ms a claim, not 20.
IN_ORDER = text(
    "select set_config('synchronous_commit', 'off', true), set_config('enable_sort', 'off', true),"
    " set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)"
)
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


# Posts facts to one hearer; answers for each that it did not take a short reason, by sequence.
Post = Callable[[str, Sequence[Delivery]], Awaitable[Mapping[int, str]]]


async def deliver(store: Store, post: Post) -> int:
    """Claim what is due, post it, mark it; return how many were claimed.

    While there is plenty, the next are claimed as these are posted.
    """
    claimed = await claim(store)
    told = len(claimed)
    while len(claimed) >= CLAIM:
        claimed, _ = await asyncio.gather(claim(store), _carry(store, post, claimed))
        told += len(claimed)
    await _carry(store, post, claimed)
    return told


async def _carry(store: Store, post: Post, claimed: Sequence[Delivery]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def some(hearer: str, deliveries: Sequence[Delivery]) -> None:
        async with slots:
            errors = await post(hearer, deliveries)
        await mark(store, hearer, deliveries, errors)

    await asyncio.gather(*(some(*lot) for lot in _lots(claimed)))


def _lots(claimed: Sequence[Delivery]) -> list[tuple[str, list[Delivery]]]:
    """By hearer, in order, as many together as go into one post."""
    by_hearer: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in claimed:
        by_hearer[delivery.hearer].append(delivery)
    return [
        (hearer, found[start : start + BATCH])
        for hearer, found in by_hearer.items()
        for start in range(0, len(found), BATCH)
    ]


async def claim(store: Store) -> list[Delivery]:
    """Lease due deliveries whose subject has no earlier one pending for the same hearer."""
    d, o = store.tables.deliveries, store.tables.outbox
    now = store.clock()
    due = _due(store, now).cte("due")
    lease = (
        update(d)
        .where(d.c.event_seq == due.c.event_seq, d.c.hearer == due.c.hearer)
        .values(leased_until=now + LEASE)
        .returning(d.c.event_seq, d.c.hearer, d.c.attempts)
        .cte("leased")
    )
    columns = (o.c.id, o.c.topic, o.c.subject, o.c.data, o.c.occurred_at, o.c.traceparent)
    query = select(lease.c.event_seq, lease.c.hearer, *columns, lease.c.attempts).join_from(
        lease, o, o.c.seq == lease.c.event_seq
    )
    async with store.engine.begin() as connection:
        await connection.execute(IN_ORDER)
        rows = (await connection.execute(query)).all()
    return sorted((Delivery(*row) for row in rows), key=lambda one: one.seq)


def _due(store: Store, now: datetime) -> Select[Any]:
    """The deliveries longest due, one look into an index for each to see that it comes first.

    As "not exists" that look may become a join of everything that waits with itself.
    """
    d = store.tables.deliveries
    earlier = d.alias()
    first = (
        select(func.min(earlier.c.event_seq))
        .where(
            earlier.c.subject == d.c.subject,
            earlier.c.hearer == d.c.hearer,
            earlier.c.delivered_at.is_(None),
        )
        .scalar_subquery()
    )
    free: ColumnElement[bool] = or_(d.c.leased_until.is_(None), d.c.leased_until < now)
    return (
        select(d.c.event_seq, d.c.hearer)
        .where(d.c.delivered_at.is_(None), d.c.given_up_at.is_(None), d.c.due_at <= now)
        .where(free, d.c.event_seq == first)
        .order_by(d.c.due_at)
        .limit(CLAIM)
        .with_for_update(skip_locked=True)
    )


async def mark(
    store: Store, hearer: str, deliveries: Sequence[Delivery], errors: Mapping[int, str]
) -> None:
    """Note the deliveries as done, or when to try again, or that they are given up."""
    d = store.tables.deliveries
    done = [one.seq for one in deliveries if one.seq not in errors]
    async with store.engine.begin() as connection:
        await connection.execute(HASTY)
        if done:
            these = d.c.event_seq == any_(bindparam("these", done, ARRAY(d.c.event_seq.type)))
            heard = update(d).where(d.c.hearer == hearer, these)
            values = {"delivered_at": store.clock(), "leased_until": None, "last_error": ""}
            await connection.execute(heard.values(**values, attempts=d.c.attempts + 1))
        if unheard := [one for one in deliveries if one.seq in errors]:
            await _put_off(connection, store, hearer, unheard, errors)


async def _put_off(
    connection: AsyncConnection,
    store: Store,
    hearer: str,
    unheard: Sequence[Delivery],
    errors: Mapping[int, str],
) -> None:
    """One statement for all; those that were tried often enough are given up."""
    d, now = store.tables.deliveries, store.clock()
    is_over = [one.attempts >= len(PAUSES) for one in unheard]
    again = [
        None if over else now + PAUSES[one.attempts]
        for one, over in zip(unheard, is_over, strict=True)
    ]
    new = (
        func.unnest(
            literal([one.seq for one in unheard], ARRAY(d.c.event_seq.type)),
            literal([one.attempts + 1 for one in unheard], ARRAY(d.c.attempts.type)),
            literal([errors[one.seq] for one in unheard], ARRAY(Text)),
            literal(again, ARRAY(d.c.due_at.type)),
            literal([now if over else None for over in is_over], ARRAY(d.c.given_up_at.type)),
        )
        .table_valued("seq", "attempts", "error", "again", "over")
        .render_derived()
    )
    change = {
        "leased_until": None,
        "attempts": new.c.attempts,
        "last_error": new.c.error,
        "due_at": func.coalesce(new.c.again, d.c.due_at),
        "given_up_at": new.c.over,
    }
    this = (d.c.event_seq == new.c.seq) & (d.c.hearer == hearer)
    await connection.execute(update(d).where(this).values(change))
