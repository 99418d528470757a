"""Membership moved a union elsewhere in the tree, and everything below it with it."""

from services.chassis.data.inbox import Heard
from services.chassis.data.tx import Tx
from services.identity.store import unions


async def on_union_moved(tx: Tx, heard: Heard) -> None:
    """Grants point at unions, so they move along by themselves."""
    path = str(heard.data["path"])
    before = await unions.lock_path(tx, heard.subject)
    if before is not None and before != path:
        await unions.move(tx, before, path)
    if before is None:
        await unions.put(tx, heard.subject, path, str(heard.data["name"]))
