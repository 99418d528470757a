"""A session that ended long ago is forgotten, with its refresh tokens."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.store import sessions


async def on_session_outlived(tx: Tx, session_id: UUID) -> None:
    """The audit keeps that it was; nothing else needs to."""
    await sessions.forget(tx, session_id)
