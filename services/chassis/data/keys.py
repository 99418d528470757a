"""The keys of a schema: made at the first start, wrapped by a key kept outside the database.

A data key is *coming* (announced, so that every process has it before the first value is sealed
with it), *active* (one for each purpose), *retired* (opens what it sealed) or *destroyed*.
"""

import os
from collections.abc import Mapping

from sqlalchemy import RowMapping, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis.data.ciphers import BLIND_KEY_SIZE, SEALING
from services.chassis.data.sealed import DataKey, Sealer
from services.chassis.kernel.wrapping import KeyService, KeysUnusable, Wrapped

ALGORITHMS = {"seal": "aes-256-gcm", "blind": "hmac-sha256"}


async def load_sealer(
    engine: AsyncEngine,
    table: Table,
    service: KeyService,
    algorithms: Mapping[str, str] = ALGORITHMS,
) -> Sealer:
    """Unwrap the keys of a schema once, for commands; processes that stay have a keyring."""
    rows = await rows_with_active(engine, table, service, algorithms)
    return Sealer([key_of(row, await unwrap(table, service, row)) for row in rows])


async def rows_with_active(
    engine: AsyncEngine, table: Table, service: KeyService, algorithms: Mapping[str, str]
) -> list[RowMapping]:
    """Every key that is not destroyed, an active one for each purpose among them."""
    async with engine.connect() as connection:
        rows = await rows_of(connection, table)
    if algorithms.keys() <= _active(rows):
        return rows
    return await _complete(engine, table, service, algorithms)


async def _complete(
    engine: AsyncEngine, table: Table, service: KeyService, algorithms: Mapping[str, str]
) -> list[RowMapping]:
    """One process at a time, so that ten starting together make one pair of keys."""
    async with engine.begin() as connection:
        name = f"{table.schema}:data_keys"
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
        present = _active(await rows_of(connection, table))
        for purpose, algorithm in algorithms.items():
            if purpose not in present:
                await create(connection, table, service, purpose, algorithm, active=True)
        return await rows_of(connection, table)


async def rows_of(connection: AsyncConnection, table: Table) -> list[RowMapping]:
    query = select(table).where(table.c.destroyed_at.is_(None)).order_by(table.c.id)
    return list((await connection.execute(query)).mappings())


async def create(
    connection: AsyncConnection,
    table: Table,
    service: KeyService,
    purpose: str,
    algorithm: str,
    *,
    active: bool,
) -> int:
    """A new key of the schema: in use at once, or announced as coming."""
    size = SEALING[algorithm].key_size if purpose == "seal" else BLIND_KEY_SIZE
    wrapped = await service.wrap(os.urandom(size), place_of(table, purpose, algorithm))
    row = insert(table).values(
        purpose=purpose,
        algorithm=algorithm,
        active=active,
        activated_at=func.now() if active else None,
        kek_id=wrapped.kek_id,
        wrapped=wrapped.content,
    )
    return int((await connection.execute(row.returning(table.c.id))).scalar_one())


async def unwrap(table: Table, service: KeyService, row: RowMapping) -> bytes:
    """The secret of a row; raises KeysUnusable naming the keys, never what they hold."""
    place = place_of(table, row["purpose"], row["algorithm"])
    size = BLIND_KEY_SIZE if row["purpose"] == "blind" else SEALING[row["algorithm"]].key_size
    try:
        secret = await service.unwrap(Wrapped(row["kek_id"], row["wrapped"]), place)
    except KeysUnusable as error:
        raise KeysUnusable(f"data key {row['id']}: {error}") from None
    if len(secret) != size:
        raise KeysUnusable(f"data key {row['id']}: what was unwrapped is no key")
    return secret


def place_of(table: Table, purpose: str, algorithm: str) -> str:
    return f"{table.schema}:data_keys:{purpose}:{algorithm}"


def _active(rows: list[RowMapping]) -> set[str]:
    return {row["purpose"] for row in rows if row["active"]}


def key_of(row: RowMapping, secret: bytes) -> DataKey:
    """The key of a row."""
    is_coming = not row["active"] and row["retired_at"] is None
    return DataKey(row["id"], row["purpose"], row["algorithm"], secret, row["active"], is_coming)
