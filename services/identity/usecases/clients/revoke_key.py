"""A key counts no longer, and neither does any token that the client has."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.identity.store import client_keys, clients


async def revoke_key(actor: Actor, tx: Tx, client_id: UUID, key_id: UUID, version: int) -> None:
    """Which key a token was got with is not kept: all end, and the good keys get new ones."""
    actor.require(Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.SYSTEM)
    client = await clients.lock(actor, tx, client_id, version)
    key = await client_keys.lock(tx, client.id, key_id)
    key.revoked_at = tx.now
    client.version += 1
    await clients.end_tokens(tx, client)
    await clients.tell_gateways(tx)
    await tx.record("client.key-revoked", "client", client.id, key=key.id)
