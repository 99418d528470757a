"""A signing key has begun to sign, or has signed long enough."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.domain.signing_keys import Rotation, State, next_turn
from services.identity.store import signing_keys
from services.identity.usecases.signing_keys.list_signing_keys import list_signing_keys
from services.identity.usecases.signing_keys.rotate_signing_key import rotate_signing_key


async def on_signing_key_due(tx: Tx, key_id: UUID, rotation: Rotation) -> None:
    """Keys whose tokens are all over go; the one that signs is relieved when its time comes."""
    keys = await list_signing_keys(tx, rotation)
    await signing_keys.forget(tx, [key.id for key in keys if key.state is State.OUTLIVED])
    key = next((key for key in keys if key.id == key_id), None)
    if key is None or key.state is not State.CURRENT:
        return
    ends = next_turn(key.signs_from, rotation)
    if ends is None:
        return
    if tx.now < ends:
        await tx.remind("signing-key-due", key_id, ends)
        return
    await rotate_signing_key(tx, rotation)
