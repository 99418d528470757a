"""Writing, sealing, checking and tampering with membership's audit."""

import asyncio

from sqlalchemy import text

from services.chassis.data.audit import seal
from services.chassis.data.audit_verify import verify
from services.chassis.kernel.ids import new_id

FREE = "set local session_replication_role = replica"  # what somebody with the server could do


async def write(store, actions):
    async with store.begin() as tx:
        for action in actions:
            await tx.record(action, "application", new_id(), before="draft", big=10**30)


async def write_and_seal(store):
    for batch in (["opened", "filled"], ["submitted", "assigned", "read"], ["admitted"]):
        await write(store, batch)
        await seal_rows(store, len(batch))


async def seal_rows(store, count):
    """Seal until so many rows are: other tests' transactions in this cluster hold a batch up."""
    for _ in range(1000):
        count -= await seal(store)
        if count <= 0:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{count} rows were not sealed")


async def check(store, *anchors):
    async with store.engine.connect() as connection:
        return await verify(connection, store.tables.audit, store.tables.audit_seals, *anchors)


async def tamper(place, statement):
    async with place.admin.begin() as connection:
        await connection.execute(text(FREE))
        await connection.execute(text(statement) if isinstance(statement, str) else statement)
