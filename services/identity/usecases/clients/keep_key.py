"""A new key or secret of a client is kept, if an administrator may keep it and it fits."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.refusals import Conflict, FieldError, Unprocessable
from services.identity.domain.client_keys import MOST_KEYS
from services.identity.store import client_keys, clients
from services.identity.store.tables import ClientKey


async def keep_key(actor: Actor, tx: Tx, client_id: UUID, key: ClientKey) -> None:
    """Two people who register keys at once both succeed: no version is asked for."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    client = await clients.lock(actor, tx, client_id)
    if key.expires_at is not None and key.expires_at <= max(key.not_before, tx.now):
        fault = FieldError("/expires_at", "in-the-past", "失效时间应晚于生效时间和现在。")
        raise Unprocessable("密钥的有效期不正确。", [fault])
    if await client_keys.count(tx, client.id) >= MOST_KEYS:
        raise Conflict(f"一个接入方最多同时有 {MOST_KEYS} 把密钥，请先吊销不用的。")
    await client_keys.add(tx, key)
    client.version += 1
    await clients.tell_gateways(tx)
    await tx.record(
        "client.key-registered", "client", client.id, key=key.id, algorithm=key.algorithm
    )
