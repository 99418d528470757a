"""Seals every value anew that is not sealed with the key in use, chunk by chunk.

Each chunk commits by itself and says in the data how far the work is, so whatever kills it costs
one chunk, and starting again goes on where it stopped.  It waits for nobody's locks.
"""

import asyncio
from collections.abc import Callable, Sequence
from string import Formatter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Select,
    Table,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis.data.rotation.columns import SealedColumn
from services.chassis.data.sealed import HEAD, Sealer

CHUNK = 500
PAUSE = 0.2  # seconds until rows that somebody held are tried again

Told = Callable[[str, int, int], None]  # which column, how many are done, of how many


async def reseal(engine: AsyncEngine, sealer: Sealer, column: SealedColumn, told: Told) -> int:
    """How many values were sealed anew; afterwards every one is sealed with the key in use."""
    done = 0
    while total := await count_others(engine, column, sealer.head):
        start, goal, last = done, done + total, None
        while (found := await _chunk(engine, sealer, column, last)) is not None:
            last, some = found
            done += some
            told(f"{column.column.table.name}.{column.column.name}", done, max(goal, done))
        if done == start:
            await asyncio.sleep(PAUSE)
    return done


async def count_others(engine: AsyncEngine, column: SealedColumn, head: bytes) -> int:
    """How many values are sealed with another key than this head's."""
    kept = column.column
    query = select(func.count()).where(kept.is_not(None), _head(kept) != head)
    async with engine.connect() as connection:
        return int(await connection.scalar(query) or 0)


async def count_by_head(engine: AsyncEngine, column: SealedColumn) -> dict[bytes, int]:
    """How many values are sealed with each key."""
    kept = column.column
    head = _head(kept).label("head")
    query = select(head, func.count()).where(kept.is_not(None)).group_by("head")
    async with engine.connect() as connection:
        return {bytes(found): count for found, count in await connection.execute(query)}


async def _chunk(
    engine: AsyncEngine, sealer: Sealer, column: SealedColumn, after: tuple[Any, ...] | None
) -> tuple[tuple[Any, ...], int] | None:
    keys = keys_of(column.column.table)
    async with engine.begin() as connection:
        rows = (await connection.execute(_waiting(column, sealer.head, keys, after))).all()
        if not rows:
            return None
        await _write(connection, sealer, column, keys, rows)
    return tuple(rows[-1][: len(keys)]), len(rows)


def _waiting(
    column: SealedColumn, head: bytes, keys: Sequence[Column[Any]], after: tuple[Any, ...] | None
) -> Select[Any]:
    kept = column.column
    named = [kept.table.c[name] for _, name, _, _ in Formatter().parse(column.place) if name]
    shown = [*keys, *(n for n in named if n.name not in {k.name for k in keys})]
    query = select(*shown, kept).where(kept.is_not(None), _head(kept) != head)
    if after is not None:
        query = query.where(beyond(keys, after))
    return query.order_by(*keys).limit(CHUNK).with_for_update(skip_locked=True)


async def _write(
    connection: AsyncConnection,
    sealer: Sealer,
    column: SealedColumn,
    keys: Sequence[Column[Any]],
    rows: Sequence[Row[Any]],
) -> None:
    kept = column.column
    places = [column.place.format(**row._mapping) for row in rows]
    plain = [
        sealer.open(row._mapping[kept.name], place) for row, place in zip(rows, places, strict=True)
    ]
    anew = sealer.seal_many(plain, places)
    change = update(kept.table).values({kept.name: bindparam("anew", type_=kept.type)})
    for key in keys:
        change = change.where(key == bindparam(f"its_{key.name}", type_=key.type))
    await connection.execute(
        change,
        [
            {"anew": value, **{f"its_{key.name}": row._mapping[key.name] for key in keys}}
            for row, value in zip(rows, anew, strict=True)
        ],
    )


def keys_of(table: Any) -> list[Column[Any]]:
    """The primary key, by which a walk goes on after the last row it saw."""
    named: Table = table
    return list(named.primary_key.columns)


def beyond(keys: Sequence[Column[Any]], after: tuple[Any, ...]) -> ColumnElement[bool]:
    last = [literal(value, key.type) for key, value in zip(keys, after, strict=True)]
    return tuple_(*keys) > tuple_(*last)


def _head(column: Column[Any]) -> ColumnElement[bytes]:
    return func.substring(column, 1, HEAD.size, type_=column.type)
