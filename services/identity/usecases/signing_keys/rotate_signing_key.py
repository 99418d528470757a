"""The next signing key is made and published; it signs once everybody had time to learn it."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.domain.signing_keys import Rotation
from services.identity.store import signing_keys
from services.identity.usecases.signing_keys.add_signing_key import add_signing_key


async def rotate_signing_key(tx: Tx, rotation: Rotation) -> UUID:
    """A key that already waits for its turn is the next one: asking twice rotates once."""
    await signing_keys.take_turn(tx)
    waiting = [
        key
        for key in await signing_keys.every(tx)
        if key.revoked_at is None and key.signs_from > tx.now
    ]
    if waiting:
        found: UUID = waiting[-1].id
        return found
    return await add_signing_key(tx, tx.now + rotation.lead, "rotation")
