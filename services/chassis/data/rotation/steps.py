"""The steps in which a schema's data keys change, each of which may be taken again after a kill."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import RowMapping, Table, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis.data.keys import create, key_of, place_of, rows_of, unwrap
from services.chassis.data.rotation.columns import ByteColumns, name_of
from services.chassis.data.rotation.reseal import Told, count_by_head, reseal
from services.chassis.data.sealed import head_of
from services.chassis.data.tx import Store
from services.chassis.kernel.wrapping import KeyService, KeysUnusable, Wrapped

# A process that was asleep may still seal with a key that it read before: a retired key is kept.
KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A service's store, what keeps its wrapping keys, and which columns hang on its data keys."""

    store: Store
    service: KeyService
    columns: ByteColumns
    algorithms: Mapping[str, str]
    told: Told
    fresh: float  # seconds after which every process has looked for keys

    @property
    def table(self) -> Table:
        return self.store.tables.data_keys

    @property
    def engine(self) -> AsyncEngine:
        return self.store.engine


async def rewrap(rotation: Rotation) -> int:
    """Wrap every data key by the wrapping key in use; how many another one had wrapped."""
    table, service, changed = rotation.table, rotation.service, 0
    current = await service.current()
    async with rotation.engine.connect() as connection:
        rows = await rows_of(connection, table)
    for row in rows:
        if row["kek_id"] == current:
            continue
        secret = await unwrap(table, service, row)
        place = place_of(table, row["purpose"], row["algorithm"])
        wrapped = await service.wrap(secret, place)
        if await service.unwrap(wrapped, place) != secret:
            raise KeysUnusable(f"{wrapped.kek_id} does not open what it has just wrapped")
        changed += await _replace(rotation, row, wrapped)
        rotation.told("data_keys.wrapped", changed, len(rows))
    return changed


async def _replace(rotation: Rotation, row: RowMapping, wrapped: Wrapped) -> int:
    """Unless somebody else has done so meanwhile."""
    c = rotation.table.c
    change = (
        update(rotation.table)
        .where(c.id == row["id"], c.wrapped == row["wrapped"])
        .values(kek_id=wrapped.kek_id, wrapped=wrapped.content)
    )
    async with rotation.engine.begin() as connection:
        return len((await connection.execute(change.returning(c.id))).all())


async def announce(rotation: Rotation, purpose: str) -> int:
    """The coming key of a purpose: one that was announced before a kill, else a new one."""
    table = rotation.table
    async with rotation.engine.begin() as connection:
        turn = func.pg_advisory_xact_lock(func.hashtext(f"{table.schema}:data_keys"))
        await connection.execute(select(turn))
        for row in await rows_of(connection, table):
            if row["purpose"] == purpose and not row["active"] and row["retired_at"] is None:
                return int(row["id"])
        algorithm = rotation.algorithms[purpose]
        return await create(connection, table, rotation.service, purpose, algorithm, active=False)


async def settle(rotation: Rotation, key_id: int) -> None:
    """Return when every process knows how the key stands, and no older transaction is open."""
    c = rotation.table.c
    since = func.coalesce(c.activated_at, c.created_at)
    known_since = select(since + timedelta(seconds=rotation.fresh)).where(c.id == key_id)
    older = text(
        "select count(*) from pg_stat_activity where usename = current_user"
        " and datname = current_database() and pid <> pg_backend_pid() and xact_start < :known"
    )
    while True:
        async with rotation.engine.connect() as connection:
            known = await connection.scalar(known_since)
            now = await connection.scalar(select(func.clock_timestamp()))
            open_ = await connection.scalar(older, {"known": known})
        if known is not None and now is not None and now >= known and not open_:
            break
        await asyncio.sleep(0.1)
    if rotation.store.keyring is not None:
        await rotation.store.keyring.look()


async def activate(connection: AsyncConnection, table: Table, purpose: str, key_id: int) -> None:
    """The coming key takes the place of the one in use, which from now on only opens."""
    c = table.c
    old = update(table).where(c.purpose == purpose, c.active)
    await connection.execute(old.values(active=False, retired_at=func.clock_timestamp()))
    new = update(table).where(c.id == key_id)
    await connection.execute(new.values(active=True, activated_at=func.clock_timestamp()))


async def rotate_data_key(rotation: Rotation) -> int:
    """A new key seals from now on, and everything sealed before is sealed anew with it."""
    if not await _is_unfinished(rotation):
        key_id = await announce(rotation, "seal")
        await settle(rotation, key_id)
        async with rotation.engine.begin() as connection:
            await activate(connection, rotation.table, "seal", key_id)
    # Until then somebody may still seal with the key before it.
    await settle(rotation, await _active_seal(rotation))
    done = 0
    for column in rotation.columns.sealed:
        done += await reseal(rotation.engine, rotation.store.sealer, column, rotation.told)
    return done


async def _active_seal(rotation: Rotation) -> int:
    c = rotation.table.c
    async with rotation.engine.connect() as connection:
        found = await connection.scalar(select(c.id).where(c.purpose == "seal", c.active))
    if found is None:
        raise KeysUnusable("there is no key in use")
    return int(found)


async def _is_unfinished(rotation: Rotation) -> bool:
    """A rotation that was killed while sealing anew goes on with the key it had made current."""
    usage, keys = await usage_of(rotation), rotation.store.sealer.keys
    announced = any(k.is_coming and k.purpose == "seal" for k in keys.values())
    return not announced and any(
        count and keys[key_id].purpose == "seal" and not keys[key_id].active
        for used in usage.values()
        for key_id, count in used.items()
    )


async def usage_of(rotation: Rotation) -> dict[str, dict[int, int]]:
    """How many values each key has sealed, column by column: what there is, not what is noted."""
    heads = {head_of(k): k.id for k in rotation.store.sealer.keys.values() if k.purpose == "seal"}
    found = {}
    for column in rotation.columns.sealed:
        counts = await count_by_head(rotation.engine, column)
        unknown = {head for head in counts if head not in heads}
        if unknown:
            raise KeysUnusable(f"{name_of(column.column)} holds values of a key that is not there")
        found[name_of(column.column)] = {heads[head]: n for head, n in counts.items()}
    return found


async def destroy(rotation: Rotation) -> tuple[list[int], list[str]]:
    """Destroy retired keys to which nothing refers; which, and why others are kept."""
    async with rotation.engine.connect() as connection:
        now = await connection.scalar(select(func.now()))
        rows = [r for r in await rows_of(connection, rotation.table) if r["retired_at"]]
    gone, kept = [], []
    for row in rows:
        key = key_of(row, b"")
        reason = "retired too lately" if now - row["retired_at"] < KEPT_FOR else ""
        reason = reason or await _still_used(rotation, row)
        if reason:
            kept.append(f"{key!r}: {reason}")
            continue
        change = update(rotation.table).where(rotation.table.c.id == key.id)
        async with rotation.engine.begin() as connection:
            await connection.execute(change.values(wrapped=b"", destroyed_at=func.now()))
        gone.append(key.id)
    return gone, kept


async def _still_used(rotation: Rotation, row: RowMapping) -> str:
    if row["purpose"] == "seal":
        usage = await usage_of(rotation)
        used = {name: count for name, by in usage.items() if (count := by.get(row["id"], 0))}
        return ", ".join(f"{name} holds {count}" for name, count in used.items())
    for column in rotation.columns.fleeting:
        query = select(func.count()).where(column.since <= row["retired_at"])
        async with rotation.engine.connect() as connection:
            left = await connection.scalar(query)
        if left:
            return f"{name_of(column.column)} holds {left} that may be its"
    return ""
