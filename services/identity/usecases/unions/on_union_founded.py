"""Membership founded a union; roles can be granted there from now on."""

from services.chassis.data.inbox import Heard
from services.chassis.data.tx import Tx
from services.identity.store import unions


async def on_union_founded(tx: Tx, heard: Heard) -> None:
    """A parent that has moved meanwhile is believed more than the path that was told."""
    told = str(heard.data["path"])
    above = await unions.path_above(tx, told)
    path = f"{above}{heard.subject.hex}/" if above is not None else told
    await unions.put(tx, heard.subject, path, str(heard.data["name"]))
