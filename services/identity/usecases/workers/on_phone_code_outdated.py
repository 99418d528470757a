"""A day after it was sent, nothing is left of a phone code."""

from uuid import UUID

from services.chassis.data.tx import Tx
from services.identity.store import phone_codes


async def on_phone_code_outdated(tx: Tx, code_id: UUID) -> None:
    """The limits look back one day, so nothing is missed."""
    await phone_codes.forget(tx, code_id)
