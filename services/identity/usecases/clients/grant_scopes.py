"""The security officer says what a client may do; whoever registered it may not (AUTHZ-07)."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.refusals import Forbidden
from services.identity.domain.client import known_scopes
from services.identity.store import clients
from services.identity.store.tables import ApiClient


async def grant_scopes(
    actor: Actor, tx: Tx, client_id: UUID, version: int, scopes: Sequence[str]
) -> ApiClient:
    """The scopes replace those held before; where one is taken away, old tokens end."""
    actor.require(Role.SECURITY_OFFICER, Role.SYSTEM)
    client = await clients.lock(actor, tx, client_id, version)
    if client.created_by == actor.id and not actor.has(Role.SYSTEM):
        raise Forbidden("登记接入方的人不能给它授权，请由另一位安全员办理。")
    wanted, before = list(known_scopes(scopes)), list(client.scopes)
    client.scopes = wanted
    client.version += 1
    if set(before) - set(wanted):
        await clients.end_tokens(tx, client)
    await clients.tell_gateways(tx)
    await tx.record(
        "client.scopes-granted", "client", client.id,
        before=" ".join(before), after=" ".join(wanted),
    )  # fmt: skip
    return client
