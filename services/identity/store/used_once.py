"""What a client may show only once, whoever asks first."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.tx import Tx
from services.identity.store.tables import UsedOnce

CLEARED = 100


async def use(tx: Tx, client_id: UUID, word: str, expires_at: datetime) -> bool:
    """Whether ``word`` is new; of two at the same instant the second waits, and is not.

    Each use takes some expired rows away, so that nothing else has to.
    """
    digest = hashlib.sha256(word.encode()).digest()
    row = insert(UsedOnce).values(client_id=client_id, digest=digest, expires_at=expires_at)
    fresh = await tx.session.scalar(row.on_conflict_do_nothing().returning(UsedOnce.digest))
    await _clear(tx)
    return fresh is not None


async def _clear(tx: Tx) -> None:
    old = (
        select(UsedOnce.client_id, UsedOnce.digest)
        .where(UsedOnce.expires_at < tx.now)
        .limit(CLEARED)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    gone = (UsedOnce.client_id == old.c.client_id) & (UsedOnce.digest == old.c.digest)
    await tx.session.execute(delete(UsedOnce).where(gone))
