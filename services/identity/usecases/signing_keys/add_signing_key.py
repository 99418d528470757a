"""A key that signs from an instant on is made, and its successor is not forgotten."""

from datetime import datetime
from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.store import signing_keys


async def add_signing_key(tx: Tx, signs_from: datetime, reason: str) -> UUID:
    """The deadline handler knows how long a key may sign; it looks again when the key begins."""
    key_id = await signing_keys.add(tx, signs_from)
    await tx.remind("signing-key-due", key_id, signs_from)
    await tx.record("signing-key.made", "signing-key", key_id, reason=reason)
    return key_id
