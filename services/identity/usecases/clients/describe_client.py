"""Whoever looks after clients reads one with its keys and its contact."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.data.read import Read
from services.chassis.kernel.actors import Actor
from services.identity.store import accounts, client_keys, clients


@dataclass(frozen=True, slots=True)
class Described:
    """The row and its keys, the newest first."""

    row: Any
    keys: Any


async def describe_client(actor: Actor, read: Read, client_id: UUID) -> Described:
    actor.require(*accounts.OVERSEERS)
    row = await clients.one(actor, read, client_id)
    return Described(row, await client_keys.of_client(read, row.id))
