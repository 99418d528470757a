"""The audit: read with what is read, sealed in batches soon after, verifiable ever after.

Rows are written unchained, each with its transaction's number.  A sealer chains every committed
row once no older transaction is open, so writers never wait for one another.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    RowMapping,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.data.audit_chain import BEGINNING, Anchor, BatchDigest, Seal
from services.chassis.data.audit_clock import shift_of
from services.chassis.data.direct import Statement
from services.chassis.data.tx import Store

R = TypeVar("R")

BATCH = 10_000  # rows a seal aims at; one transaction's rows are never divided
CHUNK = 500  # rows fetched and hashed at once: some milliseconds of the event loop


def reading(query: Select[R], audit: Table, values: Mapping[str, Any]) -> Select[R]:
    """``query``, which now cannot answer without writing the audit row of the same statement."""
    written = insert(audit).values(dict(values)).returning(audit.c.id).cte("audited")
    return query.add_cte(written)


def audited_statement(query: Select[Any], audit: Table, given: Sequence[str]) -> Statement:
    """``query`` with its audit row, compiled; the columns ``given`` are values like all others."""
    values = {name: bindparam(f"audit_{name}", type_=audit.c[name].type) for name in given}
    return Statement(reading(query, audit, values))


async def seal(store: Store) -> int:
    """Seal one batch; return how many rows it holds, 0 when there is nothing to seal."""
    audit, seals = store.tables.audit, store.tables.audit_seals
    async with store.engine.begin() as connection:
        # Whoever holds the lock seals; the other processes of this service have nothing to do.
        name = func.hashtext(f"{store.schema}:audit_seals")
        if not await connection.scalar(select(func.pg_try_advisory_xact_lock(name))):
            return 0
        last = await _last_seal(connection, seals)
        after = last.last_xid if last else -1
        shift = await shift_of(connection, audit)
        up_to = await connection.scalar(_end_of_batch(audit, after, shift))
        if up_to is None:
            return 0
        made = await _digest(connection, audit, last, up_to, store)
        row = {field.name: getattr(made, field.name) for field in fields(made)}
        await connection.execute(insert(seals).values(**row, hash=made.hash))
        return made.rows


async def last_anchor(store: Store) -> Anchor | None:
    """The newest seal, as it is noted outside the database."""
    async with store.reads.connect() as connection:
        last = await _last_seal(connection, store.tables.audit_seals)
    return Anchor(last.seq, last.hash) if last else None


def _end_of_batch(audit: Table, after: int, shift: int) -> Select[Any]:
    """The last transaction of the next batch, among those that no open one precedes."""
    snapshot = func.pg_snapshot_xmin(func.pg_current_snapshot())
    oldest_open = cast(cast(snapshot, Text), BigInteger) + literal(shift, BigInteger)
    ready = (
        select(audit.c.xid)
        .where(audit.c.xid > after, audit.c.xid < oldest_open)
        .order_by(audit.c.xid)
        .limit(BATCH)
        .subquery()
    )
    return select(func.max(ready.c.xid))


async def _last_seal(connection: AsyncConnection, seals: Table) -> Seal | None:
    query = select(seals).order_by(seals.c.seq.desc()).limit(1)
    row = (await connection.execute(query)).mappings().first()
    return as_seal(row) if row else None


async def _digest(
    connection: AsyncConnection, audit: Table, last: Seal | None, up_to: int, store: Store
) -> Seal:
    digest, first_xid = BatchDigest(), None
    async for rows in rows_between(connection, audit, last.last_xid if last else -1, up_to):
        first_xid = rows[0]["xid"] if first_xid is None else first_xid
        digest.add(rows)
    return Seal(
        seq=last.seq + 1 if last else 1,
        first_xid=up_to if first_xid is None else first_xid,
        last_xid=up_to,
        rows=digest.rows,
        digest=digest.value(),
        previous=last.hash if last else BEGINNING,
        sealed_at=store.clock(),
    )


def as_seal(row: RowMapping) -> Seal:
    """The seal as it stands in the database, its own hash left aside."""
    return Seal(**{field.name: row[field.name] for field in fields(Seal)})


async def rows_between(
    connection: AsyncConnection, audit: Table, after: int, up_to: int
) -> AsyncIterator[list[dict[str, Any]]]:
    """Audit rows of the transactions in ``(after, up_to]``, in the order of the chain."""
    columns = [c for c in audit.c if c.name != "details"]
    # As text, because the database's own writing of JSON is settled and any number fits.
    details = cast(audit.c.details, Text).label("details")
    key = tuple_(audit.c.xid, audit.c.id)
    query = select(*columns, details).where(audit.c.xid > after, audit.c.xid <= up_to)
    page = query.order_by(audit.c.xid, audit.c.id).limit(CHUNK)
    rows = await _rows(connection, page)
    while rows:
        yield rows
        last = tuple_(literal(rows[-1]["xid"], BigInteger), literal(rows[-1]["id"], Uuid))
        rows = await _rows(connection, page.where(key > last))


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]
