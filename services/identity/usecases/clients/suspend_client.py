"""A client is suspended; it gets no token, and those that it has end within a second.

Its hooks stop, here and in the services that hear of it.
"""

from uuid import UUID

from services.chassis.data import hooks
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.identity.domain.client import LIFECYCLE, Action, State
from services.identity.domain.events import ClientSuspended
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
    await hooks.stop_client(tx, str(client.id))
    await tx.emit(ClientSuspended(subject=client.id))
    await clients.end_tokens(tx, client)
    await clients.tell_gateways(tx)
