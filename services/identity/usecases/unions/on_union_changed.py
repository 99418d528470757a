"""Membership changed what is known of a union; its name and its place are kept up."""

from services.chassis.data.inbox import Heard
from services.chassis.data.tx import Tx
from services.identity.store import unions


async def on_union_changed(tx: Tx, heard: Heard) -> None:
    """A union that was never heard of is one that starts here."""
    told = str(heard.data["path"])
    before = await unions.lock_path(tx, heard.subject)
    above = await unions.path_above(tx, told)
    path = f"{above}{heard.subject.hex}/" if above is not None else told
    if before is not None and before != path:
        await unions.move(tx, before, path)
    await unions.put(tx, heard.subject, path, str(heard.data["name"]))
