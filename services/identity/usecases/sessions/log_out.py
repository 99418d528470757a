"""Somebody logs out; their session and its tokens are dead within a second."""

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.store import sessions


async def log_out(actor: Actor, tx: Tx) -> None:
    """Logging out twice is logging out."""
    if actor.session is None:
        return
    await tx.record(f"{actor.kind}.log-out", "session", actor.session)
    await sessions.end_one(tx, actor.session, "logged out")
