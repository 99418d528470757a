"""Membership changed what is known of a union; its name is kept up."""

from services.chassis.data.inbox import Heard
from services.chassis.data.tx import Tx
from services.identity.store import unions


async def on_union_changed(tx: Tx, heard: Heard) -> None:
    """A union that was never heard of is one that starts here."""
    known = await unions.lock_path(tx, heard.subject)
    path = known if known is not None else str(heard.data["path"])
    await unions.put(tx, heard.subject, path, str(heard.data["name"]))
