"""An administrator lets a suspended client in again."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.client import LIFECYCLE, Action, State
from services.identity.store import clients


async def resume_client(actor: Actor, tx: Tx, client_id: UUID, version: int) -> None:
    """Tokens from before the suspension stay dead."""
    client = await clients.lock(actor, tx, client_id, version)
    before = client.state
    client.state = LIFECYCLE.after(State(before), Action.RESUME, actor.roles)
    client.version += 1
    await clients.tell_gateways(tx)
    await tx.record("client.resumed", "client", client.id, before=before, after=client.state)
