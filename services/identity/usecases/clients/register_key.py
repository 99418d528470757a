"""An administrator registers a client's public key; old and new overlap while keys change."""

from typing import Any
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.ids import new_id
from services.identity.domain.client_keys import Validity, public_key
from services.identity.store.tables import ClientKey
from services.identity.usecases.clients.keep_key import keep_key


async def register_key(
    actor: Actor, tx: Tx, client_id: UUID, jwk: dict[str, Any], validity: Validity
) -> ClientKey:
    """The private half never comes here; one that does is refused."""
    public = public_key(jwk)
    key = ClientKey(
        id=new_id(),
        client_id=client_id,
        kid=public.kid,
        algorithm=public.algorithm,
        jwk=public.jwk,
        not_before=validity.not_before or tx.now,
        expires_at=validity.expires_at,
        added_at=tx.now,
        added_by=actor.id,
    )
    await keep_key(actor, tx, client_id, key)
    return key
