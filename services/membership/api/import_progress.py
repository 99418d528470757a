"""Progress of an import as server-sent events, until nothing more is to come."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from services.chassis.data.read import Read
from services.chassis.data.tx import Store
from services.chassis.kernel.actors import Actor
from services.membership.api.import_out import ImportOut
from services.membership.store import imports

PAUSE = 0.5
LONGEST = 600  # looks; the browser connects anew by itself after that


async def watch(store: Store, actor: Actor, import_id: UUID) -> AsyncIterator[str]:
    """An event whenever something changed; the last is named ``end``."""
    told = ""
    for _ in range(LONGEST):
        seen = await _look(store, actor, import_id)
        body = seen.model_dump_json(
            include={"id", "state", "state_label", "version", "counts", "progress"}
        )
        if body != told:
            told = body
            yield f"event: progress\ndata: {body}\n\n"
        if not seen.progress.is_running:
            yield f"event: end\ndata: {body}\n\n"
            return
        await asyncio.sleep(PAUSE)


async def _look(store: Store, actor: Actor, import_id: UUID) -> ImportOut:
    """Each look is a read of its own: a stream holds no connection while it waits."""
    read = Read(store, actor, store.clock())
    try:
        return ImportOut.of(actor, await imports.find(actor, read, import_id))
    finally:
        await read.close()
