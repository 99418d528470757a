"""A client is suspended; it gets no token, and those that it has end within a second."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.client import LIFECYCLE, Action, State
from services.identity.store import clients


async def suspend_client(actor: Actor, tx: Tx, client_id: UUID, version: int, reason: str) -> None:
    """Its keys stay registered, for the day on which it comes back."""
    client = await clients.lock(actor, tx, client_id, version)
    before = client.state
    client.state = LIFECYCLE.after(State(before), Action.SUSPEND, actor.roles)
    client.version += 1
    await tx.record(
        "client.suspended", "client", client.id, before=before, after=client.state, reason=reason
    )
    await clients.end_tokens(tx, client)
    await clients.tell_gateways(tx)
