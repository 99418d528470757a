"""Somebody logs out on every device, as after losing a phone; the gateways hear of each session."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.store import sessions


async def log_out_everywhere(actor: Actor, tx: Tx) -> None:
    """The session that asks ends too: whoever else has it is out."""
    await tx.record(f"{actor.kind}.log-out-everywhere", "session", actor.session)
    await sessions.end_all_of(tx, actor.id, "logged out everywhere")
