"""Opens a sample of what is sealed: the oldest and the newest values of every sealed column."""

from sqlalchemy import Column, UnaryExpression, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.data.rotation.columns import SealedColumn
from services.chassis.data.sealed import SealBroken, Sealer

AT_EACH_END = 25


async def open_sample(
    connection: AsyncConnection, sealer: Sealer, one: SealedColumn
) -> tuple[int, int]:
    """Answers how many values opened and how many did not."""
    keys = tuple(one.column.table.primary_key.columns)
    oldest = await _places(connection, one, keys, keys)
    newest = await _places(connection, one, keys, tuple(key.desc() for key in keys))
    opens = [_opens(sealer, value, place) for place, value in (oldest | newest).items()]
    return sum(opens), len(opens) - sum(opens)


async def _places(
    connection: AsyncConnection,
    one: SealedColumn,
    keys: tuple[Column[object], ...],
    order: tuple[Column[object] | UnaryExpression[object], ...],
) -> dict[str, bytes]:
    query = select(*keys, one.column).where(one.column.is_not(None)).order_by(*order)
    found = await connection.execute(query.limit(AT_EACH_END))
    return {one.place.format(**row): row[one.column] for row in found.mappings()}


def _opens(sealer: Sealer, value: bytes, place: str) -> bool:
    try:
        sealer.open(value, place)
    except SealBroken:
        return False
    return True
