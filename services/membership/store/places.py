"""Where unions stand today, for whom clients' hooks may be told."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from services.chassis.data.read import Read
from services.membership.store.tables import Union


async def places(read: Read, unions: Collection[UUID]) -> Mapping[UUID, str]:
    """Union ids -> paths; unknown unions are left out."""
    if not unions:
        return {}
    rows = await read.rows(select(Union.id, Union.path).where(Union.id.in_(unions)))
    return {row.id: row.path for row in rows}
