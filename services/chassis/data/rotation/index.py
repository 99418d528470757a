"""Changes the key of a schema's blind indexes: beside each index column grows the next one.

1. The coming key is announced; every process knows it, looks values up by both keys from now on,
   and writes each index inside a fence (``Keyring.fence``).
2. The next column of each index is filled chunk by chunk from what is sealed.  A trigger empties
   it again where somebody changes the index meanwhile, so a kill at any moment loses nothing.
3. One short transaction, which the fence keeps apart from all writers, fills what is left, puts
   the next columns in the place of the old ones, and makes the coming key the one in use.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Row,
    Select,
    Table,
    bindparam,
    column,
    func,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis.data.keyring import lock_of
from services.chassis.data.rotation import next_columns
from services.chassis.data.rotation.columns import BlindColumn, name_of
from services.chassis.data.rotation.next_columns import next_name
from services.chassis.data.rotation.reseal import beyond, keys_of
from services.chassis.data.rotation.steps import Rotation, activate, announce, settle
from services.chassis.data.sealed import Sealer

CHUNK = 500
AT_THE_END = 2_000  # rows that the last, short transaction may fill
TRIES = 20
LOCK_NOT_AVAILABLE = "55P03"


class IndexUnexplained(Exception):
    """An index holds what cannot be computed from what is sealed beside it; it stays as it is."""


async def rotate_index_key(rotation: Rotation, owner: AsyncEngine) -> int:
    """How many index values were computed anew; ``owner`` may change the schema's tables."""
    columns = rotation.columns.blind
    key_id = await announce(rotation, "blind")
    for one in columns:
        await next_columns.add(owner, one.column)
    await settle(rotation, key_id)
    before, after = rotation.store.sealer, rotation.store.sealer.indexing_by(key_id)
    done = 0
    for _ in range(TRIES):
        for one in columns:
            done += await _fill(rotation, one, (before, after))
            await next_columns.build_indexes(owner, one.column)
        if (last := await _change_over(rotation, owner, key_id, (before, after))) is not None:
            if rotation.store.keyring is not None:
                await rotation.store.keyring.look()
            return done + last
        await asyncio.sleep(0.5)
    raise TimeoutError("the tables were never free for the moment that the change takes")


async def _fill(rotation: Rotation, one: BlindColumn, sealers: tuple[Sealer, Sealer]) -> int:
    """One walk over the table; what somebody holds is left for the next."""
    done, last = 0, None
    keys = keys_of(one.column.table)
    while True:
        async with rotation.engine.begin() as connection:
            query = _unfilled(one, keys, CHUNK, last).with_for_update(
                skip_locked=True, of=one.column.table
            )
            rows = (await connection.execute(query)).all()
            await _write(connection, one, keys, rows, sealers)
        if not rows:
            return done
        done += len(rows)
        last = tuple(rows[-1][: len(keys)])
        rotation.told(name_of(one.column), done, done)


def _unfilled(
    one: BlindColumn, keys: Sequence[Column[Any]], limit: int, after: tuple[Any, ...] | None = None
) -> Select[Any]:
    index = one.column
    beside = (c for c in one.beside if c.name not in {key.name for key in keys})
    query = select(*keys, index.label("indexed"), *beside)
    if one.joined is not None:
        query = query.join_from(index.table, one.joined[0], one.joined[1])
    empty = column(next_name(index), _selectable=index.table).is_(None)
    query = query.where(index.is_not(None), empty)
    if after is not None:
        query = query.where(beyond(keys, after))
    return query.order_by(*keys).limit(limit)


async def _write(
    connection: AsyncConnection,
    one: BlindColumn,
    keys: Sequence[Column[Any]],
    rows: Sequence[Row[Any]],
    sealers: tuple[Sealer, Sealer],
) -> None:
    before, after = sealers
    told = [one.tell(after, row) for row in rows]
    if before.blind_many(one.purpose, told) != [bytes(row.indexed) for row in rows]:
        raise IndexUnexplained(f"{name_of(one.column)} does not index what is sealed beside it")
    index = one.column
    anew = column(next_name(index), index.type)
    named = (column(key.name, key.type) for key in keys)
    grown = table(index.table.name, anew, *named, schema=index.table.schema)
    change = update(grown).values({anew: bindparam("anew", type_=index.type)})
    for key in keys:
        change = change.where(grown.c[key.name] == bindparam(f"its_{key.name}", type_=key.type))
    values = [
        {"anew": value, **{f"its_{key.name}": row._mapping[key.name] for key in keys}}
        for row, value in zip(rows, after.blind_many(one.purpose, told), strict=True)
    ]
    if values:
        await connection.execute(change, values)


async def _change_over(
    rotation: Rotation, owner: AsyncEngine, key_id: int, sealers: tuple[Sealer, Sealer]
) -> int | None:
    """How many rows were still filled; None when there were too many, or the tables not free."""
    columns = rotation.columns.blind
    done = 0
    try:
        async with owner.begin() as connection:
            await connection.execute(text("set local lock_timeout = '3s'"))
            await connection.execute(select(func.pg_advisory_xact_lock(lock_of(rotation.table))))
            for held in _tables(columns):
                lock = f'lock table {held.schema}."{held.name}" in access exclusive mode'
                await connection.execute(text(lock))
            for one in columns:
                keys = keys_of(one.column.table)
                query = _unfilled(one, keys, AT_THE_END + 1)
                rows = (await connection.execute(query)).all()
                if len(rows) > AT_THE_END:
                    await connection.rollback()
                    return None
                await _write(connection, one, keys, rows, sealers)
                done += len(rows)
            for one in columns:
                await next_columns.put_in_place(connection, one.column)
            await activate(connection, rotation.table, "blind", key_id)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in (LOCK_NOT_AVAILABLE, "40P01"):
            raise
        return None
    return done


def _tables(columns: Sequence[BlindColumn]) -> list[Table]:
    named: dict[str, Any] = {one.column.table.name: one.column.table for one in columns}
    return [named[name] for name in sorted(named)]
