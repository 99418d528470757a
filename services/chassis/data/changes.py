"""Following a collection: every row's last change, in an order that late commits cannot upset.

A row carries the number of the transaction that changed it last. A reader sees only changes that
no open transaction precedes, so nothing can turn up behind its cursor later (as the audit's sealer
does, decision 2). A row that changes again moves to the end: followers see each row's latest
state, not every state between.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, Text, cast, func, literal, text, tuple_
from sqlalchemy.engine import Row

from services.chassis.data.pages import Cut, cursor_of, parse_cursor
from services.chassis.data.read import Reader

# What a column of change numbers is filled with; a trigger does it again at each update.
CHANGED_NOW = text("pg_current_xact_id()::text::bigint")


async def changes(
    read: Reader,
    query: Select[Any],
    number: Any,
    key: Any,
    page: Cut,
) -> tuple[Sequence[Row[Any]], str, bool]:
    """What changed after the cursor, the cursor to come back with, and whether more waits now.

    ``number`` and ``key`` must be selected by the query.
    """
    oldest_open = func.pg_snapshot_xmin(func.pg_current_snapshot())
    settled = query.where(number < cast(cast(oldest_open, Text), BigInteger))
    cursor = page.after or cursor_of([-1, UUID(int=0)])
    last = parse_cursor(cursor, (number, key))
    edge = tuple_(literal(last[0], BigInteger), literal(last[1], key.type))
    found = settled.where(tuple_(number, key) > edge).order_by(number, key).limit(page.limit + 1)
    rows = await read.rows(found)
    has_more = len(rows) > page.limit
    rows = rows[: page.limit]
    if rows:
        at = (getattr(rows[-1], number.key or ""), getattr(rows[-1], key.key or ""))
        cursor = cursor_of(at)
    return rows, cursor, has_more
