"""An administrator makes a shared secret for a client that signs with HMAC; it is shown once."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor
from services.chassis.kernel.ids import new_id
from services.identity.domain.client_keys import HMAC, Validity, new_hmac_secret
from services.identity.store import client_keys
from services.identity.store.tables import ClientKey
from services.identity.usecases.clients.keep_key import keep_key


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """The secret, which nobody can read a second time."""

    key: ClientKey
    secret: str


async def make_secret(actor: Actor, tx: Tx, client_id: UUID, validity: Validity) -> MadeSecret:
    """The client's own programmers keep it; here it is sealed."""
    key_id, secret = new_id(), new_hmac_secret()
    key = ClientKey(
        id=key_id,
        client_id=client_id,
        kid=f"secret-{key_id}",
        algorithm=HMAC,
        secret_sealed=tx.sealer.seal(secret.encode(), client_keys.secret_place(key_id)),
        not_before=validity.not_before or tx.now,
        expires_at=validity.expires_at,
        added_at=tx.now,
        added_by=actor.id,
    )
    await keep_key(actor, tx, client_id, key)
    return MadeSecret(key, secret)
