"""The numbers by which audit rows are ordered, and what a cluster made from a dump does to them.

Rows carry their transaction's number.  A logical dump (pg_dump) takes the rows along but not the
counter: in the new cluster it starts again below them, nothing new could ever be sealed, and new
rows would stand among old ones.  ``recover`` lets the column's default add a shift, so that the
numbers go on above all that are stored; the sealer reads the shift from there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, Table, Text, cast, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

SHIFT = """
select coalesce(cast(substring(pg_get_expr(d.adbin, d.adrelid) from '\\+ ''?(\\d+)') as bigint), 0)
from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where a.attrelid = cast(:table as regclass) and a.attname = 'xid'
"""


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """How far the sealing of a schema's audit is."""

    unsealed_since: datetime | None  # when the oldest row was written that no seal covers
    is_ahead: bool  # rows carry numbers that this cluster has not reached: it came from a dump


async def audit_standing(
    connection: AsyncConnection, audit: Table, audit_seals: Table
) -> AuditStanding:
    sealed = select(func.coalesce(func.max(audit_seals.c.last_xid), -1)).scalar_subquery()
    oldest = select(audit.c.at).where(audit.c.xid > sealed).order_by(audit.c.xid).limit(1)
    since = await connection.scalar(oldest)
    # In this order: whatever is stored by now is below what follows later.
    stored = await connection.scalar(_stored(audit, audit_seals))
    following = await connection.scalar(_following(await shift_of(connection, audit)))
    return AuditStanding(since, (stored or 0) >= (following or 0))


async def shift_of(connection: AsyncConnection, audit: Table) -> int:
    """What is added to this cluster's transaction numbers."""
    asked = {"table": f"{audit.schema}.{audit.name}"}
    return int(await connection.scalar(text(SHIFT), asked) or 0)


async def recover(connection: AsyncConnection, audit: Table, audit_seals: Table) -> int:
    """Go on above all stored numbers; how many rows were written meanwhile and are moved up.

    For the schema's owner, in one transaction, while nothing else writes.
    """
    name = f"{audit.schema}.{audit.name}"
    await connection.execute(text(f"lock table {name} in access exclusive mode"))
    shift = await shift_of(connection, audit)
    present = int(await connection.scalar(_following(shift)) or 0)
    stored = int(await connection.scalar(_stored(audit, audit_seals)) or 0)
    if stored < present:
        return 0
    more = await _room(connection, audit, present, stored)
    moved = await _move_up(connection, audit, present, more)
    default = f"pg_current_xact_id()::text::bigint + {shift + more}"
    await connection.execute(text(f"alter table {name} alter column xid set default {default}"))
    return moved


def _following(shift: int) -> Select[Any]:
    """The number that no transaction of this cluster has had yet."""
    snapshot = func.pg_snapshot_xmax(func.pg_current_snapshot())
    return select(cast(cast(snapshot, Text), BigInteger) + literal(shift, BigInteger))


def _stored(audit: Table, audit_seals: Table) -> Select[Any]:
    rows = select(func.max(audit.c.xid)).scalar_subquery()
    seals = select(func.max(audit_seals.c.last_xid)).scalar_subquery()
    return select(func.coalesce(func.greatest(rows, seals), 0))


def _newcomers(audit: Table, present: int) -> Any:
    """Rows of this cluster: their ids, which tell the time, are above all that came with the dump.

    What came with it carries, at its end, numbers that are still to come.
    """
    came = select(func.max(audit.c.id.cast(Text))).where(audit.c.xid >= present)
    return (audit.c.xid < present) & (audit.c.id.cast(Text) > came.scalar_subquery())


async def _room(connection: AsyncConnection, audit: Table, present: int, stored: int) -> int:
    """By how much this cluster's numbers must grow to begin above the stored ones."""
    first = select(func.min(audit.c.xid)).where(_newcomers(audit, present))
    return stored + 1 - int(await connection.scalar(first) or present)


async def _move_up(connection: AsyncConnection, audit: Table, present: int, more: int) -> int:
    name = f"{audit.schema}.{audit.name}"
    await connection.execute(text(f"alter table {name} disable trigger user"))
    change = audit.update().where(_newcomers(audit, present)).values(xid=audit.c.xid + more)
    moved = (await connection.execute(change)).rowcount
    await connection.execute(text(f"alter table {name} enable trigger user"))
    return moved
