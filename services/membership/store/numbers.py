"""Gives out serials: one row for each union, kind and period, locked while a number is taken."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.tx import Tx
from services.membership.store.tables import NumberSeries


async def take(tx: Tx, union_id: UUID, kind: str, period: str = "", count: int = 1) -> int:
    """The first of ``count`` consecutive serials; they belong to this transaction alone."""
    row = insert(NumberSeries).values(union_id=union_id, kind=kind, period=period, last=count)
    query = row.on_conflict_do_update(
        index_elements=["union_id", "kind", "period"],
        set_={"last": NumberSeries.last + count},
    ).returning(NumberSeries.last)
    last = await tx.session.scalar(query)
    assert last is not None  # noqa: S101  # an upsert with RETURNING answers one row
    return last - count + 1
