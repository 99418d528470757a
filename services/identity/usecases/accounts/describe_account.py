"""Whoever looks after accounts opens one, and sees whether failed log-ins have locked it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.identity.store import accounts, attempts


async def describe_account(
    actor: Actor, read: Read, account_id: UUID
) -> tuple[Any, datetime | None]:
    """The account's row, and until when it is locked."""
    actor.require(*accounts.OVERSEERS)
    row = await accounts.one(actor, read, account_id)
    keys = attempts.keys_of(read.store.sealer, row.account)
    return row, await accounts.locked_until(read, keys)
