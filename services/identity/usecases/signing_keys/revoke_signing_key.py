"""A signing key that may have leaked is taken back; what it signed is refused within seconds."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.chassis.kernel.refusals import Conflict, NotFound
from services.identity.domain.signing_keys import current
from services.identity.store import signing_keys
from services.identity.usecases.signing_keys.add_signing_key import add_signing_key


async def revoke_signing_key(tx: Tx, key_id: UUID, reason: str) -> None:
    """When it was the one that signs, a fresh one takes over at once."""
    await signing_keys.take_turn(tx)
    keys = await signing_keys.every(tx)
    if key_id not in {key.id for key in keys}:
        raise NotFound("没有这个签名密钥。")
    signs = current(keys, tx.now)
    if not await signing_keys.revoke(tx, key_id):
        raise Conflict("这个签名密钥已经作废。")
    await tx.record("signing-key.revoked", "signing-key", key_id, reason=reason)
    if signs is not None and signs.id == key_id:
        await add_signing_key(tx, tx.now, "revocation")
